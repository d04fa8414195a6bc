"""The newest upstream release that a commit contains: by ancestry, by content base, or unknown."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..policy.names import CommitId
from ..policy.releases import Release
from .fork import Fork
from .git.health import shallow_commits
from .lost_syncs import LostSync, find_lost_syncs


@dataclass(frozen=True, slots=True)
class Contained:
    """A release, or why history and tags cannot tell which one it is."""

    release: Release | None
    unknown: str | None = None
    """Why it cannot be told, in words; None where it is known."""
    fix: str | None = None


def contained_at(
    fork: Fork, commit: CommitId, lost: Iterable[LostSync], content_base: CommitId | None = None
) -> Contained:
    """The newest release in the history of a commit of the fork's branch.

    Args:
        fork: the fork, whose branch has the commit in its history.
        commit: where to look.
        lost: the lost syncs in the fork's history. After one, ancestry tells too little, until a newer release
            is merged.
        content_base: the upstream commit whose content the commit really stands on, where that is known.
    """
    repo = fork.repo
    if shallow_commits(repo):
        return Contained(None, "this is a shallow clone", "git fetch --unshallow")
    release = _newest_in(fork, commit)
    if content_base is not None:
        return Contained(max(filter(None, (release, _newest_in(fork, content_base))), default=None))
    if release is None:
        fetch = f"git fetch --tags {fork.policy.upstream.remote}"
        return Contained(None, f"no release that is known here is in the history of {commit[:10]}", fetch)
    for each in lost:
        if repo.is_ancestor(each.commit, commit) and repo.is_ancestor(fork.releases[release], each.commit):
            why = f"after {release.tag}, {each.commit[:10]} is a lost sync ({each})"
            return Contained(None, why)
    return Contained(release)


def lost_syncs_after(fork: Fork, release: Release | None) -> tuple[LostSync, ...]:
    """The lost syncs of the branch that can matter after a release: those committed later than it."""
    commits = fork.history.commits.values()
    if release is not None:
        since = fork.repo.commit(fork.releases[release]).committed
        commits = [each for each in commits if each.committed >= since]
    return tuple(find_lost_syncs(fork, commits).values())


def _newest_in(fork: Fork, commit: CommitId) -> Release | None:
    if commit == fork.production.commit:
        return next(iter(fork.contained), None)
    known = ((release, fork.releases[release]) for release in fork.contained)
    return next((release for release, tagged in known if fork.repo.is_ancestor(tagged, commit)), None)
