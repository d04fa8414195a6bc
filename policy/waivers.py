"""Waivers: findings that the policy accepts for a time. Only the policy has them, never what is judged."""

from collections.abc import Iterable, Iterator
from datetime import date

from msgspec import Struct

from .findings import Finding, Severity
from .models import Waiver
from .names import RepoPath
from .patterns import PathSet
from .wording import quoted

EXPIRED = "expired-waiver"
"""The rule of findings about waivers whose last day is over."""


class Judged(Struct, frozen=True):
    """A finding, and the waiver that accepts it; None where it stands."""

    finding: Finding
    waiver: Waiver | None = None


def judge(findings: Iterable[Finding], waivers: tuple[Waiver, ...], today: date) -> tuple[Judged, ...]:
    """Hold every finding against the waivers; where only an expired one matches, the finding stands."""
    current = [each for each in waivers if each.expires >= today]
    return tuple(Judged(each, next((one for one in current if accepts(one, each)), None)) for each in findings)


def expired(standing: Iterable[Finding], waivers: tuple[Waiver, ...], today: date) -> Iterator[Finding]:
    """An error for every expired waiver of a finding that stands, a note for one that is of no use any more."""
    found = tuple(standing)
    for waiver in waivers:
        if waiver.expires >= today:
            continue
        used = any(accepts(waiver, each) for each in found)
        where = f" for {quoted(waiver.path)}" if waiver.path else ""
        message = f"the waiver of {quoted(waiver.finding)}{where} expired on {waiver.expires}: {waiver.reason}"
        fix = "mend what it accepted, or renew it in the policy of the base" if used else "take it out of the policy"
        yield Finding(EXPIRED, Severity.ERROR if used else Severity.NOTE, message, fix=fix)


def accepts(waiver: Waiver, finding: Finding) -> bool:
    """Whether a waiver is meant for a finding: one with a path is for findings at such paths alone."""
    if waiver.finding != finding.rule:
        return False
    return waiver.path is None or (finding.path is not None and _matches(waiver.path, finding.path))


def _matches(pattern: str, path: RepoPath) -> bool:
    return PathSet((pattern,)).matches(path)
