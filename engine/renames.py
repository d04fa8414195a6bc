"""Finding renames: which of the files that a side deleted are among those it added.

The steps, thresholds and preferences are those that git documents (gitdiffcore, "diffcore-rename"): equal content
first, then equal names that are three quarters alike, then whatever is half alike, best pairs first. There is no
limit above which it gives up; instead it looks only for renames that can change the merge.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from ..policy.facts import Entry
from ..policy.names import BlobId, RepoPath
from .similarity import Fingerprints, Lookalikes

_ALIKE = 0.5
_ALIKE_WITH_SAME_NAME = 0.75
_PERHAPS_ALIKE = 0.3
_CANDIDATES_PER_TARGET = 4
_EMPTY = BlobId("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")

Files = Mapping[RepoPath, Entry]


def find_renames(
    deleted: Files, added: Files, relevant: Collection[RepoPath], fingerprints: Fingerprints
) -> dict[RepoPath, RepoPath]:
    """Old names with their new ones, for one side of a merge.

    `relevant` are the deleted files whose new name can matter. The others only take part where that is cheap: a file
    moved unchanged must not be taken for another one's new name.
    """
    if not relevant or not added:
        return {}
    sources: Files = {path: deleted[path] for path in sorted(deleted) if deleted[path].id != _EMPTY}
    targets: Files = {path: added[path] for path in sorted(added) if added[path].id != _EMPTY}
    found = _unchanged(sources, targets)
    sources, targets = _left(sources, targets, found)
    found |= _with_same_name(sources, targets, relevant, fingerprints)
    sources, targets = _left(sources, targets, found)
    return found | _by_content({path: sources[path] for path in sources if path in relevant}, targets, fingerprints)


def perhaps_renamed(
    path: RepoPath, entry: Entry, added: Files, taken: Collection[RepoPath], fingerprints: Fingerprints
) -> bool:
    """Whether a deleted file may live on as one of the added ones, though it is not alike enough for git."""
    candidates = [each for each in added if each not in taken and added[each].is_file]
    return any(_name(each) == _name(path) for each in candidates) or any(
        fingerprints.similarity(entry.id, added[each].id, _PERHAPS_ALIKE) for each in candidates if entry.is_file
    )


# Private


def _unchanged(sources: Files, targets: Files) -> dict[RepoPath, RepoPath]:
    """Pairs of equal content; among several, one of the same name is preferred, and each is used once."""
    by_blob: dict[BlobId, list[RepoPath]] = defaultdict(list)
    for path, entry in sources.items():
        by_blob[entry.id].append(path)
    found: dict[RepoPath, RepoPath] = {}
    for target, entry in targets.items():
        fitting = [
            each
            for each in by_blob.get(entry.id, ())
            if each not in found and (sources[each].mode == entry.mode or _both_files(sources[each], entry))
        ]
        if fitting:
            same_name = (each for each in fitting if _name(each) == _name(target))
            found[next(same_name, fitting[0])] = target
    return found


def _with_same_name(
    sources: Files, targets: Files, relevant: Collection[RepoPath], fingerprints: Fingerprints
) -> dict[RepoPath, RepoPath]:
    """Pairs whose name, without folders, occurs once on either side."""
    old, new = _unique_names(sources), _unique_names(targets)
    found: dict[RepoPath, RepoPath] = {}
    for name, path in old.items():
        target = new.get(name)
        if path not in relevant or target is None or not _both_files(sources[path], targets[target]):
            continue
        if fingerprints.similarity(sources[path].id, targets[target].id, _ALIKE_WITH_SAME_NAME):
            found[path] = target
    return found


def _by_content(sources: Files, targets: Files, fingerprints: Fingerprints) -> dict[RepoPath, RepoPath]:
    """Pairs that are half alike: the most alike first, then those of the same name."""
    by_blob: dict[BlobId, list[RepoPath]] = defaultdict(list)
    for path in sources:
        if sources[path].is_file:
            by_blob[sources[path].id].append(path)
    lookalikes = Lookalikes(by_blob, fingerprints, _ALIKE)
    pairs: list[_Pair] = []
    for target, entry in targets.items():
        if entry.is_file:
            near = (path for blob in lookalikes.of(entry.id) for path in by_blob[blob])
            scored = (_score(path, sources[path], target, entry, fingerprints) for path in near)
            pairs += heapq.nsmallest(_CANDIDATES_PER_TARGET, (pair for pair in scored if pair.similarity))
    found: dict[RepoPath, RepoPath] = {}
    used: set[RepoPath] = set()
    for pair in sorted(pairs):
        if pair.old not in found and pair.new not in used:
            found[pair.old] = pair.new
            used.add(pair.new)
    return found


class _Pair(NamedTuple):
    """A possible rename; the likeliest sorts first."""

    dissimilarity: float
    other_name: bool
    new: RepoPath
    old: RepoPath

    @property
    def similarity(self) -> float:
        return 1 - self.dissimilarity


def _score(old: RepoPath, source: Entry, new: RepoPath, target: Entry, fingerprints: Fingerprints) -> _Pair:
    alike = fingerprints.similarity(source.id, target.id, _ALIKE)
    return _Pair(1 - alike, _name(old) != _name(new), new, old)


def _left(sources: Files, targets: Files, found: Mapping[RepoPath, RepoPath]) -> tuple[Files, Files]:
    used = set(found.values())
    return (
        {path: entry for path, entry in sources.items() if path not in found},
        {path: entry for path, entry in targets.items() if path not in used},
    )


def _unique_names(paths: Iterable[RepoPath]) -> dict[str, RepoPath]:
    counted = Counter(_name(path) for path in paths)
    return {_name(path): path for path in paths if counted[_name(path)] == 1}


def _both_files(one: Entry, other: Entry) -> bool:
    return one.is_file and other.is_file


def _name(path: RepoPath) -> str:
    return path.rpartition("/")[2]
