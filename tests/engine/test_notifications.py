"""The Slack message: valid Block Kit for every event, and text that does nothing."""

import json
from typing import Any

import pytest

from forkpolicy.engine.notifications import Event, Notification, event_of, slack_message
from forkpolicy.engine.render import TemplateError
from forkpolicy.policy.errors import UsageError
from tests import plans
from tests.hostile import HOSTILE
from tests.numbered import policy

EVENTS = {
    "clean": Event.CREATED,
    "resolved": Event.CREATED,
    "review": Event.CONFLICTS,
    "large": Event.CONFLICTS,
    "up-to-date": Event.UP_TO_DATE,
    "refused": Event.FAILED,
}
LIMITS = {"header": 150, "section": 3000, "actions": 75}
"""How many characters Slack takes in a block's text."""


def message(notification: Notification) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(slack_message(notification, policy(), {}))
    return found


def texts(found: dict[str, Any]) -> list[tuple[str, str]]:
    """Every text object's block and text; each is plain text, which Slack does not format."""
    told: list[tuple[str, str]] = []
    for block in found["blocks"]:
        objects = [block.get("text"), *block.get("fields", []), *(each["text"] for each in block.get("elements", []))]
        for each in filter(None, objects):
            assert (each["type"], each["emoji"]) == ("plain_text", False)
            told.append((block["type"], each["text"]))
    return told


@pytest.mark.parametrize("name", EVENTS)
def test_every_plan_makes_a_message(name: str) -> None:
    plan = plans.EVERY[name]()
    assert event_of(plan) is EVENTS[name]
    found = message(Notification(event_of(plan), plan, "https://github.com/x/y/pull/1", "https://ci.example/2?a=1&b=2"))
    assert found["blocks"][0]["type"] == "header"
    assert [each["url"] for each in found["blocks"][-1]["elements"]] == [
        "https://github.com/x/y/pull/1",
        "https://ci.example/2?a=1&b=2",
    ]
    assert all(0 < len(text) <= LIMITS[block] for block, text in texts(found))


def test_what_the_messages_say() -> None:
    review = message(Notification(Event.CONFLICTS, plans.review()))
    assert review["text"] == "CARTO: sync of LiteLLM v1.81.9-stable has conflicts that people must resolve"
    assert ("section", "Left for people: pyproject.toml") in texts(review)
    failed = message(Notification(Event.FAILED, message="no network"))
    assert failed["text"] == "CARTO: sync of LiteLLM failed"
    assert ("section", "no network") in texts(failed)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_does_nothing(text: str) -> None:
    found = message(Notification(Event.CONFLICTS, plans.hostile(text), message=text or None))
    for each in (found["text"], *(told for _, told in texts(found))):
        assert not set("<>") & set(each)
        assert "@here" not in each
        assert "@everyone" not in each
        assert "\n" not in each
    assert all(len(told) <= LIMITS[block] for block, told in texts(found) if block != "header")


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "slack://open", "example.com", 'https://x.y/"\n', "https://x y"]
)
def test_a_link_is_a_web_address(link: str) -> None:
    with pytest.raises(UsageError, match="no web address"):
        message(Notification(Event.CREATED, plans.clean(), link))


def test_a_fork_s_own_template() -> None:
    own = '{"text": "{{ title }} {{ event }}"}'
    found = json.loads(slack_message(Notification(Event.FAILED), policy(), {"slack": own}))
    assert found == {"text": "CARTO: sync of LiteLLM failed failed"}


def test_a_template_that_makes_no_json_is_an_error() -> None:
    with pytest.raises(TemplateError, match="no JSON"):
        slack_message(Notification(Event.FAILED), policy(), {"slack": '{"text": {{ title }}'})
