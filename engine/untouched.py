"""Untouched paths: where the fork's entry is one that upstream had, the fork holds no work of its own.

The evidence is an upstream commit with the same entry (mode and blob) at the same path. An older upstream
entry that a commit of the fork put back is no such thing: it is a deliberate revert.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta

from ..policy.facts import Entry
from ..policy.names import CommitId, RepoPath
from .git.repository import Commit, Repository
from .git.search import PathIndex, differing_entries, find_entries
from .history import ForkHistory

CLOCK_SKEW = timedelta(days=2)
"""How much younger than its copy in the fork an upstream commit's date may be: clocks differ."""


def untouched_paths(
    repo: Repository,
    history: ForkHistory,
    entries: Mapping[RepoPath, Entry],
    upstream_names: Mapping[RepoPath, RepoPath],
) -> dict[RepoPath, CommitId]:
    """For every path whose entry upstream had, too, and that the fork did not put back: the upstream commit.

    `upstream_names` tells where upstream has a file that the fork keeps under another name.

    Each entry is followed back to the commit that brought it. Where that is upstream's, it is the evidence.
    Where it is the fork's (a squashed sync, a cherry-pick, a merge that recorded something else), upstream's
    commits that it did not have yet, and the ones it stood on, are searched, newest first.
    """
    evidence, origins = _origins(repo, history, entries)
    for origin, paths in origins.items():
        renamed = {upstream_names[path]: path for path in paths if path in upstream_names}
        brought_by = repo.commit(origin)
        evidence |= _copied_from_upstream(repo, history, brought_by, {path: entries[path] for path in paths})
        wanted = {name: entries[path] for name, path in renamed.items()}
        found = find_entries(
            repo, _known_then(repo, history, brought_by), {name: [each] for name, each in wanted.items()}
        )
        evidence |= {renamed[name]: commit for name, (commit, _) in found.items()}
    return evidence


def _origins(
    repo: Repository, history: ForkHistory, entries: Mapping[RepoPath, Entry]
) -> tuple[dict[RepoPath, CommitId], dict[CommitId, set[RepoPath]]]:
    """Follow every entry back to the commit that brought it.

    Returns the paths whose entry came with an upstream commit, and by commit of the fork those it brought.
    """
    pending: defaultdict[CommitId, set[RepoPath]] = defaultdict(set, {history.tip: set(entries)})
    origins: dict[CommitId, set[RepoPath]] = {}
    for commit in history.commits.values():
        remaining = pending.pop(commit.id, set[RepoPath]())
        for parent in sorted(commit.parents, key=history.is_upstream, reverse=True):
            if remaining:
                differing = differing_entries(repo, commit.id, parent, PathIndex.of(remaining))
                pending[parent] |= remaining - differing
                remaining = differing
        if remaining:
            origins[commit.id] = remaining
    return {path: commit for commit, paths in pending.items() for path in paths}, origins


def _copied_from_upstream(
    repo: Repository, history: ForkHistory, origin: Commit, wanted: Mapping[RepoPath, Entry]
) -> dict[RepoPath, CommitId]:
    """Those of the entries that one commit of the fork brought which are upstream's and no deliberate reverts."""
    found = find_entries(repo, _known_then(repo, history, origin), {path: [entry] for path, entry in wanted.items()})
    if not found or origin.is_merge:
        return {path: commit for path, (commit, _) in found.items()}
    earlier = _earlier_entries(repo, history, origin, found)
    newest = find_entries(
        repo, _known_then(repo, history, origin), {path: {wanted[path], *earlier[path]} for path in found}
    )
    return {path: commit for path, (commit, entry) in newest.items() if entry == wanted[path]}


def _known_then(repo: Repository, history: ForkHistory, origin: Commit) -> Iterator[CommitId]:
    """The upstream commits that an entry may come from, newest first: those that the fork's commit did not have
    in its history though they existed, then those that it stood on.
    """
    yield from repo.walk(history.upstream, [origin.id], until=origin.committed + CLOCK_SKEW)
    yield from _stood_on(repo, history, origin)


def _stood_on(repo: Repository, history: ForkHistory, origin: Commit) -> tuple[CommitId, ...]:
    """The newest upstream commits in the history of one of the fork's."""
    seen: set[CommitId] = set()
    merged: set[CommitId] = set()
    waiting = [origin.id]
    while waiting:
        for parent in repo.commit(waiting.pop()).parents:
            if history.is_upstream(parent):
                merged.add(parent)
            elif parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return repo.independent(merged)


def _earlier_entries(
    repo: Repository, history: ForkHistory, origin: Commit, paths: Collection[RepoPath]
) -> dict[RepoPath, set[Entry]]:
    """What the fork had at the paths before one of its commits, along first parents."""
    found: dict[RepoPath, set[Entry]] = {path: set() for path in paths}
    index = PathIndex.of(paths)
    commit = origin
    while commit.id in history.commits and commit.parents:
        parent = repo.commit(commit.parents[0])
        for path in differing_entries(repo, commit.id, parent.id, index):
            entry = repo.entry(parent.tree, path)
            if entry is not None:
                found[path].add(entry)
        commit = parent
    return found
