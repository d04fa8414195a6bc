"""Commands that are printed have the options that the user gave."""

from pathlib import Path

import pytest

from forkpolicy.engine.invocation import Invocation
from tests.forks import make_fork, run

HERE = Invocation()
ELSEWHERE = Invocation(Path("my fork"), Path("rules.yaml"), "origin/main")


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("forkpolicy plan v1", "forkpolicy -C 'my fork' --policy rules.yaml --policy-ref origin/main plan v1"),
        (
            "make one: forkpolicy init",
            "make one: forkpolicy -C 'my fork' --policy rules.yaml --policy-ref origin/main init",
        ),
        ("git fetch --unshallow", "git -C 'my fork' fetch --unshallow"),
        ("rm x && git fetch", "rm x && git -C 'my fork' fetch"),
        ("git remote add a b && git fetch a", "git -C 'my fork' remote add a b && git -C 'my fork' fetch a"),
        ("git -C ../sync status", "git -C ../sync status"),
        ("make a fresh clone: git clone URL", "make a fresh clone: git clone URL"),
        ("merge the path with git, and report it", "merge the path with git, and report it"),
        ("as its second parent, git sees it", "as its second parent, git sees it"),
        ("otherwise than forkpolicy does", "otherwise than forkpolicy does"),
    ],
)
def test_commands_are_completed_and_nothing_else(text: str, completed: str) -> None:
    assert ELSEWHERE.complete(text) == completed
    assert HERE.complete(text) == text


def test_what_a_plan_suggests_works_from_where_the_user_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fork = make_fork(tmp_path / "my fork")
    policy = (fork / "carto-fork.yaml").rename(tmp_path / "rules.yaml")
    assert run(fork, "--policy", str(policy), "plan") == 0
    told = [line.strip() for line in capsys.readouterr().out.splitlines() if "forkpolicy" in line]
    assert told
    assert all(each.startswith(f"forkpolicy -C '{fork}' --policy {policy} ") for each in told)


def test_errors_suggest_commands_with_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fork = make_fork(tmp_path / "fork")
    (fork / "carto-fork.yaml").unlink()
    monkeypatch.chdir(tmp_path)
    assert run(Path("fork"), "plan") == 2
    assert "forkpolicy -C fork init" in capsys.readouterr().err


def test_the_pull_request_tells_others_nothing_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fork = make_fork(tmp_path / "fork")
    assert run(fork, "plan", "--format", "markdown") == 0
    assert str(tmp_path) not in capsys.readouterr().out
