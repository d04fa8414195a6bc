"""With which commit a sync came into production: its own merge, or that of the sync branch which it was made on."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from ..policy.names import CommitId
from .fork import Fork
from .sync_merges import SyncMerge


class Arrival(Struct, frozen=True):
    """A commit of production's own line, and the one before it."""

    commit: CommitId
    before: CommitId


def arrivals(fork: Fork, syncs: Sequence[SyncMerge]) -> tuple[Arrival, ...]:
    """The arrivals of syncs in the fork's branch, each once; a sync that has not come there stands for itself."""
    sides = {each.commit: each.fork_parent for each in syncs}
    brought = dict(_brought(fork, tuple(_line(fork, sides))))
    return tuple(dict.fromkeys(brought.get(each.commit, Arrival(each.commit, each.fork_parent)) for each in syncs))


# Private


def _line(fork: Fork, sides: Mapping[CommitId, CommitId]) -> Iterator[CommitId]:
    """The commits that the branch pointed to, newest first: at a sync on the fork's side, else on first parents."""
    commits = fork.history.commits
    commit = fork.production.commit
    while commit in commits:
        yield commit
        parents = commits[commit].parents
        if not parents:
            return
        commit = sides.get(commit, parents[0])
    yield commit


def _brought(fork: Fork, line: Sequence[CommitId]) -> Iterator[tuple[CommitId, Arrival]]:
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
