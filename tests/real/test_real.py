"""The plan on the real fork, held against facts found with git itself; `make real SNAPSHOT=…` runs it."""

import json
import os
import subprocess
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

REAL = os.environ.get("FORKPOLICY_REAL")
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(REAL is None, reason="needs the real fork: make real SNAPSHOT=…")

Json = dict[str, Any]


class TestAfterAnIntactHistory:
    """The sync of v1.81.9: 42 conflicts, of which the fork caused one."""

    MOMENT = "before-v1.81.9"
    RELEASE = "v1.81.9-stable"

    @pytest.fixture
    def plan(self) -> Json:
        return plan_of(self.MOMENT, self.RELEASE)

    @pytest.fixture
    def decisions(self, plan: Json) -> dict[str, Json]:
        return {each["path"]: each for each in plan["decisions"] if each["kind"]}

    def test_it_counts_what_git_counts(self, plan: Json) -> None:
        assert plan["base"]["git"] == [git(self.MOMENT, "rev-parse", "15cec5a4a0")]
        assert plan["summary"]["upstream_commits"] == 381
        assert plan["summary"]["fork_commits"] == 273
        assert shortstat(plan["summary"]) == git(self.MOMENT, "diff", "--shortstat", "15cec5a4a0", self.RELEASE)

    def test_the_conflicts_are_git_s(self, decisions: dict[str, Json]) -> None:
        assert len(decisions) == 42
        assert set(decisions) == conflicts_of_git(self.MOMENT, self.RELEASE)
        assert {each["kind"] for each in decisions.values()} == {"content"}

    def test_the_files_that_the_fork_never_changed_go_to_upstream(self, decisions: dict[str, Json]) -> None:
        untouched = {path: each for path, each in decisions.items() if each["evidence"]["untouched"]}
        built = [path for path in untouched if path.startswith("litellm/proxy/_experimental/out/")]
        assert len(untouched) == 41
        assert len(built) == 40
        assert set(untouched) - set(built) == {"ui/litellm-dashboard/src/app/layout.tsx"}
        assert {each["resolution"] for each in untouched.values()} == {"accept-upstream"}
        assert {each["loss"]["fork"] for each in untouched.values()} == {0}

    def test_the_evidence_is_an_upstream_commit_that_had_the_fork_s_blob(self, decisions: dict[str, Json]) -> None:
        for path, decision in decisions.items():
            commit = decision["evidence"]["untouched"]
            if commit:
                assert git(self.MOMENT, "rev-parse", f"{commit}:{path}") == git(
                    self.MOMENT, "rev-parse", f"carto/main:{path}"
                )
                assert git(self.MOMENT, "rev-list", "--max-count=1", commit, "--not", *upstream_tips(self.MOMENT)) == ""

    def test_only_the_project_file_may_need_a_person(self, decisions: dict[str, Json]) -> None:
        assert {path for path, each in decisions.items() if each["resolution"] == "manual-review"} <= {"pyproject.toml"}

    def test_a_decided_path_gets_upstream_s_blob(self, decisions: dict[str, Json]) -> None:
        for path, decision in decisions.items():
            if decision["resolution"] == "accept-upstream":
                assert decision["result"] == git(self.MOMENT, "rev-parse", f"{self.RELEASE}:{path}")

    def test_git_agrees(self, plan: Json) -> None:
        assert plan["cross_check"]["agrees"] is True
        assert plan["cross_check"]["differences"] == []

    def test_the_pull_request_fits_and_says_how_to_merge_it(self, plan: Json) -> None:
        pull_request = plan["pull_request"]
        assert pull_request["branch"] == "upstream-sync/v1.81.9-stable"
        assert pull_request["base"] == "carto/main"
        assert len(pull_request["body"].encode()) < 60_000
        assert "never squash" in pull_request["body"].lower()


class TestAfterASquashedSync:
    """The sync of v1.81.0: git's base is months too old, and everything since conflicts."""

    MOMENT = "before-v1.81.0"
    RELEASE = "v1.81.0-stable"

    @pytest.fixture
    def plan(self) -> Json:
        return plan_of(self.MOMENT, self.RELEASE)

    def test_git_s_base_is_named(self, plan: Json) -> None:
        assert plan["base"]["git"] == [git(self.MOMENT, "rev-parse", "a92bf8173e")]

    def test_every_conflict_of_git_is_decided(self, plan: Json) -> None:
        named = {path for each in plan["decisions"] for path in each["paths"]}
        found = {each["path"] for each in plan["findings"]}
        conflicts = conflicts_of_git(self.MOMENT, self.RELEASE)
        # paths, not decisions: a rename is one decision with up to three of git's paths
        assert len(conflicts) == 854
        assert conflicts <= named | found

    def test_every_decision_explains_itself(self, plan: Json) -> None:
        assert [each["path"] for each in plan["decisions"] if not (each["rule"] and each["reason"])] == []

    def test_no_difference_with_git_is_decided_by_a_rule(self, plan: Json) -> None:
        differences = set(plan["cross_check"]["differences"])
        decided = {each["path"] for each in plan["decisions"] if each["resolution"] != "manual-review"}
        assert differences & decided == set()

    def test_the_body_fits(self, plan: Json) -> None:
        assert len(plan["pull_request"]["body"].encode()) < 60_000


def test_planning_changes_nothing() -> None:
    before = files_of("before-v1.81.9")
    run_plan("before-v1.81.9", "v1.81.9-stable", "--format", "text")
    assert files_of("before-v1.81.9") == before


@cache
def plan_of(moment: str, release: str) -> Json:
    plan: Json = json.loads(run_plan(moment, release, "--format", "json"))
    return plan


def run_plan(moment: str, release: str, *options: str) -> str:
    forkpolicy = str(Path(sys.executable).with_name("forkpolicy"))
    where = ["-C", str(repository(moment)), "--policy", str(ROOT / "carto-fork.yaml")]
    command = [forkpolicy, *where, "plan", release, *options]
    # the limit is the one that the slowest of these plans has to keep
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=20).stdout


def repository(moment: str) -> Path:
    return Path(REAL or "") / moment


def git(moment: str, *arguments: str) -> str:
    return subprocess.check_output(["git", "-C", repository(moment), *arguments], text=True).strip()


@cache
def upstream_tips(moment: str) -> tuple[str, ...]:
    tags = git(moment, "for-each-ref", "--format=%(refname)", "refs/tags/v*-stable")
    return ("refs/remotes/upstream/main", *tags.split())


def conflicts_of_git(moment: str, release: str) -> set[str]:
    command = [
        "git",
        "-C",
        str(repository(moment)),
        "merge-tree",
        "--write-tree",
        "--name-only",
        "--no-messages",
        "-z",
    ]
    done = subprocess.run([*command, "carto/main", release], check=False, stdout=subprocess.PIPE, text=True)
    _tree, *paths = done.stdout.rstrip("\0").split("\0")
    return set(paths)


def shortstat(summary: Json) -> str:
    return (
        f"{summary['files_changed']} files changed, {summary['insertions']} insertions(+), "
        f"{summary['deletions']} deletions(-)"
    )


def files_of(moment: str) -> dict[str, str]:
    """What every file holds; without times, which git and libgit2 renew on objects they would write again."""
    files = [path for path in repository(moment).rglob("*") if path.is_file()]
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in files}
