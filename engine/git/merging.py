"""What a merge asks of git's objects: merging lines, attributes, and writing to the scratch store."""

import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, cast

import pygit2
from msgspec import Struct
from pygit2.enums import AttrCheck, FileMode
from pygit2.ffi import C as _C  # pyright: ignore[reportUnknownVariableType]
from pygit2.ffi import ffi as _ffi  # pyright: ignore[reportUnknownVariableType]

from ...policy.errors import MissingObjectError, RepositoryError
from ...policy.facts import Entry
from ...policy.names import BlobId, CommitId, RepoPath, TreeId
from .repository import BRING_BACK, Repository
from .scratch import Scratch

MARKER_SIZE = 7
"""How many characters a conflict marker has, unless merges nest."""

# pygit2 has no types for its C interface.
C = cast(Any, _C)
ffi = cast(Any, _ffi)

_SIGNATURE = pygit2.Signature("forkpolicy", "forkpolicy@localhost", 0, 0)


class Driver(StrEnum):
    """How attributes say that a path's contents merge (`git help attributes`, "merge")."""

    TEXT = "text"
    BINARY = "binary"
    UNION = "union"


class Algorithm(StrEnum):
    """How lines that differ are found (`git help diff`, "--diff-algorithm")."""

    MYERS = "myers"
    PATIENCE = "patience"


class MergedLines(Struct, frozen=True):
    """Merged content; where it is not clean, it has conflict markers."""

    clean: bool
    content: bytes


class ShortStat(Struct, frozen=True):
    """What `git diff --shortstat` counts."""

    files: int
    insertions: int
    deletions: int


def merge_driver(scratch: Scratch, path: RepoPath) -> Driver:
    """How the contents of a path merge; custom drivers count as text, because none is ever run."""
    value = _merge_attribute(scratch, path)
    if value is False:
        return Driver.BINARY
    return Driver(value) if value in tuple(Driver) else Driver.TEXT


def custom_driver(scratch: Scratch, path: RepoPath) -> str | None:
    """The merge driver that attributes name for a path, where it is none that git brings along."""
    value = _merge_attribute(scratch, path)
    return value if isinstance(value, str) and value not in tuple(Driver) else None


def merge_lines(  # noqa: PLR0913  # three versions, and three settings by name
    scratch: Scratch,
    base: BlobId | None,
    fork: BlobId,
    upstream: BlobId,
    *,
    union: bool = False,
    labels: tuple[str, str] = ("fork", "upstream"),
    marker_size: int = MARKER_SIZE,
) -> MergedLines:
    """Merge three blobs line by line; without a base, against an empty file.

    pygit2's own call takes no options and fails on text that is not UTF-8, so this one goes through libgit2's C
    interface. Patience comes nearest to the histogram that git merges with.
    """
    flags = C.GIT_MERGE_FILE_DIFF_PATIENCE
    favor = C.GIT_MERGE_FILE_FAVOR_UNION if union else C.GIT_MERGE_FILE_FAVOR_NORMAL
    return _merge_file(scratch, (base, fork, upstream), labels, flags=flags, favor=favor, marker_size=marker_size)


def merge_loose_lines(scratch: Scratch, base: BlobId, fork: BlobId, upstream: BlobId, *, algorithm: Algorithm) -> bytes:
    """Merge three blobs as `git merge-file --diff3` does, but for white space at line ends, which does not count.

    Lines that all versions have come from the fork's blob. An empty file leaves libgit2 without a label.
    """
    flags = C.GIT_MERGE_FILE_STYLE_DIFF3 | C.GIT_MERGE_FILE_IGNORE_WHITESPACE_EOL
    if algorithm is Algorithm.PATIENCE:
        flags |= C.GIT_MERGE_FILE_DIFF_PATIENCE
    return _merge_file(scratch, (base, fork, upstream), ("fork", "upstream"), flags=flags).content


def write_blob(scratch: Scratch, content: bytes) -> BlobId:
    """Write a blob to the scratch store."""
    return BlobId(str(scratch.repository.raw.create_blob(content)))


def write_tree(scratch: Scratch, tree: TreeId, changes: Mapping[RepoPath, Entry | None]) -> TreeId:
    """Write the tree that comes of applying changes to another; None removes a path.

    Raises:
        RepositoryError: the object store lacks something that the new tree names.
    """
    with _naming(tree):
        index = pygit2.Index()
        index.read_tree(_tree(scratch.repository, tree))
        for path, entry in changes.items():
            if entry is None and path in index:
                index.remove(path)
        for path, entry in changes.items():
            if entry is not None:
                index.add(pygit2.IndexEntry(path, pygit2.Oid(hex=entry.id), FileMode(entry.mode)))
        return TreeId(str(index.write_tree(scratch.repository.raw)))


def write_commit(scratch: Scratch, tree: TreeId, parents: Sequence[CommitId] = ()) -> CommitId:
    """Write a commit to the scratch store; the same tree and parents always give the same id."""
    raw = scratch.repository.raw
    return CommitId(str(raw.create_commit(None, _SIGNATURE, _SIGNATURE, "", tree, list(parents))))


def blob_size(repository: Repository, blob: BlobId) -> int:
    """A blob's size in bytes, without reading all of it."""
    with _naming(blob):
        return repository.raw.odb.read_header(blob)[1]


def has_directory(repository: Repository, tree: TreeId, path: str) -> bool:
    """Whether a tree has a directory at a path."""
    with _naming(tree):
        found = _tree(repository, tree)
        return path in found and isinstance(found[path], pygit2.Tree)


def count_changes(repository: Repository, before: CommitId, after: CommitId) -> ShortStat:
    """The files and lines that differ between two commits, renames followed, where git is not there to ask."""
    raw = repository.raw
    with _naming(before):
        diff = raw.diff(before, after)
        diff.find_similar()
        stats = diff.stats
    return ShortStat(stats.files_changed, stats.insertions, stats.deletions)


# Private


def _merge_attribute(scratch: Scratch, path: RepoPath) -> str | bool | None:
    if not scratch.has_attributes:
        return None
    return scratch.repository.raw.get_attr(os.fsencode(path), "merge", AttrCheck.NO_SYSTEM)


def _tree(repository: Repository, tree: TreeId) -> pygit2.Tree:
    return repository.raw[tree].peel(pygit2.Tree)


def _merge_file(  # three settings by name
    scratch: Scratch,
    versions: tuple[BlobId | None, BlobId, BlobId],
    labels: tuple[str, str],
    *,
    flags: int,
    favor: int = C.GIT_MERGE_FILE_FAVOR_NORMAL,
    marker_size: int = MARKER_SIZE,
) -> MergedLines:
    """Merge the base's blob, the fork's and upstream's through libgit2's C interface."""
    held = [_index_entry(blob) for blob in versions]
    entries = [ffi.NULL if each is None else each[0] for each in held]
    label_bytes = [ffi.new("char[]", label.encode()) for label in labels]
    options = ffi.new("git_merge_file_options *")
    options.version = 1
    options.our_label, options.their_label = label_bytes
    options.favor, options.flags, options.marker_size = favor, flags, marker_size
    result = ffi.new("git_merge_file_result *")
    handle = cast(Any, scratch.repository.raw)._repo
    if C.git_merge_file_from_index(result, handle, *entries, options) < 0:
        base, fork, upstream = versions
        raise RepositoryError(f"libgit2 cannot merge the blobs {base}, {fork} and {upstream}", "git fsck")
    try:
        content = bytes(ffi.buffer(result.ptr, result.len)) if result.len else b""
        return MergedLines(bool(result.automergeable), content)
    finally:
        C.git_merge_file_result_free(result)


def _index_entry(blob: BlobId | None) -> tuple[Any, Any] | None:
    """A libgit2 index entry for a blob, with the buffer that must live as long as it does."""
    if blob is None:
        return None
    entry, path = ffi.new("git_index_entry *"), ffi.new("char[]", b"file")
    entry.path = path
    entry.mode = 0o100644
    ffi.buffer(ffi.addressof(entry, "id"))[:] = bytes.fromhex(blob)
    return entry, path


@contextmanager
def _naming(name: str) -> Generator[None, None, None]:
    try:
        yield
    except (KeyError, ValueError, pygit2.GitError, OSError) as error:
        message = f"object {name}, or one that it needs, is missing: {error}"
        raise MissingObjectError(message, BRING_BACK) from error
