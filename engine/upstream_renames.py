"""Files that upstream renamed: under the new name they are no new ones to a fork that has them."""

from collections.abc import Collection
from functools import partial

from ..policy.names import RepoPath
from ..policy.rule_paths import RulePaths
from .git.merging import blob_size
from .merge_store import MergeStore
from .renames import find_renames
from .similarity import Fingerprints


def renamed_by_upstream(store: MergeStore, owner: RulePaths | None) -> Collection[RepoPath]:
    """The new names of the files that upstream renamed since the base, the fork has, and a rule owns before and after.

    Without an owner, that is all files.
    """
    repo = store.scratch.repository
    changes = repo.changes(store.base, store.upstream)
    owned = {path: change for path, change in changes.items() if owner is None or owner.match(path) is not None}
    added = {path: new for path, (old, new) in owned.items() if new and not old}
    gone = {path: old for path, (old, new) in owned.items() if old and not new and store.entry("fork", path)}
    return find_renames(gone, added, gone, Fingerprints(repo.read, partial(blob_size, repo))).values()
