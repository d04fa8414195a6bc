"""What the gate has to say: for people, as JSON (`forkpolicy.check/1`), as Markdown.

The gate stands before every push, so that its text is laid out without rich, which takes longer to load than to judge.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from textwrap import TextWrapper

from ...policy.findings import Finding, Severity
from ..check_report import CheckReport, Waived
from ..console import Output, Screen
from ..escape import code_span, markdown, prose, terminal
from ..invocation import PROGRAMS
from .document import Data, as_document, finding_data
from .words import count, short

SCHEMA = "forkpolicy.check/1"

SHOWN = 12
"""How many findings of one check people get to see; JSON has them all."""

_MESSAGE = 2000
"""How many characters of a message people get to see."""

_STYLES = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "2"}
"""How severities look on a terminal, as parameters of its escape sequence for that."""

_VERDICTS = {"passed": "32", "failed": "31"}


def renderers(report: CheckReport, output: Output) -> dict[str, Callable[[], str]]:
    """How to render the report in every format."""
    return {
        "text": lambda: to_text(report, output.screen),
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
        "waived": [waived_data(each) for each in report.waived],
        "standing": report.standing,
    }


def to_text(report: CheckReport, screen: Screen) -> str:
    """The report for people; a single long word may be longer than the screen is wide."""
    lines = [line for group in grouped(report.findings) for line in _group(group, screen)]
    waived = [_paragraph("waived", "2", _waiver_words(each), screen) for each in report.waived[:SHOWN]]
    lines += [line for paragraph in waived for line in paragraph]
    lines += _rest(len(report.waived), "that the policy waives")
    title = terminal(f"{report.head_name} → {report.base_name}:")
    verdict = _styled(_verdict(report), _VERDICTS[report.status], color=screen.color)
    summary = [f"{title} {verdict}", f"  judged    {_judged(report)}", f"  policy    {terminal(_policy(report))}"]
    return "\n".join([*lines, *([""] if lines else []), *summary]) + "\n"


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


def waived_data(waived: Waived) -> Data:
    """A waived finding by the contract, with its waiver."""
    return {
        **finding_data(waived.finding),
        "waiver": {"reason": waived.reason, "until": waived.until.isoformat(), "path": waived.pattern},
    }


# Private


def _group(findings: tuple[Finding, ...], screen: Screen) -> Iterator[str]:
    for each in findings[:SHOWN]:
        style = _STYLES[each.severity]
        yield from _paragraph(each.severity.value, style, f"{each.rule}: {_placed(each)}", screen)
        if each.fix:
            yield from _remedy(screen.invocation.complete(each.fix), screen.width)
    yield from _rest(len(findings), f"of {findings[0].rule}")


def _remedy(fix: str, width: int) -> list[str]:
    """What mends a finding; a command stays on one line whatever the width, so that it can be copied."""
    if fix.startswith(PROGRAMS):
        return [f"  → {terminal(fix, _MESSAGE)}"]
    return _wrapped(f"→ {fix}", width, "  ", "    ")


def _paragraph(word: str, style: str, message: str, screen: Screen) -> list[str]:
    """A sentence after a word that stands out."""
    first, *others = _wrapped(f"{word} {message}", screen.width, "", "  ")
    return [_styled(word, style, color=screen.color) + first[len(word) :], *others]


def _wrapped(text: str, width: int, first: str, others: str) -> list[str]:
    """Text of a repository, harmless, in lines that begin as told."""
    wrapper = TextWrapper(width, first, others, break_long_words=False, break_on_hyphens=False)
    return wrapper.wrap(terminal(text, _MESSAGE))


def _styled(text: str, style: str, *, color: bool) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if color else text


def _rest(number: int, what: str) -> list[str]:
    return [f"… and {number - SHOWN:,} more {what}"] if number > SHOWN else []


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
