"""Both of ruamel's parsers give the same events wherever the quick one is trusted."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forkpolicy.policy.yaml_events import Event, Kind, quick_events, thorough_events

POLICY = Path(__file__, "../../../carto-fork.yaml").resolve().read_text()

SIGNS = [
    *"a1~=-?:#[]{},|>&*!%@`\"'\\\t\n\u2028é→😀 ",
    "\n  ",
    ": ",
    "- ",
    " #",
    ", ",
    "...",
    "---",
    "<<: ",
    "\\n",
    "\\x41",
    "\\/",
    "\\N",
    "\\u00e9",
    "|#",
    ">-",
    "|+",
    "|2",
    "|\n  a\n\n\n",
    '"x\n y"',
    '"a":b',
    "{a: b, c}",
]


def same(text: str) -> bool:
    """Whether the quick events of a text are the thorough ones, or there are none."""
    quick = quick_events(text)
    return quick is None or _told(quick) == _told(tuple(thorough_events(text)))


def _told(events: tuple[Event, ...]) -> list[Event]:
    """All but where a section or a list ends, which no message names."""
    return [event for event in events if event.kind is not Kind.END]


def test_a_policy_is_read_quickly() -> None:
    assert quick_events(POLICY)
    assert same(POLICY)


@given(st.randoms(use_true_random=False), st.integers(1, 25), st.lists(st.sampled_from(SIGNS), max_size=4))
def test_a_policy_in_the_making(chance: random.Random, length: int, typed: list[str]) -> None:
    lines = POLICY.splitlines()
    start = chance.randrange(len(lines))
    text = "\n".join(lines[start : start + length])
    for each in typed:
        place = chance.randrange(len(text) + 1)
        text = text[:place] + each + text[place + chance.randrange(3) :]
    assert same(text)


@given(st.lists(st.sampled_from(SIGNS), max_size=30))
def test_any_text(parts: list[str]) -> None:
    assert same("".join(parts))


@pytest.mark.parametrize(
    "text",
    [
        "a: &b c",
        "a: *b",
        "a: !b c",
        "a:",
        "a: [",
        "a:\t1",
        "a: 1\r\nb: 2",
        "a: b\u2028c",
        "\ufeffa: b",
        "%YAML 1.2\n---\na: b",
        "a: |# comment\n  b",
        "|\n#",
        "- a",
        "a",
        '[ "a":b ]',
        "[" * 5000,
    ],
)
def test_what_is_refused_or_read_differently_is_read_thoroughly(text: str) -> None:
    assert quick_events(text) is None
