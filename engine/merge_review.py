"""Holds what a sync recorded against its replay: against the policy, the fork's changes dropped, upstream's dropped.

What a later commit put right is no finding: `final` is the tree that counts in the end.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property

from ..policy.checks import disabled_file, fork_dropped, ownership, upstream_dropped
from ..policy.decisions import Decision, Resolution
from ..policy.facts import Conflict, ConflictFacts, Entry, Versions
from ..policy.findings import Finding
from ..policy.loss import is_binary, lost_lines
from ..policy.names import CommitId, RepoPath, TreeId
from ..policy.verdicts import Side, Verdict
from .conflict_facts import file_facts
from .decision_log import FOLDER
from .history import fork_commits_by_path
from .replay import Replay, ReplayedPath
from .untouched import untouched_paths

_SWITCHED_OFF = (Resolution.DISABLE, Resolution.REMOVE)


def review(replay: Replay, final: TreeId) -> Iterator[Finding]:
    """The findings of `ownership`, `fork-dropped`, `upstream-dropped` and `disabled-file` on one sync."""
    found = _Review(replay, final)
    policy = replay.fork.policy
    yield from ownership.judge(policy, ownership.Facts(tuple(found.against_policy())))
    yield from fork_dropped.judge(policy, fork_dropped.Facts(tuple(found.fork_dropped())))
    yield from upstream_dropped.judge(policy, upstream_dropped.Facts(tuple(found.upstream_dropped())))
    yield from disabled_file.judge(policy, disabled_file.Facts(tuple(found.made_active())))


# Private


class _Review:
    """One sync, held against its replay."""

    def __init__(self, replay: Replay, final: TreeId) -> None:
        self._replay = replay
        self._sync = replay.sync
        self._repo = replay.fork.repo
        self._final = final
        self._base = replay.evaluation.based.bases[0]
        self._decisions: Mapping[RepoPath, Decision] = {
            path: decision for decision in replay.evaluation.decisions for path in decision.paths
        }

    # What `ownership` and `disabled-file` ask

    def against_policy(self) -> Iterator[ownership.Recorded]:
        """The paths that were recorded against the policy; what is switched off is told as such."""
        for each in self._disagreeing():
            if each.decision.resolution not in _SWITCHED_OFF:
                wanted = each.decision.results.get(each.path)
                yield ownership.Recorded(
                    each.path,
                    self._sync.commit,
                    each.side.value,
                    each.decision.resolution,
                    each.decision.rule,
                    source=self._source(each.path, wanted),
                    gone=wanted is None,
                )

    def made_active(self) -> Iterator[disabled_file.Active]:
        """The files that a sync brought back, or in, although the policy disables or removes them."""
        for each in self._disagreeing():
            decision, path = each.decision, each.path
            is_off = decision.resolution in _SWITCHED_OFF and decision.results.get(path) is None
            if is_off and each.recorded is not None and self._replay.fork_entry(path) is None:
                copy = next((other for other, entry in decision.results.items() if entry is not None), None)
                yield disabled_file.Active(path, decision.resolution, decision.rule, self._sync.commit, copy)
        yield from self._switched_on.values()

    @cached_property
    def _switched_on(self) -> Mapping[RepoPath, disabled_file.Active]:
        """What the policy need not decide: git leaves it away, as where its copy is a rename, and people did not."""
        replay = self._replay
        trees, merge = replay.trees, replay.evaluation.merge
        return {
            path: active
            for path, (old, new) in self._repo.changes(trees.fork, trees.recorded).items()
            if old is None and new is not None and path not in self._decisions and merge.changes.get(path) is None
            if not self._is_mended(path, new) and (active := self._off(path)) is not None
        }

    def _off(self, path: RepoPath) -> disabled_file.Active | None:
        """A file that the policy switches off, and the merge on."""
        replay = self._replay
        versions = Versions(self._base_entry(path), None, replay.upstream_entry(path))
        facts = file_facts(self._repo, replay.fork.history, path, versions)
        ruling = replay.ownership.ruling_on(ConflictFacts(Conflict(path, None, {path: versions}), (facts,)))
        rule = None if ruling is None else ruling.source
        if rule is None or rule.resolve not in _SWITCHED_OFF:
            return None
        return disabled_file.Active(path, rule.resolve, rule.name, self._sync.commit, rule.copy_of(path))

    def _disagreeing(self) -> Iterator[ReplayedPath]:
        """What disagrees still, and is this merge's doing: what it left as it was, and upstream too, is older."""
        for each in self._replay.paths:
            if each.verdict is not Verdict.DISAGREES or self._is_mended(each.path, each.recorded):
                continue
            is_conflict = each.kind is not None
            if is_conflict or each.side is not Side.FORK or self._upstream_changed(each.path):
                yield each

    def _source(self, path: RepoPath, wanted: Entry | None) -> CommitId | None:
        if wanted is None:
            return None
        sides = (
            (self._sync.upstream_parent, self._replay.upstream_entry),
            (self._sync.fork_parent, self._replay.fork_entry),
        )
        return next((commit for commit, entry in sides if entry(path) == wanted), None)

    # What was dropped

    def fork_dropped(self) -> Iterator[fork_dropped.Dropped]:
        """The paths that the fork had changed, and that are upstream's or gone; none that a rule gives away."""
        gone = {path: self._replay.fork_entry(path) for path in self._given_up()}
        untouched = untouched_paths(self._repo, self._replay.fork.history, {k: v for k, v in gone.items() if v})
        dropped = {path: lost for path in gone if path not in untouched and (lost := self._lost(path)) != 0}
        commits = fork_commits_by_path(self._repo, self._replay.fork.history, dropped)
        squashed = {each.commit for each in self._replay.evaluation.based.lost_syncs}
        for path, lines in dropped.items():
            yield fork_dropped.Dropped(
                path,
                self._sync.commit,
                gone=self._replay.recorded(path) is None,
                lines=lines,
                fork_parent=self._sync.fork_parent,
                commits=tuple(each for each in commits[path] if each.commit not in squashed),
            )

    def upstream_dropped(self) -> Iterator[upstream_dropped.Dropped]:
        """What git merges by itself and was recorded as the fork's; no copy of what was switched on."""
        copies = {each.copy for each in self._switched_on.values()}
        trees = self._replay.trees
        recorded_anew = self._repo.changes(trees.fork, trees.recorded)
        for path, merged in self._replay.evaluation.merge.changes.items():
            if path in recorded_anew or path in self._decisions or path in copies:
                continue  # most are what upstream made of them
            recorded = self._replay.fork_entry(path)
            if merged != recorded and not self._is_mended(path, recorded):
                yield upstream_dropped.Dropped(path, self._sync.commit, self._sync.upstream_parent, merged is None)

    def _given_up(self) -> Iterator[RepoPath]:
        """The paths where the fork differs from the base and upstream's entry, or none, was recorded instead."""
        trees = self._replay.trees
        own = self._repo.changes(self._repo.tree(self._base), trees.fork)
        for path, (_, recorded) in self._repo.changes(trees.fork, trees.recorded).items():
            if path not in own or path.startswith(f"{FOLDER}/") or self._is_mended(path, recorded):
                continue
            is_upstream_s = recorded is None or recorded == self._replay.upstream_entry(path)
            if is_upstream_s and path not in self._switched_on and not self._is_given_away(path, recorded):
                yield path

    def _is_given_away(self, path: RepoPath, recorded: Entry | None) -> bool:
        """Whether the policy, or git's own merge, makes the path what was recorded."""
        decision = self._decisions.get(path)
        if decision is not None:
            return not decision.needs_person and (
                decision.resolution in _SWITCHED_OFF or decision.results.get(path) == recorded
            )
        merge = self._replay.evaluation.merge
        return path in merge.changes and merge.changes[path] == recorded

    def _lost(self, path: RepoPath) -> int | None:
        """How many lines of the fork's work are lost; None where lines cannot be told."""
        base, fork, recorded = (
            self._content(entry)
            for entry in (self._base_entry(path), self._replay.fork_entry(path), self._replay.recorded(path))
        )
        if any(each is not None and is_binary(each) for each in (base, fork, recorded)):
            return None
        return len(lost_lines(base, fork, recorded))

    # Entries

    def _is_mended(self, path: RepoPath, recorded: Entry | None) -> bool:
        """Whether a later commit changed what was recorded."""
        return self._final != self._replay.trees.recorded and self._repo.entry(self._final, path) != recorded

    def _upstream_changed(self, path: RepoPath) -> bool:
        return self._base_entry(path) != self._replay.upstream_entry(path)

    def _base_entry(self, path: RepoPath) -> Entry | None:
        return self._repo.entry(self._repo.tree(self._base), path)

    def _content(self, entry: Entry | None) -> bytes | None:
        return None if entry is None or entry.is_submodule else self._repo.read(entry.id)
