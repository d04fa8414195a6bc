"""`forkpolicy render`: a Slack message, the blocks of a handbook, or any template with a plan's data."""

from pathlib import Path

from msgspec import Struct

from ...policy.errors import UsageError
from ...policy.wording import suggestion
from .. import handbook
from ..console import Output, say
from ..handbook_data import handbook_data
from ..notifications import Event, Notification, event_of, slack_message
from ..plan import Plan
from ..planner import Request as PlanRequest
from ..planner import make_plan
from ..release_notes import release_notes
from ..render import render, template_names
from ..report.markdown import to_markdown
from ..report.notes import to_markdown as notes_to_markdown
from ..report.view import template_data
from .session import Options, Session, in_ci, now


class Request(Struct, frozen=True):
    """What is to be rendered: `handbook`, `slack` or a template's name; the rest is for one of the two."""

    template: str
    into: Path | None = None
    release: str | None = None
    """The release to plan for; the newest where none is named."""
    event: str | None = None
    link: str | None = None
    run_link: str | None = None
    message: str | None = None


def run(options: Options, request: Request, output: Output) -> int:
    """Render, and print the text or write it into a page.

    Raises:
        UsageError: there is no such template; the page cannot be read, or has no markers; a link is none.
        TemplateError: the template is wrong.
    """
    session = Session.start(options)
    if request.template == "handbook" and request.into is not None:
        return _into(request.into, session)
    if request.into is not None:
        raise UsageError(f"--into is for the handbook, not for {request.template}", "forkpolicy render handbook")
    _require_template(request.template, session)
    output.write({"text": lambda: _rendered(session, request)})
    return 0


def _require_template(name: str, session: Session) -> None:
    """Nothing where there is such a template: a plan takes too long to make for a slip of the keyboard."""
    known = {"handbook", *template_names(), *session.loaded.policy.templates}
    if name not in known:
        raise UsageError(f"there is no template {name}", suggestion(name, known))


def _rendered(session: Session, request: Request) -> str:
    policy, templates = session.loaded.policy, session.loaded.templates()
    match request.template:
        case "handbook":
            blocks = handbook.blocks(policy, templates).items()
            return "\n".join(handbook.marked(name, body) for name, body in blocks)
        case "slack":
            return slack_message(_notification(session, request), policy, templates)
        case "release_notes":
            return notes_to_markdown(release_notes(session.fork(), session.loaded, None), policy, templates)
        case "pull_request":
            return to_markdown(_plan(session, request), templates)
        case name if name.startswith("handbook_"):
            return render(name, handbook_data(policy), templates)
        case name:
            frame: dict[str, object] = {"sections": [], "dropped": [], "brief": False, "named": True}
            return render(name, template_data(_plan(session, request)) | frame, templates)


def _notification(session: Session, request: Request) -> Notification:
    """What to tell; a failure needs no plan, since making one may be what failed."""
    asked = None if request.event is None else Event(request.event)
    plan = None if asked is Event.FAILED else _plan(session, request)
    event = asked or (event_of(plan) if plan else Event.FAILED)
    return Notification(event, plan, request.link, request.run_link, request.message)


def _plan(session: Session, request: Request) -> Plan:
    return make_plan(session.fork(), session.loaded.source, PlanRequest(request.release), now(), in_ci=in_ci())


def _into(file: Path, session: Session) -> int:
    blocks = handbook.blocks(session.loaded.policy, session.loaded.templates())
    page = handbook.read_page(file)
    filled = handbook.fill_in(page, blocks)
    if filled == page:
        say(f"{file} is up to date")
        return 0
    try:
        file.write_text(filled, encoding="utf-8", errors="surrogateescape", newline="")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error
    say(f"wrote the blocks of {file}")
    return 0
