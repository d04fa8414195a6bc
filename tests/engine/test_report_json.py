"""The contract of `plan --format json`: names, order, meaning. Fields may be added, nothing else changes."""

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from forkpolicy.engine.report.json import TEXT_LIMIT, as_data, to_json
from tests.hostile import HOSTILE
from tests.plans import BASE, BLOB, EVERY, PRODUCTION, RELEASE, UPSTREAM_COMMIT, hostile, large, review

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "plan.schema.json").read_text())

# DESIGN.md, section 7, field by field; what was added since stands below each list.
TOP = (
    [
        "schema",
        "policy",
        "fork",
        "upstream",
        "base",
        "status",
        "summary",
        "decisions",
        "findings",
        "version",
        "pull_request",
        "cross_check",
    ],
    ["customizations", "contained_release", "contained_unknown", "checklist", "commands"],
)
SUMMARY: tuple[list[str], list[str]] = (
    [
        "upstream_commits",
        "fork_commits",
        "files_changed",
        "insertions",
        "deletions",
        "conflicts",
        "resolutions",
    ],
    [],
)
DECISION = (
    [
        "path",
        "paths",
        "kind",
        "resolution",
        "rule",
        "line",
        "reason",
        "evidence",
        "loss",
        "result",
        "guidance",
        "customizations",
        "fork_commits",
    ],
    ["results", "at_stake"],
)
FINDING = (["rule", "severity", "message", "path", "commit", "fix"], ["line"])
FROZEN: list[tuple[str, tuple[list[str], list[str]]]] = [
    ("", TOP),
    ("policy", (["path", "ref", "sha256"], [])),
    ("fork", (["branch", "commit", "version"], [])),
    ("upstream", (["tag", "commit", "version"], [])),
    ("base", (["git", "content", "used", "conflicts_on_git_base"], ["conflicts", "why"])),
    ("summary", SUMMARY),
    ("decisions.0", DECISION),
    ("decisions.0.evidence", (["untouched"], ["base"])),
    ("decisions.0.loss", (["fork", "upstream"], [])),
    ("decisions.42.fork_commits.0", (["commit", "subject", "pull_request"], [])),
    ("findings.0", FINDING),
    ("version", (["current", "next"], ["provisional"])),
    ("pull_request", (["branch", "base", "title", "labels", "draft", "body"], ["when_open"])),
    ("cross_check", (["engine", "agrees", "differences"], [])),
    ("customizations.0", (["name", "survives", "pull_requests", "paths", "at_risk"], [])),
]


def at(document: Any, route: str) -> Any:
    for step in filter(None, route.split(".")):
        document = document[int(step) if step.isdigit() else step]
    return document


@pytest.mark.parametrize(("route", "fields"), FROZEN, ids=[route or "top" for route, _ in FROZEN])
def test_the_fields_and_their_order_are_frozen(route: str, fields: tuple[list[str], list[str]]) -> None:
    contract, added = fields
    assert list(at(json.loads(to_json(review())), route)) == [*contract, *added]


@pytest.mark.parametrize("name", EVERY)
def test_every_plan_is_valid_against_the_schema(name: str) -> None:
    jsonschema.validate(json.loads(to_json(EVERY[name]())), SCHEMA)


def test_the_schema_holds_the_contract() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["required"] == TOP[0]
    assert SCHEMA["definitions"]["decision"]["required"] == DECISION[0]
    assert SCHEMA["definitions"]["finding"]["required"] == FINDING[0]


def test_the_values() -> None:
    plan = json.loads(to_json(review()))
    assert plan["schema"] == "forkpolicy.plan/1"
    assert plan["fork"] == {"branch": "carto/main", "commit": PRODUCTION, "version": "v1.81.3-carto.1.18.6"}
    assert plan["upstream"] == {"tag": "v1.81.9-stable", "commit": RELEASE, "version": "1.81.9"}
    assert plan["base"] == {
        "git": [BASE],
        "content": None,
        "used": "git",
        "conflicts_on_git_base": 43,
        "conflicts": 43,
        "why": None,
    }
    assert plan["status"] == "review"
    assert plan["summary"]["conflicts"] == 43
    assert plan["summary"]["resolutions"] == {"accept-upstream": 41, "keep-fork": 1, "manual-review": 1}
    assert plan["cross_check"] == {"engine": "git 2.39.5", "agrees": True, "differences": []}


def test_an_automatic_decision() -> None:
    decision = as_data(review())["decisions"][0]
    assert decision["evidence"] == {"untouched": UPSTREAM_COMMIT, "base": None}
    assert decision["loss"] == {"fork": 0, "upstream": 0}
    assert decision["result"] == BLOB
    assert decision["results"] == {decision["path"]: BLOB}


def test_a_decision_for_a_person() -> None:
    decision = as_data(review())["decisions"][42]
    assert decision["resolution"] == "manual-review"
    assert decision["loss"] == {"fork": None, "upstream": None}
    assert decision["result"] is None
    assert decision["fork_commits"][0]["pull_request"] == 71
    assert decision["at_stake"] == ['gunicorn = "^22.0.0"  # CARTO: see #71']


def test_losses_are_counts() -> None:
    assert as_data(review())["decisions"][41]["loss"] == {"fork": 1, "upstream": 2}


def test_the_same_plan_gives_the_same_text() -> None:
    assert to_json(large()) == to_json(large())


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_stays_as_it_is_and_does_nothing(text: str) -> None:
    document = to_json(hostile(text))
    assert document.isascii()
    assert document.replace("\n", "").isprintable()
    decision = json.loads(document)["decisions"][2]
    assert decision["path"] == text
    assert decision["fork_commits"][0]["subject"] == text[:TEXT_LIMIT]
