"""The fork's version: what its own commits since the last release, and the release it stands on, make of it."""

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from ..policy.chronology import Node, chronological
from ..policy.errors import RepositoryError, UsageError
from ..policy.findings import Finding
from ..policy.models import Versions
from ..policy.names import CommitId
from ..policy.releases import Release
from ..policy.version_rules import Effect, OwnCommit, effects
from ..policy.versions import Bump, ForkVersion, VersionFormat, image_tags, next_version
from .contained import Contained, Containment
from .fork import Fork, Tagged, fork_at
from .git.health import shallow_commits
from .git.mailmap import Mailmap
from .git.repository import Commit
from .history import reachable
from .lost_syncs import LostSyncs
from .upstream_side import upstream_side
from .version_findings import file_claims, is_same, mismatches, tag_claim, unknown_release


class VersionState(Struct, frozen=True):
    """The version at one commit: the release before it, what followed, and the version that it makes."""

    branch: str
    commit: CommitId
    current: Tagged | None
    """The release before; None where the next one is the first."""
    start: CommitId | None
    """The commit that the range begins after; None where it begins with the fork."""
    contained: Contained
    effects: tuple[Effect, ...]
    """What each of the fork's commits since does, in chronological order."""
    next: ForkVersion
    next_tag: str
    images: tuple[str, ...]
    """The container image tags of the next version."""
    released: Tagged | None = None
    """The release that the commit itself is, where it is one and the range ends there."""
    findings: tuple[Finding, ...] = ()

    @property
    def is_due(self) -> bool:
        """Whether there is something to release: the next version is another one, and greater."""
        if self.current is None:
            return True
        before = self.current.version
        return self.next > before and (self.next.own, self.next.upstream) != (before.own, before.upstream)

    @property
    def tag(self) -> str:
        """The tag of the version that stands once all that is due is released."""
        return self.current.tag if self.current is not None and not self.is_due else self.next_tag


class Versioning:
    """The versions of a fork, as seen from one commit of it.

    Args:
        fork: the fork; its branch's tip is the commit.
        content_base: the upstream commit whose content that tip really stands on, where it is known.
        towards: the release that is about to be merged; a first version needs no other upstream part.

    Raises:
        UsageError: the policy numbers no versions.
    """

    def __init__(self, fork: Fork, content_base: CommitId | None = None, towards: Release | None = None) -> None:
        if fork.policy.versions is None or fork.formats is None:
            raise UsageError("the policy numbers no versions", "add `versions:`, see docs/policy.md")
        self.fork = fork
        self.rules: Versions = fork.policy.versions
        self.formats: VersionFormat = fork.formats
        self._towards = towards
        self._lost_syncs = LostSyncs(fork)
        self._containment = Containment(fork, self._lost_syncs, content_base)

    @cached_property
    def tagged(self) -> tuple[Tagged, ...]:
        """The fork's releases in the history of the commit, newest first."""
        fork = self.fork
        own = tuple(each for each in fork.tagged if each.commit in fork.history.commits)
        # a first release may be upstream's commit as it is
        return own or tuple(each for each in fork.tagged if fork.repo.is_ancestor(each.commit, fork.production.commit))

    def next(self) -> VersionState:
        """The version that follows the newest release in the history of the commit.

        Raises:
            RepositoryError: as for `since`.
        """
        return self.since(next(iter(self.tagged), None))

    def between(self, start: str | None) -> VersionState:
        """The version at the commit after what `start` names; without it, after the newest release before.

        Raises:
            RepositoryError: there is no such commit, or as for `since`.
        """
        tip = self.fork.production.commit
        if start is None:
            return self.since(next((each for each in self.tagged if each.commit != tip), None))
        first = self.fork.repo.resolve(start)
        before = {first, *reachable(self.fork.history.commits, first)}
        return self.since(next((each for each in self.tagged if each.commit in before), None), first)

    def since(self, current: Tagged | None, start: CommitId | None = None) -> VersionState:
        """The version at the commit, after a release that lies in its history; None for a first release.

        The commits that count begin after `start`, or else after the release.

        Raises:
            RepositoryError: history was cut off in between, or nothing tells which release the fork stands on.
        """
        tip = self.fork.production.commit
        contained = self._contained(tip, current)
        upstream = self._upstream_part(contained, current)
        before = None if current is None else current.version
        first = start or (current.commit if current else None)
        made = self._effects(self.own_commits(first), before, upstream)
        following = next_version(before, (each.bump for each in made), upstream, self.rules.initial)
        tag = self.formats.tag(following)
        return VersionState(
            self.fork.production.name,
            tip,
            current,
            first,
            contained,
            made,
            following,
            tag,
            image_tags(self.rules.images, following, tag),
            next((each for each in self.tagged if each.commit == tip and each != current), None),
            self._findings(contained, current),
        )

    def own_commits(self, start: CommitId | None) -> tuple[OwnCommit, ...]:
        """The fork's own commits after a commit, in chronological order.

        Raises:
            RepositoryError: history was cut off in between.
        """
        fork = self.fork
        tip = fork.production.commit
        commits = fork.history.commits
        before = set[CommitId]() if start is None else reachable(commits, start)
        found = {each: commit for each, commit in commits.items() if each not in before}
        self._require_whole(found, start)
        for each in upstream_side(fork, found):
            del found[each]
        authors = Mailmap(fork.repo, fork.repo.tree(tip))
        nodes = {each: Node(commit.parents, commit.committed) for each, commit in found.items()}
        return tuple(_own(found[each], authors) for each in chronological(tip, nodes))

    def contained_at(self, commit: CommitId) -> Release | None:
        """The newest upstream release that a commit in the history contains, where it is known."""
        return self._containment.at(commit).release

    def denies(self, commit: CommitId, version: str) -> Release | None:
        """The release that a commit contains where history rules out that it contains an upstream version."""
        return self._containment.denies(commit, version)

    # Private

    def _effects(self, commits: tuple[OwnCommit, ...], before: ForkVersion | None, upstream: str) -> tuple[Effect, ...]:
        """What each commit does, once the lost syncs are found among those that would raise the version."""
        made = effects(commits, self.rules, before, upstream)
        raising = [self.fork.history.commits[each.commit.id] for each in made if each.bump is not Bump.NONE]
        lost = self._lost_syncs.among(raising)
        if not lost:
            return made
        told = (replace(each, lost_sync=str(lost[each.id])) if each.id in lost else each for each in commits)
        return effects(told, self.rules, before, upstream)

    def _contained(self, tip: CommitId, current: Tagged | None) -> Contained:
        """The release at the tip, unless the last tag names one that is not known here and may be in it."""
        found = self._containment.at(tip)
        if current is None or found.release is None or is_same(current.version.upstream, found.release):
            return found
        if self.denies(tip, current.version.upstream) is not None:
            return found
        claimed = current.version.upstream
        why = f"the last tag names upstream {claimed}, and no release of that version is known here"
        return Contained(None, why, f"git fetch --tags {self.fork.policy.upstream.remote}")

    def _upstream_part(self, contained: Contained, current: Tagged | None) -> str:
        if contained.release is not None:
            return contained.release.version
        if current is not None:
            return current.version.upstream
        if self._towards is not None:
            return self._towards.version
        message = f"which release {self.fork.production.name} stands on is unknown: {contained.unknown}"
        raise RepositoryError(message, contained.fix)

    def _require_whole(self, commits: Mapping[CommitId, Commit], start: CommitId | None) -> None:
        cut_off = shallow_commits(self.fork.repo)
        if cut_off and (start is None or not cut_off.isdisjoint(commits)):
            raise RepositoryError(
                "this is a shallow clone: history since the last release was cut off", "git fetch --unshallow"
            )

    def _findings(self, contained: Contained, current: Tagged | None) -> tuple[Finding, ...]:
        """What disagrees with history: the tags at both ends, and the version in the tree."""
        tip = self.fork.production.commit
        at_tip = [each for each in self.tagged if each.commit == tip and each != current]
        tags = at_tip if current is None else [current, *at_tip]
        claims = [(tag_claim(each.tag, each.version, each.commit), each.commit) for each in tags]
        claims += [(each, tip) for each in file_claims(self.fork, self.rules)]
        judged = ((claim, self.denies(commit, claim.version)) for claim, commit in claims)
        return (*unknown_release(contained), *mismatches(judged))


def version_state(
    fork: Fork, revisions: str | None = None, content_base: CommitId | None = None, towards: Release | None = None
) -> VersionState:
    """The version that a range makes: `FROM..TO`, or one revision after the release before it.

    Without a range: what followed the newest release in production, which is what is to be released next. Where a
    sync was squashed, `content_base` (`production_base.content_base_of`) tells what production really stands on; where
    a release is about to be merged, `towards` names it.

    Raises:
        UsageError: the policy numbers no versions.
        RepositoryError: there is no such commit, or history does not tell.
    """
    if revisions is None:
        return Versioning(fork, content_base, towards).next()
    start, dots, end = revisions.rpartition("..")
    seen = fork_at(fork, end) if end else fork
    return Versioning(seen).between(start if dots and start else None)


def tag_on(fork: Fork, release: Release, state: VersionState | None) -> str | None:
    """The tag of the version that follows once a release is merged: the fork's own part, raised, on that release."""
    return None if fork.formats is None or state is None else fork.formats.tag(state.next.on(release.version))


def _own(commit: Commit, authors: Mailmap) -> OwnCommit:
    name, email = authors.resolve(commit.author_name, commit.author_email)
    return OwnCommit(commit.id, commit.message, name, email, commit.committed, commit.is_merge)
