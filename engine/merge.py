"""Merging the fork with upstream: what conflicts, and what the result is everywhere else.

The merge follows git's own (`ort`), so that a person who runs `git merge` gets what was announced; `oracle.py` checks
that against git itself.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from ..policy.errors import RepositoryError
from ..policy.facts import Conflict, Entry, Kind, Versions
from ..policy.names import CommitId, RepoPath, TreeId
from .contents import Contents
from .git.merging import write_commit, write_tree
from .git.scratch import Scratch
from .grouping import group_conflicts
from .threeway import ThreeWay


class Merge(Struct, frozen=True):
    """A finished merge; it is the same whichever side is merged into the other."""

    base: TreeId
    """What both sides are merged against; of several git bases, what they come to when merged with one another."""
    conflicts: tuple[Conflict, ...]
    changes: Mapping[RepoPath, Entry | None]
    """Where the clean result differs from the fork's tree: the new entry, None for a deletion. Paths of conflicts
    are not among them."""
    fork_renames: Mapping[RepoPath, RepoPath]
    """Old names with new ones, of those renames of the fork that mattered."""
    upstream_renames: Mapping[RepoPath, RepoPath]
    moves: Mapping[RepoPath, RepoPath]
    """Files added to a directory that the other side renamed, with the places that git suggests for them."""
    combined: tuple[RepoPath, ...]
    """The paths where both sides changed the contents, so that they were merged: here attributes matter."""
    unmerged: Mapping[RepoPath, Versions] = field(default_factory=dict[RepoPath, Versions])
    """The versions that meet at each conflicting path: what git's index holds there in its stages 1 to 3."""
    settled: Mapping[RepoPath, Entry | None] = field(default_factory=dict[RepoPath, Entry | None])
    """What stands at those paths of conflicts at which nothing meets, such as the old name of a renamed file."""

    def names(self, path: RepoPath) -> tuple[RepoPath, RepoPath, RepoPath]:
        """What the base, the fork and upstream call the file that stands at a path in the end."""
        fork_old, upstream_old = (_old_name(each, path) for each in (self.fork_renames, self.upstream_renames))
        old = fork_old or upstream_old or path
        return old, path if fork_old else old, path if upstream_old else old


def merge_trees(scratch: Scratch, base: TreeId | None, fork: TreeId, upstream: TreeId) -> Merge:
    """Merge two trees; without a base, as if neither had anything in common with the other.

    Raises:
        RepositoryError: an object is missing or damaged.
    """
    base = base or scratch.empty_tree
    merge = ThreeWay(Contents(scratch), base, fork, upstream)
    conflicts = group_conflicts(merge)
    conflicting = {path for conflict in conflicts for path in conflict.files}
    return Merge(
        base,
        conflicts,
        _clean_changes(merge, conflicting),
        fork_renames=merge.sides[0].renames,
        upstream_renames=merge.sides[1].renames,
        moves=merge.moves,
        combined=tuple(sorted(merge.combined)),
        unmerged={path: merge.slots[path].versions for path, merged in merge.merged.items() if merged.kind},
        settled={path: merge.merged[path].entry for path in conflicting if _is_settled(merge, path)},
    )


def merge_commits(scratch: Scratch, fork: CommitId, upstream: CommitId, bases: tuple[CommitId, ...] = ()) -> Merge:
    """Merge two commits on their git base; several are first merged with one another, as git does.

    `bases` are the git bases where the caller knows them: finding them walks history.

    Raises:
        RepositoryError: the two share no history, or an object is missing.
    """
    repository = scratch.repository
    bases = bases or repository.merge_bases(fork, upstream)
    if not bases:
        raise RepositoryError(
            f"{fork} and {upstream} share no history, so they cannot be merged",
            "is history complete? git fetch --unshallow; are these the right two commits?",
        )
    base = _merge_bases(scratch, bases, depth=1)
    return merge_trees(scratch, repository.tree(base), repository.tree(fork), repository.tree(upstream))


# Private


def _old_name(renames: Mapping[RepoPath, RepoPath], path: RepoPath) -> RepoPath | None:
    return next((old for old, new in renames.items() if new == path), None)


def _clean_changes(merge: ThreeWay, conflicting: set[RepoPath]) -> dict[RepoPath, Entry | None]:
    changes: dict[RepoPath, Entry | None] = {}
    for path, merged in merge.merged.items():
        before = merge.original[path].fork if path in merge.original else None
        if path not in conflicting and merged.entry != before:
            changes[path] = merged.entry
    return changes


def _is_settled(merge: ThreeWay, path: RepoPath) -> bool:
    return path in merge.merged and merge.merged[path].kind is None


def _merge_bases(scratch: Scratch, bases: Iterable[CommitId], depth: int) -> CommitId:
    """One commit that stands for several merge bases: the oldest, merged with the next, and so on."""
    repository = scratch.repository
    base, *others = sorted(bases, key=lambda commit: (repository.commit(commit).committed, commit))
    for other in others:
        common = repository.merge_bases(base, other)
        root = repository.tree(_merge_bases(scratch, common, depth + 1)) if common else scratch.empty_tree
        contents = Contents(scratch, depth)
        merge = ThreeWay(contents, root, repository.tree(base), repository.tree(other))
        tree = write_tree(scratch, repository.tree(base), _virtual_tree(merge))
        base = write_commit(scratch, tree, (base, other))
    return base


def _virtual_tree(merge: ThreeWay) -> dict[RepoPath, Entry | None]:
    """Every result, conflicts included; a file in a directory's way gets the name that git gives it."""
    tree: dict[RepoPath, Entry | None] = {}
    for path, merged in merge.merged.items():
        tree[path] = merged.entry
        if merged.kind is Kind.FILE_DIRECTORY:
            branch = 1 if merge.slots[path].versions.fork else 2
            tree[path] = None
            tree[RepoPath(f"{path}~Temporary merge branch {branch}")] = merged.entry
    return tree
