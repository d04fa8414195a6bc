"""The report of the gate for GitHub Actions: annotations, as workflow commands in the log of the step.

GitHub shows ten annotations of each level per step ("Workflow commands for GitHub Actions"), so that the first ten
have to tell of every check; the log has all findings.
"""

from collections import Counter
from collections.abc import Sequence

from ...policy.findings import Finding, Severity
from ..check_report import CheckReport
from ..escape import terminal
from .words import count, short

SHOWN = 10
"""How many annotations of each level GitHub shows of a step."""

_TEXT = 2000
_PATH = 4096
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def to_annotations(report: CheckReport) -> str:
    """Workflow commands, errors first; one finding of every check comes before the second of any.

    Where a level has more findings than GitHub shows, its last annotation says how many follow as plain lines.
    """
    lines: list[str] = []
    for severity, level in _LEVELS.items():
        found = _spread([each for each in report.findings if each.severity is severity])
        fit = len(found) if len(found) <= SHOWN else SHOWN - 1
        lines += [_annotation(each, level, report.policy.path) for each in found[:fit]]
        if found[fit:]:
            more = f"and {count(len(found) - fit, 'more ' + level)}: the log of this step has them all"
            lines.append(f"::{level} title=forkpolicy::{more}")
            lines += [_plain(each) for each in found[fit:]]
    return "\n".join([*lines, _verdict(report)]) + "\n"


# Private


def _verdict(report: CheckReport) -> str:
    errors, warnings = report.count(Severity.ERROR), report.count(Severity.WARNING)
    adds = f"{report.head_name} adds {count(report.commits, 'commit')} to {report.base_name}"
    found = f"{count(errors, 'error')}, {count(warnings, 'warning')}"
    return terminal(f"forkpolicy check {report.status}: {found}; {adds}", _TEXT)


def _spread(findings: Sequence[Finding]) -> list[Finding]:
    """The first finding of every check, then the second of every check, and so on."""
    seen: Counter[str] = Counter()
    turns: list[int] = []
    for each in findings:
        turns.append(seen[each.rule])
        seen[each.rule] += 1
    return [each for _, each in sorted(zip(turns, findings, strict=True), key=lambda pair: pair[0])]


def _annotation(finding: Finding, level: str, policy: str) -> str:
    properties = [("title", f"forkpolicy: {finding.rule}"), *_place(finding, policy)]
    shown = ",".join(f"{name}={terminal(value, _PATH).translate(_PROPERTY)}" for name, value in properties)
    message = "\n".join(terminal(each, _TEXT) for each in _sentences(finding))
    return f"::{level} {shown}::{message.translate(_DATA)}"


def _place(finding: Finding, policy: str) -> list[tuple[str, str]]:
    """The file that an annotation belongs to: the finding's, else the policy where a rule of it is meant."""
    if finding.path is not None:
        return [("file", finding.path)]
    return [] if finding.line is None else [("file", policy), ("line", str(finding.line))]


def _sentences(finding: Finding) -> list[str]:
    commit = short(finding.commit) if finding.commit else ""
    named = finding.message if commit in finding.message else f"{finding.message} ({commit})"
    return [named, *([f"To mend it: {finding.fix}"] if finding.fix else [])]


def _plain(finding: Finding) -> str:
    place = f"{finding.path}: " if finding.path else ""
    return terminal(f"{finding.severity}: {finding.rule}: {place}{_sentences(finding)[0]}", _TEXT)
