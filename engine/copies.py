"""Copies: entries that a commit of the fork brought though upstream had them: a squashed sync, a cherry-pick.

A copy is newer at upstream than what the fork had; a deliberate revert puts back what is older. That a commit merely
has an entry tells nothing about its age: upstream's release branches carry old entries for months. So what counts is
the commits that brought them.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import chain

from ..policy.facts import Entry
from ..policy.names import CommitId, RepoPath
from .git.repository import Commit, Repository
from .git.search import PathIndex, differing_entries, find_entries, find_introductions
from .history import ForkHistory

CLOCK_SKEW = timedelta(days=2)
"""How much younger than its copy in the fork an upstream commit's date may be: clocks differ."""


def copied(
    repo: Repository, history: ForkHistory, commit: Commit, wanted: Mapping[RepoPath, Entry]
) -> dict[RepoPath, CommitId]:
    """The entries that a commit of the fork brought and upstream had, each with a commit of upstream's that had it.

    What a commit put back is not among them, unless it is a merge: merges revert nothing on purpose.
    """
    if not wanted:
        return {}
    base = _stood_on(repo, history, commit)
    candidates = (*repo.walk(history.upstream, [commit.id], until=_then(commit)), *base)
    found = find_entries(repo, candidates, _each_alone(wanted))
    if not found or commit.is_merge:
        return {path: upstream for path, (upstream, _) in found.items()}
    return _no_reverts(repo, history, commit, base, {path: wanted[path] for path in found})


def known_before(
    repo: Repository, history: ForkHistory, commit: Commit, wanted: Mapping[RepoPath, Entry]
) -> frozenset[RepoPath]:
    """The paths whose entry upstream had when a commit of the fork was made."""
    if not wanted:
        return frozenset()

    commits = chain(
        repo.walk(history.upstream, [commit.id], until=_then(commit)),
        repo.walk(_stood_on(repo, history, commit)),
    )
    return frozenset(find_entries(repo, commits, _each_alone(wanted)))


def _no_reverts(
    repo: Repository, history: ForkHistory, commit: Commit, base: tuple[CommitId, ...], wanted: Mapping[RepoPath, Entry]
) -> dict[RepoPath, CommitId]:
    """Those of upstream's entries that upstream brought after all that the fork had, or has where the fork stands."""
    earlier = _earlier_entries(repo, history, commit, wanted)
    news = repo.walk(history.upstream, [commit.id], topological=True, until=_then(commit))
    newest = find_introductions(repo, news, {path: {entry, *earlier[path]} for path, entry in wanted.items()})
    taken = {path: upstream for path, (upstream, entry) in newest.items() if entry == wanted[path]}
    left = {path: entry for path, entry in wanted.items() if path not in newest}
    return taken | _restored(repo, base, left)


def _then(commit: Commit) -> datetime:
    """The latest date of the upstream commits that a commit of the fork could know."""
    return commit.committed + CLOCK_SKEW


def _each_alone(wanted: Mapping[RepoPath, Entry]) -> dict[RepoPath, list[Entry]]:
    return {path: [entry] for path, entry in wanted.items()}


def _stood_on(repo: Repository, history: ForkHistory, commit: Commit) -> tuple[CommitId, ...]:
    """The newest upstream commits in the history of one of the fork's."""
    seen: set[CommitId] = set()
    merged: set[CommitId] = set()
    waiting = [commit.id]
    while waiting:
        for parent in repo.commit(waiting.pop()).parents:
            if history.is_upstream(parent):
                merged.add(parent)
            elif parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return repo.independent(merged)


def _earlier_entries(
    repo: Repository, history: ForkHistory, commit: Commit, paths: Mapping[RepoPath, Entry]
) -> dict[RepoPath, set[Entry | None]]:
    """What the fork had at the paths before one of its commits, along first parents.

    None stands for a file that the fork had removed, not for one that it never had.
    """
    found: dict[RepoPath, set[Entry | None]] = {path: set() for path in paths}
    index = PathIndex.of(paths)
    while commit.id in history.commits and commit.parents:
        parent = repo.commit(commit.parents[0])
        for path in differing_entries(repo, commit.id, parent.id, index):
            found[path].add(repo.entry(parent.tree, path))
        commit = parent
    return {path: set[Entry | None]() if earlier == {None} else earlier for path, earlier in found.items()}


def _restored(
    repo: Repository, base: tuple[CommitId, ...], wanted: Mapping[RepoPath, Entry]
) -> dict[RepoPath, CommitId]:
    """The entries that upstream has where the fork stands, and that are not older there than another base's."""
    found: dict[RepoPath, CommitId] = {}
    for commit in base:
        tree = repo.tree(commit)
        for path, entry in wanted.items():
            if repo.entry(tree, path) == entry and not _is_outdated(repo, base, commit, path):
                found[path] = commit
    return found


def _is_outdated(repo: Repository, base: tuple[CommitId, ...], commit: CommitId, path: RepoPath) -> bool:
    """Whether another of the bases changed an entry that the two once shared."""
    entry = repo.entry(repo.tree(commit), path)
    for other in base:
        if repo.entry(repo.tree(other), path) != entry:
            shared = repo.merge_bases(commit, other)
            if any(repo.entry(repo.tree(each), path) == entry for each in shared):
                return True
    return False
