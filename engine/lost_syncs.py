"""Lost syncs: commits of the fork that brought upstream's content without upstream as a parent.

They are told by structure, not by title: a commit with one parent after which the fork stands on a newer commit of
upstream's line than before, because it brought most of what upstream, in several commits, had done in between. Nearer
alone says nothing: a commit that undoes the fork's own changes comes nearer, too. A cherry-pick brings little.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice, pairwise

from msgspec import Struct

from ..policy.names import CommitId, RepoPath
from .fork import Fork
from .git.repository import Commit, Repository
from .git.search import PathIndex, differing_entries
from .history import ForkHistory
from .upstream_line import UpstreamLine, upstream_line

CLOCK_SKEW = timedelta(days=2)
"""How much younger than the commit that took it an upstream commit's date may be: clocks differ."""

FEWEST_PATHS = 5
"""So many paths it brings at least: fewer cannot be told from a cherry-pick."""

_SHARE = 0.5
"""It brings at least this share of what upstream had changed and the fork had not yet."""

_FEWEST_COMMITS = 3
"""It brings something of at least so many of upstream's commits; a cherry-pick brings one."""


class LostSync(Struct, frozen=True):
    """A commit that brought `brought` of the `missing` paths that upstream had changed up to its commit `upstream`."""

    commit: CommitId
    upstream: CommitId
    brought: int
    missing: int

    def __str__(self) -> str:
        """What it brought, in words."""
        return f"{self.brought:,} of {self.missing:,} paths that upstream had changed up to {self.upstream[:10]}"


def lost_sync(repo: Repository, commit: Commit, line: Sequence[CommitId]) -> LostSync | None:
    """Whether a commit is a lost sync of what stands on a line of upstream's, oldest first; a merge never is."""
    if len(commit.parents) != 1:
        return None
    parent = commit.parents[0]
    after = UpstreamLine(repo, commit.id, line).nearest()
    before = UpstreamLine(repo, parent, line[: after + 1]).nearest()
    news = repo.changes(repo.tree(line[before]), repo.tree(line[after]))
    missing = {path: new for path, (_, new) in news.items() if repo.entry(repo.tree(parent), path) != new}
    brought = {path for path, new in missing.items() if repo.entry(commit.tree, path) == new}
    enough = len(brought) >= max(FEWEST_PATHS, _SHARE * len(missing))
    if not enough or not _are_of_several(repo, line[before : after + 1], brought):
        return None
    return LostSync(commit.id, line[after], len(brought), len(missing))


def lost_syncs_towards(
    repo: Repository, history: ForkHistory, line: Sequence[CommitId], position: int
) -> tuple[LostSync, ...]:
    """The lost syncs that brought the fork near to a position of upstream's line, which begins at git's base.

    The fork's own commits are halved: a stretch is looked into only while its newer end is nearer.
    """
    approach = _Approach(repo, history, line[position], repo.commit(line[0]).committed - CLOCK_SKEW)
    found = (lost_sync(repo, repo.commit(each), line) for each in dict.fromkeys(approach.drops(history.tip)))
    return tuple(each for each in found if each is not None)


class LostSyncs:
    """Looks for the lost syncs among a fork's commits, at each commit once."""

    def __init__(self, fork: Fork) -> None:
        self._fork = fork
        self._known: dict[CommitId, LostSync | None] = {}

    def among(self, commits: Iterable[Commit]) -> dict[CommitId, LostSync]:
        """The lost syncs among some commits, in the order given."""
        found = ((commit.id, self._look_at(commit)) for commit in commits if len(commit.parents) == 1)
        return {commit: lost for commit, lost in found if lost is not None}

    # Private

    def _look_at(self, commit: Commit) -> LostSync | None:
        if commit.id not in self._known:
            lines = self._lines(commit) if self._is_large(commit) else ()
            found = (lost_sync(self._fork.repo, commit, line) for line in lines if self._touches(commit, line))
            self._known[commit.id] = next((each for each in found if each is not None), None)
        return self._known[commit.id]

    def _is_large(self, commit: Commit) -> bool:
        repo = self._fork.repo
        return repo.differ_at(repo.tree(commit.parents[0]), commit.tree, FEWEST_PATHS)

    def _touches(self, commit: Commit, line: Sequence[CommitId]) -> bool:
        """Whether a commit changes enough of what upstream changed."""
        repo = self._fork.repo
        first, last = repo.tree(line[0]), repo.tree(line[-1])
        changed = repo.changes(repo.tree(commit.parents[0]), commit.tree)
        news = (path for path in changed if repo.entry(first, path) != repo.entry(last, path))
        return len(tuple(islice(news, FEWEST_PATHS))) == FEWEST_PATHS

    def _lines(self, commit: Commit) -> Iterator[tuple[CommitId, ...]]:
        """Upstream's lines as they were on the commit's day, from what the commit stands on."""
        repo, latest = self._fork.repo, commit.committed + CLOCK_SKEW
        for tip in self._tips:
            bases = repo.merge_bases(commit.parents[0], tip)
            line = upstream_line(repo, tip, bases[0]) if bases else ()
            known = tuple(each for each in line if repo.commit(each).committed <= latest)
            if len(known) > 1:
                yield known

    @cached_property
    def _tips(self) -> tuple[CommitId, ...]:
        """Where upstream's lines end: its branches that the policy follows, else its newest release."""
        fork = self._fork
        follows = {branch.follows for branch in fork.policy.branches if branch.follows}
        tips = (fork.repo.ref(f"refs/remotes/{name}") for name in sorted(follows))
        return tuple(tip for tip in tips if tip is not None) or tuple(fork.releases.values())[:1]


# Private


def _are_of_several(repo: Repository, span: Sequence[CommitId], paths: set[RepoPath]) -> bool:
    """Whether several commits of a span of upstream's changed one of the paths."""
    index, count = PathIndex.of(paths), 0
    for older, newer in pairwise(span):
        count += bool(differing_entries(repo, older, newer, index))
        if count >= _FEWEST_COMMITS:
            return True
    return False


class _Approach:
    """Finds where the fork's own history suddenly came nearer to an upstream commit."""

    def __init__(self, repo: Repository, history: ForkHistory, target: CommitId, since: datetime) -> None:
        self._repo = repo
        self._history = history
        self._target = repo.tree(target)
        self._since = since
        self._distances: dict[CommitId, int] = {}
        self._seen: set[CommitId] = set()

    def drops(self, tip: CommitId) -> Iterator[CommitId]:
        """The commits of one parent that came nearer, on the line that ends in `tip` and on branches merged into it."""
        line = self._own_line(tip)
        yield from self._between(line, 0, len(line) - 1)

    def _between(self, line: Sequence[CommitId], low: int, high: int) -> Iterator[CommitId]:
        if low >= high or self._distance(line[low]) - self._distance(line[high]) < FEWEST_PATHS:
            return
        if high - low > 1:
            middle = (low + high) // 2
            yield from self._between(line, low, middle)
            yield from self._between(line, middle, high)
            return
        parents = self._history.commits[line[high]].parents
        merged = [each for each in parents if each in self._history.commits and each != line[low]]
        if not merged:
            yield line[high]
        for tip in merged:
            yield from self.drops(tip)

    def _distance(self, commit: CommitId) -> int:
        if commit not in self._distances:
            self._distances[commit] = self._repo.distance(self._repo.tree(commit), self._target)
        return self._distances[commit]

    def _own_line(self, tip: CommitId) -> Sequence[CommitId]:
        """The fork's own commits up to `tip`, and the one below them; a merge's parents may stand in any order.

        It ends before git's base was made, for what is older brought nothing newer; and where another line has been,
        for branches that cross often would be followed without end.
        """
        line = [tip]
        while self._goes_on(line[-1]):
            self._seen.add(line[-1])
            parents = self._history.commits[line[-1]].parents
            line.append(next((each for each in parents if each in self._history.commits), parents[0]))
        return line[::-1]

    def _goes_on(self, commit: CommitId) -> bool:
        found = self._history.commits.get(commit)
        return found is not None and commit not in self._seen and bool(found.parents) and found.committed >= self._since
