"""Writing a new repository: objects, refs and a work tree. Only the demo does, and only in its own.

Nothing depends on the user's git configuration, and git need not be installed.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pygit2
from msgspec import Struct
from pygit2.enums import CheckoutStrategy, FileMode, ObjectType

from ...policy.names import CommitId


class File(Struct, frozen=True):
    """A file's content."""

    content: bytes
    executable: bool = False


class Symlink(Struct, frozen=True):
    """A symbolic link."""

    target: str


class Submodule(Struct, frozen=True):
    """A submodule, at a commit of the repository that it stands for."""

    commit: CommitId


Content = File | Symlink | Submodule
"""What stands at a path."""


class Person(Struct, frozen=True):
    """An author and committer."""

    name: str
    email: str


class NewRepository:
    """A repository that is being made."""

    def __init__(self, directory: Path, branch: str) -> None:
        self._raw = pygit2.init_repository(str(directory), initial_head=branch)
        # else the user's own setting could rewrite line ends in the work tree
        self._raw.config["core.autocrlf"] = False

    def commit(
        self,
        files: Mapping[str, Content],
        parents: tuple[CommitId, ...],
        message: str,
        person: Person,
        when: datetime,
    ) -> CommitId:
        """Write a commit whose tree has exactly these files, by path; no ref follows."""
        index = pygit2.Index()
        for path, content in files.items():
            index.add(pygit2.IndexEntry(path, *self._entry(content)))
        signature = pygit2.Signature(person.name, person.email, int(when.astimezone(UTC).timestamp()), 0)
        tree = index.write_tree(self._raw)
        return CommitId(str(self._raw.create_commit(None, signature, signature, message, tree, list(parents))))

    def set_ref(self, name: str, commit: CommitId) -> None:
        """Point a ref, named in full, at a commit."""
        self._raw.references.create(name, commit, force=True)

    def add_remote(self, name: str, url: str) -> None:
        """Configure a remote; nothing is fetched."""
        self._raw.remotes.create(name, url)

    def check_out(self) -> None:
        """Write the work tree and the index of the branch that HEAD names."""
        # pygit2 leaves the keyword arguments without types, which both type checkers mind
        check_out = cast("Callable[..., None]", self._raw.checkout_head)  # pyright: ignore[reportUnknownMemberType]
        check_out(strategy=CheckoutStrategy.FORCE)

    def _entry(self, content: Content) -> tuple[pygit2.Oid, FileMode]:
        match content:
            case File(data, executable):
                return self._blob(data), FileMode.BLOB_EXECUTABLE if executable else FileMode.BLOB
            case Symlink(target):
                return self._blob(target.encode()), FileMode.LINK
            case Submodule(commit):
                return pygit2.Oid(hex=commit), FileMode.COMMIT

    def _blob(self, data: bytes) -> pygit2.Oid:
        return self._raw.write(ObjectType.BLOB, data)
