"""`forkpolicy plan`: what merging a release will do."""

from msgspec.structs import replace

from ..console import Output
from ..plan import Plan, Status
from ..planner import Request, make_plan
from .session import Options, Session, in_ci, now

__all__ = ["Request", "run"]

_UP_TO_DATE = 0
_NEEDS_NOBODY = 10
_NEEDS_PEOPLE = 11


def run(options: Options, request: Request, output: Output, onto: str | None, detailed_exitcode: bool) -> int:
    """Plan, write what is asked for, and return the exit code."""
    session = Session.start(options)
    plan = make_plan(session.fork(onto), session.loaded.source, request, now(), in_ci=in_ci())
    templates = session.loaded.templates()
    output.write(
        {
            "text": lambda: _text(plan, output),
            "json": lambda: _json(_with_body(plan, templates)),
            "markdown": lambda: _markdown(plan, templates),
        }
    )
    return exit_code(plan, detailed_exitcode)


def exit_code(plan: Plan, detailed: bool) -> int:
    """0 where a plan could be made, 1 where it is refused; with `detailed`, also whether it needs people."""
    if plan.status is Status.REFUSED:
        return 1
    if not detailed or plan.status is Status.UP_TO_DATE:
        return _UP_TO_DATE
    return _NEEDS_PEOPLE if plan.status is Status.REVIEW else _NEEDS_NOBODY


def _with_body(plan: Plan, templates: dict[str, str]) -> Plan:
    from ..report.markdown import pull_request_body

    if plan.pull_request is None:
        return plan
    return replace(plan, pull_request=replace(plan.pull_request, body=pull_request_body(plan, templates)))


def _text(plan: Plan, output: Output) -> str:
    from ..report.text import to_text

    return to_text(plan, output.screen)


def _json(plan: Plan) -> str:
    from ..report.json import to_json

    return to_json(plan)


def _markdown(plan: Plan, templates: dict[str, str]) -> str:
    from ..report.markdown import to_markdown

    return to_markdown(plan, templates)
