"""What an audit found, as Markdown."""

from collections.abc import Iterable, Iterator

from ..audit_report import AuditReport
from ..escape import code_span, markdown, prose
from .audit_words import (
    NAMED,
    PLACES,
    SHOWN,
    against_policy,
    baselines,
    beside,
    heading,
    recorded,
    share,
    sides,
    verdicts,
)
from .check import grouped
from .groups import by_directory
from .words import count

_MESSAGE = 2000
"""How many characters of a message people get to see."""


def to_markdown(report: AuditReport) -> str:
    """The report as Markdown."""
    lines = [
        f"## Audit of {markdown(report.branch)}: {count(len(report.merges), 'sync merge')}",
        *_section("Merges", _merges(report)),
        *_section("Findings", _findings(report)),
        *_section("Backtest", _scores(report)),
        *_section("Rules, conflict or not", _rules(report)),
        *_section("Rules that no path ever fell to", (f"- {code_span(each)}" for each in report.backtest.idle)),
        *_section("Paths that conflict again and again and have no rule", _candidates(report)),
    ]
    return "\n".join(lines) + "\n"


# Private


def _section(title: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return ["", f"### {title}", "", *found] if found else []


def _merges(report: AuditReport) -> Iterator[str]:
    for merge in report.merges:
        yield f"- **{prose(heading(merge), _MESSAGE)}**"
        yield from (f"  - {each}" for each in (verdicts(merge), beside(merge)) if each)
        for group in against_policy(merge):
            places = by_directory(group.paths, PLACES)
            where = ", ".join(f"{number:,} in {code_span(place)}" for place, number in places)
            where = ", ".join(map(code_span, group.paths)) if len(group.paths) <= NAMED else where
            yield f"  - {len(group.paths):,} {prose(recorded(group), _MESSAGE)}: {where}"


def _findings(report: AuditReport) -> Iterator[str]:
    for group in grouped(report.findings):
        for each in group[:SHOWN]:
            where = f" {each.commit[:10]}" if each.commit and each.commit[:10] not in each.message else ""
            yield f"- **{each.severity}** {code_span(each.rule)}{where} {prose(each.message, _MESSAGE)}"
        if len(group) > SHOWN:
            yield f"- … and {len(group) - SHOWN:,} more of {code_span(group[0].rule)}"
    if report.waived:
        yield f"- {count(len(report.waived), 'finding')} that the policy waives"


def _scores(report: AuditReport) -> Iterator[str]:
    if not report.backtest.conflicts:
        return
    yield from ("| | decided | of | coverage | agrees | agreement |", "|---|--:|--:|--:|--:|--:|")
    for name, score in baselines(report):
        conflicts = score.decided + score.undecided
        numbers = (f"{score.decided:,}", f"{conflicts:,}", share(score.coverage), f"{score.agrees:,}")
        yield f"| {name} | {' | '.join(numbers)} | {share(score.agreement)} |"


def _rules(report: AuditReport) -> Iterator[str]:
    if not report.backtest.by_rule:
        return
    yield from ("| rule | decided | agrees | disagrees | left for people |", "|---|--:|--:|--:|--:|")
    for each in report.backtest.by_rule:
        numbers = (each.decided, each.agrees, each.disagrees, each.undecided)
        yield f"| {code_span(each.name)} | {' | '.join(f'{number:,}' for number in numbers)} |"


def _candidates(report: AuditReport) -> Iterator[str]:
    found = report.backtest.candidates
    yield from (
        f"- {count(each.conflicts, 'conflict')}: {code_span(each.path)}, {sides(each)}" for each in found[:SHOWN]
    )
    if len(found) > SHOWN:
        yield f"- … and {len(found) - SHOWN:,} more paths"
