"""Marked lines of the fork that git's own merge, without a conflict, would drop or change."""

from pathlib import Path

import pytest

from forkpolicy.policy.decisions import Resolution
from tests.builder import lines
from tests.planned import plan

MARKERS = ["ACME:", {"begin": "ACME: begin", "end": "ACME: end"}]
BASE = lines(1, 30)
MARKED = lines(1, 30, l8="# ACME: begin\nown\nline 8", l20="line 20\n# ACME: end")
"""The fork's block takes lines of upstream's in."""


def test_lines_in_a_block_that_upstream_changed_wait_for_a_person(tmp_path: Path) -> None:
    found = plan(tmp_path, {"a": BASE}, {"a": MARKED}, {"a": lines(1, 30, l14="new")}, markers=MARKERS)
    [decision] = found.plan.for_people
    assert (decision.path, decision.kind, decision.rule) == ("a", None, "git")
    assert decision.reason == "1 marked line of ACME's would be lost"
    assert decision.at_stake == ("line 14",)
    assert found.plan.conflicts == ()


def test_so_do_those_that_upstream_deleted(tmp_path: Path) -> None:
    shorter = BASE.replace("line 13\nline 14\n", "")
    found = plan(tmp_path, {"a": BASE}, {"a": MARKED}, {"a": shorter}, markers=MARKERS)
    assert [each.at_stake for each in found.plan.for_people] == [("line 13", "line 14")]


def test_a_rename_is_followed(tmp_path: Path) -> None:
    upstream = {"a": None, "b": lines(1, 30, l14="new")}
    found = plan(tmp_path, {"a": BASE}, {"a": MARKED}, upstream, markers=MARKERS)
    [decision] = found.plan.for_people
    assert (decision.path, decision.paths, decision.at_stake) == ("b", ("a", "b"), ("line 14",))
    assert [path for path, versions in found.unmerged.items() if None not in versions.entries] == ["b"]


@pytest.mark.parametrize(
    ("fork", "upstream"),
    [
        (MARKED, lines(1, 30, l14="line 14\nnew")),
        (MARKED, lines(1, 30, l26="new")),
        (lines(1, 30, l3="own # ACME: it"), lines(1, 30, l14="new")),
        (lines(1, 30, l3="own"), lines(1, 30, l14="new")),
    ],
    ids=["a line more in the block", "outside the block", "a marked line", "no marks"],
)
def test_what_loses_no_marked_line_merges(tmp_path: Path, fork: str, upstream: str) -> None:
    found = plan(tmp_path, {"a": BASE}, {"a": fork}, {"a": upstream}, markers=MARKERS)
    assert found.plan.for_people == ()
    assert "new" in (found["a"] or "")


def test_marks_that_upstream_wrote_are_upstreams_to_change(tmp_path: Path) -> None:
    found = plan(tmp_path, {"a": MARKED}, {"b": "own\n"}, {"a": MARKED.replace("14", "new")}, markers=MARKERS)
    assert found.plan.for_people == ()


def test_what_a_rule_decides_is_guarded_by_the_rule(tmp_path: Path) -> None:
    rule = {"paths": ["a"], "resolve": "keep-fork", "applies": "always"}
    found = plan(tmp_path, {"a": BASE}, {"a": MARKED}, {"a": lines(1, 30, l14="new")}, rule, markers=MARKERS)
    assert [each.resolution for each in found.plan.decisions] == [Resolution.KEEP_FORK]
    assert found["a"] == MARKED
