"""Which merges an audit looks at: those that are named, those since a day, or all of the branch's history."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from ..policy.errors import UsageError
from ..policy.names import CommitId
from .audited_merge import seen_from
from .fork import Fork, fork_at
from .sync_merges import SyncMerge, sync_merges


class Asked(Struct, frozen=True):
    """The merges that are asked for."""

    merges: tuple[str, ...] = ()
    """Revisions; none: all sync merges of the branch."""
    since: datetime | None = None
    fork_parents: tuple[str, ...] = ()
    """Commits that are the fork's side of a merge that is named."""
    upstream_parents: tuple[str, ...] = ()
    """Commits that are upstream's, whatever the refs say."""


class KnownSides(Struct, frozen=True):
    """What the command line says about whose commits are whose."""

    fork: frozenset[CommitId]
    upstream: frozenset[CommitId]

    def of(self, merge: CommitId, parents: tuple[CommitId, ...]) -> SyncMerge | None:
        """The sync that a merge is, where one of its parents was named; None where none was."""
        if len(parents) != 2:
            return None
        for fork, upstream in (parents, parents[::-1]):
            if fork in self.fork or upstream in self.upstream:
                return SyncMerge(merge, fork, upstream)
        return None


def known_sides(fork: Fork, asked: Asked) -> KnownSides:
    """The sides that the command line names; the other parents of the merges that are named follow from them.

    Raises:
        RepositoryError: there is no such commit.
    """
    resolve = fork.repo.resolve
    forks = frozenset(map(resolve, asked.fork_parents))
    named = frozenset(map(resolve, asked.upstream_parents))
    pairs = [fork.repo.commit(resolve(each)).parents for each in asked.merges]
    others = {parent for pair in pairs if not forks.isdisjoint(pair) for parent in pair if parent not in forks}
    return KnownSides(forks, named | others)


def find_syncs(fork: Fork, asked: Asked, sides: KnownSides) -> tuple[SyncMerge, ...]:
    """The sync merges that are asked for, oldest first; `fork` knows of the sides.

    Raises:
        RepositoryError: there is no such commit.
        UsageError: a commit that is named is no merge, or nothing tells which of its parents is upstream's.
    """
    if asked.merges:
        found: Iterable[SyncMerge] = dict.fromkeys(_named(fork, each, sides) for each in asked.merges)
    else:
        found = _on_known_sides(fork, sides, sync_merges(fork.repo, fork.history))
    committed = {each: fork.repo.commit(each.commit).committed for each in found}
    wanted = (each for each in committed if asked.since is None or committed[each] >= asked.since)
    return tuple(sorted(wanted, key=lambda each: committed[each]))


# Private


def _on_known_sides(fork: Fork, sides: KnownSides, found: Iterable[SyncMerge]) -> Iterator[SyncMerge]:
    for each in found:
        yield sides.of(each.commit, fork.repo.commit(each.commit).parents) or each


def _named(fork: Fork, revision: str, sides: KnownSides) -> SyncMerge:
    merge = fork.repo.resolve(revision)
    parents = fork.repo.commit(merge).parents
    if len(parents) != 2:
        raise UsageError(f"{revision} is no merge of two commits: it has {len(parents)}", "name a merge commit")
    known = sides.of(merge, parents)
    if known is not None:
        return known
    # what a later sync brought with its upstream side is none of the branch's own syncs, yet may be asked for
    for view in (seen_from(fork, merge), fork_at(fork, merge)):
        for sync in sync_merges(view.repo, view.history):
            if sync.commit == merge:
                return sync
    one, other = (each[:10] for each in parents)
    raise UsageError(
        f"history does not tell which parent of {revision} is upstream's: {one} or {other}",
        f"say which it is: forkpolicy audit {revision} --upstream-parent {other}; or fetch upstream with its tags",
    )
