"""Telling a repository's history as a story: who changed what, after what. The demo is one."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from ..policy.names import CommitId
from .git.writing import Content, File, NewRepository, Person

Changes = Mapping[str, "str | Content | None"]
"""What a commit changes, by path: text, other content, or None for nothing there any more."""

_START = datetime(2025, 1, 6, 9, tzinfo=UTC)
_STEP = timedelta(days=1)


class Point(Struct, frozen=True):
    """A point in history: a commit and every file that it has."""

    commit: CommitId
    files: Mapping[str, Content]

    def text(self, path: str) -> str:
        """A file's text."""
        content = self.files[path]
        assert isinstance(content, File)  # noqa: S101  # the story knows what it wrote
        return content.content.decode()

    def edited(self, path: str, old: str, new: str) -> str:
        """A file's text with one passage replaced."""
        before, found, after = self.text(path).partition(old)
        assert found, f"{path} does not have {old!r}"  # noqa: S101  # a slip of the story's author
        return before + new + after


class Story:
    """A history in the making. Each commit comes a day after the one before, so that its id never changes."""

    def __init__(self, repository: NewRepository) -> None:
        self._repository = repository
        self._now = _START

    def commit(self, parent: Point | None, who: Person, subject: str, changes: Changes) -> Point:
        """A commit on top of another; the first has no parent."""
        return self._write((parent,) if parent else (), who, subject, changes)

    def merge(self, into: Point, other: Point, who: Person, subject: str, changes: Changes) -> Point:
        """A merge commit; `changes` is what it changes in the first parent."""
        return self._write((into, other), who, subject, changes)

    def _write(self, parents: tuple[Point, ...], who: Person, subject: str, changes: Changes) -> Point:
        files = apply(parents[0].files if parents else {}, changes)
        commits = tuple(parent.commit for parent in parents)
        commit = self._repository.commit(files, commits, f"{subject}\n", who, self._now)
        self._now += _STEP
        return Point(commit, files)


def apply(files: Mapping[str, Content], changes: Changes) -> dict[str, Content]:
    """The files after the changes."""
    changed = {path: File(each.encode()) if isinstance(each, str) else each for path, each in changes.items()}
    return {path: content for path, content in {**files, **changed}.items() if content is not None}


def difference(before: Point, after: Point) -> dict[str, Content | None]:
    """The changes that lead from one point to another."""
    paths = before.files.keys() | after.files.keys()
    return {path: after.files.get(path) for path in sorted(paths) if before.files.get(path) != after.files.get(path)}
