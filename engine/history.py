"""Whose commits these are: upstream's, or the fork's; and which of the fork's changed a path."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from ..policy.facts import ForkCommit
from ..policy.names import CommitId, RepoPath
from .git.repository import Commit, Repository
from .git.search import PathIndex, differing_entries

_MERGED_PULL_REQUEST = re.compile(r"Merge pull request #(\d+) ")
_SQUASHED_PULL_REQUEST = re.compile(r"\(#(\d+)\)\s*$")


class ForkHistory(Struct, frozen=True, dict=True):
    """The commits of the fork on one branch: reachable from its tip and from no upstream commit."""

    tip: CommitId
    upstream: tuple[CommitId, ...]
    """The tips that all upstream commits are reachable from."""
    commits: Mapping[CommitId, Commit]
    """The fork's commits, no commit before its children."""

    def is_upstream(self, commit: CommitId) -> bool:
        """Whether a commit in the branch's history is upstream's."""
        return commit not in self.commits

    @cached_property
    def sides(self) -> tuple[CommitId, ...]:
        """The upstream parents of the fork's commits: what its syncs merged, and where it began; newest first."""
        parents = (parent for commit in self.commits.values() for parent in commit.parents)
        return tuple(filter(self.is_upstream, dict.fromkeys(parents)))


def upstream_tips(
    branches: Iterable[CommitId], release_tags: Iterable[CommitId], mirror: CommitId | None
) -> tuple[CommitId, ...]:
    """The tips of upstream's commits: its remote's branches and its release tags; without both, the mirror."""
    tips = dict.fromkeys((*branches, *release_tags))
    return tuple(tips) or (() if mirror is None else (mirror,))


def fork_history(
    repo: Repository, tip: CommitId, upstream: tuple[CommitId, ...], since: CommitId | None
) -> ForkHistory:
    """The fork's own commits on the branch that ends in `tip`.

    What descends from `since`, the fork's first own commit, is never upstream's: a fork may tag `vX.Y.Z` too, and
    commit to the mirror. Such tips are left out; where no other is there, what they stand on counts.
    """
    commits = {each: repo.commit(each) for each in repo.walk([tip], upstream, topological=True)}
    if since is None or since in commits:  # in there: no tip reaches it, so none descends from it
        return ForkHistory(tip, upstream, commits)
    return fork_history(repo, tip, _without_descendants(repo, upstream, since), None)


def reachable(commits: Mapping[CommitId, Commit], start: CommitId) -> set[CommitId]:
    """The commits among some that are reachable from one of them, itself included."""
    seen: set[CommitId] = set()
    waiting = [start]
    while waiting:
        each = waiting.pop()
        if each in commits and each not in seen:
            seen.add(each)
            waiting.extend(commits[each].parents)
    return seen


def fork_commits_by_path(
    repo: Repository, history: ForkHistory, paths: Iterable[RepoPath]
) -> dict[RepoPath, tuple[ForkCommit, ...]]:
    """For every path the fork's commits that changed it, merges aside, newest first."""
    found: dict[RepoPath, list[Commit]] = {path: [] for path in paths}
    index = PathIndex.of(found)
    for commit in history.commits.values() if found else ():
        if len(commit.parents) != 1:
            continue
        for path in differing_entries(repo, commit.id, commit.parents[0], index):
            found[path].append(commit)
    numbers = pull_requests(history, {commit.id for commits in found.values() for commit in commits})
    return {
        path: tuple(ForkCommit(each.id, each.subject, numbers.get(each.id)) for each in commits)
        for path, commits in found.items()
    }


def pull_requests(history: ForkHistory, commits: Collection[CommitId] | None = None) -> dict[CommitId, int]:
    """The pull request that brought each of some commits, or of all: its merge's, else that of its own subject.

    Subjects are GitHub's: "Merge pull request #68 from …" and, for squashed ones, "… (#68)". Of several merges that
    brought a commit, one into another, the last one counts.
    """
    asked = tuple(history.commits if commits is None else commits)
    bits = {commit: 1 << number for number, commit in enumerate(asked)}
    numbers: dict[CommitId, int] = {}
    behind: dict[CommitId, int] = {}
    """For each commit those of the asked in its history, a bit each: sets would take longer."""
    for commit in reversed(list(history.commits.values())) if asked else ():
        own = bits.get(commit.id, 0)
        sides = [behind.get(parent, 0) for parent in commit.parents]
        behind[commit.id] = own
        for side in sides:
            behind[commit.id] |= side
        merged = _MERGED_PULL_REQUEST.match(commit.subject) if commit.is_merge else None
        squashed = _SQUASHED_PULL_REQUEST.search(commit.subject) if own else None
        if merged is not None:
            numbers |= dict.fromkeys(_members(asked, own | sides[1] & ~sides[0]), int(merged[1]))
        elif squashed is not None:
            numbers[commit.id] = int(squashed[1])
    return numbers


def _members(commits: Sequence[CommitId], bits: int) -> Iterator[CommitId]:
    """The commits whose bits are set."""
    while bits:
        lowest = bits & -bits
        yield commits[lowest.bit_length() - 1]
        bits ^= lowest


def _without_descendants(repo: Repository, tips: tuple[CommitId, ...], since: CommitId) -> tuple[CommitId, ...]:
    """The tips that do not descend from a commit; where all do, the newest in their history that do not.

    Descendants are found in one walk over what lies beyond the commit's parents.
    """
    descendants = {since}
    for each in reversed(list(repo.walk(tips, repo.commit(since).parents, topological=True))):
        if not descendants.isdisjoint(repo.commit(each).parents):
            descendants.add(each)
    kept = tuple(tip for tip in tips if tip not in descendants)
    return kept or repo.independent(
        {parent for each in descendants for parent in repo.commit(each).parents} - descendants
    )
