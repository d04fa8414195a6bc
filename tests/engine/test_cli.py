"""The command line as people and CI use it: what it prints where, its exit codes, and that it writes nothing else."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from forkpolicy.engine import cli
from forkpolicy.engine.demo import make_demo

RELEASE = "v1.2.0"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One demo for all tests; they copy it."""
    place = tmp_path_factory.mktemp("made") / "fork"
    make_demo(place)
    return place


@pytest.fixture
def fork(made: Path, tmp_path: Path) -> Path:
    place = tmp_path / "fork"
    shutil.copytree(made, place, symlinks=True)
    return place


def run(fork: Path, *arguments: str) -> int:
    return cli.run(["-C", str(fork), *arguments])


COMMANDS = [
    ("plan",),
    ("plan", RELEASE, "--format", "json"),
    ("plan", "--format", "markdown", "--cross-check", "never"),
    ("plan", "v9.9.9-rc1"),
    ("explain", "widget/login.py"),
    ("explain", "untouched", "--format", "json"),
    ("validate",),
    ("doctor",),
    ("schema",),
    ("--policy-ref", "HEAD", "plan"),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_command_changes_the_repository(fork: Path, arguments: tuple[str, ...]) -> None:
    before = _digest(fork)
    run(fork, *arguments)
    assert _digest(fork) == before


def test_one_run_writes_every_format(fork: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan, body = tmp_path / "plan.json", tmp_path / "body.md"
    assert run(fork, "plan", "--output", f"json={plan}", "--output", f"markdown={body}") == 0
    data = json.loads(plan.read_text())
    assert data["schema"] == "forkpolicy.plan/1"
    assert data["pull_request"]["body"].strip() in body.read_text()
    assert "Left for people" in capsys.readouterr().out


def test_quiet_with_a_file_prints_nothing(fork: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(fork, "-q", "plan", "--output", f"json={tmp_path / 'plan.json'}") == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "")


def test_the_plan_of_the_demo_needs_people(fork: Path) -> None:
    assert run(fork, "plan", "--detailed-exitcode") == 11


def test_production_on_the_release_itself_is_up_to_date(fork: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(fork, "plan", "--onto", "refs/remotes/upstream/main", "--detailed-exitcode") in (0, 10)
    assert "Traceback" not in capsys.readouterr().err


def test_what_is_no_release_is_refused(fork: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(fork, "plan", "v1.2.0-rc1") == 1
    assert "no scheme matches" in capsys.readouterr().out


def test_an_older_release_is_refused(fork: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(fork, "plan", "v1.0.0", "--format", "json") in (0, 1)
    assert json.loads(capsys.readouterr().out)["status"] in ("refused", "up-to-date")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("plan", "--format", "yaml"), 2, "Invalid value"),
        (("plan", "--output", "json"), 2, "FORMAT=FILE"),
        (("plan", "--output", "json=/nowhere/plan.json"), 2, "cannot be written"),
        (("plan", "--output", "json=-"), 2, "for standard output: --format json"),
        (("apply", "v1.2.0"), 2, "apply --release v1.2.0"),
        (("render", "slak"), 2, "did you mean `slack`? it can be `handbook`, `handbook_branches`,"),
        (("explain", "no/such/file"), 2, "has a file no/such/file"),
        (("--policy", "nowhere.yaml", "plan"), 2, "there is no policy"),
        (("init",), 2, "is there already"),
        (("--policy-ref", "nowhere", "plan"), 4, "no commit `nowhere`"),
        (("plan", "v7.0.0"), 4, "is not in this repository"),
        (("plan", "--onto", "nowhere"), 4, "no branch nowhere"),
    ],
)
def test_errors_are_told(
    fork: Path, arguments: tuple[str, ...], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(fork, *arguments) == code
    printed = capsys.readouterr()
    assert message in printed.err
    assert "Traceback" not in printed.err
    assert printed.out == ""


def test_an_invalid_policy_is_told_with_its_places(fork: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = fork / "carto-fork.yaml"
    policy.write_text(policy.read_text().replace("resolve: keep-fork", "resolve: keep-frok", 1))
    assert run(fork, "plan") == 3
    error = capsys.readouterr().err
    assert "carto-fork.yaml:" in error
    assert "did you mean `keep-fork`" in error


def test_a_place_without_a_repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "plan") == 4
    assert "not in a git repository" in capsys.readouterr().err


def test_a_bug_is_owned_up_to(fork: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("forkpolicy.engine.commands.plan.make_plan", _fail)
    assert run(fork, "plan") == cli.EXIT_BUG
    assert "this is a bug: ZeroDivisionError" in capsys.readouterr().err


def test_an_interrupt(fork: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("forkpolicy.engine.commands.plan.make_plan", _interrupt)
    assert run(fork, "plan") == cli.EXIT_INTERRUPTED
    assert "interrupted" in capsys.readouterr().err


def test_validate_without_a_repository_checks_the_policy_alone(
    fork: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    policy = shutil.copy(fork / "carto-fork.yaml", alone)
    assert run(alone, "--policy", str(policy), "validate") == 0
    assert "not held against a repository" in capsys.readouterr().err


def test_validate_fails_where_an_example_does(fork: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = fork / "carto-fork.yaml"
    policy.write_text(policy.read_text() + "\n  - { path: README.md, kind: content, untouched: true, expect: brand }\n")
    assert run(fork, "validate") == 1
    assert "not `brand`" in " ".join(capsys.readouterr().out.split())


def test_init_writes_a_policy_that_loads(fork: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (fork / "carto-fork.yaml").unlink()
    assert run(fork, "init") == 0
    assert (fork / "carto-fork.schema.json").exists()
    assert run(fork, "validate") == 0
    assert f"forkpolicy -C {fork} validate" in capsys.readouterr().err


def test_color_only_where_it_is_wanted(
    fork: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(fork, "plan")
    assert "\x1b[" not in capsys.readouterr().out
    run(fork, "--color", "always", "plan")
    assert "\x1b[" in capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    run(fork, "plan")
    assert "\x1b[" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    run(fork, "plan")
    assert "\x1b[" not in capsys.readouterr().out


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("forkpolicy ")


def test_the_plan_is_the_same_every_time(fork: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(fork, "plan", "--format", "json")
    first = capsys.readouterr().out
    run(fork, "plan", "--format", "json")
    assert capsys.readouterr().out == first


def _fail(*_: object, **__: object) -> None:
    raise ZeroDivisionError("division by zero")


def _interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def _digest(folder: Path) -> str:
    """Everything below a folder: names, modes, contents, link targets."""
    state = hashlib.sha256()
    for path in _everything(folder):
        status = path.lstat()
        content = path.readlink() if path.is_symlink() else path.read_bytes() if path.is_file() else b""
        state.update(repr((path.relative_to(folder), status.st_mode, content)).encode())
    return state.hexdigest()


def _everything(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.rglob("*")))
