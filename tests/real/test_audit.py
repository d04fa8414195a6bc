"""The audit of the real fork, held against facts found with git itself; `make real SNAPSHOT=…` runs it."""

import json
import os
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

REAL = os.environ.get("FORKPOLICY_REAL")
ROOT = Path(__file__).resolve().parents[2]
AFTER = Path(REAL or ".") / "after"
PAGES = "litellm/proxy/_experimental/out/"

pytestmark = pytest.mark.skipif(REAL is None, reason="needs the real fork: make real SNAPSHOT=…")

Json = dict[str, Any]


def test_the_sync_of_v1_81_9_recorded_the_fork_s_stale_pages() -> None:
    paths = against_policy("4a2426ed54")
    conflicts = {path: side for path, (kind, side) in paths.items() if kind == "content"}

    assert Counter(path.startswith(PAGES) for path in conflicts) == {True: 40, False: 1}
    assert {side for path, side in conflicts.items() if path.startswith(PAGES)} == {"fork"}
    assert conflicts["ui/litellm-dashboard/src/app/layout.tsx"] == "blend"
    assert set(conflicts) <= {each["path"] for each in findings("ownership")}


def test_the_sync_after_the_squashed_one_recorded_old_pages_and_dropped_the_fork_s_changes() -> None:
    paths = {path: side for path, (_, side) in against_policy("a6681aa071", "content-base").items()}
    gone = {path for path, side in paths.items() if side == "upstream"}
    pages = {path: side for path, side in paths.items() if path.startswith(PAGES)}

    assert len(gone) == 13
    assert {
        "litellm/llms/azure/common_utils.py",
        "litellm/llms/azure/responses/transformation.py",
        "litellm/llms/vertex_ai/gemini/transformation.py",
        ".gitignore",
        ".github/workflows/test-litellm.yml",
    } <= gone
    assert Counter(pages.values()) == {"fork": 43, "blend": 2}
    assert paths["litellm/types/mcp.py"] == "blend"


def test_what_is_told_as_against_the_policy_has_its_verdict() -> None:
    told = {(each["commit"], each["path"]) for each in findings("ownership")}
    against = {
        (merge["commit"], each["path"])
        for merge in report()["merges"]
        for each in merge["paths"]
        if each["verdict"] == "disagrees"
    }

    assert len(told) == 211
    assert told <= against


def test_the_squashed_sync_is_named() -> None:
    assert [each["commit"][:10] for each in findings("squashed-sync")] == ["00e06b8623"]


def test_the_merge_of_pull_request_88_brought_413_unreleased_commits() -> None:
    message = {each["commit"][:10]: each["message"] for each in findings("unreleased-upstream")}["a74f94f264"]

    assert "brought 413 commits of LiteLLM that no release has" in message
    assert unreleased("a74f94f264", "v1.81.0-stable", "v1.81.3-stable") == 413


def test_the_tags_whose_release_production_does_not_contain_are_named_and_no_older_ones() -> None:
    named = {each["message"].split()[2] for each in findings("tag-mismatch")}

    assert named == {"v1.81.6-carto.1.18.3", "v1.81.3-carto.1.18.6"}


def test_the_committed_conflict_markers_are_found_and_waived() -> None:
    waived = [each for each in report()["waived"] if each["rule"] == "conflict-markers"]

    assert len(waived) == 2
    assert all(each["path"].startswith(PAGES) for each in waived)


def test_plain_commit_ids_come_to_the_same() -> None:
    every = {each["commit"]: each for each in report()["merges"]}
    merge = next(each for commit, each in every.items() if commit.startswith("4a2426ed54"))
    sides = ("--upstream-parent", merge["upstream_parent"])

    assert [each["paths"] for each in audit(merge["commit"], *sides)["merges"]] == [merge["paths"]]


# Private


@cache
def report() -> Json:
    return audit("--jobs", "2")


def audit(*arguments: str) -> Json:
    command = [sys.executable, "-m", "forkpolicy.engine", "-C", str(AFTER), "--policy", str(ROOT / "carto-fork.yaml")]
    command += ["audit", *arguments, "--exit-zero", "--format", "json"]
    document: Json = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return document


def against_policy(commit: str, rule: str | None = None) -> dict[str, tuple[str | None, str]]:
    """The paths that a merge recorded against the policy, or one rule of it, with kind and side."""
    merge = next(each for each in report()["merges"] if each["commit"].startswith(commit))
    return {
        each["path"]: (each["kind"], each["side"])
        for each in merge["paths"]
        if each["verdict"] == "disagrees" and rule in (None, each["decision"]["rule"])
    }


def findings(rule: str) -> list[Json]:
    return [each for each in report()["findings"] if each["rule"] == rule]


def unreleased(merge: str, *releases: str) -> int:
    """By git: upstream's commits that a merge of a pull request brought and no release has."""
    beyond = [merge, f"^{merge}^1", *(f"^{each}" for each in releases)]
    return count(*beyond) - count(*beyond, "^upstream/main")


def count(*revisions: str) -> int:
    command = ["git", f"--git-dir={AFTER}", "rev-list", "--count", *revisions]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
