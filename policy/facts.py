"""What the repository says about a conflict: the values that ownership rules judge.

The engine fills them in; nothing here looks anything up.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from .names import BlobId, CommitId, RepoPath


class Kind(StrEnum):
    """How a path conflicts."""

    CONTENT = "content"
    ADD_ADD = "add-add"
    MODIFY_DELETE = "modify-delete"
    RENAME_RENAME = "rename-rename"
    RENAME_DELETE = "rename-delete"
    RENAME_ADD = "rename-add"
    DIRECTORY_RENAME = "directory-rename"
    MODE = "mode"
    FILE_DIRECTORY = "file-directory"
    SYMLINK = "symlink"
    SUBMODULE = "submodule"


class Change(StrEnum):
    """What one side did to a path since the base."""

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"


class Entry(Struct, frozen=True):
    """A tree entry: what git records at a path."""

    mode: int
    id: BlobId

    @property
    def is_symlink(self) -> bool:
        """Whether the entry is a symbolic link."""
        return self.mode == 0o120000

    @property
    def is_submodule(self) -> bool:
        """Whether the entry is a submodule: its id is a commit of another repository."""
        return self.mode == 0o160000

    @property
    def is_file(self) -> bool:
        """Whether the entry is a regular file, executable or not."""
        return self.mode in (0o100644, 0o100755)


class Versions(Struct, frozen=True):
    """One file's three versions; None where a side, or the base, does not have it."""

    base: Entry | None
    fork: Entry | None
    upstream: Entry | None

    @property
    def entries(self) -> tuple[Entry | None, Entry | None, Entry | None]:
        """All three: the base's, the fork's, upstream's."""
        return self.base, self.fork, self.upstream

    @property
    def is_empty(self) -> bool:
        """Whether nobody has the file."""
        return not any(self.entries)

    @property
    def fork_change(self) -> Change | None:
        """What the fork did since the base; None where it did nothing."""
        return change_between(self.base, self.fork)

    @property
    def upstream_change(self) -> Change | None:
        """What upstream did since the base; None where it did nothing."""
        return change_between(self.base, self.upstream)


def change_between(before: Entry | None, after: Entry | None) -> Change | None:
    """The change that leads from one entry to another; None where they are equal."""
    if before == after:
        return None
    if before is None:
        return Change.ADDED
    return Change.DELETED if after is None else Change.MODIFIED


class Conflict(Struct, frozen=True):
    """One conflict of a merge: a group of one to three names that git cannot settle by itself.

    `files` has an entry for every name of the group. `path` is where the merged file would stand: the name to show.
    """

    path: RepoPath
    kind: Kind | None
    """None for what is no conflict: git merges the path by itself, and a rule may still decide it."""
    files: Mapping[RepoPath, Versions]
    possibly_renamed: bool = False
    """For a modify/delete: the deleted file was probably renamed, so no rule may decide it."""
    follows_rename: bool = False
    """One side renamed the file: the names stand for one file, whose versions each of them carries."""
    moves: Mapping[RepoPath, RepoPath] = field(default_factory=dict[RepoPath, RepoPath])
    """For a renamed folder: where its new files lie, and where the rename would take them."""

    @property
    def paths(self) -> tuple[RepoPath, ...]:
        """Every name of the group, sorted."""
        return tuple(sorted(self.files))


class ForkCommit(Struct, frozen=True):
    """A commit of the fork that changed a path."""

    commit: CommitId
    subject: str
    pull_request: int | None = None


class FileFacts(Struct, frozen=True):
    """What is known about one name of a conflict."""

    path: RepoPath
    versions: Versions
    binary: bool = False
    untouched: CommitId | None = None
    """An upstream commit that had the fork's entry at this path: the evidence that the fork never changed it."""
    fork_only: bool = False
    """Upstream never had the path."""
    leftover: bool = False
    """The fork still holds an upstream file that upstream has since deleted."""
    renamed: bool = False
    """Upstream renamed it: the fork has it under the old name."""

    @property
    def upstream_change(self) -> Change | None:
        """What upstream did to the file since the base; to one that the fork has already it adds nothing."""
        change = self.versions.upstream_change
        if change is not Change.ADDED:
            return change
        return Change.MODIFIED if self.renamed else change_between(self.versions.fork, self.versions.upstream)


class DisabledCopy(Struct, frozen=True):
    """What is known about the fork's disabled copy of a file."""

    path: RepoPath
    made_of: Entry | None
    """Upstream's file as it was when the fork made the copy; the copy itself where the fork never changed it, None
    where history does not tell."""


class ConflictFacts(Struct, frozen=True):
    """A conflict with all that the rules may ask about it."""

    conflict: Conflict
    files: tuple[FileFacts, ...]
    fork_commits: tuple[ForkCommit, ...] = field(default=())
    copies: tuple[DisabledCopy, ...] = ()
    """The disabled copies that the fork has of the files."""
