"""Disabled copies: what the fork made them of, so that what it really changed in one can be told."""

from collections.abc import Iterable, Iterator, Mapping

from ..policy.facts import DisabledCopy, Entry
from ..policy.names import CommitId, RepoPath
from .git.repository import Commit, Repository
from .history import ForkHistory


def disabled_copies(
    repo: Repository, history: ForkHistory, names: Mapping[RepoPath, RepoPath], untouched: Iterable[RepoPath]
) -> Iterator[DisabledCopy]:
    """What is known about the copies that the fork has under some names, each with the name of the active file."""
    for copy, active in names.items():
        entry = repo.entry(repo.tree(history.tip), copy)
        if entry is not None:
            yield DisabledCopy(copy, entry if copy in untouched else _made_of(repo, history, copy, active))


# Private


def _made_of(repo: Repository, history: ForkHistory, copy: RepoPath, active: RepoPath) -> Entry | None:
    """The active file in the upstream commit that the fork stood on when it made the copy, or before it changed it."""
    commit, path = history.tip, copy
    while commit in history.commits:
        parents = history.commits[commit].parents
        if path == copy and not any(_entry(repo, parent, copy) for parent in parents):
            path = active
        if not parents:
            return None
        commit = _where_it_came_from(repo, history, history.commits[commit], path)
    return _entry(repo, commit, active)


def _where_it_came_from(repo: Repository, history: ForkHistory, commit: Commit, path: RepoPath) -> CommitId:
    """The parent that a commit has a file from: one with the same; else upstream's, which it was merged with."""
    entry = _entry(repo, commit.id, path)
    same = (parent for parent in commit.parents if _entry(repo, parent, path) == entry)
    upstream = (parent for parent in commit.parents if history.is_upstream(parent))
    return next(same, next(upstream, commit.parents[0]))


def _entry(repo: Repository, commit: CommitId, path: RepoPath) -> Entry | None:
    return repo.entry(repo.tree(commit), path)
