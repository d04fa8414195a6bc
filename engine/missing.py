"""Objects that a merge reads and that are not here: told by their paths, with what brings them."""

from collections.abc import Generator
from contextlib import contextmanager

from ..policy.errors import MissingObjectError, RepositoryError
from ..policy.names import BlobId, CommitId, RepoPath, TreeId
from .git import health
from .git.repository import Repository
from .preflight import CHECKOUT, REFETCH


def require_objects(repo: Repository, base: TreeId, *sides: TreeId, in_ci: bool = False) -> None:
    """Nothing where every file is here that differs between the base and a side: what a merge reads.

    Raises:
        RepositoryError: one is missing, as in a partial clone; it names the first, in order of paths.
    """
    for side in sides:
        for path, entries in sorted(repo.changes(base, side).items()):
            for entry in entries:
                if entry is not None and not entry.is_submodule and not repo.has(entry.id):
                    raise _missing_blob(repo, path, entry.id, in_ci)


@contextmanager
def naming_missing_files(
    repo: Repository, base: CommitId, *sides: CommitId, in_ci: bool = False
) -> Generator[None, None, None]:
    """Where the block finds an object missing, say which path it is at; looking before would read every file.

    Raises:
        RepositoryError: an object is missing.
    """
    try:
        yield
    except MissingObjectError:
        require_objects(repo, repo.tree(base), *map(repo.tree, sides), in_ci=in_ci)
        raise


# Private


def _missing_blob(repo: Repository, path: RepoPath, blob: BlobId, in_ci: bool) -> RepositoryError:
    if not health.promisor_remotes(repo):
        return RepositoryError(
            f"{path}: object {blob} is missing from this repository", "git fsck; git fetch --refetch"
        )
    return RepositoryError(
        f"{path}: object {blob} is not here: this is a partial clone", CHECKOUT if in_ci else REFETCH
    )
