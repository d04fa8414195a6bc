"""In a clone that left objects out, `plan` says what `doctor` says: the path, and what brings the objects."""

from pathlib import Path

import pytest

from tests.forks import git, make_fork, run


@pytest.mark.parametrize("command", [("plan",), ("doctor",), ("apply",)], ids=" ".join)
def test_the_path_and_the_cure_are_told(
    tmp_path: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    fork = make_fork(tmp_path / "fork")
    git(fork, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=blob:none", f"file://{fork}", "clone")
    capsys.readouterr()
    assert run(tmp_path / "clone", "--policy", str(fork / "carto-fork.yaml"), *command) == 4
    told = "".join(capsys.readouterr())
    assert ".github/workflows/publish.yml: object " in told
    assert "this is a partial clone" in told
    assert "fetch --refetch --no-filter" in told
