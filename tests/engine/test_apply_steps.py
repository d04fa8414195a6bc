"""The commands that `apply` gives at its end: each works as it is, from the repository's folder."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.forks import BRANCH, PRODUCTION, RELEASE, git, make_fork, run

from .test_apply import resolve

LOCK = "{ name: lock, paths: [/requirements.lock], resolve: regenerate, command: echo again > requirements.lock }"
CHECKLIST = ["pytest", "docker build ."]


@pytest.fixture
def decided(tmp_path: Path) -> Path:
    """A fork that people need not decide anything of, with a file that is generated, and a remote to push to."""
    made = make_fork(tmp_path / "fork", decided=True)
    return with_remote(made, "    - { name: all,", f"    - {LOCK}\n    - {{ name: all,")


@pytest.fixture
def fork(tmp_path: Path) -> Path:
    return with_remote(
        make_fork(tmp_path / "fork"), "command: pip-compile", "command: echo again > requirements.lock #"
    )


def with_remote(fork: Path, old: str, new: str) -> Path:
    policy = fork / "carto-fork.yaml"
    assert old in policy.read_text()
    policy.write_text(policy.read_text().replace(old, new))
    git(fork.parent, "init", "--quiet", "--bare", "remote.git")
    git(fork, "config", "remote.origin.url", "../remote.git")
    return fork


def steps(fork: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """The steps of an `apply`, without those that wait for a person's hand."""
    capsys.readouterr()
    run(fork, "apply", "--cross-check", "never", "--format", "json", *arguments)
    found = json.loads(capsys.readouterr().out)
    assert found["checklist"] == CHECKLIST
    assert not set(CHECKLIST).intersection(found["steps"])
    return [each for each in found["steps"] if "mergetool" not in each]


def carry_out(fork: Path, commands: list[str], answers: str = "") -> None:
    for each in commands:
        environment = os.environ | {"GIT_EDITOR": "sed -i '1i done'"}
        done = subprocess.run(
            ["bash", "-c", each], cwd=fork, input=answers, capture_output=True, text=True, check=False, env=environment
        )
        assert done.returncode == 0 or " grep -n " in each, (each, done.stderr, done.stdout)


def is_pushed_with_the_lock(fork: Path) -> bool:
    return git(fork.parent / "remote.git", "show", f"{BRANCH}:requirements.lock") == "again"


def test_a_merge_is_finished_and_found_finished(decided: Path, capsys: pytest.CaptureFixture[str]) -> None:
    carry_out(decided, steps(decided, capsys))
    assert is_pushed_with_the_lock(decided)
    assert steps(decided, capsys) == [f"git push -u origin {BRANCH}"]


def test_a_branch_that_is_checked_out_elsewhere_is_not_switched_to(
    decided: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(decided, "apply")
    git(decided, "worktree", "add", "--quiet", str(tmp_path / "w"), BRANCH)
    carry_out(decided, steps(decided, capsys))
    assert is_pushed_with_the_lock(decided)


def test_in_a_bare_repository_there_is_nowhere_to_switch(
    decided: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = str(decided / "carto-fork.yaml")
    git(decided, "add", "carto-fork.yaml")
    git(decided, "commit", "--quiet", "-m", "chore: policy")
    git(tmp_path, "clone", "--quiet", "--mirror", "--", str(decided), "bare.git")
    git(tmp_path / "bare.git", "config", "remote.origin.url", "../remote.git")
    git(tmp_path / "bare.git", "config", "remote.origin.mirror", "false")
    capsys.readouterr()
    run(tmp_path / "bare.git", "--policy", policy, "apply", "--format", "json")
    carry_out(tmp_path / "bare.git", json.loads(capsys.readouterr().out)["steps"])
    assert is_pushed_with_the_lock(decided)


def test_a_work_tree_is_finished_in_it(fork: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = steps(fork, capsys, "--worktree", str(tmp_path / "w"))
    resolve(tmp_path / "w")
    git(tmp_path / "w", "update-index", "--cacheinfo", f"160000,{'3':0>40},vendor/icons")
    git(tmp_path / "w", "add", "--all", ":!vendor/icons")
    carry_out(fork, found)
    assert is_pushed_with_the_lock(fork)
    assert run(fork, "apply") == 0


def test_a_draft_is_finished_on_its_branch(fork: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = steps(fork, capsys, "--with-markers")
    carry_out(fork, found[:1])
    resolve(fork)
    carry_out(fork, found[1:])
    assert is_pushed_with_the_lock(fork)


def test_a_draft_is_not_laid_out_unasked(fork: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(fork, "apply", "--with-markers")
    capsys.readouterr()
    assert run(fork, "apply", "--worktree", str(tmp_path / "w")) == 1
    told = capsys.readouterr().err
    assert "holds this merge as a draft with conflict markers already" in told
    assert f"apply --worktree {tmp_path / 'w'} --force-with-lease" in told
    assert run(fork, "apply", "--worktree", str(tmp_path / "w"), "--force-with-lease") == 0
    assert "You have unmerged paths" in git(tmp_path / "w", "status")


def test_what_is_laid_out_is_not_drafted_unasked(
    fork: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(fork, "apply", "--worktree", str(tmp_path / "w"))
    capsys.readouterr()
    assert run(fork, "apply", "--with-markers") == 1
    assert f"laid out in {tmp_path / 'w'} already" in capsys.readouterr().err


def test_people_read_the_checklist_apart_from_the_commands(decided: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(decided, "apply")
    told = capsys.readouterr().out
    assert "Then check\n  - pytest\n  - docker build .\n" in told
    assert f"git -C {decided} switch {BRANCH}" in told


TOOL = 'test -f "$1" -a -f "$2" -a -f "$3" -a -f "$4" && cat "$2" > "$4"'
"""A merge tool as an editor sets one up: it gets base, local, remote and merged, and writes the last."""


def test_a_merge_tool_finishes_it_by_the_printed_steps(
    fork: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tool").write_text(f"#!/bin/sh\n{TOOL}\n")
    (tmp_path / "tool").chmod(0o755)
    command = f'{tmp_path / "tool"} "$BASE" "$LOCAL" "$REMOTE" "$MERGED"'
    for key, value in {"merge.tool": "ide", "mergetool.prompt": "false", "mergetool.ide.cmd": command}.items():
        git(fork, "config", key, value)
    git(fork, "config", "mergetool.ide.trustExitCode", "true")
    capsys.readouterr()
    run(fork, "apply", "--cross-check", "never", "--format", "json", "--worktree", str(tmp_path / "w"))
    every = json.loads(capsys.readouterr().out)["steps"]
    carry_out(fork, every, answers="l\nm\n" * 50)  # local, or the modified one, where git itself asks
    assert git(tmp_path / "w", "status", "--porcelain", "--untracked-files=no") == ""
    assert ".orig" not in git(fork, "ls-tree", "-r", "--name-only", BRANCH)
    assert git(fork, "rev-parse", f"{BRANCH}^1", f"{BRANCH}^2") == git(fork, "rev-parse", PRODUCTION, RELEASE)
    assert git(fork, "ls-tree", BRANCH, "vendor/icons") == git(fork, "ls-tree", PRODUCTION, "vendor/icons")
    assert is_pushed_with_the_lock(fork)
    assert run(fork, "apply") == 0
