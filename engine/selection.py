"""Which release to plan for: the one that was asked for, or the newest that the policy accepts."""

from datetime import datetime

from msgspec import Struct

from ..policy.errors import RepositoryError
from ..policy.findings import Finding, Severity
from ..policy.names import CommitId
from ..policy.releases import Candidate, Rejected, Release, newest, refusal
from .fork import Fork
from .preflight import Expected, fetch_releases


class Target(Struct, frozen=True):
    """The release to plan for; without a commit, there is nothing to merge; `refused` tells why it must not be."""

    release: Release | None
    commit: CommitId | None
    contained: Release | None
    """The newest release that production contains."""
    refused: str | None = None
    notes: tuple[Finding, ...] = ()


def select(fork: Fork, asked: str | None, now: datetime) -> Target:
    """Choose the release: the one that was asked for, or the newest that is out of quarantine.

    Raises:
        RepositoryError: the release that was asked for is not in this repository, or no release is.
    """
    return _newest(fork, now) if asked is None else _asked_for(fork, asked, now)


def _asked_for(fork: Fork, tag: str, now: datetime) -> Target:
    contained = fork.newest_contained
    release = fork.rules.read(tag)
    if isinstance(release, Rejected):
        return Target(None, None, contained, f"{tag} is no release to merge: {release.reason}")
    commit = fork.releases.get(release)
    if commit is None:
        return _unknown(fork, release, contained)
    if fork.contains(release):
        return Target(contained, None, contained) if release == contained else _older(release, commit, contained)
    reason = refusal(_candidate(fork, release), contained, now, fork.policy.releases.min_age)
    return Target(release, commit, contained, None if reason is None else f"{tag} {reason}")


def _newest(fork: Fork, now: datetime) -> Target:
    contained = fork.newest_contained
    newer = [each for each in fork.releases if contained is None or each > contained]
    selection = newest((_candidate(fork, each) for each in newer), now, fork.policy.releases.min_age)
    notes = tuple(
        Finding("passed-over", Severity.NOTE, f"{each.tag} is passed over: {each.reason}")
        for each in selection.passed_over
    )
    if selection.chosen is None:
        if contained is None and not newer:
            raise RepositoryError(
                "no release of upstream is known here: no tag matches `releases.schemes`",
                fetch_releases(fork.repo, Expected.of(fork.policy)),
            )
        return Target(contained, None, contained, notes=notes)
    release = selection.chosen.release
    return Target(release, fork.releases[release], contained, notes=notes)


def _candidate(fork: Fork, release: Release) -> Candidate:
    return Candidate(release, fork.repo.tagged_at(release.tag))


def _older(release: Release, commit: CommitId, contained: Release | None) -> Target:
    newest_tag = contained.tag if contained else "nothing newer"
    return Target(
        release,
        commit,
        contained,
        f"{release.tag} goes back: production contains {newest_tag}, which is newer",
    )


def _unknown(fork: Fork, release: Release, contained: Release | None) -> Target:
    if fork.repo.ref(f"refs/tags/{release.tag}") is not None:
        is_version = fork.formats is not None and fork.formats.parse(release.tag) is not None
        why = "`versions` reads it as one of its versions" if is_version else "it descends from the fork's first commit"
        return Target(None, None, contained, f"{release.tag} is a tag of the fork's own: {why}")
    raise RepositoryError(
        f"the release {release.tag} is not in this repository",
        fetch_releases(fork.repo, Expected.of(fork.policy), release.tag),
    )
