"""`explain` says what `plan` decides, and contradicts itself nowhere."""

import json
from pathlib import Path

import pytest

from forkpolicy.policy.origins import ORIGINS
from tests.forks import make_fork, run


@pytest.fixture(scope="module")
def fork(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_fork(tmp_path_factory.mktemp("explained") / "fork")


def told(fork: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert run(fork, "explain", *arguments) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_where_git_merges_the_rule_for_a_conflict_is_named(
    fork: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    assert "if both sides' contents conflicted, `default` would decide" in told(
        fork, capsys, "README.md", "--format", form
    )


def test_a_rule_that_always_applies_and_finds_its_wish_done(fork: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = told(fork, capsys, "carto-fork.yaml")
    assert "✓ built-in  decides: keep-fork" in out
    assert "git's merge leaves what `built-in` asks for already" in out


def test_a_rule_that_is_overruled_does_not_decide(fork: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = told(fork, capsys, "pyproject.toml")
    assert "✓ project-file  carto-fork.yaml:60  asks for: accept-upstream" in out
    assert "manual-review: 1 of 1 hunk left" in out


@pytest.mark.parametrize("name", sorted(ORIGINS))
def test_what_stands_in_a_rule_s_place_is_explained(fork: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert told(fork, capsys, name).startswith(f"{name}  no rule of the policy: ")
    data = json.loads(told(fork, capsys, name, "--format", "json"))
    assert (data["rule"], data["line"], data["stands_for"]) == (name, None, ORIGINS[name])


def test_the_default_lists_what_it_leaves(fork: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "vendor/icons        manual-review" in told(fork, capsys, "default")
