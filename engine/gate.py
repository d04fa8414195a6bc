"""The gate: judges what head adds to base by the policy of base."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice

from msgspec.structs import replace

from ..policy import waivers
from ..policy.checks.names import built_in_severity
from ..policy.errors import RepositoryError
from ..policy.findings import Finding, Severity
from ..policy.models import Policy
from ..policy.names import RepoPath
from .check_report import CheckReport, Waived, ranked
from .fork import Fork
from .gate_ends import Ends
from .gate_facts import Addition, Gate
from .gate_findings import findings
from .glance import standing_at_a_glance
from .preflight import require_history
from .provenance import PolicySource

_ORDER = (Severity.NOTE, Severity.WARNING, Severity.ERROR)
_SMALL = 1000
"""A tree of so many files is looked through for what base violates; a larger one would take longer than judging."""

_OF_CHECKOUTS = ("detached-head", "unborn-branch")
"""Notes of the preflight that say nothing about what is judged."""


def judge(fork: Fork, source: PolicySource, ends: Ends, now: datetime, *, in_ci: bool = False) -> CheckReport:
    """Judge what head adds to base; `fork` is seen from base, and its policy is the one to judge by.

    Raises:
        RepositoryError: there is nothing to judge, or the repository lacks what judging needs.
    """
    addition = Addition(fork, ends.head.commit)
    _require_commits(addition, ends, in_ci=in_ci)
    path = None if source.ref is None else RepoPath(source.path)
    gate = Gate(addition, ends.base_role(fork.policy), ends.head_role(fork.policy), path, now)
    standing, waived = judged((*findings(gate), *_notes(gate)), fork.policy, now.date())
    baseline = () if gate.base.role == "mirror" else _standing(fork, source, now.date())
    return CheckReport(
        policy=source,
        base=ends.base.commit,
        head=ends.head.commit,
        base_name=ends.base.name,
        head_name=ends.head.name,
        commits=len(addition.commits),
        findings=ranked((*standing, *_baseline_note(len(baseline), ends.base.name))),
        waived=waived,
        standing=len(baseline),
    )


def judged(found: Iterable[Finding], policy: Policy, today: date) -> tuple[tuple[Finding, ...], tuple[Waived, ...]]:
    """The findings that stand, ranked and as bad as the policy says, and those that it accepts for a time."""
    held = waivers.judge(_with_severities(found, policy), policy.check.waivers, today)
    standing = [each.finding for each in held if each.waiver is None]
    expired = waivers.expired(standing, policy.check.waivers, today)
    return ranked((*standing, *expired)), tuple(_waived(each) for each in held if each.waiver is not None)


# Private


def _require_commits(addition: Addition, ends: Ends, *, in_ci: bool) -> None:
    """Nothing where head adds something to base, and the history of both is here."""
    repo, base, head = addition.fork.repo, addition.base, addition.head
    require_history(repo, base, head, in_ci=in_ci)
    if not addition.commits:
        why = "they are one commit" if base == head else "base has all of its commits"
        between = f"{ends.base.name} ({base[:10]}) and {ends.head.name} ({head[:10]})"
        raise RepositoryError(
            f"there is nothing to judge between {between}: {why}",
            "name the commit before as --base, and the one to judge as --head",
        )


def _standing(fork: Fork, source: PolicySource, today: date) -> tuple[Finding, ...]:
    """What base violates by itself: all of it, or in a large tree what is seen at a glance."""
    repo = fork.repo
    files = islice(repo.files(repo.tree(fork.production.commit)), _SMALL + 1)
    if sum(1 for _ in files) > _SMALL:
        return standing_at_a_glance(fork, today)
    from .standing import standing

    return standing(fork, source.path, today)


def _baseline_note(number: int, base: str) -> Iterator[Finding]:
    if number:
        places = "1 place" if number == 1 else f"{number:,} places"
        message = f"{base} itself breaks the policy in {places} at least: that is not held against head"
        yield Finding("standing", Severity.NOTE, message, fix="forkpolicy status")


def _notes(gate: Gate) -> Iterator[Finding]:
    """What limits the judgement, though it stops nothing."""
    yield from (each for each in gate.addition.fork.findings if each.rule not in _OF_CHECKOUTS)
    if gate.head is not None and gate.head.note and gate.head.role == "topic":
        yield Finding("unknown-branch", Severity.NOTE, gate.head.note, fix="name it in `branches` of the policy")


def _with_severities(found: Iterable[Finding], policy: Policy) -> Iterator[Finding]:
    """The findings as bad as the policy says; what a check itself tells as less is never made worse."""
    for each in found:
        wanted = policy.check.severity.get(each.rule)
        if wanted is None:
            yield each
        elif each.severity is built_in_severity(each.rule):
            yield replace(each, severity=wanted)
        else:
            yield replace(each, severity=min(each.severity, wanted, key=_ORDER.index))


def _waived(judged: waivers.Judged) -> Waived:
    waiver = judged.waiver
    assert waiver is not None  # noqa: S101  # the caller asked
    return Waived(judged.finding, waiver.reason, waiver.expires, waiver.path)
