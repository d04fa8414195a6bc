"""Upstream's tags, newest first: which are releases, which of them may be merged, and why the others are not."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from msgspec import Struct

from ..policy.errors import UsageError
from ..policy.findings import Finding, Severity
from ..policy.names import CommitId
from ..policy.releases import Candidate, Rejected, Release, in_words, refusal, stale
from .fork import Fork


class Standing(StrEnum):
    """What a tag is to production."""

    READY = "ready"
    WAITING = "waiting"
    """A release that must not be merged yet: it is in quarantine, or not here."""
    CONTAINED = "contained"
    OLDER = "older"
    """A release that would go back."""
    REJECTED = "rejected"


class HostRelease(Struct, frozen=True):
    """A release as the host publishes it, where drafts and dates live on the host."""

    tag: str
    draft: bool
    prerelease: bool
    published: datetime | None


class ListedTag(Struct, frozen=True):
    """A tag of upstream, and what it is."""

    tag: str
    commit: CommitId | None
    """None where the host has the tag, and the repository does not."""
    date: datetime | None
    release: Release | None
    standing: Standing
    reason: str


class ReleaseList(Struct, frozen=True):
    """Every tag of upstream, newest first."""

    tags: tuple[ListedTag, ...]
    contained: Release | None
    findings: tuple[Finding, ...]

    @property
    def ready(self) -> tuple[ListedTag, ...]:
        """The releases that may be merged, newest release first."""
        return self._newest_first(Standing.READY)

    @property
    def newer(self) -> tuple[ListedTag, ...]:
        """The releases that production lacks, newest release first, whether they may be merged yet or not."""
        return self._newest_first(Standing.READY, Standing.WAITING)

    def _newest_first(self, *standings: Standing) -> tuple[ListedTag, ...]:
        chosen = ((each.release, each) for each in self.tags if each.standing in standings)
        known = [(release, each) for release, each in chosen if release is not None]
        return tuple(each for _, each in sorted(known, key=lambda pair: pair[0], reverse=True))


def list_releases(fork: Fork, now: datetime, host: Mapping[str, HostRelease] | None = None) -> ReleaseList:
    """Every tag of upstream with what it is; tags of fork versions are none.

    Args:
        fork: the fork.
        now: the clock.
        host: what the host publishes, by tag, where it was asked.
    """
    reader = _Reader(fork, now, host or {}, fork.newest_contained)
    tags = sorted(reader.read(), key=lambda each: (each.date is not None, each.date, each.tag), reverse=True)
    return ReleaseList(tuple(tags), reader.contained, _stale(fork, tags, now))


def read_host_releases(text: str, name: str) -> dict[str, HostRelease]:
    """Read what `gh release list --json tagName,isDraft,isPrerelease,publishedAt` prints.

    Raises:
        UsageError: it is something else.
    """
    try:
        entries = cast("list[dict[str, Any]]", json.loads(text))
        found = [_host_release(each) for each in entries]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        wanted = "gh release list --json tagName,isDraft,isPrerelease,publishedAt"
        raise UsageError(f"{name} is no list of releases: {error}", f"make it with: {wanted} > {name}") from error
    return {each.tag: each for each in found}


class _Reader(Struct, frozen=True):
    fork: Fork
    now: datetime
    host: Mapping[str, HostRelease]
    contained: Release | None

    def read(self) -> Iterator[ListedTag]:
        formats = self.fork.formats
        tags = self.fork.repo.tags(lambda tag: formats is None or formats.parse(tag) is None)
        for tag, commit in tags.items():
            yield self._listed(tag, commit, self._date(tag))
        for tag in self.host.keys() - tags.keys():
            yield self._listed(tag, None, self.host[tag].published)

    def _date(self, tag: str) -> datetime:
        published = self.host[tag].published if tag in self.host else None
        return published or self.fork.repo.tagged_at(tag)

    def _listed(self, tag: str, commit: CommitId | None, date: datetime | None) -> ListedTag:
        read = self.fork.rules.read(tag)
        release = None if isinstance(read, Rejected) else read
        standing, reason = self._rejected(tag, read) or self._judged(read, commit, date)
        return ListedTag(tag, commit, date, None if standing is Standing.REJECTED else release, standing, reason)

    def _rejected(self, tag: str, read: Release | Rejected) -> tuple[Standing, str] | None:
        """Why a tag is no release; None where it is one."""
        if isinstance(read, Rejected):
            return Standing.REJECTED, read.reason
        host = self.host.get(tag)
        if host is not None and (host.draft or host.prerelease):
            return Standing.REJECTED, f"the host marks it as a {'draft' if host.draft else 'prerelease'}"
        return None

    def _judged(self, read: Release | Rejected, commit: CommitId | None, date: datetime | None) -> tuple[Standing, str]:
        assert isinstance(read, Release)  # noqa: S101  # what is rejected was told before
        fork = self.fork
        if commit is not None and read not in fork.releases:
            return Standing.REJECTED, "a tag of the fork's own: it descends from the fork's first commit"
        if read in fork.contained:
            newest = read == self.contained
            return Standing.CONTAINED, f"in {fork.production.name}{', the newest one' if newest else ''}"
        refused = refusal(Candidate(read, date or self.now), self.contained, self.now, fork.policy.releases.min_age)
        if refused is not None:
            older = self.contained is not None and read < self.contained
            return (Standing.OLDER if older else Standing.WAITING), refused
        if commit is None:
            return Standing.WAITING, f"not in this repository: git fetch {fork.policy.upstream.remote} tag {read.tag}"
        return Standing.READY, "can be merged"


def _stale(fork: Fork, tags: list[ListedTag], now: datetime) -> tuple[Finding, ...]:
    """A warning where upstream moved on for too long without a newer release: did its tags change their form?"""
    stale_after = fork.policy.releases.stale_after
    newest = max((each.release for each in tags if each.release is not None), default=None)
    date = next((each.date for each in tags if each.release == newest), None)
    if stale_after is None or newest is None or date is None:
        return ()
    others = [(each.date, each.tag) for each in tags if each.date and each.standing is Standing.REJECTED]
    moved = [*_branch_dates(fork), *(moment for moment, _ in others)]
    span = stale(date, max(moved, default=date), now, stale_after)
    if span is None:
        return ()
    younger = [tag for moment, tag in others if moment > date][:3]
    hint = f"; younger tags that are none: {', '.join(younger)}" if younger else ""
    message = f"no release is newer than {newest.tag}, {in_words(span)} old, though upstream moved on{hint}"
    fix = "see whether upstream's tags have another form now, and add a scheme to `releases.schemes`"
    return (Finding("stale-scheme", Severity.WARNING, message, fix=fix),)


def _branch_dates(fork: Fork) -> list[datetime]:
    return [fork.repo.commit(tip).committed for tip in fork.upstream_branches]


def _host_release(entry: dict[str, Any]) -> HostRelease:
    published = entry.get("publishedAt")
    date = datetime.fromisoformat(published) if published else None
    if not isinstance(entry["tagName"], str) or (date is not None and date.tzinfo is None):
        raise ValueError(f"{entry['tagName']!r}: a tag's name and a date with a time zone are needed")
    return HostRelease(entry["tagName"], bool(entry.get("isDraft")), bool(entry.get("isPrerelease")), date)
