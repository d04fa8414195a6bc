"""The merges that brought upstream into the fork's history, and which of their parents is the fork's side.

Told by structure alone, whatever the order of the parents and whatever anybody called the branch: a sync merge joins
two sides that have nothing of the fork's in common, neither commits of its own nor what an earlier sync brought.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from ..policy.names import CommitId
from .git.repository import Commit, Repository
from .history import ForkHistory


class SyncMerge(Struct, frozen=True):
    """A merge that brought upstream."""

    commit: CommitId
    fork_parent: CommitId
    upstream_parent: CommitId
    """Upstream's commit, or one of a branch that had merged upstream and nothing of production's."""


def sync_merges(repo: Repository, history: ForkHistory, production: CommitId | None = None) -> tuple[SyncMerge, ...]:
    """The sync merges of a history, oldest first.

    What was merged on the way to the upstream side of another, such as the mirror's own merges, is none. The fork's
    side is the parent in the history of `production`, where that is known and older; failing that, the one with more
    commits of the fork's own; failing that, the first.
    """
    search = _Search(repo, history, production)
    found: dict[CommitId, SyncMerge] = {}
    for merge in reversed(list(history.commits.values())):
        sync = search.judge(merge)
        if sync is not None:
            brought = search.passed(sync)
            found = {each: older for each, older in found.items() if each not in brought}
            found[sync.commit] = sync
    return tuple(found.values())


# Private


class _Search:
    """Judges merges, oldest first: a merge is told by what the earlier ones brought."""

    def __init__(self, repo: Repository, history: ForkHistory, production: CommitId | None) -> None:
        self._repo = repo
        self._commits = history.commits
        self._order = tuple(reversed(list(history.commits)))
        self._number = {each: number for number, each in enumerate(self._order)}
        self._reach, self._entries = _reach(self._order, history.commits)
        self._upstream = 0
        """The commits of the fork's that lie on the upstream side of a sync."""
        self._production = 0 if production is None else self._reach.get(production, 0)

    def judge(self, merge: Commit) -> SyncMerge | None:
        """The sync that a commit is; None for any other."""
        if len(merge.parents) != 2 or not self._are_apart(*merge.parents):
            return None
        fork, upstream = self._sides(*merge.parents)
        return SyncMerge(merge.id, fork, upstream) if self._brings(upstream, fork) else None

    def passed(self, sync: SyncMerge) -> frozenset[CommitId]:
        """The fork's commits that a sync brought with its upstream side; they count as upstream's from now on."""
        brought = self._of(sync.upstream_parent) & ~self._of(sync.fork_parent)
        self._upstream |= brought
        return frozenset(each for number, each in enumerate(self._order) if brought >> number & 1) if brought else _NONE

    def _are_apart(self, one: CommitId, other: CommitId) -> bool:
        """Whether both sides share nothing of the fork's."""
        if one not in self._commits or other not in self._commits:
            return True
        if not self._entries & (self._of(one) ^ self._of(other)):
            return False  # neither has a way to upstream that the other has not
        bases = self._repo.merge_bases(one, other)
        return all(self._is_upstream(base) for base in bases)

    def _brings(self, upstream: CommitId, fork: CommitId) -> bool:
        return any(each not in self._commits for each in self._repo.walk([upstream], [fork]))

    def _is_upstream(self, commit: CommitId) -> bool:
        return commit not in self._commits or bool(self._upstream >> self._number[commit] & 1)

    def _sides(self, one: CommitId, other: CommitId) -> tuple[CommitId, CommitId]:
        """The fork's side, and upstream's."""
        earlier = [each for each in (one, other) if self._of(each) and self._of(each) & ~self._production == 0]
        if len(earlier) == 1:
            return (one, other) if earlier == [one] else (other, one)
        return (one, other) if self._weight(one) >= self._weight(other) else (other, one)

    def _weight(self, commit: CommitId) -> int:
        """How many commits of the fork's own a side has."""
        return (self._of(commit) & ~self._upstream).bit_count()

    def _of(self, commit: CommitId) -> int:
        return self._reach.get(commit, 0)


_NONE: frozenset[CommitId] = frozenset()


def _reach(order: Iterable[CommitId], commits: Mapping[CommitId, Commit]) -> tuple[dict[CommitId, int], int]:
    """For every commit of the fork those in its history, a bit each, and which of all have upstream's as a parent.

    Whole sets in one number make thousands of merges cheap to compare.
    """
    reach: dict[CommitId, int] = {}
    entries = 0
    for number, each in enumerate(order):
        reach[each] = 1 << number
        for parent in commits[each].parents:
            if parent in reach:
                reach[each] |= reach[parent]
            else:
                entries |= 1 << number
    return reach, entries
