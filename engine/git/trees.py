"""Comparing trees folder by folder: what lies below equal ids is never read, so the cost follows the changes."""

import os
import re
import stat
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice

import pygit2
from pygit2.enums import DiffOption

from ...policy.facts import Entry
from ...policy.names import BlobId, RepoPath

# A tree object is a row of these: mode in octal digits, space, name, NUL, id in binary.
_ENTRY = re.compile(rb"(\d+) ([^\0]+)\0(.{20})", re.DOTALL)
_TREE = re.compile(rb"(?:\d+ [^\0]+\0.{20})*", re.DOTALL)

_FOLDERS_REMEMBERED = 256
"""Whoever follows a history compares each state of a folder with the one before, then with the one after."""

_FEW = 256
"""From so many differing paths on, libgit2 compares two trees of any size more quickly than this does."""

_Held = tuple[int, bytes]
"""Mode and id."""


class Trees:
    """Compares the trees of one object store; an id is given in binary, and None stands for an empty tree.

    Every method raises what pygit2 raises where an object is missing, and ValueError where it is no tree.
    """

    def __init__(self, raw: pygit2.Repository) -> None:
        self._raw = raw
        self._entries = lru_cache(maxsize=_FOLDERS_REMEMBERED)(self._read)
        self._far: set[bytes] = set()
        """Trees that differ from another at many paths, and so from those around that one."""

    def differences(
        self, one: bytes | None, other: bytes | None, place: bytes = b""
    ) -> Iterator[tuple[RepoPath, Entry | None, Entry | None]]:
        """Every path at which two trees differ with its entry in either, in git's order."""
        first, second = self._entries(one), self._entries(other)
        before, after = dict(map(_named, first - second)), dict(map(_named, second - first))
        for name in sorted(before.keys() | after.keys()):
            old, new = before.get(name), after.get(name)
            if name.endswith(b"/"):
                yield from self.differences(old and old[1], new and new[1], place + name)
            elif old != new:  # equal where they differ only in how a mode is written
                yield RepoPath(os.fsdecode(place + name)), _entry(old), _entry(new)

    def distance(self, one: bytes, other: bytes) -> int:
        """At how many paths two trees differ; libgit2 counts faster, and reads every folder for it."""
        if self._far.isdisjoint((one, other)):
            few = sum(1 for _ in islice(self.differences(one, other), _FEW))
            if few < _FEW:
                return few
            self._far |= {one, other}
        return len(self._tree(one).diff_to_tree(self._tree(other), DiffOption.INCLUDE_TYPECHANGE))

    # Private

    def _tree(self, tree: bytes) -> pygit2.Tree:
        found = self._raw[pygit2.Oid(raw=tree)]
        if not isinstance(found, pygit2.Tree):
            raise ValueError("this is no tree")  # as `_read` says it
        return found

    def _read(self, tree: bytes | None) -> frozenset[tuple[bytes, bytes, bytes]]:
        """A folder's entries: mode, name, id."""
        content = b"" if tree is None else self._raw.odb.read(pygit2.Oid(raw=tree))[1]
        if not _TREE.fullmatch(content):
            raise ValueError("this is no tree")
        return frozenset(_ENTRY.findall(content))


def _named(entry: tuple[bytes, bytes, bytes]) -> tuple[bytes, _Held]:
    """An entry by its name; a folder's ends in a slash, which puts it where git sorts it."""
    mode, name, object_id = _mode(entry[0]), entry[1], entry[2]
    return (name + b"/" if mode == stat.S_IFDIR else name), (mode, object_id)


@cache
def _mode(written: bytes) -> int:
    """A mode as git takes it: of a file's permissions, only whether its owner may run it counts."""
    mode = int(written, 8)
    if not stat.S_ISREG(mode):
        return stat.S_IFMT(mode)
    return stat.S_IFREG | (0o755 if mode & stat.S_IXUSR else 0o644)


def _entry(held: _Held | None) -> Entry | None:
    return None if held is None else Entry(held[0], BlobId(held[1].hex()))
