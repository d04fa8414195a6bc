"""Customizations that a result lacks: what brought them, which commit took them, where upstream moved the file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from forkpolicy.engine.fork import Fork
from forkpolicy.engine.plan import Plan, Status
from forkpolicy.engine.planner import Request, make_plan
from forkpolicy.engine.provenance import PolicySource
from forkpolicy.policy.findings import Finding, Severity
from tests.builder import lines
from tests.policy.conflicts import policy

from .fork_story import PATH, ForkStory

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TEXT = lines(1, 30)
OWN = lines(1, 30, l5="uuid")
DEMAND = {"must_contain": [{"path": PATH, "text": "uuid"}]}


@pytest.fixture
def story(tmp_path: Path) -> ForkStory:
    """Upstream has a file; the fork starts there and makes its change."""
    story = ForkStory(tmp_path)
    story.write({PATH: TEXT, "other": "1\n"}, branch="upstream/main")
    story.start()
    story.fork(OWN, "feat: ids (#68)")
    return story


def planned(story: ForkStory, **demands: Any) -> Plan:
    """The plan of upstream's next release."""
    story.write({"news": f"{story.now}\n"}, branch="upstream/main")
    repo, tips = story.repo, story.tips
    story.repository.branch("prod", tips["fork"]).tag("v9.0", tips["upstream/main"])
    wanted = {"name": "ids", "pull_requests": [68, 70], **(demands or DEMAND)}
    return make_plan(
        Fork.of(repo, policy(customizations=[wanted])), PolicySource("x", None, ""), Request("v9.0", "never"), NOW
    )


def findings(plan: Plan) -> list[Finding]:
    return [each for each in plan.findings if each.rule == "customization-lost"]


def lost(story: ForkStory, **demands: Any) -> Finding:
    """The one finding about the customization."""
    plan = planned(story, **demands)
    [finding] = findings(plan)
    assert (finding.severity, plan.status) == (Severity.ERROR, Status.REVIEW)
    return finding


def test_what_is_there_is_no_finding(story: ForkStory) -> None:
    assert findings(planned(story)) == []


def test_a_commit_of_the_forks_took_it(story: ForkStory) -> None:
    taken = story.fork(TEXT, "fix: tidy up (#71)")
    story.write({"x": "x"})
    finding = lost(story)
    assert (finding.commit, finding.path) == (taken, PATH)
    assert finding.message == (
        f"the customization “ids” is missing already: {PATH} must contain: uuid (it came with #68, #70); "
        f"{taken[:10]} took it: `fix: tidy up (#71)`"
    )


def test_of_several_times_the_newest_counts(story: ForkStory) -> None:
    story.fork(TEXT, "fix: first")
    story.fork(OWN, "fix: back again")
    taken = story.fork(TEXT, "fix: second")
    assert lost(story).commit == taken


def test_a_branch_took_it_not_the_merge_that_brought_the_branch(story: ForkStory) -> None:
    story.topic("topic")
    taken = story.write({PATH: TEXT}, "fix: tidy up", branch="topic")
    story.write({"x": "x"})
    story.merge("topic", TEXT, "Merge pull request #72 from acme/topic")
    finding = lost(story)
    assert finding.commit == taken
    assert f"{taken[:10]} of #72 took it" in finding.message


def test_a_sync_took_it(story: ForkStory) -> None:
    """The merge recorded upstream's copy whole."""
    story.upstream(lines(1, 30, l20="new"))
    taken = story.merge("upstream/main", lines(1, 30, l20="new"), "sync: v1.81.0")
    story.write({"x": "x"})
    assert lost(story).commit == taken


def test_so_did_a_sync_with_its_parents_the_other_way_round(story: ForkStory) -> None:
    story.upstream(lines(1, 30, l20="new"))
    taken = story.repository.on(story.tips["upstream/main"], story.tips["fork"]).commit("sync")
    story.tips["fork"] = taken
    assert lost(story).commit == taken


def test_a_lost_sync_took_it(story: ForkStory) -> None:
    story.upstream(lines(1, 30, l20="new"))
    taken = story.fork(lines(1, 30, l20="new"), "sync: squashed (#26)")
    assert lost(story).commit == taken


def test_a_merge_with_a_branch_that_never_had_it_took_it(story: ForkStory) -> None:
    story.tips["old"] = story.repository.on(story.repo.commit(story.tips["fork"]).parents[0]).write("o", "o").commit()
    taken = story.merge("old", TEXT, "Merge branch old")
    assert lost(story).commit == taken


def test_nobody_ever_had_it(story: ForkStory) -> None:
    finding = lost(story, must_contain=[{"path": PATH, "text": "never"}], pull_requests=[])
    assert finding.commit is None
    assert finding.message.endswith("must contain: never; ACME never had it on this branch")


def test_text_that_came_back(story: ForkStory) -> None:
    back = story.fork(lines(1, 30, l5="uuid", l9="push"), "ci: push")
    assert lost(story, must_not_contain=[{"path": PATH, "text": "push"}]).commit == back


class TestThisMerge:
    """A clean merge takes what no decision is about."""

    def test_upstream_deleted_the_file(self, story: ForkStory) -> None:
        gone = story.write({"other": None}, branch="upstream/main")
        finding = lost(story, must_exist=["other"])
        assert finding.commit == gone
        assert finding.message == (
            "the customization “ids” would be lost by this merge: other must exist (it came with #68, #70); "
            f"Widget's {gone[:10]} took it: `fork`"
        )

    def test_upstream_renamed_the_file(self, story: ForkStory) -> None:
        moved = story.write({PATH: None, "lib/app.py": lines(1, 30, l20="new")}, branch="upstream/main")
        finding = lost(story)
        assert finding.commit == moved
        assert finding.message.endswith(f"; Widget renamed {PATH} to lib/app.py")
        assert finding.fix == "see that the change is in lib/app.py, and name that path in the policy"


def test_a_rename_of_long_ago_is_told_too(story: ForkStory) -> None:
    """Upstream moved the file twice; the first move is in the fork already, and took the change along."""
    story.write({PATH: None, "lib/app.py": TEXT}, branch="upstream/main")
    taken = story.write({PATH: None, "lib/app.py": OWN}, "sync", merging="upstream/main")
    story.write({"lib/app.py": None, "core/app.py": lines(1, 30, l20="new")}, branch="upstream/main")
    finding = lost(story)
    assert finding.commit == taken
    assert finding.message.endswith(f"took it: `sync`; Widget renamed {PATH} to core/app.py")


def test_a_file_that_upstream_deleted_was_not_renamed(story: ForkStory) -> None:
    story.write({PATH: None}, branch="upstream/main")
    story.write({PATH: None}, "sync", merging="upstream/main")
    assert "renamed" not in lost(story).message
