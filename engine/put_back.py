"""Older upstream states that a commit of the fork put back on purpose."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from ..policy.facts import Entry
from ..policy.names import CommitId, RepoPath
from .git.repository import Commit, Repository
from .git.search import PathIndex, differing_entries
from .history import ForkHistory

MOST_PATHS = 50
"""A commit that touches more is taken for a sync, not for a revert; and more stale paths are not looked into."""


class PutBack:
    """Proves reverts: a commit of the fork set a path to the state it holds from one that upstream had later.

    Merges prove nothing. Nor does a commit before which the path held the fork's own text: an older base is the
    safe side.

    Args:
        repo: the repository.
        history: the fork's commits; its tip holds the states that are asked for.
        line: upstream's first-parent line, oldest first.
    """

    def __init__(self, repo: Repository, history: ForkHistory, line: Sequence[CommitId]) -> None:
        self._repo = repo
        self._history = history
        self._tree = repo.tree(history.tip)
        self._line = line
        self._proofs: dict[RepoPath, CommitId] = {}
        self._asked: set[RepoPath] = set()

    def among(self, stale: Mapping[RepoPath, int], position: int) -> dict[RepoPath, CommitId]:
        """Of the paths that are stale at a position of the line, those put back, each with the fork's commit."""
        asking = {path: held_at for path, held_at in stale.items() if path not in self._asked}
        if len(stale) > MOST_PATHS:
            return {}
        if asking:
            self._look({path: set(self._later(path, held_at, position)) for path, held_at in asking.items()})
            self._asked.update(asking)
        return {path: self._proofs[path] for path in stale if path in self._proofs}

    def beyond(self, position: int, paths: Iterable[RepoPath], newer: Collection[RepoPath]) -> dict[RepoPath, CommitId]:
        """Of some paths those that had what upstream had only after a position, with the commit that undid it.

        `newer` are paths that are known to have had something newer, though no whole state of upstream's.
        """
        found: dict[RepoPath, CommitId] = {}
        for commit, path, before in self._settings(PathIndex.of(paths)):
            if path not in found and (path in newer or before in self._later(path, position, len(self._line) - 1)):
                found[path] = commit
        return found

    # Private

    def _later(self, path: RepoPath, held_at: int, position: int) -> Iterator[Entry | None]:
        """What upstream had at a path after it last had the fork's entry."""
        for commit in self._line[held_at + 1 : position + 1]:
            yield self._repo.entry(self._repo.tree(commit), path)

    def _look(self, later: Mapping[RepoPath, set[Entry | None]]) -> None:
        for commit, path, before in self._settings(PathIndex.of(later)):
            if before in later[path]:
                self._proofs.setdefault(path, commit)

    def _settings(self, paths: PathIndex) -> Iterator[tuple[CommitId, RepoPath, Entry | None]]:
        """Where a small commit of the fork set one of the paths to the state it holds: with the state before."""
        for commit in self._history.commits.values():
            touched = differing_entries(self._repo, commit.id, commit.parents[0], paths) if _is_single(commit) else ()
            if touched and self._is_small(commit):
                before = self._repo.tree(commit.parents[0])
                for path in touched:
                    if self._repo.entry(commit.tree, path) == self._repo.entry(self._tree, path):
                        yield commit.id, path, self._repo.entry(before, path)

    def _is_small(self, commit: Commit) -> bool:
        return not self._repo.differ_at(self._repo.tree(commit.parents[0]), commit.tree, MOST_PATHS + 1)


def _is_single(commit: Commit) -> bool:
    return len(commit.parents) == 1
