"""The content base on the real fork, held against facts found with git itself; `make real SNAPSHOT=…` runs it."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from forkpolicy.engine.content_base import ContentSearch
from forkpolicy.engine.fork import Fork
from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.merge import merge_trees
from forkpolicy.engine.planner import Planned, Request, planning
from forkpolicy.engine.provenance import PolicySource
from forkpolicy.policy.loader import load
from forkpolicy.policy.names import RepoPath
from tests.real.test_real import git, plan_of

REAL = os.environ.get("FORKPOLICY_REAL")
ROOT = Path(__file__).resolve().parents[2]
SQUASHED = "before-v1.81.0"
MAIN = RepoPath("litellm/main.py")
UPSTREAMS_FIX = b"# Extract api_base from kwargs"
"""A line of upstream's #16087, in `litellm/main.py` since eed3ad0bdb."""

pytestmark = pytest.mark.skipif(REAL is None, reason="needs the real fork: make real SNAPSHOT=…")

Json = dict[str, Any]


@pytest.mark.parametrize(("release", "at_most"), [("v1.81.0-stable", 18), ("v1.81.3-stable", 21)])
class TestAfterASquashedSync:
    @pytest.fixture
    def plan(self, release: str) -> Json:
        return plan_of(SQUASHED, release)

    def test_few_paths_conflict(self, plan: Json, at_most: int) -> None:
        assert plan["base"]["used"] == "content"
        assert plan["base"]["conflicts"] <= at_most
        assert plan["summary"]["conflicts"] <= at_most
        assert plan["base"]["conflicts_on_git_base"] in (854, 875)

    def test_the_base_is_what_the_squash_brought(self, plan: Json, at_most: int) -> None:
        assert plan["base"]["content"] == git(SQUASHED, "rev-parse", "b9850accaa")
        lost = [each for each in plan["findings"] if each["rule"] == "lost-sync"]
        assert [each["commit"][:10] for each in lost] == ["00e06b8623"]

    def test_every_path_that_stops_conflicting_is_told(self, plan: Json, at_most: int) -> None:
        settled = [each for each in plan["decisions"] if each["evidence"]["base"]]
        assert len(settled) > 800
        assert {each["evidence"]["base"] for each in settled} == {plan["base"]["content"]}
        assert {each["resolution"] for each in settled} == {"merge"}
        assert {each["kind"] for each in settled} == {None}

    def test_no_customization_is_lost(self, plan: Json, at_most: int) -> None:
        assert [each["name"] for each in plan["customizations"] if each["survives"] is False] == []

    def test_git_agrees_on_the_same_base(self, plan: Json, at_most: int) -> None:
        assert plan["cross_check"]["agrees"] is True

    def test_upstream_s_fix_is_in_the_result(self, release: str, at_most: int) -> None:
        with planned(SQUASHED, release) as found:
            assert found.merge is not None
            assert found.scratch is not None
            entry = found.merge.changes[MAIN]
            assert entry is not None
            assert UPSTREAMS_FIX in found.scratch.repository.read(entry.id)

    def test_a_commit_later_it_would_be_lost_without_a_conflict(self, release: str, at_most: int) -> None:
        """Why eed3ad0bdb is rejected: there the fork's older file looks like the fork's own revert."""
        with planned(SQUASHED, release) as found:
            scratch = found.scratch
            assert scratch is not None
            repo = scratch.repository
            commits = [git(SQUASHED, "rev-parse", each) for each in ("eed3ad0bdb", "carto/main", release)]
            merge = merge_trees(scratch, *(repo.tree(repo.resolve(each)) for each in commits))
            entry = merge.changes.get(MAIN) or repo.entry(repo.tree(repo.resolve(commits[1])), MAIN)
            assert entry is not None
            assert MAIN not in {path for conflict in merge.conflicts for path in conflict.files}
            assert UPSTREAMS_FIX not in repo.read(entry.id)


def test_what_is_too_new_is_stale() -> None:
    fork = fork_at(SQUASHED)
    release, base = (fork.repo.resolve(each) for each in ("v1.81.0-stable", "a92bf8173e"))
    line = ContentSearch(fork.repo, fork.history, release, base).line
    position = line.commits.index(fork.repo.resolve("b9850accaa"))
    window = line.profile(position - 1, position + 1)
    assert [window.distance(position + step) for step in (-1, 0, 1)] == [158, 155, 157]
    stale = {str(path) for path in window.stale_at(position + 1)}
    assert window.stale_at(position) == {}
    assert stale == {"litellm/main.py", "tests/router_unit_tests/test_router_endpoints.py"}


class TestWhereHistoryIsWhole:
    MOMENT, RELEASE = "before-v1.81.9", "v1.81.9-stable"

    def test_at_most_one_path_is_left_for_a_person(self) -> None:
        plan = plan_of(self.MOMENT, self.RELEASE)
        assert len([each for each in plan["decisions"] if each["resolution"] == "manual-review"]) <= 1
        assert [each for each in plan["findings"] if each["rule"] == "lost-sync"] == []

    def test_the_plan_is_that_of_git_s_base(self) -> None:
        with planned(self.MOMENT, self.RELEASE) as auto, planned(self.MOMENT, self.RELEASE, base="git") as on_git:
            assert auto.plan.decisions == on_git.plan.decisions
            assert auto.merge == on_git.merge
            assert auto.plan.base is not None
            assert (auto.plan.base.used, auto.plan.base.content) == ("git", None)


@contextmanager
def planned(moment: str, release: str, base: str = "auto") -> Generator[Planned, None, None]:
    source = PolicySource("carto-fork.yaml", None, "0" * 64)
    request = Request(release, cross_check="never")
    with planning(fork_at(moment, base), source, request, datetime(2026, 3, 1, tzinfo=UTC)) as found:
        yield found


def fork_at(moment: str, base: str = "auto") -> Fork:
    text = (ROOT / "carto-fork.yaml").read_bytes()
    assert b"base: auto" in text
    policy = load(text.replace(b"base: auto", f"base: {base}".encode()), "carto-fork.yaml")
    return Fork.of(Repository.open(Path(REAL or "") / moment), policy)
