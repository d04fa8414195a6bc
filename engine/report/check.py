"""What the gate has to say: for people, as JSON (`forkpolicy.check/1`), as Markdown."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.console import Group, RenderableType
from rich.text import Text

from ...policy.findings import Finding, Severity
from ..check_report import CheckReport, Waived
from ..console import Output
from ..escape import code_span, markdown, prose
from .findings import SEVERITY_STYLE
from .json import Data, as_document, finding_data
from .layout import fields, indented, joined, render, text
from .version import Renderers
from .words import count, short

SCHEMA = "forkpolicy.check/1"

SHOWN = 12
"""How many findings of one check people get to see; JSON has them all."""

_MESSAGE = 1000
"""How many characters of a message people get to see."""


def renderers(report: CheckReport, output: Output) -> Renderers:
    """How to render the report in every format."""
    return {
        "text": lambda: render(_text(report), output.width, color=output.has_color),
        "json": lambda: as_document(as_data(report)),
        "markdown": lambda: to_markdown(report),
    }


def as_data(report: CheckReport) -> Data:
    """The report as plain data, in the order of the contract; what the contract does not have comes last."""
    policy = report.policy
    return {
        "schema": SCHEMA,
        "status": report.status,
        "findings": [finding_data(each) for each in report.findings],
        "policy": {"path": policy.path, "ref": policy.ref, "sha256": policy.sha256},
        "base": {"name": report.base_name, "commit": report.base},
        "head": {"name": report.head_name, "commit": report.head},
        "commits": report.commits,
        "waived": [_waived_data(each) for each in report.waived],
        "standing": report.standing,
    }


def to_markdown(report: CheckReport) -> str:
    """The report as Markdown."""
    lines = [f"**{_verdict(report)}**: {code_span(report.head_name)} into {code_span(report.base_name)}", ""]
    for group in grouped(report.findings):
        lines += [_item(each) for each in group[:SHOWN]]
        lines += [f"- … and {len(group) - SHOWN:,} more of {code_span(group[0].rule)}"] if len(group) > SHOWN else []
    waived = [f"- {_waiver_item(each)}" for each in report.waived]
    lines += ["", "Waived by the policy:", "", *waived[:SHOWN]] if waived else []
    lines += [f"- … and {len(waived) - SHOWN:,} more"] if len(waived) > SHOWN else []
    lines += ["", f"{_judged(report)}, {_policy(report)}."]
    return "\n".join(lines) + "\n"


def grouped(findings: Iterable[Finding]) -> Iterator[tuple[Finding, ...]]:
    """Neighbours of one check and severity together."""
    for _, group in groupby(findings, key=lambda each: (each.severity, each.rule)):
        yield tuple(group)


# Private


def _text(report: CheckReport) -> RenderableType:
    blocks: list[RenderableType] = []
    for group in grouped(report.findings):
        blocks += map(_finding, group[:SHOWN])
        blocks += _rest(len(group), f"of {group[0].rule}")
    blocks += map(_waiver, report.waived[:SHOWN])
    blocks += _rest(len(report.waived), "that the policy waives")
    return Group(*blocks, *([Text()] if blocks else []), _summary(report))


def _finding(finding: Finding) -> RenderableType:
    heading = joined(
        Text(f"{finding.severity} ", style=SEVERITY_STYLE[finding.severity]),
        text(f"{finding.rule}: ", "bold"),
        text(_placed(finding), limit=_MESSAGE),
    )
    return Group(heading, *([indented(text(f"→ {finding.fix}", "dim", _MESSAGE))] if finding.fix else []))


def _waiver(waived: Waived) -> RenderableType:
    return joined(Text("waived ", style="dim"), text(_waiver_words(waived), limit=_MESSAGE))


def _rest(number: int, what: str) -> list[RenderableType]:
    return [Text(f"… and {number - SHOWN:,} more {what}", style="dim")] if number > SHOWN else []


def _summary(report: CheckReport) -> RenderableType:
    style = "green" if report.status == "passed" else "red"
    return Group(
        joined(text(f"{report.head_name} → {report.base_name}: "), Text(_verdict(report), style=style)),
        indented(fields([("judged", text(_judged(report))), ("policy", text(_policy(report)))])),
    )


def _verdict(report: CheckReport) -> str:
    numbers = [(report.count(each), each.value) for each in Severity]
    told = ", ".join(count(number, noun) for number, noun in numbers if number)
    return report.status + (f", {told}" if told else "")


def _judged(report: CheckReport) -> str:
    return f"{count(report.commits, 'commit')}, {short(report.base)}..{short(report.head)}"


def _policy(report: CheckReport) -> str:
    place = report.policy.path
    return f"by {place} of {short(report.policy.ref)}" if report.policy.ref else f"by {place}"


def _placed(finding: Finding) -> str:
    """The message, after its path where that is not in it."""
    message, path = finding.message, finding.path
    return message if path is None or path in message else f"{path}: {message}"


def _item(finding: Finding) -> str:
    fix = f"<br>→ {prose(finding.fix, _MESSAGE)}" if finding.fix else ""
    return f"- **{finding.severity}** {code_span(finding.rule)} {prose(_placed(finding), _MESSAGE)}{fix}"


def _waiver_words(waived: Waived) -> str:
    finding = waived.finding
    return f"{finding.rule}: {_placed(finding)} (until {waived.until}: {waived.reason})"


def _waiver_item(waived: Waived) -> str:
    what = f"{code_span(waived.finding.rule)} {prose(_placed(waived.finding), _MESSAGE)}"
    return f"{what}, until {waived.until}: {markdown(waived.reason)}"


def _waived_data(waived: Waived) -> Data:
    return {
        **finding_data(waived.finding),
        "waiver": {"reason": waived.reason, "until": waived.until.isoformat(), "path": waived.pattern},
    }
