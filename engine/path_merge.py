"""Merging one path by itself, without following renames: for questions about single paths on other bases."""

from ..policy.facts import Entry, Kind, Versions
from ..policy.names import CommitId, RepoPath
from .contents import Contents, Merged
from .git.repository import Repository
from .git.scratch import Scratch


class PathMerge:
    """Merges single paths of one upstream commit into one of the fork's, on any base.

    Args:
        scratch: where merged contents go.
        fork: the fork's commit.
        upstream: upstream's commit.
    """

    def __init__(self, scratch: Scratch, fork: CommitId, upstream: CommitId) -> None:
        self._contents = Contents(scratch)
        self._repo: Repository = scratch.repository
        self._fork, self._upstream = fork, upstream

    def on(self, base: CommitId, path: RepoPath) -> Merged:
        """What stands at a path, merged on a base."""
        return self._merge(path, self.versions(base, path))

    def versions(self, base: CommitId, path: RepoPath) -> Versions:
        """What meets at a path."""
        return Versions(*(self.entry(each, path) for each in (base, self._fork, self._upstream)))

    def entry(self, commit: CommitId, path: RepoPath) -> Entry | None:
        """What a commit has at a path."""
        return self._repo.entry(self._repo.tree(commit), path)

    def _merge(self, path: RepoPath, versions: Versions) -> Merged:
        base, fork, upstream = versions.base, versions.fork, versions.upstream
        if upstream in (fork, base):
            return Merged(fork)
        if fork == base:
            return Merged(upstream)
        if fork is None or upstream is None:
            return Merged(fork or upstream, Kind.MODIFY_DELETE)
        return self._contents.merge(path, base, fork, upstream)
