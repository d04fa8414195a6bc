"""The audit: past syncs replayed by the policy, and what else history shows; judged as the gate would."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from ..policy.findings import Finding, Severity
from .audit_jobs import Job, audit_merges
from .audit_report import AuditedMerge, AuditReport, Unread
from .fork import Fork
from .gate import judged
from .past_findings import past_findings
from .past_syncs import Asked, find_syncs, known_sides
from .plan import Labels
from .provenance import PolicySource

Progress = Callable[[Iterable[AuditedMerge | Unread], int], Iterable[AuditedMerge | Unread]]
"""Passes results on, and shows how many of how many there are."""


class Order(Struct, frozen=True):
    """How an audit is to be done."""

    asked: Asked
    of_that_day: bool = False
    """Judge each merge by the policy of its day."""
    jobs: int = 1


def audit(fork: Fork, source: PolicySource, order: Order, now: datetime, progress: Progress) -> AuditReport:
    """Judge the past of a fork.

    Raises:
        RepositoryError: history is incomplete, or a commit that is named is not there.
        UsageError: a commit that is named is no sync merge.
    """
    sides = known_sides(fork, order.asked)
    fork = replace(fork, known_upstream=(*fork.known_upstream, *sorted(sides.upstream)))
    syncs = find_syncs(fork, order.asked, sides)
    job = Job(fork.repo.git_dir, fork.policy, source.path, fork.production, fork.known_upstream, order.of_that_day)
    results = tuple(progress(audit_merges(job, fork, syncs, order.jobs), len(syncs)))
    merges = tuple(each for each in results if isinstance(each, AuditedMerge))
    unread = tuple(each for each in results if isinstance(each, Unread))
    found = [finding for each in merges for finding in each.findings]
    found += past_findings(fork, syncs, order.asked.since) if not order.asked.merges else ()
    standing, waived = judged((*found, *_unread(unread)), fork.policy, now.date())
    names = tuple(rule.name for rule in fork.policy.ownership.rules)
    return AuditReport(source, _labels(fork), fork.production.name, names, merges, unread, standing, waived)


# Private


def _unread(unread: Sequence[Unread]) -> Iterable[Finding]:
    for each in unread:
        message = f"{each.sync.commit[:10]} could not be replayed: {each.why}"
        yield Finding("not-replayed", Severity.NOTE, message, commit=each.sync.commit)


def _labels(fork: Fork) -> Labels:
    policy = fork.policy
    return Labels(policy.fork.name, policy.upstream.name, policy.fork.repository, policy.upstream.repository)
