"""Lines that the fork removed, and that come back where git merges by itself: upstream moved them."""

from pathlib import Path

import pytest

from forkpolicy.engine.plan import Status
from forkpolicy.policy.decisions import Resolution
from tests.builder import lines
from tests.planned import Files, plan

BASE: Files = {"a": lines(1, 30)}
REMOVED = lines(1, 30).replace("line 3\n", "")
MOVED = lines(1, 30, l20="line 20\nline 3").replace("line 2\nline 3\n", "line 2\n")

RULE = {"paths": ["a"], "resolve": "accept-upstream", "scope": "hunks"}


class TestWhereNothingConflicts:
    def test_they_are_told_and_the_merge_stays_git_s(self, tmp_path: Path) -> None:
        found = plan(tmp_path, BASE, {"a": REMOVED}, {"a": MOVED})
        [decision] = found.plan.merged
        assert (decision.path, decision.kind, decision.rule, decision.base) == ("a", None, "git", None)
        assert decision.reason == "git merges it by itself, and brings back what ACME removed"
        assert (decision.loss.fork, decision.at_stake) == (("line 3",), ())
        assert [each.subject for each in decision.fork_commits] == ["feat: own"]
        assert found["a"] == MOVED
        assert (found.plan.status, found.plan.for_people, found.plan.conflicts) == (Status.CLEAN, (), ())

    def test_a_rename_is_followed(self, tmp_path: Path) -> None:
        found = plan(tmp_path, BASE, {"a": REMOVED}, {"a": None, "b": MOVED})
        [decision] = found.plan.merged
        assert (decision.path, decision.paths, decision.loss.fork) == ("b", ("a", "b"), ("line 3",))
        assert (found["a"], found["b"]) == (None, MOVED)

    @pytest.mark.parametrize(
        "upstream",
        [
            lines(1, 30, l20="line 20\nline 3"),
            lines(1, 30, l20="line 20\nnew"),
            lines(1, 30, l25="line 25\nline 15").replace("line 14\nline 15\n", "line 14\n"),
        ],
        ids=["upstream wrote the line once more", "another line", "upstream moved another line"],
    )
    def test_where_none_comes_back_nothing_is_told(self, tmp_path: Path, upstream: str) -> None:
        assert plan(tmp_path, BASE, {"a": REMOVED}, {"a": upstream}).plan.decisions == ()

    def test_a_path_under_a_rule_is_the_rule_s(self, tmp_path: Path) -> None:
        rule = {"paths": ["a"], "resolve": "keep-fork", "applies": "always"}
        found = plan(tmp_path, BASE, {"a": REMOVED}, {"a": MOVED}, rule)
        assert [each.resolution for each in found.plan.decisions] == [Resolution.KEEP_FORK]


class TestUnderARuleForHunks:
    """Upstream gets the hunk, in which the fork removed a line; what comes back stands elsewhere in the file."""

    FORK = REMOVED.replace("line 28\n", "")
    UPSTREAM = MOVED.replace("line 28", "new")

    def test_the_file_waits_for_a_person(self, tmp_path: Path) -> None:
        decision = plan(tmp_path, BASE, {"a": self.FORK}, {"a": self.UPSTREAM}, RULE).left("a")
        assert decision is not None
        assert (decision.rule, decision.results, decision.draft) == ("rule", {}, None)
        assert decision.reason == "1 line that ACME removed would come back"
        assert (decision.at_stake, decision.loss.fork) == (("line 3",), ("line 3",))

    def test_a_rule_may_allow_it(self, tmp_path: Path) -> None:
        rule = RULE | {"may_lose": ["^line 3$"]}
        found = plan(tmp_path, BASE, {"a": self.FORK}, {"a": self.UPSTREAM}, rule)
        [decision] = found.plan.automatic
        assert (decision.resolution, decision.loss.fork) == (Resolution.ACCEPT_UPSTREAM, ("line 3",))
        assert found["a"] == self.UPSTREAM

    def test_open_hunks_are_told_beside_it(self, tmp_path: Path) -> None:
        own = REMOVED.replace("line 28", "own")
        decision = plan(tmp_path, BASE, {"a": own}, {"a": self.UPSTREAM}, RULE).left("a")
        assert decision is not None
        assert decision.draft is not None
        assert decision.at_stake == ("own", "line 3")
        assert decision.reason == (
            "1 of 1 hunk left: 1 line of ACME's would be lost; 1 line that ACME removed would come back"
        )
