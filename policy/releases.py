"""Upstream's releases: which tags are one, how they are ordered, and which one is ready to be merged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import total_ordering

from msgspec import Struct

from .fields import DOTTED, Template, version_key
from .models import Scheme

_TAG_FIELDS = {"version": DOTTED, "patch": "[0-9]{1,18}"}
"""The fields of a tag pattern such as `v{version}-stable.patch{patch}`."""


@total_ordering
@dataclass(frozen=True, slots=True)
class Release:
    """An upstream release. A patch follows the plain release and precedes the next one."""

    tag: str
    version: str
    """The dotted numbers: `1.84.0`, for its patches too."""
    patch: int | None = None

    def __lt__(self, other: "Release") -> bool:
        return self._key < other._key

    @property
    def _key(self) -> tuple[tuple[int, ...], int, str]:
        return version_key(self.version), -1 if self.patch is None else self.patch, self.tag


class Rejected(Struct, frozen=True):
    """A tag that is no release, and why, in words."""

    tag: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReleaseRules:
    """Which upstream tags are releases, by the policy's schemes and its `deny` (tag to reason)."""

    schemes: tuple[Scheme, ...]
    deny: Mapping[str, str] = field(default_factory=dict[str, str])
    _patterns: tuple[tuple[Scheme, Template], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        patterns = ((scheme, Template(tag, _TAG_FIELDS)) for scheme in self.schemes for tag in scheme.tags)
        object.__setattr__(self, "_patterns", tuple(patterns))

    def read(self, tag: str) -> Release | Rejected:
        """The release that a tag is by the first scheme that matches it whole, or why it is none."""
        if tag in self.deny:
            return Rejected(tag, f"denied: {self.deny[tag]}")
        outside: list[str] = []
        for scheme, pattern in self._patterns:
            fields = pattern.read(tag)
            if fields is None:
                continue
            problem = _era_problem(scheme, fields["version"])
            if problem is None:
                return _release(tag, fields)
            outside.append(f"`{pattern.text}` {problem}")
        if outside:
            return Rejected(tag, f"outside the scheme's era: {', '.join(outside)}")
        return Rejected(tag, self._why_no_match(tag))

    def releases(self, tags: Iterable[str]) -> tuple[Release, ...]:
        """The releases among the tags, newest first."""
        read = map(self.read, tags)
        return tuple(sorted((each for each in read if isinstance(each, Release)), reverse=True))

    def _why_no_match(self, tag: str) -> str:
        rests = [(rest, pattern.text) for _, pattern in self._patterns if (rest := pattern.rest(tag)) is not None]
        if not rests:
            return "no scheme matches"
        rest, text = min(rests, key=lambda each: len(each[0]))
        return f"no scheme matches: `{text}` leaves `{rest}` over"


class Candidate(Struct, frozen=True):
    """A release and when it came out: the date of its tag, else that of its commit; with a time zone."""

    release: Release
    released_at: datetime


class Selection(Struct, frozen=True):
    """The release to merge, and the newer ones that were passed over, each with the reason."""

    chosen: Candidate | None
    passed_over: tuple[Rejected, ...] = ()


def newest(candidates: Iterable[Candidate], now: datetime, min_age: timedelta) -> Selection:
    """The newest release that is out of quarantine; what is newer than it was passed over."""
    passed_over: list[Rejected] = []
    for each in sorted(candidates, key=lambda candidate: candidate.release, reverse=True):
        reason = refusal(each, None, now, min_age)
        if reason is None:
            return Selection(each, tuple(passed_over))
        passed_over.append(Rejected(each.release.tag, reason))
    return Selection(None, tuple(passed_over))


def refusal(candidate: Candidate, contained: Release | None, now: datetime, min_age: timedelta) -> str | None:
    """Why a release must not be merged: it goes back, or is too fresh; None where it may.

    `contained` is the newest release that production contains, where that is known.
    """
    if contained and candidate.release < contained:
        return f"goes back: production contains {contained.tag}, which is newer"
    remaining = quarantined(candidate.released_at, now, min_age)
    if remaining is None:
        return None
    return f"in quarantine: releases have to be {in_words(min_age)} old, {in_words(remaining)} to go"


def quarantined(released_at: datetime, now: datetime, min_age: timedelta) -> timedelta | None:
    """How long a fresh release still has to wait; None where it does not."""
    remaining = released_at + min_age - now
    return remaining if remaining > timedelta() else None


def stale(
    released_at: datetime, upstream_moved_at: datetime, now: datetime, stale_after: timedelta
) -> timedelta | None:
    """How long upstream's branch has moved on without a newer release; None where that is not too long.

    It tells that upstream may have changed how it names its tags. `released_at` is the newest release's date,
    `upstream_moved_at` that of the newest commit on upstream's branch.
    """
    age = now - released_at
    return age if age > stale_after and upstream_moved_at > released_at else None


def in_words(span: timedelta) -> str:
    """A span of time in its largest unit, rounded up: `3 days`, `1 hour`, `1 minute`."""
    unit, length = next((each for each in _UNITS if span >= each[1]), _UNITS[-1])
    count = -(-span // length)
    return f"{count} {unit}{'' if count == 1 else 's'}"


_UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


def _era_problem(scheme: Scheme, version: str) -> str | None:
    """Why a version is outside the era, `since` inclusive and `until` exclusive; None where it is in it."""
    if scheme.since and version_key(version) < version_key(scheme.since):
        return f"counts from {scheme.since} on"
    if scheme.until and version_key(version) >= version_key(scheme.until):
        return f"counts only before {scheme.until}"
    return None


def _release(tag: str, fields: Mapping[str, str | None]) -> Release:
    patch = fields.get("patch")
    return Release(tag, str(fields["version"]), None if patch is None else int(patch))
