"""Merging what three sides hold at one path: modes, lines, symbolic links, submodules."""

from stat import S_IFMT

from msgspec import Struct

from ..policy.facts import Entry, Kind
from ..policy.loss import is_binary
from ..policy.names import BlobId, RepoPath
from .git.merging import MARKER_SIZE, Driver, merge_driver, merge_lines, write_blob
from .git.scratch import Scratch


class Merged(Struct, frozen=True):
    """The entry that a merge leaves at a path; `kind` says how it conflicts, None where it is clean."""

    entry: Entry | None
    kind: Kind | None = None


class Contents(Struct, frozen=True):
    """Merges entries in a scratch store.

    `depth` is 0 for the merge that is asked for; merges of several merge bases with one another go deeper, and what
    conflicts there gets the base's content, or nested conflict markers, as in git.
    """

    scratch: Scratch
    depth: int = 0

    def merge(self, path: RepoPath, base: Entry | None, fork: Entry, upstream: Entry, nested: int = 0) -> Merged:
        """Merge two entries; `nested` lengthens conflict markers where the result is merged once more."""
        if upstream in (fork, base):
            return Merged(fork)
        if fork == base:
            return Merged(upstream)
        if S_IFMT(fork.mode) != S_IFMT(upstream.mode):
            return Merged(base if self.depth else fork, _kind_of_types(fork, upstream))
        origin = base if base and S_IFMT(base.mode) == S_IFMT(fork.mode) else None
        mode, mode_is_clean = _merge_modes(base, fork, upstream)
        content = self._merge_content(path, origin, fork, upstream, nested)
        if self.depth and not content.clean and not fork.is_file:
            return Merged(base, _kind_of_content(origin, fork))
        if content.clean:
            return Merged(Entry(mode, content.id), None if mode_is_clean else Kind.MODE)
        return Merged(Entry(mode, content.id), _kind_of_content(origin, fork))

    def _merge_content(
        self, path: RepoPath, origin: Entry | None, fork: Entry, upstream: Entry, nested: int
    ) -> "_Content":
        before = origin.id if origin else None
        if fork.id in (before, upstream.id):
            return _Content(upstream.id, clean=True)
        if upstream.id == before:
            return _Content(fork.id, clean=True)
        if not fork.is_file:
            return _Content(fork.id, clean=False)
        return self._merge_lines(path, before, fork.id, upstream.id, nested)

    def _merge_lines(
        self, path: RepoPath, before: BlobId | None, fork: BlobId, upstream: BlobId, nested: int
    ) -> "_Content":
        driver = merge_driver(self.scratch, path)
        blobs = [fork, upstream] + ([before] if before else [])
        if driver is Driver.BINARY or any(is_binary(self.scratch.repository.read(blob)) for blob in blobs):
            return self._merge_binary(before, fork)
        merged = merge_lines(
            self.scratch,
            before,
            fork,
            upstream,
            union=driver is Driver.UNION,
            marker_size=MARKER_SIZE + 2 * self.depth + nested,
        )
        # At the top, nobody asks for content with conflict markers, unless it is merged once more.
        if not (merged.clean or nested or self.depth):
            return _Content(fork, clean=False)
        return _Content(write_blob(self.scratch, merged.content), merged.clean)

    def _merge_binary(self, before: BlobId | None, fork: BlobId) -> "_Content":
        if self.depth:
            return _Content(before or write_blob(self.scratch, b""), clean=True)
        return _Content(fork, clean=False)


# Private


class _Content(Struct, frozen=True):
    id: BlobId
    clean: bool


def _merge_modes(base: Entry | None, fork: Entry, upstream: Entry) -> tuple[int, bool]:
    before = base.mode if base else None
    if fork.mode in (upstream.mode, before):
        return upstream.mode, True
    return fork.mode, upstream.mode == before


def _kind_of_types(fork: Entry, upstream: Entry) -> Kind:
    return Kind.SUBMODULE if fork.is_submodule or upstream.is_submodule else Kind.SYMLINK


def _kind_of_content(origin: Entry | None, fork: Entry) -> Kind:
    if fork.is_submodule:
        return Kind.SUBMODULE
    if fork.is_symlink:
        return Kind.SYMLINK
    return Kind.CONTENT if origin else Kind.ADD_ADD
