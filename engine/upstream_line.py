"""Upstream's first-parent line, and how near its commits are to what the fork holds.

The distance of two commits is the number of paths at which their trees differ. A commit of the line is *stale* at a
path where the fork still holds what upstream had there earlier on the line: absence is an entry like any other.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ..policy.facts import Entry
from ..policy.names import CommitId, RepoPath
from .git.repository import Repository
from .git.search import LastHeld

STRIDES = (64, 8, 1)
"""Commits between two samples of the line, coarse to fine."""


def upstream_line(repo: Repository, tip: CommitId, start: CommitId) -> tuple[CommitId, ...]:
    """Upstream's first-parent history from `start` to `tip`, oldest first.

    `start` stands first even where the line leaves it aside: what came before it, the fork has by ancestry.
    """
    return (start, *reversed(list(repo.walk([tip], [start], first_parent=True))))


class Profile(Struct, frozen=True):
    """A window of the line, told exactly: for each position from `start` on, the distance and what is stale."""

    start: int
    distances: tuple[int, ...]
    stale: tuple[Mapping[RepoPath, int], ...]
    """Each stale path with the last position at which upstream had the fork's entry."""

    def has(self, position: int) -> bool:
        """Whether the window reaches a position."""
        return 0 <= position - self.start < len(self.distances)

    def distance(self, position: int) -> int:
        """The distance at a position."""
        return self.distances[position - self.start]

    def stale_at(self, position: int) -> Mapping[RepoPath, int]:
        """What is stale at a position."""
        return self.stale[position - self.start]


class UpstreamLine:
    """A line of upstream's commits, seen from one commit of the fork; every comparison is made once."""

    def __init__(self, repo: Repository, fork: CommitId, commits: Sequence[CommitId]) -> None:
        self.commits = commits
        self._repo = repo
        self._fork = repo.tree(fork)
        self._distances: dict[int, int] = {}
        self._profiles: list[Profile] = []

    @property
    def newest(self) -> int:
        """The last position."""
        return len(self.commits) - 1

    def distance(self, position: int) -> int:
        """The number of paths at which the fork differs from the commit at a position."""
        if position not in self._distances:
            tree = self._repo.tree(self.commits[position])
            self._distances[position] = self._repo.distance(tree, self._fork)
        return self._distances[position]

    def nearest(self, high: int | None = None) -> int:
        """The nearest position up to `high`, ties to the oldest: by samples, each round nearer together.

        Distances fall towards what the fork holds and rise after it, so that samples do not miss the valley.
        """
        high = self.newest if high is None else high
        found, reach = 0, high
        for stride in STRIDES:
            first, last = max(0, found - reach), min(high, found + reach)
            found = min((*range(first, last, stride), last), key=lambda position: (self.distance(position), position))
            reach = stride
        return found

    def equals(self, position: int) -> tuple[int, ...]:
        """The positions from this one on, not far behind it, that are as near; itself included."""
        window = range(position, min(position + STRIDES[1], self.newest) + 1)
        return tuple(each for each in window if self.distance(each) == self.distance(position))

    def profile(self, low: int, high: int) -> Profile:
        """Distances and stale paths from one position to another, by the differences of neighbours."""
        known = next((each for each in self._profiles if each.has(low) and each.has(high)), None)
        if known is None:
            known = self._profile(low, high)
            self._profiles.append(known)
        return known

    # Private

    def _profile(self, low: int, high: int) -> Profile:
        differing = {path: fork for path, (_, fork) in self._changes_to_fork(low).items()}
        stale = self._last_held(differing, low)
        distances, stales = [len(differing)], [dict(stale)]
        for position in range(low + 1, high + 1):
            for path, (old, new) in self._changes(position).items():
                held = self._repo.entry(self._fork, path)
                if new == held:
                    differing.pop(path, None)
                    stale.pop(path, None)
                else:
                    differing[path] = held
                    if old == held:
                        stale[path] = position - 1
            distances.append(len(differing))
            stales.append(dict(stale))
        self._distances.update(enumerate(distances, low))
        return Profile(low, tuple(distances), tuple(stales))

    def _last_held(self, wanted: Mapping[RepoPath, Entry | None], before: int) -> dict[RepoPath, int]:
        """For the paths at which upstream had the fork's entry before a position: where it had it last."""
        search = LastHeld(self._repo, wanted)
        for position in range(before):
            search.look(self.commits[position], position)
        return search.positions

    def _changes_to_fork(self, position: int) -> Mapping[RepoPath, tuple[Entry | None, Entry | None]]:
        return self._repo.changes(self._repo.tree(self.commits[position]), self._fork)

    def _changes(self, position: int) -> Mapping[RepoPath, tuple[Entry | None, Entry | None]]:
        """What one commit of the line changed."""
        before, after = (self._repo.tree(self.commits[each]) for each in (position - 1, position))
        return {path: (old, new) for path, old, new in self._repo.differences(before, after)}
