"""The content base: the upstream commit that the fork's content stands on, by ancestry or not.

git merges on the best common ancestor. Where a sync was squashed, or where releases are cut from branches, the fork
holds upstream's work without having its commits, and another commit is the better base. The nearest *admissible* one
is taken: at no path may the fork hold what upstream had there before it, unless a commit of the fork put that back. A
base that is too old costs conflicts; one that is too new takes what the fork has not got yet for the fork's own
revert, and silently drops it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from ..policy.facts import Entry
from ..policy.names import CommitId, RepoPath
from .git.repository import Repository
from .history import ForkHistory
from .lost_syncs import LostSync
from .put_back import PutBack
from .upstream_line import STRIDES, UpstreamLine, upstream_line

_ROUNDS = 8
"""How often the search goes on before what is too new, until it ends at git's base."""

_SIDES = 20
"""How many earlier syncs' upstream sides are candidates."""


class Origin(StrEnum):
    """How a content base was found."""

    GIT = "git-base"
    HISTORY = "history"
    SYNC = "sync"
    TAG = "tag"

    @property
    def is_on_line(self) -> bool:
        """Whether it stands on upstream's line to the release."""
        return self in (Origin.GIT, Origin.HISTORY)

    @property
    def is_sync(self) -> bool:
        """Whether a sync of the fork's stands behind it."""
        return self is Origin.SYNC


_HELD_SHARE = 0.5
"""Of what upstream changed between the two bases, the fork must hold at least this share as the newer base has it."""


class ContentBase(Struct, frozen=True):
    """The upstream commit that the fork's content stands on; it is git's base where nothing is nearer."""

    commit: CommitId
    origin: Origin
    distance: int
    """The number of paths at which the fork differs from it."""
    git_distance: int
    """The number of paths at which the fork differs from git's base."""
    between: int
    """The number of paths that upstream changed from git's base to here."""
    put_back: Mapping[RepoPath, CommitId]
    """Paths that the fork set back to what upstream had earlier, each with the commit: a person decides them."""

    @property
    def nearer(self) -> int:
        """By how many paths it is nearer to the fork than git's base."""
        return self.git_distance - self.distance

    @property
    def is_held(self) -> bool:
        """Whether the fork holds at least half of what upstream changed between git's base and here."""
        return self.nearer >= _HELD_SHARE * self.between


class _Place(Struct, frozen=True):
    """An admissible position of a line, with what was put back there."""

    position: int
    put_back: Mapping[RepoPath, CommitId]


def nearest_base(repo: Repository, bases: Sequence[CommitId], tip: CommitId) -> CommitId:
    """Of git's bases, at least one, the one that is nearest to the fork's tip."""
    if len(bases) == 1:
        return bases[0]
    return min(bases, key=lambda base: repo.distance(repo.tree(base), repo.tree(tip)))


class ContentSearch:
    """Searches for the content base of a fork on the way to a release.

    Args:
        repo: the repository.
        history: the fork's commits.
        release: the upstream commit to merge.
        git_base: git's base of the two; of several, the one that is nearest to the fork.
    """

    def __init__(self, repo: Repository, history: ForkHistory, release: CommitId, git_base: CommitId) -> None:
        self._repo = repo
        self._history = history
        self._release = release
        self._git_base = git_base
        self.line = UpstreamLine(repo, history.tip, upstream_line(repo, release, git_base))

    def find(self, tags: Iterable[CommitId] = ()) -> ContentBase:
        """The nearest admissible candidate; of equally near ones git's base, then the oldest of the line.

        Candidates are git's base, upstream's line to the release, and the upstream sides of earlier syncs and `tags`,
        releases no newer than this one, with the lines that lead to them.
        """
        if self.line.newest <= STRIDES[0]:
            self.line.profile(0, self.line.newest)  # neighbours differ little: all distances for the price of a few
        best = ContentBase(self._git_base, Origin.GIT, self.line.distance(0), self.line.distance(0), 0, {})
        best = self._nearer(best, self.line, Origin.HISTORY)
        for tip, origin in self._others(tags):
            if self._distance(self._history.tip, tip) < best.distance:
                best = self._nearer(best, self._line_to(tip), origin)
        return best

    def is_on_the_way(self, base: ContentBase) -> bool:
        """Whether a content base leads to the release: it is on the line to it, or nearer to it than git's base is."""
        if base.origin.is_on_line:
            return True
        return self._distance(base.commit, self._release) < self._distance(self._git_base, self._release)

    def likely(self, brought: Iterable[CommitId] = ()) -> tuple[int, ...]:
        """The positions of the line that the fork may as well stand on, admissible or not, ascending.

        They are the nearest ones, which differ only where the fork has its own text, and what lost syncs brought.
        """
        positions = {commit: position for position, commit in enumerate(self.line.commits)}
        known = (positions[each] for each in brought if each in positions)
        return tuple(sorted({*self.line.equals(self.line.nearest()), *known}))

    def stale_at(self, position: int) -> frozenset[RepoPath]:
        """The paths at which the fork holds what upstream had before a position of the line."""
        return frozenset(self.line.profile(position, position).stale_at(position))

    def reverted(self, base: ContentBase, lost_syncs: Sequence[LostSync]) -> Mapping[RepoPath, CommitId]:
        """Paths at which the fork had something newer of upstream's than a base, each with the commit that undid it.

        On the base the fork looks untouched there, and what it undid would come back.
        """
        line, position = self.line.commits, self.line.commits.index(base.commit) if base.origin.is_on_line else 0
        changed = self._repo.changes(self._repo.tree(base.commit), self._repo.tree(self._release))
        fork = self._repo.tree(self._history.tip)
        held = {path: old for path, (old, _) in changed.items() if self._repo.entry(fork, path) == old}
        newer = {path for sync in lost_syncs[-1:] for path in self._left_otherwise(sync.commit, held, position)}
        return PutBack(self._repo, self._history, line).beyond(position, held, newer)

    # Private

    def _left_otherwise(
        self, sync: CommitId, held: Mapping[RepoPath, Entry | None], position: int
    ) -> Iterator[RepoPath]:
        """Paths that a sync left with text of the fork's own, and where the fork now has just what upstream had."""
        tree = self._repo.tree(sync)
        for path, entry in held.items():
            left = self._repo.entry(tree, path)
            if left != entry and not any(
                self._repo.entry(self._repo.tree(each), path) == left for each in self.line.commits[: position + 1]
            ):
                yield path

    def _others(self, tags: Iterable[CommitId]) -> Iterator[tuple[CommitId, Origin]]:
        """The tips aside of the line: of earlier syncs, then of releases, each once; none from before git's base."""
        seen = set(self.line.commits)
        oldest = self._repo.commit(self._git_base).committed
        for origin, tips in ((Origin.SYNC, self._sync_sides()), (Origin.TAG, tags)):
            for tip in tips:
                if tip not in seen and self._repo.commit(tip).committed >= oldest:
                    seen.add(tip)
                    yield tip, origin

    def _sync_sides(self) -> tuple[CommitId, ...]:
        """The upstream sides of the fork's newest syncs: the parents of its merges that are upstream's."""
        merges = (commit for commit in self._history.commits.values() if commit.is_merge)
        sides = (parent for merge in merges for parent in merge.parents if self._history.is_upstream(parent))
        return tuple(dict.fromkeys(sides))[:_SIDES]

    def _line_to(self, tip: CommitId) -> UpstreamLine:
        """The line to a tip from where it left the way to the release."""
        bases = self._repo.merge_bases(tip, self._release)
        start = bases[0] if bases else self._git_base
        return UpstreamLine(self._repo, self._history.tip, upstream_line(self._repo, tip, start))

    def _nearer(self, best: ContentBase, line: UpstreamLine, origin: Origin) -> ContentBase:
        """The nearest admissible commit of a line where it is nearer than the best so far."""
        place = self._nearest_admissible(line)
        commit, distance = line.commits[place.position], line.distance(place.position)
        if distance >= best.distance:
            return best
        between = self._distance(self._git_base, commit)
        return ContentBase(commit, origin, distance, best.git_distance, between, place.put_back)

    def _nearest_admissible(self, line: UpstreamLine) -> _Place:
        """The nearest admissible position, ties to the oldest; the first one where nothing else is.

        Staleness cannot be halved: upstream changes files away and back, so that old positions may be stale where a
        newer one is not. Each round looks at all positions around the nearest; where all are too new, the next round
        ends where the first of the blocking paths was still good.
        """
        put_back = PutBack(self._repo, self._history, line.commits)
        high = line.newest
        for _ in range(_ROUNDS):
            nearest = line.nearest(high)
            window = range(max(0, nearest - STRIDES[1]), min(high, nearest + STRIDES[1]) + 1)
            profile = line.profile(window[0], window[-1])
            for position in sorted(window, key=lambda each: (profile.distance(each), each)):
                stale = profile.stale_at(position)
                proofs = put_back.among(stale, position)
                if proofs.keys() == stale.keys():
                    return _Place(position, proofs)
            first = profile.stale_at(window[0])
            proofs = put_back.among(first, window[0])
            high = min([window[0] - 1, *(held_at for path, held_at in first.items() if path not in proofs)])
            if high <= 0:
                break
        return _Place(0, {})

    def _distance(self, one: CommitId, other: CommitId) -> int:
        return self._repo.distance(self._repo.tree(one), self._repo.tree(other))
