"""Untouched paths: where the fork's entry is one that upstream had, the fork holds no work of its own.

The evidence is an upstream commit with the same entry (mode and blob) at the same path. An older upstream
entry that a commit of the fork put back is no such thing: it is a deliberate revert.
"""

from collections import defaultdict
from collections.abc import Container, Mapping
from functools import cache
from typing import TypeVar

from msgspec import Struct

from ..policy.facts import Entry
from ..policy.names import CommitId, RepoPath
from .copies import copied, known_before
from .git.repository import Commit, Repository
from .git.search import PathIndex, differing_entries, find_entries
from .history import ForkHistory

Value = TypeVar("Value")

_NO_NAMES: Mapping[RepoPath, RepoPath] = {}


def untouched_paths(
    repo: Repository,
    history: ForkHistory,
    entries: Mapping[RepoPath, Entry],
    upstream_names: Mapping[RepoPath, RepoPath] = _NO_NAMES,
) -> dict[RepoPath, CommitId]:
    """For every path whose entry upstream had, too, and that the fork did not put back: the upstream commit.

    `upstream_names` tells where upstream has a file that the fork keeps under another name.

    Each entry is followed back to the commits that brought it. Upstream's are the evidence; the fork's may have
    copied it from upstream (a squashed sync, a cherry-pick, a merge that recorded something else), or upstream may
    have taken it from the fork. A commit that put back what upstream had before speaks against all evidence.
    """
    origins = _origins(repo, history, entries)
    evidence = dict(origins.upstream)
    doubtful: dict[CommitId, dict[RepoPath, Entry]] = {}
    for origin, paths in origins.fork.items():
        commit, wanted = repo.commit(origin), {path: entries[path] for path in paths}
        copies = _copied(repo, history, commit, wanted, upstream_names)
        evidence = copies | evidence
        if not commit.is_merge:
            doubtful[origin] = _without(wanted, copies)
    evidence |= _adopted(repo, history, _without(entries, evidence))
    for origin, wanted in doubtful.items():
        asked = {path: entry for path, entry in wanted.items() if path in evidence}
        evidence = _without(evidence, known_before(repo, history, repo.commit(origin), asked))
    return evidence


class _Origins(Struct, frozen=True):
    """Where entries came from."""

    upstream: dict[RepoPath, CommitId]
    """Paths whose entry came with upstream's history, each with the upstream commit that has it."""
    fork: dict[CommitId, set[RepoPath]]
    """Commits of the fork, each with the paths at which it brought the entry."""


def _origins(repo: Repository, history: ForkHistory, entries: Mapping[RepoPath, Entry]) -> _Origins:
    """Follow every entry back through all parents that have it, too."""
    pending: defaultdict[CommitId, frozenset[RepoPath]] = defaultdict(frozenset, {history.tip: frozenset(entries)})
    brought: dict[CommitId, set[RepoPath]] = {}
    index = cache(PathIndex.of)  # most commits bring nothing, so that the next one has the same paths
    for commit in history.commits.values():
        paths = pending.pop(commit.id, frozenset[RepoPath]())
        own = set(paths)
        for parent in commit.parents if paths else ():
            same = paths - differing_entries(repo, commit.id, parent, index(paths))
            pending[parent] |= same
            own -= same
        if own:
            brought[commit.id] = own
    inherited = {path: commit for commit, paths in pending.items() for path in paths}
    return _Origins(inherited, brought)


def _copied(
    repo: Repository,
    history: ForkHistory,
    commit: Commit,
    wanted: Mapping[RepoPath, Entry],
    upstream_names: Mapping[RepoPath, RepoPath],
) -> dict[RepoPath, CommitId]:
    """What a commit of the fork took from upstream, under the fork's name or upstream's."""
    copies = copied(repo, history, commit, wanted)
    renamed = {upstream_names[path]: path for path in _without(wanted, copies) if path in upstream_names}
    found = copied(repo, history, commit, {name: wanted[path] for name, path in renamed.items()})
    return copies | {renamed[name]: upstream for name, upstream in found.items()}


def _adopted(repo: Repository, history: ForkHistory, entries: Mapping[RepoPath, Entry]) -> dict[RepoPath, CommitId]:
    """The entries that upstream has had since, in commits that the fork lacks."""
    wanted = {path: [entry] for path, entry in entries.items()}
    found = find_entries(repo, repo.walk(history.upstream, [history.tip]), wanted)
    return {path: commit for path, (commit, _) in found.items()}


def _without(mapping: Mapping[RepoPath, Value], paths: Container[RepoPath]) -> dict[RepoPath, Value]:
    return {path: value for path, value in mapping.items() if path not in paths}
