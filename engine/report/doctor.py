"""The report of `forkpolicy doctor`: for a terminal, as JSON, as Markdown."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from ..console import Screen
from ..doctor import Check, Diagnosis, State
from ..escape import code_span, prose
from .document import as_document
from .layout import MESSAGE, command, render, text
from .words import count

_STYLES = {State.OK: "green", State.NOTE: "yellow", State.ERROR: "bold red"}


def to_text(diagnosis: Diagnosis, screen: Screen) -> str:
    """One line per check, what mends it below it, and the sum."""
    column = max(len(check.subject) for check in diagnosis.checks)
    lines = (line for check in diagnosis.checks for line in _lines(check, column))
    return render(Group(*lines, Text(), *_sum(diagnosis)), screen)


def to_json(diagnosis: Diagnosis) -> str:
    """The report as a document."""
    checks = [
        {"state": each.state.value, "subject": each.subject, "message": each.message, "fix": each.fix}
        for each in diagnosis.checks
    ]
    return as_document({"schema": "forkpolicy.doctor/1", "checks": checks})


def to_markdown(diagnosis: Diagnosis) -> str:
    """The report as a list."""
    lines = [f"- **{each.state}** {each.subject}: {prose(each.message)}{_fix(each)}" for each in diagnosis.checks]
    return "\n".join(lines) + "\n"


def _fix(check: Check) -> str:
    return f" → {code_span(check.fix)}" if check.fix else ""


def _lines(check: Check, column: int) -> Iterator[RenderableType]:
    line = Text(f"{check.state:<7}", style=_STYLES[check.state])
    line.append(f"{check.subject:<{column}}  ", style="bold")
    yield line.append_text(text(check.message, "default", MESSAGE))
    if check.fix:
        yield command(check.fix, column + 9, "cyan")


def _sum(diagnosis: Diagnosis) -> Iterator[RenderableType]:
    errors = sum(check.state is State.ERROR for check in diagnosis.checks)
    if errors:
        yield text(f"{count(errors, 'thing stops', 'things stop')} `forkpolicy plan`.", "bold red")
    else:
        yield text("The repository is fit for `forkpolicy plan`.", "bold green")
