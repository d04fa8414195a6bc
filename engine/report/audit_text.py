"""What an audit found, for people at a terminal."""

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from ...policy.findings import Finding
from ..audit_report import AuditedMerge, AuditReport
from ..console import Screen
from .audit_words import (
    NAMED,
    PLACES,
    SHOWN,
    Recorded,
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
from .findings import SEVERITY_STYLE
from .groups import by_directory
from .layout import columns, cut, indented, joined, path, render, text
from .words import count

_MESSAGE = 2000
"""How many characters of a message people get to see."""


def to_text(report: AuditReport, screen: Screen) -> str:
    """The report for a terminal."""
    blocks = [
        *_titled(f"{report.labels.fork}'s {report.branch}: {count(len(report.merges), 'sync merge')}", _merges(report)),
        *_titled("Findings", _findings(report)),
        *_titled("Backtest", _scores(report)),
        *_titled("Rules, conflict or not", _rules(report)),
        *_titled("Rules that no path ever fell to", [text(", ".join(report.backtest.idle), limit=_MESSAGE)]),
        *_titled("Paths that conflict again and again and have no rule", _candidates(report)),
    ]
    return render(Group(*blocks[1:]), screen)


# Private


def _titled(title: str, lines: Iterable[RenderableType]) -> tuple[RenderableType, ...]:
    """A title with what stands under it; nothing where that is empty."""
    content = [each for each in lines if str(each)]
    return (Text(), text(title, "bold"), indented(Group(*content))) if content else ()


def _merges(report: AuditReport) -> Iterator[RenderableType]:
    if not report.merges:
        yield text("none was found: are upstream's branches or release tags here?")
    for each in report.merges:
        yield text(heading(each), limit=_MESSAGE)
        yield indented(Group(*_merge(each)))


def _merge(merge: AuditedMerge) -> Iterator[RenderableType]:
    yield text(verdicts(merge))
    told = beside(merge)
    if told is not None:
        yield text(told)
    for group in against_policy(merge):
        yield from _against(group)


def _against(group: Recorded) -> Iterator[RenderableType]:
    """A group with its paths by name; where they are many, by directory."""
    yield joined(text(f"{len(group.paths):,}  ", "red"), text(recorded(group)))
    if len(group.paths) <= NAMED:
        yield indented(Group(*(path(each) for each in group.paths)))
    else:
        places = by_directory(group.paths, PLACES)
        yield indented(columns([(f"{number:,}", text(place)) for place, number in places]))


def _findings(report: AuditReport) -> Iterator[RenderableType]:
    for group in grouped(report.findings):
        yield from cut([_finding(each) for each in group], SHOWN, f"of {group[0].rule}")
    if report.waived:
        yield text(f"{count(len(report.waived), 'finding')} that the policy waives", "dim")


def _finding(finding: Finding) -> RenderableType:
    where = f" {finding.commit[:10]}" if finding.commit and finding.commit[:10] not in finding.message else ""
    return joined(
        Text(f"{finding.severity} ", style=SEVERITY_STYLE[finding.severity]),
        text(f"{finding.rule}{where}: ", "bold"),
        text(finding.message, limit=_MESSAGE),
    )


def _scores(report: AuditReport) -> Iterator[RenderableType]:
    rows = [("", "decided", "of", "coverage", "agrees", "agreement")]
    for name, score in baselines(report):
        conflicts = score.decided + score.undecided
        numbers = (f"{score.decided:,}", f"{conflicts:,}", share(score.coverage))
        rows.append((name, *numbers, f"{score.agrees:,}", share(score.agreement)))
    if report.backtest.conflicts:
        yield _table(rows)


def _rules(report: AuditReport) -> Iterator[RenderableType]:
    rows: list[tuple[str, ...]] = [("", "decided", "agrees", "disagrees", "left")]
    for each in report.backtest.by_rule:
        numbers = (each.decided, each.agrees, each.disagrees, each.undecided)
        rows.append((each.name, *(f"{number:,}" for number in numbers)))
    if len(rows) > 1:
        yield _table(rows)


def _candidates(report: AuditReport) -> Iterator[RenderableType]:
    rows = [
        columns([(f"{each.conflicts:,}", text(f"{each.path}  {sides(each)}"))]) for each in report.backtest.candidates
    ]
    yield from cut(rows, SHOWN, "paths")


def _table(rows: Iterable[tuple[str, ...]]) -> RenderableType:
    """Names, and numbers under their headings."""
    every = list(rows)
    widths = [max(len(row[column]) for row in every) for column in range(len(every[0]))]
    return Group(
        *(
            text(
                row[0].ljust(widths[0])
                + "".join(f"  {cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
            )
            for row in every
        )
    )
