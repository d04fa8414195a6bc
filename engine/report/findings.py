"""Findings alone: for people, as JSON, as Markdown."""

from collections.abc import Sequence

from rich.console import Group
from rich.text import Text

from ...policy.findings import Finding, Severity
from ..console import Screen
from ..escape import code_span, prose
from .document import as_document, finding_data
from .layout import MESSAGE, remedy, render, text

SEVERITY_STYLE = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


def to_text(findings: Sequence[Finding], file: str, verdict: str, screen: Screen) -> str:
    """Every finding with its place and what mends it, and the verdict."""
    blocks = [_finding(each, file) for each in findings]
    style = "red" if any(each.severity is Severity.ERROR for each in findings) else "green"
    return render(Group(*blocks, text(f"{file}: {verdict}", style)), screen)


def to_json(schema: str, findings: Sequence[Finding]) -> str:
    """The findings as a document."""
    return as_document({"schema": schema, "findings": [{**finding_data(each), "line": each.line} for each in findings]})


def to_markdown(findings: Sequence[Finding], file: str) -> str:
    """The findings as a list."""
    lines = [f"- **{each.severity}** {code_span(each.rule)} {prose(_message(each, file))}" for each in findings]
    return "\n".join(lines or ["Nothing to report."]) + "\n"


def _message(finding: Finding, file: str) -> str:
    return f"{file}:{finding.line}: {finding.message}" if finding.line else finding.message


def _finding(finding: Finding, file: str) -> Group:
    heading = Text(f"{finding.severity} ", style=SEVERITY_STYLE[finding.severity])
    heading.append_text(text(f"{_message(finding, file)} [{finding.rule}]", "default", limit=MESSAGE))
    return Group(heading, *remedy(finding.fix))
