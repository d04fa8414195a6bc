"""The newest upstream release that a commit contains: by ancestry, by content base, or unknown."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache

from msgspec import Struct

from ..policy.fields import version_key
from ..policy.names import CommitId
from ..policy.releases import Release
from .fork import Fork
from .git.health import shallow_commits
from .history import reachable
from .lost_syncs import LostSync, LostSyncs

_CLOCK_SKEW = timedelta(days=30)


class Contained(Struct, frozen=True):
    """A release, or why history and tags cannot tell which one it is."""

    release: Release | None
    unknown: str | None = None
    """Why it cannot be told, in words; None where it is known."""
    fix: str | None = None


class Containment:
    """Says which release the commits of one branch contain.

    Args:
        fork: the fork, seen from that branch.
        lost_syncs: after one, ancestry tells too little, until a newer release is merged.
        content_base: the upstream commit whose content the branch's tip really stands on, where it is known.
    """

    def __init__(self, fork: Fork, lost_syncs: LostSyncs, content_base: CommitId | None = None) -> None:
        self._fork = fork
        self._lost_syncs = lost_syncs
        self._content_base = content_base
        self._known: dict[CommitId, Contained] = {}
        self._by_ancestry = cache(self._newest_by_ancestry)
        self._sides_with = cache(self._sides_that_contain)

    def at(self, commit: CommitId) -> Contained:
        """The newest release that a commit in the branch's history contains."""
        if commit not in self._known:
            self._known[commit] = self._look_at(commit)
        return self._known[commit]

    def denies(self, commit: CommitId, version: str) -> Release | None:
        """The release that a commit contains where history rules out that it contains an upstream version.

        None where it contains that version, or may. It may where its release is not known here, the commit has
        upstream commits beyond the release that it contains, and no known release stands between the two.
        """
        found = self._newest_in(commit)
        if found is None or version_key(found.version) == version_key(version):
            return None
        if self._content_base is not None and version_key(version) > version_key(found.version):
            return None  # the content is newer than history tells, so a newer release may well be in it
        return None if self._may_be_unknown(found, version, commit) else self.at(commit).release

    # Private

    def _may_be_unknown(self, found: Release, version: str, commit: CommitId) -> bool:
        fork = self._fork
        known = {version_key(release.version) for release in fork.releases}
        wanted, newest = version_key(version), version_key(found.version)
        if wanted in known or wanted <= newest or any(newest < each < wanted for each in known):
            return False
        beyond = fork.repo.walk([commit], [fork.releases[found]])
        return any(fork.history.is_upstream(each) for each in beyond)

    def _look_at(self, commit: CommitId) -> Contained:
        if shallow_commits(self._fork.repo):
            return Contained(None, "this is a shallow clone", "git fetch --unshallow")
        release = self._newest_in(commit)
        if release is None:
            fetch = f"git fetch --tags {self._fork.policy.upstream.remote}"
            return Contained(None, f"no known release is in the history of {commit[:10]}", fetch)
        if self._has_content_base(commit):
            return self._by_content(release)
        lost = self._lost_since(release, commit)
        if lost is not None:
            why = f"after {release.tag} the sync {lost.commit[:10]} lost its history ({lost})"
            return Contained(None, why, "merge the next release with a merge commit")
        return Contained(release)

    def _by_content(self, release: Release) -> Contained:
        """The release by content base: known where that is a release itself, else at least the one in its history."""
        base = self._content_base or ""
        if base in self._fork.releases.values():
            return Contained(release)
        why = f"the content stands on {base[:10]}, which is no release, and history knows of {release.tag} only"
        return Contained(None, why, "merge the next release with a merge commit")

    def _has_content_base(self, commit: CommitId) -> bool:
        return self._content_base is not None and commit == self._fork.production.commit

    def _newest_in(self, commit: CommitId) -> Release | None:
        """The newest release by ancestry or, at the tip, by content base."""
        found = [self._by_ancestry(commit)]
        if self._content_base is not None and self._has_content_base(commit):
            found.append(self._by_ancestry(self._content_base))
        return max((each for each in found if each is not None), default=None)

    def _newest_by_ancestry(self, commit: CommitId) -> Release | None:
        """The newest release in a commit's history; what is younger than the commit is not asked for."""
        repo, releases = self._fork.repo, self._fork.releases
        latest = repo.commit(commit).committed + _CLOCK_SKEW
        older = (each for each, tagged in releases.items() if repo.commit(tagged).committed <= latest)
        # a walk, because the walker knows the commits that it saw before; asking anew reads them all again
        return next((each for each in older if not any(repo.walk([releases[each]], [commit]))), None)

    def _lost_since(self, release: Release, commit: CommitId) -> LostSync | None:
        """A lost sync in a commit's history that came after a release."""
        commits = self._fork.history.commits
        before = reachable(commits, commit)
        later = [commits[each] for each in self._after(release) if each in before]
        return next(iter(self._lost_syncs.among(later).values()), None)

    def _after(self, release: Release) -> Iterator[CommitId]:
        """The fork's commits that contain a release, oldest first."""
        containing = set(self._sides_with(release))
        for commit in reversed(list(self._fork.history.commits.values())):
            if not containing.isdisjoint(commit.parents):
                containing.add(commit.id)
                yield commit.id

    def _sides_that_contain(self, release: Release) -> frozenset[CommitId]:
        """Those of upstream's commits below the fork's that contain a release."""
        fork = self._fork
        tagged = fork.repo.commit(fork.releases[release])
        newer = (side for side in fork.history.sides if fork.repo.commit(side).committed >= tagged.committed)
        return frozenset(side for side in newer if not any(fork.repo.walk([tagged.id], [side])))
