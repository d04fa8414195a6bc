"""What no decision may lose: marked lines, customizations, and what `may_lose` does not give away."""

from typing import Any

import pytest

from forkpolicy.policy.decisions import Decision
from forkpolicy.policy.facts import ConflictFacts, Entry, Kind, Versions
from forkpolicy.policy.names import BlobId
from forkpolicy.policy.ownership import Ownership

from .conflicts import (
    EDITED,
    EXECUTABLE,
    FILE,
    SUBMODULE,
    SYMLINK,
    UPSTREAM_COMMIT,
    decided,
    facts,
    group,
    policy,
    versions,
)

BLOCK = {"begin": "ACME: begin", "end": "ACME: end"}


def accept(conflict: ConflictFacts, may_lose: Any = "all", **others: Any) -> Decision:
    """What a rule that accepts upstream's decides."""
    rule = {"paths": ["**"], "resolve": "accept-upstream", "may_lose": may_lose}
    return decided(Ownership(policy(rule, **others)), conflict)


def keep(conflict: ConflictFacts, may_lose_upstream: Any = "all") -> Decision:
    """What a rule that keeps the fork's decides."""
    rule = {"paths": ["**"], "resolve": "keep-fork", "may_lose_upstream": may_lose_upstream}
    return decided(Ownership(policy(rule)), conflict)


class TestMarkers:
    MARKED = versions("a\n", "a\nb # ACME: b\n", "c\n")

    def test_a_marked_line_stops_a_decision_that_may_lose_all(self) -> None:
        decision = accept(facts(file=self.MARKED), markers=["ACME:"])
        assert (decision.needs_person, decision.at_stake) == (True, ("b # ACME: b",))
        assert decision.reason == "1 marked line of ACME's would be lost"
        assert decision.loss.fork == ("b # ACME: b",)

    def test_without_a_marker_it_is_decided(self) -> None:
        assert not accept(facts(file=self.MARKED), markers=["OTHER:"]).needs_person

    def test_upstream_may_have_the_line_too(self) -> None:
        both = versions("a\n", "a\nb # ACME: b\n", "c\nb # ACME: b\n")
        assert not accept(facts(file=both), markers=["ACME:"]).needs_person

    def test_a_block_is_marked_as_a_whole(self) -> None:
        marked = versions("", "x\n# ACME: begin\none\ntwo\n# ACME: end\ny\n", "x\n# ACME: begin\ntwo\n# ACME: end\n")
        decision = accept(facts(file=marked), markers=[BLOCK])
        assert decision.at_stake == ("one",)

    def test_a_file_that_disappears_takes_its_marked_lines_along(self) -> None:
        gone = versions("a\n", "a\n# ACME: x\n# ACME: y\n", None)
        decision = accept(facts(file=gone, kind=Kind.MODIFY_DELETE), markers=["ACME:"])
        assert decision.reason == "2 marked lines of ACME's would be lost"

    def test_the_forks_own_result_loses_none(self) -> None:
        rule = {"paths": ["**"], "resolve": "keep-fork"}
        assert not decided(Ownership(policy(rule, markers=["ACME:"])), facts(file=self.MARKED)).needs_person

    def test_in_an_untouched_file_the_text_is_upstreams(self) -> None:
        assert not accept(facts(file=self.MARKED, untouched=UPSTREAM_COMMIT), markers=["ACME:"]).needs_person

    def test_every_file_of_a_group_is_looked_at_but_untouched_ones(self) -> None:
        marked = versions(None, "# ACME: it\n", None)
        conflict = group(Kind.RENAME_RENAME, "a", {"a": marked, "b": marked}, a={"untouched": UPSTREAM_COMMIT})
        assert accept(conflict, markers=["ACME:"]).at_stake == ("# ACME: it",)

    def test_a_renamed_file_has_its_lines_at_the_merged_name(self) -> None:
        marked = versions("a\n", "b # ACME: b\n", "b # ACME: b\nc\n")
        renamed = group(Kind.CONTENT, "new", {"old": marked, "new": marked})
        assert not accept(renamed, markers=["ACME:"]).needs_person

    def test_binary_files_and_submodules_have_no_lines(self) -> None:
        binary = versions("a\n", "\0 # ACME: b\n", "c\n")
        assert not accept(facts(file=binary), markers=["ACME:"]).needs_person
        moved = Versions(None, Entry(SUBMODULE, BlobId("ACME:")), Entry(SUBMODULE, BlobId("2")))
        assert not accept(facts(file=moved), markers=["ACME:"]).needs_person


class TestCustomizations:
    @pytest.mark.parametrize(
        ("demand", "fork", "upstream", "wanted"),
        [
            ({"must_contain": [{"path": "a.txt", "text": "uuid"}]}, "uuid\n", "x\n", "must contain: uuid"),
            ({"must_match": [{"path": "a.txt", "pattern": "^x+$"}]}, "xxx\n", "y\n", "must match: ^x+$"),
            ({"must_not_contain": [{"path": "a.txt", "text": "push"}]}, "\n", "push\n", "must not contain: push"),
            ({"must_exist": ["a.txt"]}, "x\n", None, "must exist"),
        ],
    )
    def test_each_demand(self, demand: dict[str, Any], fork: str, upstream: str | None, wanted: str) -> None:
        conflict = facts(file=versions("base\n", fork, upstream))
        decision = accept(conflict, customizations=[{"name": "ids", **demand}])
        assert (decision.needs_person, decision.customizations) == (True, ("ids",))
        assert decision.reason == "the customization “ids” would be lost"
        assert decision.at_stake == (f"a.txt {wanted}",)

    def test_one_reason_for_several_demands(self) -> None:
        demands = [{"path": "a.txt", "text": text} for text in ("fork", "k's")]
        decision = accept(facts(), customizations=[{"name": "ids", "must_contain": demands}])
        assert decision.reason == "the customization “ids” would be lost"
        assert decision.at_stake == ("a.txt must contain: fork", "a.txt must contain: k's")

    def test_what_is_missing_already_is_not_lost_now(self) -> None:
        demand = {"must_contain": [{"path": "a.txt", "text": "never there"}]}
        assert not accept(facts(), customizations=[{"name": "ids", **demand}]).needs_person

    def test_what_upstream_has_too_survives(self) -> None:
        demand = {"must_contain": [{"path": "a.txt", "text": "'s"}]}
        decision = accept(facts(), customizations=[{"name": "ids", **demand}])
        assert (decision.needs_person, decision.customizations) == (False, ("ids",))

    def test_other_paths_do_not_matter(self) -> None:
        assert accept(facts(), customizations=[{"name": "ids", "must_exist": ["b.txt"]}]).customizations == ()

    def test_a_submodule_has_no_text(self) -> None:
        moved = Versions(None, Entry(SUBMODULE, BlobId("1")), Entry(SUBMODULE, BlobId("2")))
        assert not accept(facts(file=moved), customizations=[{"name": "ids", "must_exist": ["a.txt"]}]).needs_person


class TestMayLose:
    LINES = versions("a\n", 'a\nversion = "1"\nmine\n', "b\n")

    @pytest.mark.parametrize(
        ("may_lose", "held"),
        [
            ("none", ('version = "1"', "mine")),
            (["^version = "], ("mine",)),
            (["^version = ", "min"], ()),
            ("all", ()),
        ],
    )
    def test_lines_of_the_fork(self, may_lose: Any, held: tuple[str, ...]) -> None:
        decision = accept(facts(file=self.LINES), may_lose)
        assert (decision.at_stake, decision.needs_person) == (held, bool(held))
        assert decision.loss.fork == ('version = "1"', "mine")

    @pytest.mark.parametrize(
        ("may_lose_upstream", "held"),
        [("none", ("version: 2", "new: 1")), (["^version:"], ("new: 1",)), (["^version:", "^new"], ()), ("all", ())],
    )
    def test_lines_of_upstream(self, may_lose_upstream: Any, held: tuple[str, ...]) -> None:
        decision = keep(facts(file=versions("version: 1\n", "own\n", "version: 2\nnew: 1\n")), may_lose_upstream)
        assert (decision.at_stake, decision.needs_person) == (held, bool(held))

    def test_the_reason_counts_the_lines_and_names_the_side(self) -> None:
        assert accept(facts(file=self.LINES), "none").reason == "2 lines of ACME's would be lost"
        assert keep(facts(), "none").reason == "1 line of Widget's would be lost"

    def test_the_reason_tells_what_comes_back_from_what_goes(self) -> None:
        deleted = accept(facts(file=versions("a\nb\n", None, "a\nc\n")), "none")
        assert deleted.reason == "2 lines that ACME removed would come back"
        kept = keep(facts(file=versions("a\nb\n", "a\nc\n", None)), "none")
        assert kept.reason == "2 lines that Widget removed would come back"
        assert accept(facts(file=versions("a\n", "a\nb\n", None)), "none").reason == "1 line of ACME's would be lost"

    @pytest.mark.parametrize(
        ("file", "known", "lost"),
        [
            (versions("a\nb\n", None, "a\nc\n"), {}, ("a", "c")),
            (versions("a\n", "a \n", None), {}, ("a ", "a")),
            (
                Versions(Entry(FILE, BlobId("a")), Entry(EXECUTABLE, BlobId("a")), Entry(FILE, BlobId("b"))),
                {},
                ("(mode 100755)",),
            ),
            (Versions(None, Entry(SYMLINK, BlobId("to")), Entry(SYMLINK, BlobId("from"))), {}, ("to",)),
            (Versions(None, Entry(SUBMODULE, BlobId("1")), Entry(SUBMODULE, BlobId("2"))), {}, ()),
            (versions("\0a", "\0b", "\0c"), {"binary": True}, ()),
            (versions("\0a", None, "\0c"), {"binary": True}, ()),
        ],
        ids=[
            "a file that the fork deleted",
            "white space of a file that disappears",
            "a mode",
            "a symbolic link",
            "a submodule",
            "a binary file",
            "a binary file that the fork deleted",
        ],
    )
    def test_what_is_no_plain_line_is_guarded_too(
        self, file: Versions, known: dict[str, Any], lost: tuple[str, ...]
    ) -> None:
        decision = accept(facts(file=file, **known), "none")
        assert (decision.needs_person, decision.at_stake) == (True, lost)
        assert not accept(facts(file=file, **known), "all").needs_person
        assert not accept(facts(file=file, untouched=UPSTREAM_COMMIT, **known), "none").needs_person

    def test_what_has_no_lines_cannot_be_given_away_by_lines(self) -> None:
        decision = accept(facts(file=versions("\0a", "\0b", "\0c"), binary=True), [".*"])
        assert decision.reason == "a change of ACME's that has no lines (binary, or a submodule) would be lost"
        assert decision.loss.fork is None

    def test_all_objections_are_told(self) -> None:
        demand = {"name": "ids", "must_contain": [{"path": "a.txt", "text": "fork"}]}
        decision = accept(facts(file=EDITED), "none", markers=["fork's"], customizations=[demand])
        assert decision.reason == (
            "1 marked line of ACME's would be lost; the customization “ids” would be lost;"
            " 1 line of ACME's would be lost"
        )

    def test_a_default_that_accepts_upstreams_may_lose_nothing(self) -> None:
        decision = decided(Ownership(policy(default="accept-upstream")), facts())
        assert (decision.rule, decision.at_stake) == ("default", ("fork's",))
