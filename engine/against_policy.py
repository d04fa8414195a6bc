"""What a sync recorded against the policy: paths with another result than is decided, and files that became active."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from ..policy.checks import disabled_file, ownership
from ..policy.conditions import decides_always
from ..policy.decisions import Resolution
from ..policy.facts import Entry
from ..policy.models import Rule
from ..policy.names import CommitId, RepoPath
from ..policy.ownership import Ruling
from ..policy.rule_paths import RulesByPath
from ..policy.verdicts import Side, Verdict, side_of
from .glance import NOT_ACTIVE
from .left_to_git import glance
from .recorded import Recording
from .replay import ReplayedPath


class AgainstPolicy(Struct, frozen=True, dict=True):
    """Finds what is against the policy, in the decisions of the replay and where git's own merge does as it says."""

    recording: Recording

    def recorded(self) -> Iterator[ownership.Recorded]:
        """The paths that were recorded otherwise; what is switched off is told as such."""
        for each in self._disagreeing():
            if each.decision.resolution not in NOT_ACTIVE:
                wanted = each.decision.results.get(each.path)
                yield self._told(each.path, each.recorded, each.decision.resolution, each.decision.rule, wanted)
        for path, ruling in self.rulings.items():
            if ruling.resolution is Resolution.ACCEPT_UPSTREAM and self._wants_upstream_s(path, ruling):
                recorded = self.recording.replay.recorded(path)
                yield self._told(path, recorded, ruling.resolution, ruling.rule, self.recording.clean(path))

    def active(self) -> Iterator[disabled_file.Active]:
        """The files that the sync brought back, or in, although the policy disables or removes them."""
        merge = self.recording.replay.sync.commit
        for each in self._disagreeing():
            decision, path = each.decision, each.path
            is_off = decision.resolution in NOT_ACTIVE and decision.results.get(path) is None
            if is_off and each.recorded is not None and each.fork is None:
                copy = next((other for other, entry in decision.results.items() if entry is not None), None)
                yield disabled_file.Active(path, decision.resolution, decision.rule, merge, copy)
        for path, ruling in self.rulings.items():
            rule = ruling.source
            if rule is not None and path not in ruling.copies([path]) and self._is_switched_on(path, rule):
                yield disabled_file.Active(path, rule.resolve, rule.name, merge, rule.copy_of(path))

    @cached_property
    def rulings(self) -> Mapping[RepoPath, Ruling]:
        """Who decides the paths that were recorded otherwise than git merges them, where the replay tells nothing.

        It tells nothing where git's own merge does what a rule wants, as where a disabled copy is a rename for git.
        """
        replay, recording = self.recording.replay, self.recording
        rules = RulesByPath(filter(decides_always, replay.fork.policy.ownership.rules))
        asked = [
            path
            for path in recording.unlike_git
            if path not in recording.decisions
            if rules.asked(path) and not recording.is_mended(path, replay.recorded(path))
        ]
        rulings = {path: replay.ownership.ruling_on(glance(replay, path, recording.versions(path))) for path in asked}
        return {path: ruling for path, ruling in rulings.items() if ruling is not None}

    # Private

    def _disagreeing(self) -> Iterator[ReplayedPath]:
        """What disagrees still, and is this merge's doing: what it left as it was, and upstream too, is older."""
        for each in self.recording.replay.paths:
            if each.verdict is not Verdict.DISAGREES or self.recording.is_mended(each.path, each.recorded):
                continue
            is_conflict = each.kind is not None
            if is_conflict or each.side is not Side.FORK or self._upstream_changed(each.path):
                yield each

    def _wants_upstream_s(self, path: RepoPath, ruling: Ruling) -> bool:
        """Whether a ruling wants what git's own merge leaves: a rule is about what upstream changed, or all of it."""
        replay = self.recording.replay
        is_exact = ruling.source is not None and ruling.source.scope == "exact"
        is_asked = is_exact or self._upstream_changed(path)
        return is_asked and self.recording.clean(path) == replay.upstream_entry(path)

    def _is_switched_on(self, path: RepoPath, rule: Rule) -> bool:
        replay = self.recording.replay
        return (
            rule.resolve in NOT_ACTIVE
            and replay.fork_entry(path) is None
            and replay.recorded(path) is not None
            and self.recording.clean(path) is None
        )

    def _told(
        self, path: RepoPath, recorded: Entry | None, resolution: Resolution, rule: str, wanted: Entry | None
    ) -> ownership.Recorded:
        replay = self.recording.replay
        side = side_of(recorded, replay.fork_entry(path), replay.upstream_entry(path))
        merge, source = replay.sync.commit, self._source(path, wanted)
        return ownership.Recorded(path, merge, side.value, resolution, rule, source, gone=wanted is None)

    def _source(self, path: RepoPath, wanted: Entry | None) -> CommitId | None:
        """The side of the merge that has the wanted entry."""
        replay = self.recording.replay
        if wanted is None:
            return None
        if replay.upstream_entry(path) == wanted:
            return replay.sync.upstream_parent
        return replay.sync.fork_parent if replay.fork_entry(path) == wanted else None

    def _upstream_changed(self, path: RepoPath) -> bool:
        return self.recording.versions(path).upstream_change is not None
