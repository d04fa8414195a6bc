"""Moving a ref: compare and swap under git's own lock. Nothing else moves a ref of the user's repository.

libgit2's reference transactions take the same `REF.lock` as git does, so whoever else writes the ref, git included,
comes before or after, never between the comparison and the write. A plain `git_reference_create` looks first and locks
afterwards, and pygit2 does not have `git_reference_create_matching`.
"""

import pygit2

from ...policy.errors import RefusedError, RepositoryError
from ...policy.names import CommitId, RefName
from .health import common_dir
from .identity import Identity
from .repository import Repository


def swap(
    repo: Repository, ref: RefName, expected: CommitId | None, target: CommitId, who: Identity, message: str
) -> None:
    """Point a ref at a commit, if it still stands at the expected one; None where it must not be there yet.

    `who` and `message` go to the ref's log.

    Raises:
        RefusedError: the ref moved, or another ref is in its way.
        RepositoryError: somebody else holds the ref's lock, or the ref cannot be written.
    """
    _require_room(repo, ref)
    repo.raw.set_ident(who.name, who.email)
    try:
        with repo.raw.transaction() as transaction:
            transaction.lock_ref(ref)
            _require(repo, ref, expected)
            transaction.set_target(ref, target, message=message)
    except (pygit2.GitError, OSError, ValueError) as error:
        raise _not_written(repo, ref, error) from error


def delete(repo: Repository, ref: RefName, expected: CommitId) -> None:
    """Remove a ref, if it still stands at the expected commit; otherwise leave it alone."""
    try:
        with repo.raw.transaction() as transaction:
            transaction.lock_ref(ref)
            if _target(repo, ref) == expected:
                transaction.remove(ref)
    except (pygit2.GitError, OSError, ValueError) as error:
        raise _not_written(repo, ref, error) from error


def is_branch_name(name: str) -> bool:
    """Whether git takes a name for a branch (`git check-ref-format --branch`)."""
    return not name.startswith("-") and name != "HEAD" and pygit2.reference_is_valid_name(f"refs/heads/{name}")


# Private


def _require(repo: Repository, ref: RefName, expected: CommitId | None) -> None:
    found = _target(repo, ref)
    if found == expected:
        return
    before = "was not there" if expected is None else f"was {expected[:12]}"
    after = "is gone" if found is None else f"is {found[:12]}"
    raise RefusedError(f"{ref} moved in the meantime: it {before} and now {after}", "run the command again")


def _target(repo: Repository, ref: RefName) -> str | None:
    """The object, or for a symbolic ref the other ref, that a ref names; None where there is no such ref."""
    try:
        return str(repo.raw.lookup_reference(ref).target)
    except KeyError:
        return None


def _require_room(repo: Repository, ref: RefName) -> None:
    """Nothing where no other ref is in the way: `a` and `a/b` cannot both be refs."""
    parents = {"/".join(ref.split("/")[:count]) for count in range(3, ref.count("/") + 1)}
    blocking = next((name for name in repo.raw.references if name in parents or name.startswith(f"{ref}/")), None)
    if blocking is not None:
        raise RefusedError(f"{ref} cannot be made: {blocking} is in its way", "name another branch: --branch NAME")


def _not_written(repo: Repository, ref: RefName, error: Exception) -> RepositoryError:
    lock = common_dir(repo) / f"{ref}.lock"
    if lock.exists():
        hint = f"wait for it; if no git is at work here, a crash left it: rm {lock}"
        return RepositoryError(f"{ref} is locked by another process: {lock}", hint)
    return RepositoryError(f"{ref} cannot be written: {error}", "is there space, and may you write here? df -h; ls -ld")
