"""A plan whose sync branch is there already suggests nothing that would fail, or overwrite work."""

from pathlib import Path

import pytest

from tests.forks import BRANCH, git, make_fork, run


@pytest.fixture
def fork(tmp_path: Path) -> Path:
    return make_fork(tmp_path / "fork", decided=True)


def planned(fork: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert run(fork, "plan", "--cross-check", "never") == 0
    return capsys.readouterr().out


def other_work(fork: Path, name: str = BRANCH) -> None:
    git(fork, "branch", "--force", name, git(fork, "commit-tree", "-p", "HEAD", "-m", "else", "HEAD^{tree}"))


def test_other_work_is_told_and_left_alone(fork: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other_work(fork)
    other_work(fork, f"{BRANCH}-2")
    told = planned(fork, capsys)
    assert "holds something else than this sync" in told
    assert f"apply --release v1.2.0 --branch {BRANCH}-3\n" in told
    assert run(fork, "apply", "--release", "v1.2.0", "--branch", f"{BRANCH}-3") == 0


def test_this_sync_is_recognized(fork: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(fork, "apply") == 0
    told = planned(fork, capsys)
    assert "and holds this sync" in told
    assert "apply --release v1.2.0\n" in told


def test_a_branch_on_production_holds_nothing(fork: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(fork, "branch", BRANCH)
    assert "pending-sync" not in planned(fork, capsys)


def test_a_branch_of_the_remote_counts(fork: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other_work(fork, "temporary")
    git(fork, "update-ref", f"refs/remotes/origin/{BRANCH}", "temporary")
    assert f"--branch {BRANCH}-2\n" in planned(fork, capsys)


def test_the_body_names_the_policy_as_others_find_it(
    fork: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (fork / "rules").mkdir()
    policy = (fork / "carto-fork.yaml").rename(fork / "rules/fork.yaml")
    assert run(fork, "--policy", str(policy), "plan", "--format", "markdown") == 0
    body = capsys.readouterr().out
    assert "of `rules/fork.yaml`)" in body
    assert "forkpolicy --policy rules/fork.yaml apply --release v1.2.0\n" in body
    outside = policy.rename(tmp_path / "mine.yaml")
    assert run(fork, "--policy", str(outside), "plan", "--format", "markdown") == 0
    body = capsys.readouterr().out
    assert "of `mine.yaml`)" in body
    assert str(tmp_path) not in body
