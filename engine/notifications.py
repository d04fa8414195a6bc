"""Notifications: one Slack message (Block Kit) for everything that can happen to a sync."""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from urllib.parse import urlsplit

from msgspec import Struct

from ..policy.errors import UsageError
from ..policy.models import Policy
from .escape import one_line
from .plan import Plan, Status
from .render import TemplateError, render

_TITLE_MAX = 120
_FILES_SHOWN = 5


class Event(StrEnum):
    """What happened, as the handbook tells events apart."""

    CREATED = "created"
    CONFLICTS = "conflicts"
    UP_TO_DATE = "up-to-date"
    FAILED = "failed"


class Notification(Struct, frozen=True):
    """What to tell people; without a plan only a failure can be told."""

    event: Event
    plan: Plan | None = None
    link: str | None = None
    """The pull request's address."""
    run_link: str | None = None
    """The address of the workflow's run."""
    message: str | None = None


def event_of(plan: Plan) -> Event:
    """What a plan is to the people who wait for it."""
    return {
        Status.UP_TO_DATE: Event.UP_TO_DATE,
        Status.CLEAN: Event.CREATED,
        Status.RESOLVED: Event.CREATED,
        Status.REVIEW: Event.CONFLICTS,
        Status.REFUSED: Event.FAILED,
    }[plan.status]


def slack_message(notification: Notification, policy: Policy, overrides: Mapping[str, str]) -> str:
    """The message as JSON, by the template `slack`; `overrides` has the fork's own templates, by name.

    Raises:
        UsageError: a link is no web address.
        TemplateError: the template is wrong, or what it makes is no JSON.
    """
    rendered = render("slack", _data(notification, policy), overrides)
    try:
        return json.dumps(json.loads(rendered), indent=2) + "\n"
    except (ValueError, RecursionError) as error:
        raise TemplateError(f"template slack: what it makes is no JSON: {error}") from error


def _data(notification: Notification, policy: Policy) -> dict[str, object]:
    return {
        "event": notification.event.value,
        "title": one_line(_title(notification, policy), _TITLE_MAX),
        "fields": [{"name": name, "value": value} for name, value in _fields(notification.plan, policy)],
        "lines": list(_lines(notification)),
        "buttons": list(_buttons(notification)),
        "labels": {"fork": policy.fork.name, "upstream": policy.upstream.name},
    }


def _title(notification: Notification, policy: Policy) -> str:
    plan = notification.plan
    sync = f"{policy.fork.name}: sync of {policy.upstream.name}"
    release = f" {plan.upstream.tag}" if plan and plan.upstream else ""
    match notification.event:
        case Event.CREATED:
            return f"{sync}{release} is ready for review"
        case Event.CONFLICTS:
            return f"{sync}{release} has conflicts that people must resolve"
        case Event.UP_TO_DATE:
            return f"{policy.fork.name}: {policy.production} is up to date with {policy.upstream.name}"
        case Event.FAILED:
            return f"{sync}{release} failed"


def _fields(plan: Plan | None, policy: Policy) -> Iterator[tuple[str, str]]:
    if plan is None:
        return
    yield "Branch", plan.fork.branch
    if plan.upstream:
        yield policy.upstream.name, plan.upstream.tag
    elif plan.contained_release:
        yield policy.upstream.name, plan.contained_release
    if plan.version and plan.version.next and plan.version.next != plan.version.current:
        yield "Next version", plan.version.next
    elif plan.fork.version:
        yield "Version", plan.fork.version
    if plan.summary:
        yield "Upstream commits", f"{plan.summary.upstream_commits:,}"
        yield "Decisions", f"{len(plan.decisions):,}, {len(plan.for_people):,} left for people"


def _lines(notification: Notification) -> Iterator[str]:
    if notification.message:
        yield notification.message
    plan = notification.plan
    if plan is None:
        return
    if plan.status is Status.REFUSED:
        yield from (each.message for each in plan.findings if each.rule == "refused")
    paths = [each.path for each in plan.for_people]
    if paths:
        more = f" and {len(paths) - _FILES_SHOWN:,} more" if len(paths) > _FILES_SHOWN else ""
        yield f"Left for people: {', '.join(paths[:_FILES_SHOWN])}{more}"


def _buttons(notification: Notification) -> Iterator[dict[str, str]]:
    for words, url in (("Pull request", notification.link), ("Workflow run", notification.run_link)):
        if url:
            yield {"text": words, "url": _web_address(url)}


def _web_address(url: str) -> str:
    if urlsplit(url).scheme not in ("http", "https") or not url.isprintable() or " " in url:
        raise UsageError(f"{one_line(url)} is no web address", "links begin with https://")
    return url
