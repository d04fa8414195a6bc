"""Who an author is: names and addresses as the repository's mailmap has them (gitmailmap(5))."""

import pygit2

from ...policy.names import RepoPath, TreeId
from .repository import Repository

_FILE = RepoPath(".mailmap")


class Mailmap:
    """The `.mailmap` at the root of a tree; where there is none, everybody is who they say."""

    def __init__(self, repo: Repository, tree: TreeId) -> None:
        entry = repo.entry(tree, _FILE)
        text = repo.read(entry.id) if entry is not None and entry.is_file else b""
        self._map = pygit2.Mailmap.from_buffer(text.decode("utf-8", "replace")) if text.strip() else None

    def resolve(self, name: str, email: str) -> tuple[str, str]:
        """An author's name and address."""
        return (name, email) if self._map is None else self._map.resolve(name, email)
