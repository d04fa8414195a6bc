"""Hunks given to a side, one by one, and what guards leave open; texts with markers."""

from typing import Any

import pytest

from forkpolicy.policy.decisions import Loss
from forkpolicy.policy.facts import Kind, Versions
from forkpolicy.policy.guards import Guards
from forkpolicy.policy.hunk_results import HunkResult, resolve
from forkpolicy.policy.hunks import HunkMerge, Labels, Region, Winner, merged_mode, merges_by_hunks
from tests.policy.conflicts import EXECUTABLE, FILE, SUBMODULE, SYMLINK, entry, facts, policy, versions

VERSION = Region(b"version = 1\n", b"version = 1-acme\n", b"version = 2\n", 1)
FIX = Region(b"old\n", b"fix\n", b"new\n", 3)
MERGE = HunkMerge(
    b"name\nversion = 1\nmiddle\nold\nlast\n",
    b"name\nversion = 1-acme\nmiddle\nfix\nlast\n",
    b"name\nversion = 2\nmiddle\nnew\nlast!\n",
    (b"name\n", VERSION, b"middle\n", FIX, b"last!\n"),
)
BLOCK = {"begin": "ACME: begin", "end": "ACME: end"}


class TestMayLose:
    def test_it_is_judged_hunk_by_hunk(self) -> None:
        result = given_to("upstream", MERGE, may_lose=["^version = "])
        assert result.content is None
        assert [(each.region, each.reason, each.at_stake) for each in result.open] == [
            (FIX, "1 line of ACME's would be lost", ("fix",))
        ]
        assert result.loss == Loss(fork=("version = 1-acme",))
        assert result.parts[:3] == (b"name\n", b"version = 2\n", b"middle\n")

    @pytest.mark.parametrize(("allowed", "open_"), [("none", [VERSION, FIX]), ("all", []), (["^"], [])])
    def test_none_all_or_some(self, allowed: str | list[str], open_: list[Region]) -> None:
        assert [each.region for each in given_to("upstream", MERGE, may_lose=allowed).open] == open_

    def test_keep_fork_drops_all_of_upstream_s_unless_the_rule_says_otherwise(self) -> None:
        result = given_to("fork", MERGE)
        assert result.content == b"name\nversion = 1-acme\nmiddle\nfix\nlast!\n"
        assert result.loss == Loss(upstream=("version = 2", "new"))
        held = given_to("fork", MERGE, may_lose_upstream=["^version = "])
        assert [(each.region, each.reason) for each in held.open] == [(FIX, "1 line of Widget's would be lost")]

    def test_lines_that_the_fork_removed_and_that_come_back_are_a_loss(self) -> None:
        merge = merge_of(Region(b"a\nb\n", b"b2\n", b"a\nb3\n", 0))
        assert given_to("upstream", merge).open[0].at_stake == ("b2", "a")

    def test_a_line_that_stands_elsewhere_in_the_file_is_lost_from_its_hunk(self) -> None:
        merge = merge_of(Region(b"", b"return\n", b"pass\n", 0), b"return\n")
        assert given_to("upstream", merge, may_lose="none").open[0].at_stake == ("return",)

    def test_white_space_at_line_ends_is_no_loss(self) -> None:
        merge = merge_of(Region(b"a\n", b"b \n", b"b\r\n", 0))
        assert given_to("upstream", merge).content == b"b\r\n"

    def test_an_untouched_file_has_nothing_of_the_fork_s_to_lose(self) -> None:
        result = given_to("upstream", MERGE, markers=["fix"], untouched=True)
        assert result.content == MERGE.upstream
        assert result.loss == Loss()


class TestLinesThatComeBack:
    """The fork took `import` out, and upstream moved it to where nothing conflicts."""

    MERGE = HunkMerge(
        b"import\nmiddle\nold\n",
        b"middle\nfix\n",
        b"middle\nimport\nnew\n",
        (b"middle\nimport\n", Region(b"old\n", b"fix\n", b"new\n", 1)),
    )

    def test_they_count_as_loss_though_no_hunk_loses_them(self) -> None:
        result = given_to("upstream", self.MERGE, may_lose="all")
        assert (result.lost.fork, result.returned.fork, result.loss.fork) == (("fix",), ("import",), ("fix", "import"))

    def test_they_count_where_hunks_are_open_too(self) -> None:
        result = given_to("upstream", self.MERGE)
        assert (len(result.open), result.loss) == (1, Loss(fork=("import",)))

    def test_the_same_holds_for_upstream_s(self) -> None:
        turned = HunkMerge(self.MERGE.base, self.MERGE.upstream, self.MERGE.fork, self.MERGE.parts)
        assert given_to("upstream", turned, may_lose="all").returned == Loss(upstream=("import",))

    def test_an_untouched_file_has_nothing_to_come_back(self) -> None:
        assert given_to("upstream", self.MERGE, untouched=True).loss.fork == ()

    def test_what_a_hunk_loses_is_counted_once(self) -> None:
        merge = merge_of(Region(b"a\nb\n", b"b2\n", b"a\nb3\n", 0))
        assert given_to("upstream", merge, may_lose="all").loss.fork == ("b2", "a")

    def test_what_an_open_hunk_holds_is_a_person_s(self) -> None:
        merge = merge_of(Region(b"a\nb\n", b"b2\n", b"a\nb3\n", 0))
        assert given_to("upstream", merge).loss.fork == ()


class TestMarkers:
    def test_a_marked_line_leaves_its_hunk_open_whatever_may_be_lost(self) -> None:
        result = given_to("upstream", MERGE, may_lose="all", markers=["fi"])
        assert [(each.region, each.reason, each.at_stake) for each in result.open] == [
            (FIX, "1 marked line of ACME's would be lost", ("fix",))
        ]

    def test_keep_fork_loses_no_marked_line(self) -> None:
        assert given_to("fork", MERGE, markers=["fi"]).open == ()

    def test_a_marked_line_that_the_other_side_has_too_is_not_lost(self) -> None:
        merge = merge_of(Region(b"", b"keep # ACME:\nx\n", b"y\nkeep # ACME:\n", 0))
        assert given_to("upstream", merge, may_lose="all", markers=["ACME:"]).open == ()

    def test_a_block_may_begin_before_the_region(self) -> None:
        region = Region(b"old\n", b"one\n\ntwo\n# ACME: end\nthree\n", b"new\n", 2)
        merge = HunkMerge(
            b"a\nold\nz\n",
            b"# ACME: begin\n\none\n\ntwo\n# ACME: end\nthree\nz\n",
            b"a\nnew\nz\n",
            (b"# ACME: begin\n\n", region, b"z\n"),
        )
        result = given_to("upstream", merge, may_lose="all", markers=[BLOCK])
        assert result.open[0].at_stake == ("one", "two", "# ACME: end")

    def test_reasons_are_joined_and_lines_named_once(self) -> None:
        hunk = given_to("upstream", merge_of(Region(b"", b"a # ACME:\nb\n", b"c\n", 0)), markers=["ACME:"]).open[0]
        assert hunk.reason == "1 marked line of ACME's would be lost; 2 lines of ACME's would be lost"
        assert hunk.at_stake == ("a # ACME:", "b")


class TestWithMarkers:
    def test_only_what_is_open_is_marked(self) -> None:
        assert given_to("upstream", MERGE, may_lose=["^version"]).with_markers() == (
            b"name\nversion = 2\nmiddle\n<<<<<<< fork\nfix\n||||||| base\nold\n=======\nnew\n>>>>>>> upstream\nlast!\n"
        )

    def test_labels_and_size(self) -> None:
        shown = merge_of(Region(b"", b"a\n", b"b\n", 0)).with_markers(Labels("ACME", "", "v2"), 9)
        assert shown == b"<<<<<<<<< ACME\na\n|||||||||\n=========\nb\n>>>>>>>>> v2\n"

    def test_what_both_sides_begin_and_end_with_stands_outside(self) -> None:
        merge = merge_of(Region(b"0\n", b"a\nb\nz", b"a\nc\nz", 0))
        assert merge.with_markers(Labels(base="")) == (
            b"a\n<<<<<<< fork\nb\n|||||||\n0\n=======\nc\n>>>>>>> upstream\nz"
        )
        assert b"<<<<<<< fork\na\nb\nz\n|||||||" in merge.with_markers(Labels(base=""), zealous=False)

    def test_in_a_file_with_cr_lf_the_marker_lines_end_so_too(self) -> None:
        merge = HunkMerge(b"a\r\n", b"b\r\n", b"c\r\n", (Region(b"a\r\n", b"b\r\n", b"c\r\n", 0),))
        assert merge.with_markers().count(b"\r\n") == merge.with_markers().count(b"\n") == 7


class TestWhereItApplies:
    @pytest.mark.parametrize(
        ("kind", "known", "applies"),
        [
            (Kind.CONTENT, {}, True),
            (Kind.ADD_ADD, {"file": versions(None, "a", "b")}, True),
            (Kind.CONTENT, {"binary": True}, False),
            (Kind.MODE, {}, False),
            (Kind.MODIFY_DELETE, {"file": versions("a", None, "b")}, False),
            (Kind.CONTENT, {"file": Versions(None, entry("a"), entry("b", SYMLINK))}, False),
            (Kind.CONTENT, {"file": Versions(entry("a", SUBMODULE), entry("a"), entry("b"))}, False),
        ],
    )
    def test_only_to_the_content_of_text(self, kind: Kind, known: dict[str, Any], applies: bool) -> None:
        conflict = facts(kind=kind, **known)
        assert merges_by_hunks(conflict.conflict, conflict.files[0]) is applies

    @pytest.mark.parametrize(
        ("base", "fork", "upstream", "mode"),
        [
            (FILE, FILE, EXECUTABLE, EXECUTABLE),
            (FILE, EXECUTABLE, FILE, EXECUTABLE),
            (EXECUTABLE, FILE, EXECUTABLE, FILE),
            (None, FILE, EXECUTABLE, FILE),
        ],
    )
    def test_a_change_of_mode_merges_too(self, base: int | None, fork: int, upstream: int, mode: int) -> None:
        modes = Versions(None if base is None else entry("a", base), entry("b", fork), entry("c", upstream))
        assert merged_mode(modes, "fork") == mode

    def test_where_both_changed_the_mode_the_side_decides(self) -> None:
        modes = Versions(None, entry("b", FILE), entry("c", EXECUTABLE))
        assert merged_mode(modes, "upstream") == EXECUTABLE


def given_to(
    side: Winner, merge: HunkMerge, *, markers: list[Any] | None = None, untouched: bool = False, **allowed: Any
) -> HunkResult:
    """A merge given to a side under a rule of ACME's that allows some loss."""
    acme = policy({"paths": ["/a"], "resolve": "accept-upstream", **allowed}, markers=markers or [])
    guards, rule = Guards(acme), acme.ownership.rules[0]
    return resolve(
        merge,
        side,
        lambda marked, loss: guards.hunk_objections(rule, marked, loss),
        guards.markers,
        untouched=untouched,
    )


def merge_of(region: Region, rest: bytes = b"") -> HunkMerge:
    """A text that begins with a region; the rest is common."""
    return HunkMerge(region.base + rest, region.fork + rest, region.upstream + rest, (region, rest))
