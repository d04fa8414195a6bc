"""What every check is made of: its name, how bad its finding is, when it fails, what mends it; and its examples.

A module of this package has a `CHECK`; facts, a frozen struct with no more than the check needs; a pure function
`judge(policy, facts)` that yields findings; and `EXAMPLES` of what passes and what fails, which the tests run.
"""

from collections.abc import Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from ..findings import Finding, Severity
from ..names import CommitId, RepoPath


class Check(Struct, frozen=True):
    """One check of the gate."""

    name: str
    """As it stands in findings, waivers and `check.severity`; the page docs/findings/NAME.md tells more."""
    severity: Severity
    """How bad a finding is, unless the policy says otherwise."""
    fails_when: str
    """When it fails, in words."""
    mend: str
    """What to do about a finding that has nothing better to say."""
    has_paths: bool = True
    """Whether its findings are about paths, so that a waiver may be for some."""

    def finding(
        self,
        message: str,
        *,
        path: RepoPath | None = None,
        commit: CommitId | None = None,
        fix: str | None = None,
        severity: Severity | None = None,
    ) -> Finding:
        """A finding of this check; without a severity of its own it gets the check's."""
        return Finding(self.name, severity or self.severity, message, path, commit, fix or self.mend)


Facts = TypeVar("Facts")


class Example(Struct, Generic[Facts], frozen=True):
    """What a check says of some facts, under the policy that the tests give it."""

    what: str
    facts: Facts
    messages: Sequence[str] = ()
    """The messages of the findings; none where the facts pass."""


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 commit`, `413 commits`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(items: Sequence[str], limit: int = 5) -> str:
    """The first items, and how many more there are."""
    more = len(items) - limit
    return ", ".join(items[:limit]) + (f" … and {more:,} more" if more > 0 else "")
