"""Who an author is: names and addresses as the repository's mailmap has them (gitmailmap(5))."""

import re

import pygit2

from ...policy.names import RepoPath, TreeId
from .repository import Repository

_FILE = RepoPath(".mailmap")
_ADDRESS = re.compile("<[^<>]*>")


class Mailmap:
    """The `.mailmap` at the root of a tree; where there is none, everybody is who they say."""

    def __init__(self, repo: Repository, tree: TreeId) -> None:
        entry = repo.entry(tree, _FILE)
        text = repo.read(entry.id).decode("utf-8", "replace") if entry is not None and entry.is_file else ""
        # addresses match in any case for git, but not for libgit2
        lowered = _ADDRESS.sub(lambda match: match[0].lower(), text)
        self._map = pygit2.Mailmap.from_buffer(lowered) if text.strip() else None

    def resolve(self, name: str, email: str) -> tuple[str, str]:
        """An author's name and address; an address that the mailmap has is in lower case."""
        if self._map is None:
            return name, email
        found = self._map.resolve(name, email.lower())
        return (name, email) if found == (name, email.lower()) else found
