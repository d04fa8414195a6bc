"""The policy's window on a merge: contents from the scratch store, entries from the three trees."""

from msgspec import Struct

from ..policy.facts import Entry, Versions
from ..policy.hunks import HunkMerge
from ..policy.names import BlobId, RepoPath, TreeId
from ..policy.store import Side
from .git.merging import write_blob
from .git.scratch import Scratch
from .hunks import merge_file_hunks


class MergeStore(Struct, frozen=True):
    """Implements `policy.store.Store`; what is written goes to the scratch store."""

    scratch: Scratch
    base: TreeId
    fork: TreeId
    upstream: TreeId

    def read(self, blob: BlobId) -> bytes:
        """A blob's content."""
        return self.scratch.repository.read(blob)

    def write(self, content: bytes) -> BlobId:
        """Write a blob to the scratch store."""
        return write_blob(self.scratch, content)

    def merge(self, path: RepoPath, versions: Versions) -> HunkMerge | None:
        """Merge the lines of both sides at a path."""
        return merge_file_hunks(self.scratch, path, versions)

    def versions(self, path: RepoPath) -> Versions:
        """What all three trees have at a path."""
        return self.versions_of(path, path, path)

    def versions_of(self, base: RepoPath, fork: RepoPath, upstream: RepoPath) -> Versions:
        """What the three trees have of a file for which each has a name."""
        return Versions(self.entry("base", base), self.entry("fork", fork), self.entry("upstream", upstream))

    def entry(self, side: Side, path: RepoPath) -> Entry | None:
        """What one of the trees has at a path."""
        trees = {"base": self.base, "fork": self.fork, "upstream": self.upstream}
        return self.scratch.repository.entry(trees[side], path)
