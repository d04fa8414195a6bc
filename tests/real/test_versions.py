"""Versions on the real fork, held against facts found with git itself; `make real SNAPSHOT=…` runs it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from forkpolicy.policy.commits import parse, problems

REAL = os.environ.get("FORKPOLICY_REAL")
ROOT = Path(__file__).resolve().parents[2]
MOMENT = Path(REAL or "") / "after"

pytestmark = pytest.mark.skipif(REAL is None, reason="needs the real fork: make real SNAPSHOT=…")

Json = dict[str, Any]

RANGES = {
    # the range between two tags: what the policy computes; the second tag's own part is in its name
    ("carto-v1.75.2-1.74.297", "carto-v1.75.2-1.74.299"): "1.74.297",
    ("carto-v1.75.2-1.74.299", "carto-v1.75.2-1.74.334"): "1.78.3",
    ("carto-v1.75.2-1.74.334", "carto-v1.79.1-1.74.336"): "1.75.0",
    ("carto-v1.79.1-1.74.336", "v1.79.1-carto.1.0.17"): "1.80.0",
    ("v1.79.1-carto.1.0.17", "v1.79.1-carto.1.0.18"): "1.0.19",
    ("v1.79.1-carto.1.0.18", "v1.79.1-carto.1.0.20"): "1.3.3",
    ("v1.79.1-carto.1.0.20", "v1.79.1-carto.1.0.27"): "1.0.22",
    ("v1.79.1-carto.1.0.27", "v1.81.6-carto.1.18.3"): "1.18.8",
    ("v1.81.6-carto.1.18.3", "v1.81.3-carto.1.18.6"): "1.18.6",
    ("v1.81.3-carto.1.18.6", "v1.81.9-carto.1.19.6"): "1.19.1",
}
"""Between the fork's real tags; docs/versions.md has the table with the reason for each difference."""


def test_from_1_0_27_to_1_18_6() -> None:
    found = explain("v1.79.1-carto.1.0.27", "v1.81.3-carto.1.18.6")
    every = git("rev-list", "--count", "--no-merges", "v1.79.1-carto.1.0.27..v1.81.3-carto.1.18.6")
    assert every == "6236"
    assert found["summary"]["commits"] == 79
    assert found["summary"]["by_authors"] == 75
    assert found["summary"]["bumps"]["minor"] == 18
    assert found["next"].startswith("v1.81.0-carto.1.18.")


def test_the_order_is_that_of_git() -> None:
    found = explain("v1.79.1-carto.1.0.27", "v1.81.3-carto.1.18.6")
    tags = [tag for tag in git("tag", "--list", "v*-stable*").split() if "draft" not in tag]
    excluded = ["--not", "v1.79.1-carto.1.0.27", "upstream/main", *tags]
    told = git("log", "--date-order", "--reverse", "--format=%H", "v1.81.3-carto.1.18.6", *excluded).split()
    assert [each["commit"] for each in found["commits"]] == told


def test_three_fixes_make_1_18_6_and_both_tags_disagree_with_history() -> None:
    found = explain("v1.81.6-carto.1.18.3", "v1.81.3-carto.1.18.6")
    assert found["next"] == "v1.81.0-carto.1.18.6"
    assert found["summary"]["bumps"] == {"patch": 3}
    assert found["upstream"]["release"] == "v1.81.0-stable"
    accused = [each["message"].split()[2] for each in found["findings"] if each["rule"] == "tag-mismatch"]
    assert accused == ["v1.81.6-carto.1.18.3", "v1.81.3-carto.1.18.6"]


def test_the_script_s_own_rules_make_1_0_27(tmp_path: Path) -> None:
    policy = (ROOT / "carto-fork.yaml").read_text()
    policy = policy.replace('"*@cartodb.com"]', '"*@cartodb.com", "Jose Maria Vilaplana"]')
    own = tmp_path / "carto-fork.yaml"
    own.write_text(policy.replace("other: none", "other: patch"))
    found = explain("v1.79.1-carto.1.0.20", "v1.79.1-carto.1.0.27", own)
    assert found["next"] == "v1.79.1-carto.1.0.27"
    assert found["upstream"]["release"] is None  # the sync of 2025-11 was squashed
    assert [each["rule"] for each in found["findings"]] == ["unknown-release"]


@pytest.mark.parametrize(("start", "end"), RANGES)
def test_between_the_real_tags(start: str, end: str) -> None:
    found = explain(start, end)
    part = RANGES[start, end]
    assert found["next"] == f"v{found['upstream']['version']}-carto.{part}"


def test_a_wrong_tag_is_told_why() -> None:
    done = forkpolicy("version", "check", "v1.81.6-carto.1.18.3", "--format", "json")
    assert done.returncode == 1
    messages = [each["message"] for each in json.loads(done.stdout)["findings"]]
    assert any("no release of that version is known here" in each for each in messages)
    assert any("the newest release in its history is v1.81.0-stable" in each for each in messages)


def test_current_and_next() -> None:
    assert forkpolicy("version", "current").stdout == "v1.81.9-carto.1.19.6\n"
    done = forkpolicy("version", "next")
    assert (done.returncode, done.stdout) == (0, "v1.81.9-carto.1.19.6\n")
    assert "nothing to release" in done.stderr


def test_without_upstream_s_branch_as_in_ci_the_version_is_the_same(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(MOMENT, clone, symlinks=True)
    subprocess.run(["git", "-C", clone, "update-ref", "-d", "refs/remotes/upstream/main"], check=True)
    start, end = "v1.79.1-carto.1.0.27", "v1.81.3-carto.1.18.6"
    assert explain(start, end, moment=clone)["next"] == explain(start, end)["next"]


def test_the_list_of_releases() -> None:
    tags = {each["tag"]: each for each in data("version", "releases", "--format", "json")["tags"]}
    assert {tag for tag, each in tags.items() if each["standing"] == "contained"} >= {
        "v1.81.9-stable",
        "v1.81.0-stable",
    }
    assert tags["v1.67.0-stable.patch2"]["patch"] == 2
    for tag in ("v.1.32.34-stable", "v1.74.3-stable-draft", "v1.74.9.rc-draft", "v1.74.8-nightly"):
        assert tags[tag]["standing"] == "rejected"
        assert tags[tag]["reason"].startswith("no scheme matches")
    assert not any("carto" in tag for tag in tags)


def test_status() -> None:
    found = data("status", "--format", "json")
    assert found["production"]["commit"] == git("rev-parse", "5850eb0597")
    assert found["version"] == "v1.81.9-carto.1.19.6"
    assert found["contained_release"] == found["newest_release"] == "v1.81.9-stable"
    assert (found["behind"], found["next_version"], found["pending_syncs"]) == (None, None, [])
    assert [each["commit"] for each in found["lost_syncs"]] == [git("rev-parse", "00e06b8623")]


def test_2000_real_subjects_are_read_and_judged() -> None:
    messages = git("log", "--format=%B%x00", "--max-count=2000", "carto/main").split("\0")
    assert len(messages) >= 2000
    for message in messages:
        read = parse(message)
        assert read.subject in message
        problems(read, ("feat", "fix"), 72)


def explain(start: str, end: str, policy: Path | None = None, moment: Path = MOMENT) -> Json:
    return data("version", "explain", f"{start}..{end}", "--format", "json", policy=policy, moment=moment)


def data(*arguments: str, policy: Path | None = None, moment: Path = MOMENT) -> Json:
    done = forkpolicy(*arguments, policy=policy, moment=moment)
    assert done.returncode == 0, done.stderr
    found: Json = json.loads(done.stdout)
    return found


def forkpolicy(*arguments: str, policy: Path | None = None, moment: Path = MOMENT) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).with_name("forkpolicy"))
    where = ["-C", str(moment), "--policy", str(policy or ROOT / "carto-fork.yaml")]
    return subprocess.run([program, *where, *arguments], capture_output=True, text=True, timeout=60, check=False)


def git(*arguments: str) -> str:
    return subprocess.check_output(["git", "-C", MOMENT, *arguments], text=True).strip()
