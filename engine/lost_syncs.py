"""Lost syncs: commits of the fork that brought upstream's content without upstream as a parent.

They are told by structure, not by title: a squashed sync has one parent, and leaves at its paths what upstream
has there. A cherry-pick does that too, but takes little of what upstream did.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from ..policy.facts import Entry
from ..policy.names import CommitId, RepoPath, TreeId
from .fork import Fork
from .git.repository import Commit, Repository

CLOCK_SKEW = timedelta(days=2)
"""How much younger than the commit that took it an upstream commit's date may be: clocks differ."""

_SAMPLE = 200
"""How many of a commit's paths are compared."""

_MANY = 20
"""So many paths of upstream's are more than a cherry-pick takes, where they are a third of the commit."""


@dataclass(frozen=True, slots=True)
class LostSync:
    """Of `paths` paths that a commit changed (a sample where they are many), `taken` are as upstream has them."""

    commit: CommitId
    upstream: str
    """The release or branch that it was compared with."""
    taken: int
    paths: int

    def __str__(self) -> str:
        """What it brought, in words."""
        return f"{self.taken} of {self.paths} paths are as in {self.upstream}"


class LostSyncs:
    """Looks for the lost syncs among a fork's commits, at each commit once."""

    def __init__(self, fork: Fork) -> None:
        self._search = _Search.of(fork)
        self._known: dict[CommitId, LostSync | None] = {}

    def among(self, commits: Iterable[Commit]) -> dict[CommitId, LostSync]:
        """The lost syncs among some commits, in the order given."""
        found = ((commit.id, self._look_at(commit)) for commit in commits if len(commit.parents) == 1)
        return {commit: lost for commit, lost in found if lost is not None}

    def _look_at(self, commit: Commit) -> LostSync | None:
        if commit.id not in self._known:
            self._known[commit.id] = self._search.look_at(commit)
        return self._known[commit.id]


@dataclass(frozen=True, slots=True)
class _Point:
    """A state of upstream to compare with."""

    name: str
    commit: Commit


@dataclass(frozen=True, slots=True)
class _Search:
    repo: Repository
    releases: tuple[_Point, ...]
    """Oldest first."""
    branches: tuple[_Point, ...]

    @classmethod
    def of(cls, fork: Fork) -> "_Search":
        points = (_Point(release.tag, fork.repo.commit(commit)) for release, commit in fork.releases.items())
        follows = {branch.follows for branch in fork.policy.branches if branch.follows}
        tips = ((name, fork.repo.ref(f"refs/remotes/{name}")) for name in sorted(follows))
        branches = (_Point(name, fork.repo.commit(tip)) for name, tip in tips if tip is not None)
        return cls(fork.repo, tuple(sorted(points, key=_dated)), tuple(branches))

    def look_at(self, commit: Commit) -> LostSync | None:
        before = self.repo.tree(commit.parents[0])
        changes = self.repo.changes(before, commit.tree)
        sample = _sample({path: new for path, (_, new) in changes.items()})
        for point in self._points_near(commit):
            taken = [path for path, new in sample.items() if self.repo.entry(point.commit.tree, path) == new]
            if self._brought(commit, before, point, taken, len(sample)):
                return LostSync(commit.id, point.name, len(taken), len(sample))
        return None

    def _points_near(self, commit: Commit) -> tuple[_Point, ...]:
        """The states that the commit may have brought: the newest release of its day, the next, the branches."""
        latest = commit.committed + CLOCK_SKEW
        older = [point for point in self.releases if point.commit.committed <= latest]
        newer = self.releases[len(older) : len(older) + 1]
        return (*older[-1:], *newer, *self.branches)

    def _brought(self, commit: Commit, before: TreeId, point: _Point, taken: list[RepoPath], changed: int) -> bool:
        enough = 3 * len(taken) >= changed if len(taken) >= _MANY else 2 * len(taken) >= changed
        if not taken or not enough or self.repo.is_ancestor(point.commit.id, commit.id):
            return False
        return len(taken) >= _MANY or self._took_most(commit, before, point, taken)

    def _took_most(self, commit: Commit, before: TreeId, point: _Point, taken: list[RepoPath]) -> bool:
        """Whether the paths are most of what upstream, in several commits, did and the fork did not have."""
        bases = self.repo.merge_bases(commit.parents[0], point.commit.id)
        if not bases:
            return False
        news = self.repo.changes(self.repo.tree(bases[0]), point.commit.tree)
        lacking = [path for path, (_, new) in news.items() if self.repo.entry(before, path) != new]
        several = len(list(islice(self.repo.walk([point.commit.id], bases), 2))) > 1
        return several and 2 * len(set(taken).intersection(lacking)) >= len(lacking)


def _dated(point: _Point) -> tuple[float, str]:
    return point.commit.committed.timestamp(), point.name


def _sample(changes: Mapping[RepoPath, Entry | None]) -> dict[RepoPath, Entry | None]:
    """Some of the paths, spread evenly."""
    step = -(-len(changes) // _SAMPLE) or 1
    return {path: changes[path] for path in sorted(changes)[::step]}
