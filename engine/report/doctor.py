"""The report of `forkpolicy doctor` as text for a terminal."""

from io import StringIO

from rich.console import Console
from rich.text import Text

from ..doctor import Check, Diagnosis, State
from ..escape import code_span, markdown, terminal
from .json import as_document

_STYLES = {State.OK: "green", State.NOTE: "yellow", State.ERROR: "bold red"}


def render_doctor(diagnosis: Diagnosis, *, color: bool, width: int) -> str:
    """One line per check, what mends it below it, and the sum; `width` in columns."""
    out = StringIO()
    console = Console(
        file=out,
        force_terminal=color,
        color_system="standard" if color else None,
        width=width,
        highlight=False,
    )
    column = max(len(check.subject) for check in diagnosis.checks)
    for check in diagnosis.checks:
        console.print(_line(check, column), soft_wrap=True)
        if check.fix:
            console.print(Text(f"{'':{column + 9}}{terminal(check.fix)}", style="cyan"), soft_wrap=True)
    console.print(_sum(diagnosis))
    return out.getvalue()


def to_json(diagnosis: Diagnosis) -> str:
    """The report as a document."""
    checks = [
        {"state": each.state.value, "subject": each.subject, "message": each.message, "fix": each.fix}
        for each in diagnosis.checks
    ]
    return as_document({"schema": "forkpolicy.doctor/1", "checks": checks})


def to_markdown(diagnosis: Diagnosis) -> str:
    """The report as a list."""
    lines = [f"- **{each.state}** {each.subject}: {markdown(each.message)}{_fix(each)}" for each in diagnosis.checks]
    return "\n".join(lines) + "\n"


def _fix(check: Check) -> str:
    return f" → {code_span(check.fix)}" if check.fix else ""


def _line(check: Check, column: int) -> Text:
    line = Text(f"{check.state:<7}", style=_STYLES[check.state])
    line.append(f"{check.subject:<{column}}  ", style="bold")
    return line.append(terminal(check.message), style="default")


def _sum(diagnosis: Diagnosis) -> Text:
    errors = sum(check.state is State.ERROR for check in diagnosis.checks)
    if errors:
        return Text(
            f"\n{errors} {'thing stops' if errors == 1 else 'things stop'} `forkpolicy plan`.",
            style="bold red",
        )
    return Text("\nThe repository is fit for `forkpolicy plan`.", style="bold green")
