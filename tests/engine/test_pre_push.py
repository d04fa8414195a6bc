"""The hook before a push: what it compares, what it leaves alone, and the mistake that it stops."""

from pathlib import Path

import pytest

from tests.forks import PRODUCTION, git, make_fork, run

FEATURE = "feature/x"


@pytest.fixture(name="fork", scope="module")
def fork_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fork with a good topic branch, and a bad one that merged the mirror."""
    fork = make_fork(tmp_path_factory.mktemp("push") / "fork")
    git(fork, "update-ref", f"refs/remotes/origin/{PRODUCTION}", PRODUCTION)
    git(fork, "switch", "--quiet", "--create", FEATURE, PRODUCTION)
    git(fork, "commit", "--quiet", "--allow-empty", "--message", "feat: good")
    git(fork, "switch", "--quiet", "--create", "feature/bad")
    git(fork, "merge", "--quiet", "--strategy", "ours", "--message", "Merge main", "refs/remotes/upstream/main")
    return fork


@pytest.fixture(autouse=True)
def _not_on_github(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


def push(fork: Path, patch: pytest.MonkeyPatch, local: str, remote: str, old: str | None = None) -> int:
    told = {
        "REMOTE_NAME": "origin",
        "LOCAL_BRANCH": f"refs/heads/{local}",
        "REMOTE_BRANCH": remote if remote.startswith("refs/") else f"refs/heads/{remote}",
        "TO_REF": git(fork, "rev-parse", local),
        "FROM_REF": git(fork, "rev-parse", old or PRODUCTION),
    }
    for name, value in told.items():
        patch.setenv(f"PRE_COMMIT_{name}", value)
    return run(fork, "pre-push")


def test_a_good_topic_branch_passes(fork: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert push(fork, monkeypatch, FEATURE, FEATURE) == 0


def test_a_topic_branch_is_compared_with_the_branch_that_it_is_for(
    fork: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert push(fork, monkeypatch, "feature/bad", "feature/bad", old="feature/bad~1") == 1
    told = capsys.readouterr().out
    assert "unreleased-upstream" in told
    assert f"feature/bad → {PRODUCTION}" in told


def test_the_mirror_is_not_pushed_into_production(
    fork: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    git(fork, "branch", "-f", "main", "refs/remotes/upstream/main")
    assert push(fork, monkeypatch, "main", PRODUCTION) == 1
    assert "forbidden-merge" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("local", "remote"),
    [
        (PRODUCTION, FEATURE),
        ("feature/bad", "main"),
        ("feature/bad", "refs/tags/v9"),
        ("feature/bad", "nobody-knows"),
    ],
    ids=["nothing-new", "mirror", "tag", "unnamed"],
)
def test_what_it_leaves_alone(
    fork: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], local: str, remote: str
) -> None:
    assert push(fork, monkeypatch, local, remote) == 0
    assert "nothing to check" in capsys.readouterr().err


def test_by_hand_it_says_what_runs_it(
    fork: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PRE_COMMIT_REMOTE_BRANCH", raising=False)
    assert run(fork, "pre-push") == 2
    assert "is run by pre-commit" in capsys.readouterr().err
