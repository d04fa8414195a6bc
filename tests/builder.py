"""Makes git repositories for tests: few words, no work tree, the same ids on every run."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import pygit2
from pygit2.enums import FileMode, ObjectType

from forkpolicy.policy.names import CommitId

FILE, EXECUTABLE, SYMLINK, SUBMODULE = 0o100644, 0o100755, 0o120000, 0o160000
START = datetime(2026, 1, 1, tzinfo=UTC)


class RepositoryBuilder:
    """A bare repository to which a test adds history.

    repo = RepositoryBuilder(tmp_path)
    base = repo.on().write("a.txt", "one\\n").commit("first")
    fork = repo.on(base).write("a.txt", "two\\n").move("b.txt", "c.txt").commit("fix: two", author="me@carto.com")
    repo.branch("carto/main", fork).tag("v1.0", base)
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.raw = pygit2.init_repository(str(path), bare=True, initial_head="main")
        self._commits = 0

    @property
    def objects_dir(self) -> Path:
        """The object store."""
        return self.path / "objects"

    def on(self, *parents: CommitId) -> "Change":
        """Start a commit on the first parent's tree; more parents make it a merge."""
        return Change(self, parents)

    def branch(self, name: str, commit: CommitId) -> Self:
        """Point a branch at a commit."""
        return self.ref(f"refs/heads/{name}", commit)

    def ref(self, name: str, commit: CommitId) -> Self:
        """Point any ref at a commit: `refs/remotes/upstream/main`."""
        self.raw.references.create(name, commit, force=True)
        return self

    def tag(self, name: str, commit: CommitId, *, annotated: bool = False) -> Self:
        """Tag a commit."""
        if annotated:
            self.raw.create_tag(name, commit, ObjectType.COMMIT, self._signature("up@example.com"), name)
            return self
        return self.ref(f"refs/tags/{name}", commit)

    def tree(self, commit: CommitId) -> str:
        """A commit's tree."""
        return str(self.raw[commit].peel(pygit2.Commit).tree_id)

    def _signature(self, email: str, when: datetime | None = None) -> pygit2.Signature:
        self._commits += 1
        moment = when or START + timedelta(minutes=self._commits)
        return pygit2.Signature(email.partition("@")[0], email, int(moment.timestamp()), 0)


class Change:
    """A commit in the making; paths may hold surrogates for bytes that are not UTF-8."""

    def __init__(self, repository: RepositoryBuilder, parents: tuple[CommitId, ...]) -> None:
        self._repository, self._parents = repository, parents
        self._index = pygit2.Index()
        if parents:
            self._index.read_tree(repository.raw[parents[0]].peel(pygit2.Tree))

    def write(self, path: str, content: str | bytes, mode: int = FILE) -> Self:
        """Put a file, or with another mode a symbolic link, at a path."""
        data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
        return self._add(path, self._repository.raw.create_blob(data), mode)

    def link(self, path: str, target: str) -> Self:
        """Put a symbolic link at a path."""
        return self.write(path, target, SYMLINK)

    def submodule(self, path: str, commit: str) -> Self:
        """Put a submodule at a path; its commit needs not exist here."""
        return self._add(path, pygit2.Oid(hex=commit), SUBMODULE)

    def chmod(self, path: str, mode: int = EXECUTABLE) -> Self:
        """Change a file's mode."""
        return self._add(path, self._index[path].id, mode)

    def delete(self, *paths: str) -> Self:
        """Remove files."""
        for path in paths:
            self._index.remove(path)
        return self

    def clear(self) -> Self:
        """Remove everything."""
        self._index.clear()
        return self

    def move(self, old: str, new: str, content: str | bytes | None = None) -> Self:
        """Rename a file, or all files of a folder (both names end in a slash); with content, change it as well."""
        entries: list[pygit2.IndexEntry] = list(self._index)
        for path in [path for path in (str(entry.path) for entry in entries) if path == old or _is_below(path, old)]:
            entry = self._index[path]
            self._index.remove(path)
            self._add(new + path[len(old) :], entry.id, int(entry.mode))
        return self if content is None else self.write(new, content)

    def commit(
        self, message: str = "change", author: str = "dev@example.com", when: datetime | None = None
    ) -> CommitId:
        """Write the commit."""
        raw = self._repository.raw
        signature = self._repository._signature(author, when)  # pyright: ignore[reportPrivateUsage]
        tree = self._index.write_tree(raw)
        return CommitId(str(raw.create_commit(None, signature, signature, message, tree, list(self._parents))))

    def _add(self, path: str, blob: pygit2.Oid, mode: int) -> Self:
        self._index.add(pygit2.IndexEntry(path, blob, FileMode(mode)))
        return self


def _is_below(path: str, folder: str) -> bool:
    return folder.endswith("/") and path.startswith(folder)


def lines(*numbers: int, **changed: str) -> str:
    """A text of numbered lines, `lines(1, 30)`; `l7="x"` puts another text on line 7."""
    first, last = numbers
    return "".join(f"{changed.get(f'l{number}', f'line {number}')}\n" for number in range(first, last + 1))
