"""A file that git merges by itself, in the form in which conflicts are told."""

from ..policy.facts import Conflict
from ..policy.names import RepoPath
from .merge import Merge
from .merge_store import MergeStore


def file_at(merge: Merge, store: MergeStore, path: RepoPath) -> Conflict:
    """The file that stands at a path in the end, under all of its names; a conflict without a kind."""
    names = merge.names(path)
    versions = store.versions_of(*names)
    return Conflict(path, None, dict.fromkeys((*names, path), versions), follows_rename=len(set(names)) > 1)
