"""The audit of Hometown, a fork of Mastodon, with and without refs of upstream's.

FORKPOLICY_HOMETOWN=GIT_DIR runs it: a git directory that holds hometown-fork/hometown; it needs no refs of Mastodon's.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HOMETOWN = os.environ.get("FORKPOLICY_HOMETOWN")
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(not HOMETOWN, reason="needs Hometown: FORKPOLICY_HOMETOWN=GIT_DIR")

SYNCS = {
    "fde9668bae": "f468bfb830",
    "f5f9fc366d": "887f9de6dc",
    "4207973809": "bc3a6dd597",
    "20ad8165a0": "31e7940de5",
    "153385e508": "f3eb99aec3",
    "546581d2ba": "6afab2587d",
    "84c8b1e200": "2508370f44",
    "1e5b17b88a": "7d92c2c81d",
    "f0a512c7ca": "66ac1bd063",
    "4f18400f90": "c4118ba71b",
    "e0f3a4583c": "b752666e3f",
    "877a478466": "c9dcc2d39f",
    "06b6353483": "661f3f26b0",
    "8126ac030e": "93dd413a47",
    "52cb64a183": "93dd413a47",
    "cb085b4c44": "633d175146",
    "f57cda3855": "4c7efdba40",
}
"""Its syncs with conflicts until 2021, oldest first, each with the parent that is Mastodon's."""

Json = dict[str, Any]


def test_plain_commit_ids_come_to_the_same_as_refs_of_upstream_s(tmp_path: Path) -> None:
    place = lay_out(tmp_path / "fork.git")
    sides = [f"--upstream-parent={each}" for each in SYNCS.values()]
    plain = audit(place, *SYNCS, *sides)
    for number, each in enumerate(SYNCS.values()):
        git(place, "update-ref", f"refs/remotes/upstream/{number}", f"{each}^{{commit}}")
    with_refs = audit(place, *SYNCS)

    assert {merge["commit"][:10]: merge["upstream_parent"][:10] for merge in with_refs["merges"]} == SYNCS
    assert with_refs["summary"]["conflicts"] > 250
    assert plain["merges"] == with_refs["merges"]
    assert plain["rules"] == with_refs["rules"]
    assert plain["summary"] == with_refs["summary"]


# Private


def lay_out(place: Path) -> Path:
    """A repository with Hometown's objects, and no ref but its branch."""
    subprocess.run(["git", "init", "--quiet", "--bare", str(place)], check=True)
    (place / "objects/info/alternates").write_text(f"{Path(HOMETOWN or '.').resolve() / 'objects'}\n")
    git(place, "update-ref", "refs/heads/hometown-dev", f"{list(SYNCS)[-1]}^{{commit}}")
    return place


def audit(place: Path, *arguments: str) -> Json:
    policy = ROOT / "docs/examples/hometown/carto-fork.yaml"
    command = [sys.executable, "-m", "forkpolicy.engine", "-C", str(place), "--policy", str(policy)]
    command += ["audit", *arguments, "--jobs", "2", "--exit-zero", "--format", "json"]
    document: Json = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return document


def git(place: Path, *arguments: str) -> None:
    subprocess.run(["git", f"--git-dir={place}", *arguments], check=True)
