"""The upstream side of syncs, where nothing but the syncs themselves remembers it.

Upstream's commits are told by upstream's branches and release tags. A clone that has no branch of upstream, as
in CI, does not know the unreleased ones that a sync brought: their history tells them.
"""

from collections.abc import Mapping
from itertools import takewhile

from ..policy.commits import matches_author
from ..policy.names import CommitId
from .fork import Fork
from .git.repository import Commit
from .history import reachable


def upstream_side(fork: Fork, commits: Mapping[CommitId, Commit]) -> frozenset[CommitId]:
    """Those of the commits that came with the upstream side of a merge; none where upstream's branches are known.

    Such a side does not descend from the fork's own commits, and others than the fork's authors worked on it. A
    branch on which only they worked is a topic that began at upstream's.
    """
    authors = () if fork.policy.versions is None else fork.policy.versions.authors
    if not authors or fork.upstream_branches:
        return frozenset()
    own = _descendants(fork)
    found: set[CommitId] = set()
    for merge in commits.values():
        for parent in merge.parents if merge.is_merge and merge.id in own else ():
            side = reachable(fork.history.commits, parent) - own
            if parent not in own and not all(_is_by(fork, each, authors) for each in side):
                found |= side
    return frozenset(found.intersection(commits))


def _descendants(fork: Fork) -> set[CommitId]:
    """The fork's first own commit and all that descends from it."""
    commits = fork.history.commits
    found = {fork.repo.find(fork.policy.fork.since or "") or _first_on_production(fork)}
    for commit in reversed(list(commits.values())):
        if not found.isdisjoint(commit.parents):
            found.add(commit.id)
    return found


def _first_on_production(fork: Fork) -> CommitId:
    """The oldest of the fork's commits on production's first-parent history."""
    tip = fork.production.commit
    chain = fork.repo.walk([tip], first_parent=True)
    return [tip, *takewhile(fork.history.commits.__contains__, chain)][-1]


def _is_by(fork: Fork, commit: CommitId, authors: tuple[str, ...]) -> bool:
    found = fork.history.commits[commit]
    return matches_author(found.author_name, found.author_email, authors)
