"""What the gate has to say about a head: a value that `gate.py` makes and every output of `check` renders."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from ..policy.findings import Finding, Severity
from ..policy.names import CommitId
from .provenance import PolicySource

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


class Waived(Struct, frozen=True):
    """A finding that the policy accepts for a time: every use of a waiver is shown."""

    finding: Finding
    """With the severity that it would have."""
    reason: str
    """Why the policy accepts it."""
    until: date
    """The last day of the waiver."""
    pattern: str | None = None
    """The waiver's gitignore pattern; None where it holds everywhere."""


class CheckReport(Struct, frozen=True):
    """What head adds to base, judged by the policy of base."""

    policy: PolicySource
    base: CommitId
    head: CommitId
    base_name: str
    head_name: str
    """The short names of the branches; a commit id where there is no name. Strangers may have chosen them."""
    commits: int
    """The number of commits that head has and base has not."""
    findings: tuple[Finding, ...]
    """Errors first, then warnings, then notes; within each in the order of the checks."""
    waived: tuple[Waived, ...] = ()
    standing: int = 0
    """The number of violations that base already has: they are no findings here."""

    @property
    def status(self) -> str:
        """`failed` where any finding is an error, else `passed`."""
        return "failed" if self.count(Severity.ERROR) else "passed"

    def count(self, severity: Severity) -> int:
        """The number of findings of a severity."""
        return Counter(each.severity for each in self.findings)[severity]


def ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, errors first; otherwise in the order given."""
    return tuple(sorted(findings, key=lambda each: _ORDER.index(each.severity)))
