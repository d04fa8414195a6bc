"""Types for the names that git gives to things, so that a commit is never passed where a path belongs."""

from typing import NewType

CommitId = NewType("CommitId", str)
"""A full hexadecimal commit id."""

TreeId = NewType("TreeId", str)
"""A full hexadecimal tree id."""

BlobId = NewType("BlobId", str)
"""A full hexadecimal id of a tree entry's object: a blob, or a submodule's commit."""

RefName = NewType("RefName", str)
"""A full ref name: `refs/heads/main`."""

RepoPath = NewType("RepoPath", str)
"""A path inside the repository, with `/`, decoded from git's bytes with surrogateescape."""
