"""The JSON schema: current, for draft-07, and of one mind with the loader."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, cast

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped]

from forkpolicy.policy.errors import PolicyError
from forkpolicy.policy.reader import read
from forkpolicy.policy.schema import schema

from .test_loader import BROKEN, MINIMAL

HERE = Path(__file__).parent
COMMITTED = HERE.parent.parent / "carto-fork.schema.json"

ONLY_FOR_THE_LOADER = {
    "bad-branch-template", "both-added", "branches-that-do-not-fit",
    "bumps-twice", "exact", "names-twice", "no-production", "options-without-meaning",
    "production-pattern", "regenerate-without-command", "rule-without-conditions", "sides-alike",
    "two-productions", "unknown-findings", "untouched-always",
}  # fmt: skip
"""Policies whose parts are right each, but do not fit together, or whose texts only the loader can judge."""


@pytest.fixture(scope="module")
def validator() -> Any:
    return Draft7Validator(schema())


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object inside a JSON value."""
    if isinstance(value, dict):
        section = cast("dict[str, Any]", value)
        yield section
        yield from chain.from_iterable(map(objects, section.values()))
    elif isinstance(value, list):
        for each in cast("Iterable[Any]", value):
            yield from objects(each)


def test_the_committed_schema_is_current() -> None:
    """`forkpolicy schema > carto-fork.schema.json` makes it so."""
    assert COMMITTED.read_text() == json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def test_it_is_a_draft_07_schema() -> None:
    Draft7Validator.check_schema(schema())
    newer = {"$defs", "prefixItems", "unevaluatedProperties", "dependentRequired"}
    assert not [key for each in objects(schema()) for key in newer & each.keys()]


def test_every_key_has_a_description() -> None:
    sections = [
        each["properties"] for each in objects(schema()) if each.get("type") == "object" and "properties" in each
    ]
    assert len(sections) > 20
    assert not [key for section in sections for key, each in section.items() if not each["description"]]


def test_nothing_may_be_null() -> None:
    assert not [each for each in objects(schema()) if each.get("type") == "null"]


@pytest.mark.parametrize("text", [(HERE / "design_example.yaml").read_bytes(), MINIMAL])
def test_good_policies_are_valid(validator: Any, text: bytes) -> None:
    assert [error.message for error in validator.iter_errors(read(text, "p.yaml").data)] == []


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_broken_policies_are_not(validator: Any, path: Path) -> None:
    try:
        document = read(path.read_bytes(), path.name)
    except PolicyError:
        return
    if not document.problems:
        assert validator.is_valid(document.data) == (path.stem in ONLY_FOR_THE_LOADER)
