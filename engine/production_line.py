"""Production's own line of history: the commits that the branch pointed to, one after another."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..policy.names import CommitId
from .fork import Fork
from .sync_merges import SyncMerge


@dataclass(frozen=True, slots=True)
class Arrival:
    """The commit with which something came into production, and the one before it."""

    commit: CommitId
    before: CommitId


@dataclass(frozen=True)
class Line:
    """The line of the branch that a fork is seen from: at a sync along the fork's side, else along first parents."""

    commits: tuple[CommitId, ...]
    """Newest first; the last one may be upstream's."""
    _arrivals: Mapping[CommitId, Arrival]

    @classmethod
    def of(cls, fork: Fork, syncs: Iterable[SyncMerge]) -> "Line":
        """The line of a branch, where some of its merges are known to be syncs."""
        sides = {each.commit: each.fork_parent for each in syncs}
        line = tuple(_line(fork, sides))
        return cls(line, dict(_arrivals(fork, line)))

    def arrival(self, sync: SyncMerge) -> Arrival:
        """With which commit a sync came into production; itself where it did not, or lies on the line."""
        return self._arrivals.get(sync.commit, Arrival(sync.commit, sync.fork_parent))


# Private


def _line(fork: Fork, sides: Mapping[CommitId, CommitId]) -> Iterator[CommitId]:
    commits = fork.history.commits
    commit = fork.production.commit
    while commit in commits:
        yield commit
        parents = commits[commit].parents
        if not parents:
            return
        commit = sides.get(commit, parents[0])
    yield commit


def _arrivals(fork: Fork, line: tuple[CommitId, ...]) -> Iterator[tuple[CommitId, Arrival]]:
    """For every commit of the fork beside the line the one of the line that brought it."""
    commits, seen = fork.history.commits, set(line)
    for before, commit in zip(line[:0:-1], line[-2::-1], strict=True):
        waiting = [parent for parent in commits[commit].parents if parent not in seen]
        while waiting:
            each = waiting.pop()
            if each in commits and each not in seen:
                seen.add(each)
                yield each, Arrival(commit, before)
                waiting.extend(commits[each].parents)
