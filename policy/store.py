"""What deciding may look up: a small window on the repository, with a fake for tests."""

from typing import Literal, Protocol

from .facts import Entry, Versions
from .hunks import HunkMerge
from .names import BlobId, RepoPath

Side = Literal["base", "fork", "upstream"]
"""One of the three versions that meet in a merge."""


class Store(Protocol):
    """Contents, and the three trees of a merge."""

    def read(self, blob: BlobId) -> bytes:
        """A blob's content."""
        ...

    def write(self, content: bytes) -> BlobId:
        """Keep a new content; where it is kept is not the user's repository."""
        ...

    def merge(self, path: RepoPath, versions: Versions) -> HunkMerge | None:
        """The lines of both sides at a path, merged; None where git would not merge them as text."""
        ...

    def entry(self, side: Side, path: RepoPath) -> Entry | None:
        """What a side has at a path; None for nothing."""
        ...
