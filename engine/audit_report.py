"""What an audit found: a value that `audit.py` makes and every output of `audit` renders."""

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from ..policy.backtest import Backtest, Trial
from ..policy.findings import Finding, Severity
from ..policy.names import CommitId
from .check_report import Waived
from .plan import Labels
from .provenance import PolicySource
from .replay import ReplayedPath
from .sync_merges import SyncMerge


class AuditedMerge(Struct, frozen=True):
    """A sync merge, held against the policy."""

    sync: SyncMerge
    subject: str
    day: str
    """When it was committed: `2026-02-16`."""
    release: str | None
    """The newest release that it brought; None where it brought none that is known."""
    base: CommitId | None
    """The content base that it was planned on; None for git's."""
    paths: tuple[ReplayedPath, ...]
    findings: tuple[Finding, ...]
    """What is to say about this merge alone."""

    def trials(self) -> Iterator[Trial]:
        """Its paths, for the backtest."""
        for each in self.paths:
            yield Trial(
                self.sync.commit,
                each.path,
                each.decision.rule,
                each.verdict,
                each.fork,
                each.upstream,
                each.recorded,
                each.is_conflict,
            )


class Unread(Struct, frozen=True):
    """A sync merge that could not be replayed, and why."""

    sync: SyncMerge
    why: str


class AuditReport(Struct, frozen=True, dict=True):
    """The past of a fork, judged by a policy."""

    policy: PolicySource
    labels: Labels
    branch: str
    rules: tuple[str, ...]
    """The policy's rules, in its order."""
    merges: tuple[AuditedMerge, ...]
    """Oldest first."""
    unread: tuple[Unread, ...] = ()
    findings: tuple[Finding, ...] = ()
    """Those of the merges and of the rest of history, errors first."""
    waived: tuple[Waived, ...] = ()

    @cached_property
    def backtest(self) -> Backtest:
        """How much of the work the policy would have done, and how often right."""
        return Backtest(tuple(trial for each in self.merges for trial in each.trials()), self.rules)

    @property
    def has_errors(self) -> bool:
        """Whether any finding is an error."""
        return any(each.severity is Severity.ERROR for each in self.findings)
