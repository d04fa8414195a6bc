"""Paths whose base is in doubt: no change of base may settle them unseen.

On a base that is too old, what the fork reverted or dropped comes back; on one that is too new, what the fork never
got is lost: either way without a conflict. So wherever it matters which of several bases is the right one, a person
decides.
"""

from collections.abc import Container, Iterable, Iterator, Mapping

from msgspec.structs import replace

from ..policy.decisions import Decision, Loss, Resolution
from ..policy.models import Policy
from ..policy.names import CommitId, RepoPath
from ..policy.origins import BUILT_IN, CONTENT_BASE
from .content_base import ContentBase
from .contents import Merged
from .git.scratch import Scratch
from .history import ForkHistory
from .lost_syncs import FEWEST_PATHS
from .merge_base import BasedMerge
from .path_merge import PathMerge
from .untouched import untouched_paths


def doubtful_paths(scratch: Scratch, history: ForkHistory, release: CommitId, based: BasedMerge) -> dict[RepoPath, str]:
    """The paths that a person has to see whatever the merge makes of them, each with the reason."""
    return _Review(scratch, history, release, based).paths()


def hold_back(decisions: Iterable[Decision], doubts: Mapping[RepoPath, str], policy: Policy) -> tuple[Decision, ...]:
    """Leave the doubtful paths to a person: automatic decisions about them, and what merges without a decision.

    What a rule of the policy decides by path stays decided: who owns it was said, whatever it stands on.
    """
    owners = {BUILT_IN, *(rule.name for rule in policy.ownership.rules if rule.paths)}
    held = tuple(each if each.rule in owners else _held_back(each, doubts) for each in decisions)
    known = {path for each in held for path in each.paths}
    missed = (path for path in sorted(doubts) if path not in known)
    opened = (Decision.left_open(path, None, CONTENT_BASE, doubts[path], Loss(None, None)) for path in missed)
    return (*held, *opened)


class _Review:
    def __init__(self, scratch: Scratch, history: ForkHistory, release: CommitId, based: BasedMerge) -> None:
        self._repo = scratch.repository
        self._history, self._fork, self._release = history, history.tip, release
        self._based = based
        self._on_release = PathMerge(scratch, history.tip, release)
        self._scratch = scratch

    def paths(self) -> dict[RepoPath, str]:
        found = dict(reversed(list(self._doubts())))  # of several reasons the first one is told
        return {path: reason for path, reason in found.items() if self._matters(path)}

    def _doubts(self) -> Iterator[tuple[RepoPath, str]]:
        base, likely = self._based.content, self._based.likely
        if base is None or not self._based.uses_content:
            if self._based.lost_syncs:
                yield from self._disputed()
            if base is not None and base.origin.is_on_line and base.nearer >= FEWEST_PATHS:
                yield from self._between(self._based.git[0], (base.commit, *likely))
            return
        yield from self._put_back(base)
        yield from self._disputed()
        yield from self._of_content(base)
        yield from self._between(base.commit, likely)
        yield from self._deleted(base)

    def _matters(self, path: RepoPath) -> bool:
        """Whether the two sides differ at all."""
        return self._on_release.entry(self._fork, path) != self._on_release.entry(self._release, path)

    def _disputed(self) -> Iterator[tuple[RepoPath, str]]:
        """Paths at which the fork holds, or lacks, what is older than all the rest of it, on either base."""
        for path in self._based.disputed:
            yield path, "the fork has an older state of upstream's here than elsewhere: left behind, or put back?"

    def _put_back(self, base: ContentBase) -> Iterator[tuple[RepoPath, str]]:
        for path, commit in (*base.put_back.items(), *self._based.reverted.items()):
            yield path, f"{commit[:10]} of the fork put an older state of upstream's back"

    def _of_content(self, base: ContentBase) -> Iterator[tuple[RepoPath, str]]:
        """How the fork took what upstream changed between the two bases.

        Merged into the fork on git's base, the content base must bring nothing: what it brings, the fork lacks. What
        conflicts, only a sync can have settled; where none stands behind the base, a person does.
        """
        synced = base.origin.is_sync or self._based.lost_syncs
        merge = PathMerge(self._scratch, self._fork, base.commit)
        for path in self._changed(self._based.git[0], base.commit):
            merged = merge.on(self._based.git[0], path)
            if merged.kind is None and merged.entry != merge.entry(self._fork, path):
                yield path, f"the fork lacks something that upstream changed here before {base.commit[:10]}"
            elif merged.kind is not None and not synced:
                yield path, f"fork and upstream both changed it before {base.commit[:10]}, and no sync settled that"

    def _between(self, base: CommitId, others: Iterable[CommitId]) -> Iterator[tuple[RepoPath, str]]:
        """Paths that come out otherwise on another commit that the fork may as well stand on."""
        differing = [
            (path, other)
            for other in others
            for path in self._changed(base, other)
            if self._on_release.on(base, path) != self._on_release.on(other, path)
        ]
        settled = self._upstreams_on_any(base, (path for path, _ in differing))
        for path, other in differing:
            if path not in settled:
                yield path, f"{base[:10]} and {other[:10]} are as likely the base, and differ here"

    def _upstreams_on_any(self, base: CommitId, paths: Iterable[RepoPath]) -> Container[RepoPath]:
        """Paths that the fork never changed and that come out as the release has them.

        Whatever the base is, nothing else can be right there: neither side has anything to lose.
        """
        entries = {path: self._on_release.entry(self._fork, path) for path in paths if self._is_upstreams(base, path)}
        held = {path: entry for path, entry in entries.items() if entry is not None}
        return untouched_paths(self._repo, self._history, held) if held else held

    def _is_upstreams(self, base: CommitId, path: RepoPath) -> bool:
        return self._on_release.on(base, path) == Merged(self._on_release.entry(self._release, path))

    def _deleted(self, base: ContentBase) -> Iterator[tuple[RepoPath, str]]:
        """Files of git's base that upstream deleted before the content base, and that the fork changed and has."""
        for path in self._changed(self._based.git[0], base.commit):
            versions = self._on_release.versions(base.commit, path)
            before = self._on_release.entry(self._based.git[0], path)
            gone = versions.base is None and versions.upstream is None
            if gone and before is not None and versions.fork is not None:
                yield path, "upstream deleted the file before the content base, and the fork still has it"

    def _changed(self, one: CommitId, other: CommitId) -> Iterable[RepoPath]:
        return self._repo.changes(self._repo.tree(one), self._repo.tree(other))


def _held_back(decision: Decision, doubts: Mapping[RepoPath, str]) -> Decision:
    reasons = dict.fromkeys(doubts[path] for path in decision.paths if path in doubts)
    if not reasons or decision.needs_person:
        return decision
    return replace(decision, resolution=Resolution.MANUAL_REVIEW, reason="; ".join(reasons), results={}, draft=None)
