"""What a finding of the gate means: when it comes, what to do about it, how to waive it."""

from collections.abc import Callable

from rich.console import Group
from rich.text import Text

from ...policy.checks.check import Check
from ...policy.findings import Severity
from ...policy.models import Policy, Waiver
from ..console import Output
from ..escape import code_span, prose
from .document import as_document
from .layout import command, fields, render, text

SCHEMA = "forkpolicy.finding/1"


def renderers(check: Check, policy: Policy, output: Output) -> dict[str, Callable[[], str]]:
    """How to render the explanation of a finding in every format."""
    return {
        "text": lambda: _text(check, policy, output),
        "json": lambda: _json(check, policy),
        "markdown": lambda: _markdown(check, policy),
    }


# Private


def _text(check: Check, policy: Policy, output: Output) -> str:
    rows = [(name, text(value, limit=1000)) for name, value in _rows(check, policy)]
    page = Group(
        text(check.name, "bold"), fields(rows), Text(), Text("To waive it for a time, in the policy of the base:")
    )
    return render(Group(page, command(_waiver(check))), output.screen)


def _json(check: Check, policy: Policy) -> str:
    waivers = [
        {"path": each.path, "reason": each.reason, "until": each.expires.isoformat()} for each in _of(check, policy)
    ]
    return as_document(
        {
            "schema": SCHEMA,
            "finding": check.name,
            "severity": _severity(check, policy).value,
            "built_in_severity": check.severity.value,
            "fails_when": check.fails_when,
            "fix": check.mend,
            "waivers": waivers,
        }
    )


def _markdown(check: Check, policy: Policy) -> str:
    rows = "\n".join(f"- {name}: {prose(value)}" for name, value in _rows(check, policy))
    return f"{code_span(check.name)}\n\n{rows}\n- to waive it: `{_waiver(check)}`\n"


def _rows(check: Check, policy: Policy) -> list[tuple[str, str]]:
    """What there is to know, by name."""
    severity = _severity(check, policy)
    changed = "" if severity is check.severity else f", by the policy; built in: {check.severity}"
    waived = [f"{each.path or 'everywhere'} until {each.expires}: {each.reason}" for each in _of(check, policy)]
    return [
        ("fails when", check.fails_when),
        ("severity", f"{severity}{changed}"),
        ("to mend it", check.mend),
        *(("waived", each) for each in waived),
        ("more", f"docs/findings/{check.name}.md"),
    ]


def _severity(check: Check, policy: Policy) -> Severity:
    return policy.check.severity.get(check.name, check.severity)


def _of(check: Check, policy: Policy) -> list[Waiver]:
    return [each for each in policy.check.waivers if each.finding == check.name]


def _waiver(check: Check) -> str:
    path = "path: /some/path, " if check.has_paths else ""
    return f"- {{ finding: {check.name}, {path}reason: why it is right, expires: YYYY-MM-DD }}"
