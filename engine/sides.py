"""What each side of a merge did since the base: the paths it changed, and the renames among them that matter."""

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct, field

from ..policy.facts import Entry
from ..policy.names import RepoPath, TreeId
from .directory_renames import DirectoryRenames, directory_renames, parents
from .git.merging import has_directory
from .git.repository import Repository
from .renames import find_renames
from .similarity import Fingerprints


class Side(Struct, dict=True):
    """One side of a merge."""

    tree: TreeId
    changes: Mapping[RepoPath, tuple[Entry | None, Entry | None]]
    """Every path that differs from the base, with the entry before and after."""
    renames: dict[RepoPath, RepoPath] = field(default_factory=dict[RepoPath, RepoPath])
    """Old names with new ones, where that can matter to the merge."""
    directories: DirectoryRenames = field(default_factory=lambda: DirectoryRenames({}, ()))
    """The directories it renamed to which the other side added files."""

    @cached_property
    def deleted(self) -> dict[RepoPath, Entry]:
        """The base's entries at the paths that the side lacks."""
        return {path: old for path, (old, new) in self.changes.items() if old and not new}

    @cached_property
    def added(self) -> dict[RepoPath, Entry]:
        """The side's entries at the paths that the base lacks."""
        return {path: new for path, (old, new) in self.changes.items() if new and not old}


def read_sides(
    repository: Repository, base: TreeId, fork: TreeId, upstream: TreeId, fingerprints: Fingerprints
) -> tuple[Side, Side]:
    """What the fork did and what upstream did."""
    sides = Side(fork, repository.changes(base, fork)), Side(upstream, repository.changes(base, upstream))
    for side, other in (sides, sides[::-1]):
        vanished = _vanished(repository, side, other)
        side.renames = _renames_that_matter(side, other, vanished, fingerprints)
        side.directories = directory_renames(side.renames, vanished)
    _forget_directories_that_both_renamed(*sides)
    return sides


# Private


def _vanished(repository: Repository, side: Side, other: Side) -> set[str]:
    """The directories that one side emptied while the other added a file right there."""
    grown = {next(iter(parents(path)), "") for path in other.added} - {""}
    emptied = {each for path in side.deleted for each in parents(path) if each in grown}
    return {each for each in emptied if not has_directory(repository, side.tree, each)}


def _renames_that_matter(
    side: Side, other: Side, vanished: set[str], fingerprints: Fingerprints
) -> dict[RepoPath, RepoPath]:
    """A rename matters where the other side changed the file, or where the file's directory may have been renamed.

    A rename to a name that the other side uses too is a conflict anyhow; it is looked for to give it its right name.
    """
    relevant = {
        path
        for path in side.deleted
        if path in other.changes or (vanished and any(each in vanished for each in parents(path)))
    }
    found = find_renames(side.deleted, side.added, relevant, fingerprints)
    taken = set(found.values())
    contested = {
        path: entry for path, entry in side.added.items() if other.added.get(path, entry) != entry and path not in taken
    }
    rest = {path: entry for path, entry in side.deleted.items() if path not in found}
    return found | find_renames(rest, contested, rest.keys(), fingerprints)


def _forget_directories_that_both_renamed(fork: Side, upstream: Side) -> None:
    both = fork.directories.renamed.keys() & upstream.directories.renamed.keys()
    for side in (fork, upstream):
        kept = {old: new for old, new in side.directories.renamed.items() if old not in both}
        side.directories = DirectoryRenames(kept, side.directories.split)
