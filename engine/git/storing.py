"""Writing to the user's object store: what a merge in the scratch store made, and the commit on top of it.

Objects that nothing refers to yet do no harm: whoever is killed here leaves the repository as it was, and `git gc`
takes them away after two weeks.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager

import pygit2
from pygit2.enums import FileMode, ObjectType

from ...policy.errors import RepositoryError
from ...policy.names import BlobId, CommitId, TreeId
from .identity import Identities, Identity
from .repository import Repository
from .scratch import Scratch


def store_tree(scratch: Scratch, repo: Repository, tree: TreeId) -> None:
    """Copy a tree from the scratch store, with all below it that the user's store lacks; parts before wholes.

    Raises:
        RepositoryError: the store cannot be written.
    """
    for object_id in dict.fromkeys(_lacking(scratch, repo, pygit2.Oid(hex=tree))):
        kind, data = scratch.repository.raw.odb.read(object_id)
        put_object(repo, ObjectType(kind), data)


def store_blob(scratch: Scratch, repo: Repository, blob: BlobId) -> None:
    """Copy a blob from the scratch store, where the user's store lacks it; raises as `store_tree` does."""
    if blob not in repo.raw.odb:
        put_object(repo, ObjectType.BLOB, scratch.repository.read(blob))


def put_object(repo: Repository, kind: ObjectType, data: bytes) -> None:
    """Write one object."""
    with _writing(repo):
        repo.raw.odb.write(kind, data)


def put_commit(repo: Repository, tree: TreeId, parents: Sequence[CommitId], who: Identities, message: str) -> CommitId:
    """Write a commit; no ref follows it."""
    with _writing(repo):
        author, committer = _signature(who.author), _signature(who.committer)
        return CommitId(str(repo.raw.create_commit(None, author, committer, message, tree, list(parents))))


# Private


def _lacking(scratch: Scratch, repo: Repository, tree: pygit2.Oid) -> Iterator[pygit2.Oid]:
    """What the user's store lacks of a tree: its files, its folders, then itself."""
    if tree in repo.raw.odb:
        return
    found = scratch.repository.raw[tree]
    assert isinstance(found, pygit2.Tree)  # noqa: S101  # ids of other types never get the name TreeId
    for child in found:
        if child.filemode == FileMode.TREE:
            yield from _lacking(scratch, repo, child.id)
        elif child.filemode != FileMode.COMMIT and child.id not in repo.raw.odb:
            yield child.id
    yield tree


def _signature(who: Identity) -> pygit2.Signature:
    return pygit2.Signature(who.name, who.email, who.seconds, who.offset, "utf-8")


@contextmanager
def _writing(repo: Repository) -> Generator[None, None, None]:
    """Told as what it is where writing fails: no space, no permission, a store that went away."""
    # as git does since 2.36: what a ref will name must survive a loss of power
    pygit2.settings.enable_fsync_gitdir(True)
    try:
        yield
    except (pygit2.GitError, OSError, KeyError, ValueError) as error:
        raise RepositoryError(
            f"{repo.objects_dir} cannot be written: {error}; the repository is as it was",
            f"is there space, and may you write there? df -h {repo.objects_dir}; ls -ld {repo.objects_dir}",
        ) from error
