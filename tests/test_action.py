"""The action, the example workflows and the project's own: safe to copy, pinned, and what the gate needs."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from ruamel.yaml import YAML

from forkpolicy.engine.cli import cli
from forkpolicy.engine.report.sarif import HOME

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(not (ROOT / "action.yml").exists(), reason="an sdist has no action")

WORKFLOWS = sorted((*(ROOT / "docs/examples/workflows").glob("*"), *(ROOT / ".github/workflows").glob("*")))
EXAMPLES = [each for each in WORKFLOWS if "examples" in each.parts]
SCRIPTS = sorted((ROOT / ".github/action").glob("*.sh"))


def load(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text())  # pyright: ignore[reportUnknownMemberType]


def read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = load(path)
    return document


def steps(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "runs" in document:
        yield from document["runs"]["steps"]
    for job in document.get("jobs", {}).values():
        yield from job["steps"]


def checkouts(path: Path) -> list[dict[str, Any]]:
    return [each["with"] for each in steps(read(path)) if each.get("uses", "").startswith("actions/checkout@")]


@pytest.mark.parametrize("path", [ROOT / "action.yml", *WORKFLOWS], ids=lambda path: path.name)
def test_no_shell_holds_an_expression_and_every_action_is_pinned(path: Path) -> None:
    found = list(steps(read(path)))
    assert found
    for step in found:
        assert "${{" not in step.get("run", "")
        assert "uses" not in step or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_may_read_and_keep_no_credentials(path: Path) -> None:
    assert read(path)["permissions"] == {"contents": "read"}
    assert checkouts(path)
    assert all(each["persist-credentials"] is False for each in checkouts(path))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_fetch_what_the_gate_needs(path: Path) -> None:
    assert [each["fetch-depth"] for each in checkouts(path)] == [0]
    lines = "\n".join(each.get("run", "") for each in steps(read(path))).split("\n")
    assert "git fetch --tags --force upstream" in lines
    assert any(line.startswith("git remote add -t main upstream https://") for line in lines)


def test_the_gate_runs_wherever_a_status_could_be_wrong() -> None:
    events = read(ROOT / "docs/examples/workflows/gate.yml")["on"]
    assert set(events) == {"pull_request", "merge_group", "push"}
    assert "edited" in events["pull_request"]["types"]
    assert "branches" not in events["pull_request"]


def test_examples_give_the_action_inputs_that_it_has() -> None:
    inputs = read(ROOT / "action.yml")["inputs"]
    given = [each for path in EXAMPLES for each in steps(read(path)) if each.get("uses", "").startswith("forkpolicy/")]
    assert len(given) == len(EXAMPLES)
    assert set().union(*(each.get("with", {}) for each in given)) <= set(inputs)


def test_every_input_reaches_a_script_by_its_environment() -> None:
    action = read(ROOT / "action.yml")
    said = "\n".join(str(each.get("env", "")) + each.get("if", "") for each in steps(action))
    assert [name for name in action["inputs"] if f"inputs.{name}" not in said] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_programs_that_stop_at_the_first_error(script: Path) -> None:
    assert script.stat().st_mode & 0o111
    assert "\nset -euo pipefail\n" in script.read_text()
    assert f'/{script.name}"' in (ROOT / "action.yml").read_text()


@pytest.mark.parametrize(
    ("environment", "arguments"),
    [
        ({}, ["--color=never", "check", "--format=github"]),
        (
            {"BASE": "-x; y", "HEAD": "h", "POLICY_REF": "p", "SARIF": "a"},
            [
                "--color=never",
                "--policy-ref=p",
                "check",
                "--format=github",
                "--base=-x; y",
                "--head=h",
                "--output=sarif=a",
            ],
        ),
    ],
    ids=["the event's", "named"],
)
def test_the_gates_script_gives_inputs_as_single_words(
    tmp_path: Path, environment: dict[str, str], arguments: list[str]
) -> None:
    program = tmp_path / "forkpolicy"
    program.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\nexit 1\n")
    program.chmod(0o755)
    script = str(ROOT / ".github/action/check.sh")
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = subprocess.run([script], env=path | environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()) == (1, arguments)


def test_the_action_installs_pinned_versions_that_the_project_accepts() -> None:
    text = (ROOT / ".github/action/requirements.txt").read_text()
    blocks = re.findall(r"^([\w.-]+)==(\S+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", text, re.MULTILINE)
    pins = {name.replace(".", "-"): Version(version) for name, version, _ in blocks}
    assert len(pins) == text.count("==")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for needed in map(Requirement, (*project["project"]["dependencies"], *project["build-system"]["requires"])):
        assert pins[needed.name.replace(".", "-")] in needed.specifier


def test_the_hook_of_pre_commit_runs_before_a_push_and_is_a_command() -> None:
    hooks: list[dict[str, Any]] = load(ROOT / ".pre-commit-hooks.yaml")
    (hook,) = hooks
    assert hook["stages"] == ["pre-push"]
    assert (hook["always_run"], hook["pass_filenames"]) == (True, False)
    program, command = hook["entry"].split()
    assert program in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert command in cli.commands


def test_addresses_of_the_project_agree() -> None:
    urls: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]
    assert urls["Repository"] == HOME
    used = {each["uses"].partition("@")[0] for path in EXAMPLES for each in steps(read(path)) if "uses" in each}
    assert HOME.removeprefix("https://github.com/") in used
