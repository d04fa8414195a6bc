"""What `check` writes where: annotations to the log, the summary to GitHub's file, SARIF to a file of its own."""

import json
from pathlib import Path

import pytest

from tests.forks import PRODUCTION, git, make_fork, run


@pytest.fixture(name="mistake", scope="module")
def mistake_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fork whose policy forbids what its branch `main` would bring into production."""
    fork = make_fork(tmp_path_factory.mktemp("check") / "fork")
    git(fork, "branch", "-f", "main", "refs/remotes/upstream/main")
    return fork


def check(fork: Path, *arguments: str) -> int:
    return run(fork, "check", "--base", PRODUCTION, "--head", "main", *arguments)


def test_annotations_are_the_log_and_the_summary_is_a_file(
    mistake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert check(mistake, "--format", "github") == 1
    assert capsys.readouterr().out.startswith("::error title=forkpolicy%3A forbidden-merge::")
    said = summary.read_text()
    assert said.startswith("before\n### forkpolicy check\n")
    assert "`forbidden-merge`" in said


def test_no_other_format_touches_the_summary(
    mistake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    assert check(mistake, "--format", "json") == 1
    assert json.loads(capsys.readouterr().out)["status"] == "failed"
    assert not (tmp_path / "summary.md").exists()


def test_one_run_feeds_the_log_and_code_scanning(
    mistake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    sarif = tmp_path / "check.sarif"
    assert check(mistake, "--exit-zero", "--format", "github", "--output", f"sarif={sarif}") == 0
    rules = {each["ruleId"] for each in json.loads(sarif.read_text())["runs"][0]["results"]}
    assert "forbidden-merge" in rules
    assert "forbidden-merge" in capsys.readouterr().out


def test_a_summary_that_cannot_be_written_is_an_error(
    mistake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    assert check(mistake, "--format", "github") == 2
    assert "cannot be written" in capsys.readouterr().err
