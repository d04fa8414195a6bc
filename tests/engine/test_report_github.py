"""Annotations: the ten that show, and text that does nothing."""

import re

import pytest

from forkpolicy.engine.check_report import CheckReport
from forkpolicy.engine.report.github import SHOWN, to_annotations
from forkpolicy.policy.findings import Finding, Severity
from forkpolicy.policy.names import CommitId, RepoPath
from tests.check_reports import BASE, HEAD, report
from tests.hostile import HOSTILE

COMMAND = re.compile(r"^::(?P<level>\w+) (?P<properties>[^:]*)::(?P<message>.*)$")


def error(rule: str, message: str = "wrong", path: str | None = None, line: int | None = None) -> Finding:
    place = None if path is None else RepoPath(path)
    return Finding(rule, Severity.ERROR, message, place, fix="undo it", line=line)


def commands(found: CheckReport) -> list[re.Match[str]]:
    return [match for line in to_annotations(found).splitlines() if (match := COMMAND.match(line))]


def properties(command: re.Match[str]) -> dict[str, str]:
    return dict(each.split("=", 1) for each in command["properties"].split(","))


def test_an_annotation_says_what_is_wrong_where_and_what_mends_it() -> None:
    (command,) = commands(report(error("conflict-markers", "3 of them", "src/app.py")))
    assert command["level"] == "error"
    assert properties(command) == {"title": "forkpolicy%3A conflict-markers", "file": "src/app.py"}
    assert command["message"] == "3 of them%0ATo mend it: undo it"


def test_a_finding_about_a_rule_is_placed_at_the_policy() -> None:
    (command,) = commands(report(error("ownership", line=41)))
    assert properties(command)["file"] == "carto-fork.yaml"
    assert properties(command)["line"] == "41"


def test_a_commit_is_named() -> None:
    commit = CommitId("c" * 40)
    (command,) = commands(report(Finding("commit-format", Severity.WARNING, "no type", commit=commit)))
    assert (command["level"], command["message"]) == ("warning", "no type (cccccccccc)")
    (command,) = commands(report(Finding("commit-format", Severity.WARNING, "cccccccccc has no type", commit=commit)))
    assert command["message"] == "cccccccccc has no type"


def test_what_passes_says_so() -> None:
    assert to_annotations(report()) == (
        "forkpolicy check passed: 0 errors, 0 warnings; feature/x adds 3 commits to carto/main\n"
    )


def test_the_ten_that_show_tell_of_every_check() -> None:
    found = report(
        *(error("ownership", path=f"out/{number}.html") for number in range(40)),
        *(error("fork-dropped", path=f"src/{number}.py") for number in range(5)),
        error("version-mismatch"),
    )
    shown = commands(found)
    rules = [properties(each)["title"].removeprefix("forkpolicy%3A ") for each in shown]
    assert len(shown) == SHOWN
    assert rules[:3] == ["ownership", "fork-dropped", "version-mismatch"]
    assert shown[-1]["message"] == "and 37 more errors: the log of this step has them all"
    plain = [line for line in to_annotations(found).splitlines() if line.startswith("error: ")]
    assert len(plain) == 37
    assert "error: ownership: out/39.html: wrong" in plain


def test_ten_errors_are_all_shown() -> None:
    shown = commands(report(*(error("ownership", path=f"{number}.html") for number in range(SHOWN))))
    assert len(shown) == SHOWN
    assert all("more" not in each["message"] for each in shown)


def test_errors_come_before_warnings_and_notes() -> None:
    levels = (Severity.NOTE, Severity.WARNING, Severity.ERROR)
    shown = commands(report(*(Finding("x", severity, "…") for severity in levels)))
    assert [each["level"] for each in shown] == ["error", "warning", "notice"]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_one_command_and_nothing_else(text: str) -> None:
    finding = Finding("x", Severity.ERROR, text, RepoPath(text), CommitId("a" * 40), fix=text)
    found = CheckReport(report().policy, BASE, HEAD, text, text, 1, (finding,))
    command, last = to_annotations(found).splitlines()
    parsed = COMMAND.match(command)
    assert parsed
    assert set(properties(parsed)) == {"title", "file"}
    assert not re.search(r"::[A-Za-z][\w-]*(?:\s[^:]*)?::|##\[", parsed["message"] + last)
    assert (command + last).isprintable()
    assert len(command) < 5 * 5_000
