"""The newest upstream release that a commit contains: by ancestry, by content base, or unknown."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..policy.fields import version_key
from ..policy.names import CommitId
from ..policy.releases import Release
from .fork import Fork
from .git.health import shallow_commits
from .history import reachable
from .lost_syncs import LostSync, LostSyncs


@dataclass(frozen=True, slots=True)
class Contained:
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

    def at(self, commit: CommitId) -> Contained:
        """The newest release that a commit in the branch's history contains."""
        if commit not in self._known:
            self._known[commit] = self._look_at(commit)
        return self._known[commit]

    def may_contain(self, version: str, commit: CommitId) -> bool:
        """Whether a commit may contain an upstream version whose release is not known here.

        So it is where the commit has upstream commits beyond the release that it contains, and no known release
        stands between that one and the version.
        """
        fork, contained = self._fork, self.at(commit).release
        if contained is None:
            return True
        known = {version_key(release.version) for release in fork.releases}
        wanted, newest = version_key(version), version_key(contained.version)
        if wanted in known or wanted <= newest or any(newest < each < wanted for each in known):
            return False
        older = [tagged for release, tagged in fork.releases.items() if version_key(release.version) <= newest]
        return any(fork.history.is_upstream(each) for each in fork.repo.walk([commit], older))

    def _look_at(self, commit: CommitId) -> Contained:
        if shallow_commits(self._fork.repo):
            return Contained(None, "this is a shallow clone", "git fetch --unshallow")
        release = self._by_ancestry(commit)
        if commit == self._fork.production.commit and self._content_base is not None:
            known = (release, self._newest_before(self._content_base, self._fork.releases))
            return Contained(max((each for each in known if each is not None), default=None))
        if release is None:
            fetch = f"git fetch --tags {self._fork.policy.upstream.remote}"
            return Contained(None, f"no known release is in the history of {commit[:10]}", fetch)
        lost = self._lost_since(release, commit)
        if lost is not None:
            why = f"after {release.tag} the sync {lost.commit[:10]} lost its history ({lost})"
            return Contained(None, why, "merge the next release with a merge commit")
        return Contained(release)

    def _by_ancestry(self, commit: CommitId) -> Release | None:
        if commit == self._fork.production.commit:
            return next(iter(self._fork.contained), None)
        return self._newest_before(commit, self._fork.contained)

    def _newest_before(self, commit: CommitId, releases: Iterable[Release]) -> Release | None:
        fork = self._fork
        return next((each for each in releases if fork.repo.is_ancestor(fork.releases[each], commit)), None)

    def _lost_since(self, release: Release, commit: CommitId) -> LostSync | None:
        """A lost sync in a commit's history that came after a release."""
        fork = self._fork
        tagged = fork.repo.commit(fork.releases[release])
        commits = fork.history.commits
        before = reachable(commits, commit)
        later = [each for each in commits.values() if each.id in before and each.committed >= tagged.committed]
        lost = self._lost_syncs.among(later)
        return next((each for each in lost.values() if fork.repo.is_ancestor(tagged.id, each.commit)), None)
