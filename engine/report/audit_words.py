"""What the outputs of an audit for people have in common: a merge's paths in groups, scores as shares."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from msgspec import Struct

from ...policy.backtest import Candidate, Score
from ...policy.names import RepoPath
from ...policy.verdicts import Side, Verdict
from ..audit_report import AuditedMerge, AuditReport
from ..replay import ReplayedPath
from .words import count, short

SHOWN = 12
"""How many items of a list people get to see; JSON has them all."""

NAMED = 15
"""How many paths of a group are named; more are told by directory."""

PLACES = 6
"""How many directories of a group."""


class Recorded(Struct, frozen=True):
    """The paths of a merge that one rule decides otherwise than people recorded, all in one way."""

    rule: str
    side: Side
    is_conflict: bool
    """Whether git could not merge the paths by itself."""
    paths: tuple[RepoPath, ...]


def against_policy(merge: AuditedMerge) -> tuple[Recorded, ...]:
    """The paths that were recorded against the policy: conflicts first, and of these the largest group."""
    groups: defaultdict[tuple[str, Side, bool], list[RepoPath]] = defaultdict(list)
    for each in merge.paths:
        if each.verdict is Verdict.DISAGREES:
            groups[each.decision.rule, each.side, each.is_conflict].append(each.path)
    found = (Recorded(*key, tuple(paths)) for key, paths in groups.items())
    return tuple(sorted(found, key=lambda group: (not group.is_conflict, -len(group.paths))))


def recorded(group: Recorded) -> str:
    """How a group was recorded, and against whom."""
    return f"recorded {group.side.value} against {group.rule}{'' if group.is_conflict else ', without a conflict'}"


def heading(merge: AuditedMerge) -> str:
    """The merge, its day and what it brought."""
    release = f", {merge.release}" if merge.release else ""
    return f"{short(merge.sync.commit)} of {merge.day}{release}: {merge.subject}"


def verdicts(merge: AuditedMerge) -> str:
    """What became of the merge's conflicts."""
    conflicts = [each for each in merge.paths if each.is_conflict]
    base = f" on the content base {short(merge.base)}" if merge.base else ""
    return f"{count(len(conflicts), 'conflict')}{base}: {_counts(conflicts)}" if conflicts else "no conflicts"


def beside(merge: AuditedMerge) -> str | None:
    """What became of the paths that rules decide without a conflict; None where there are none."""
    others = [each for each in merge.paths if not each.is_conflict]
    return f"{count(len(others), 'path')} without a conflict: {_counts(others)}" if others else None


def sides(candidate: Candidate) -> str:
    """What people recorded at a path, most often first."""
    return ", ".join(f"{number} {side.value}" for side, number in candidate.recorded.items())


def share(value: float | None) -> str:
    """A share as a percentage; a dash where there is none. Rounded down: only what is whole reads 100."""
    return "-" if value is None else f"{int(value * 1000) / 10:.1f} %"


def baselines(report: AuditReport) -> tuple[tuple[str, Score], ...]:
    """The policy and what it is held against, each with its name."""
    test = report.backtest
    rows = [("this policy", test.total), ("everything to a person", test.nobody), ("repeat the last", test.repeating)]
    if test.repeating.decided > test.repeating_as_often.decided:
        rows.append(("repeat the last, its surest", test.repeating_as_often))
    return tuple(rows)


def _counts(paths: Iterable[ReplayedPath]) -> str:
    found = Counter(each.verdict for each in paths)
    words = {Verdict.AGREES: "agree", Verdict.DISAGREES: "disagree", Verdict.UNDECIDED: "left for people"}
    return ", ".join(f"{found[each]:,} {words[each]}" for each in Verdict if found[each])
