"""The gate on the real fork, held against what is known of its two syncs; `make real SNAPSHOT=…` runs it."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

REAL = os.environ.get("FORKPOLICY_REAL")
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(REAL is None, reason="needs the real fork: make real SNAPSHOT=…")


@cache
def check(moment: str, *arguments: str) -> tuple[int, Any]:
    """The exit code and the report of a head that aims at production."""
    place = Path(REAL or "") / moment
    command = [sys.executable, "-m", "forkpolicy.engine", "-C", place, "--policy", ROOT / "carto-fork.yaml", "check"]
    asked = ["--base", "carto/main", "--format", "json", *arguments]
    done = subprocess.run(list(map(str, (*command, *asked))), capture_output=True, check=False)
    return done.returncode, json.loads(done.stdout)


def named(report: Any, rule: str) -> list[str]:
    """The messages of a rule's errors."""
    return [each["message"] for each in report["findings"] if each["rule"] == rule and each["severity"] == "error"]


class TestTheSyncOfUnreleasedCommits:
    SYNC = ("before-v1.81.0", "--head", "upstream-sync/v1.81.0-stable")

    def test_it_fails_for_what_was_wrong_with_it(self) -> None:
        code, report = check(*self.SYNC)

        assert code == 1
        assert "brings 413 commits" in named(report, "unreleased-upstream")[0]
        assert "1.81.6" in named(report, "version-mismatch")[0]
        assert any("ghcr_deploy.yml" in each for each in named(report, "disabled-file"))

    @pytest.mark.parametrize(
        "path", ["litellm/llms/azure/responses/transformation.py", ".github/workflows/test-litellm.yml"]
    )
    def test_the_fork_s_work_that_nobody_missed_is_named(self, path: str) -> None:
        assert any(path in each for each in named(check(*self.SYNC)[1], "fork-dropped"))


class TestBranches:
    def test_the_mirror_is_forbidden_by_name(self) -> None:
        code, report = check("before-v1.81.0", "--head", "main", "--head-name", "main")

        assert (code, len(named(report, "forbidden-merge"))) == (1, 1)

    def test_and_by_content_under_another(self) -> None:
        code, report = check("before-v1.81.0", "--head", "main", "--head-name", "feature/x")

        assert code == 1
        assert named(report, "forbidden-merge")
        assert named(report, "unreleased-upstream")

    def test_a_feature_branch_passes(self) -> None:
        place = ("before-v1.81.0", "--base", "carto/main~10", "--head", "carto/main", "--head-name", "feature/x")

        assert check(*place)[0] == 0


def test_the_sync_that_kept_stale_pages_names_them() -> None:
    code, report = check("before-v1.81.9", "--head", "upstream-sync/v1.81.9-stable")
    paths = [each["path"] for each in report["findings"] if each["rule"] == "ownership"]

    assert code == 1
    assert sum(path.startswith("litellm/proxy/_experimental/out/") for path in paths) == 40
    assert "ui/litellm-dashboard/src/app/layout.tsx" in paths
