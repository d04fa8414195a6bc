"""Who decides: what is built in, the first rule that matches, and what a person is left with."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from forkpolicy.policy.decisions import Decision, Loss, Resolution
from forkpolicy.policy.facts import Conflict, ConflictFacts, FileFacts, ForkCommit, Kind
from forkpolicy.policy.names import CommitId, RepoPath
from forkpolicy.policy.ownership import Ownership

from .conflicts import EDITED, UPSTREAM_COMMIT, decided, entry, facts, group, policy, store_of, versions

KEEP = {"name": "keep", "resolve": "keep-fork"}
ACCEPT = {"name": "accept", "resolve": "accept-upstream", "may_lose": "all"}
PERSON = {"name": "person", "resolve": "manual-review"}


def decide(conflict: ConflictFacts, *rules: Mapping[str, Any], **ownership: Any) -> Decision:
    return decided(Ownership(policy(*rules, **ownership)), conflict)


class TestOrder:
    def test_the_first_rule_that_matches_decides(self) -> None:
        rules = ({**KEEP, "paths": ["/a"]}, {**ACCEPT, "paths": ["/a", "/b"]}, {**PERSON, "paths": ["/b", "/c"]})
        assert [decide(facts(path), *rules).rule for path in ("a", "b", "c", "d")] == [
            "keep",
            "accept",
            "person",
            "default",
        ]

    def test_all_conditions_must_hold(self) -> None:
        rule = {**KEEP, "paths": ["/a"], "when": {"binary": False, "kinds": ["add-add", "content"]}}
        assert decide(facts("a"), rule).rule == "keep"
        assert decide(facts("a", kind=Kind.MODE), rule).rule == "default"
        assert decide(facts("b"), rule).rule == "default"

    @pytest.mark.parametrize("default", ["keep-fork", "manual-review"])
    def test_the_default_decides_what_no_rule_matches(self, default: str) -> None:
        decision = decide(facts(), default=default)
        assert (decision.rule, decision.resolution, decision.reason) == ("default", default, "no rule matches")

    def test_what_is_built_in_goes_before_every_rule(self) -> None:
        ownership = Ownership(policy({**ACCEPT, "paths": ["**"]}), frozenset({RepoPath("carto-fork.yaml")}))
        protected = decided(ownership, facts("carto-fork.yaml"))
        assert (protected.rule, protected.resolution, protected.line) == ("built-in", Resolution.KEEP_FORK, None)
        assert protected.result == entry("fork's\n")
        assert decided(ownership, facts("other.yaml")).rule == "accept"

    @given(st.permutations(["a", "b", "c", "d"]))
    def test_decisions_do_not_depend_on_the_order_of_files(self, paths: list[str]) -> None:
        rules = ({**KEEP, "paths": ["/a"]}, {**ACCEPT, "paths": ["/a", "/b"]}, {**PERSON, "paths": ["/c"]})
        ownership = Ownership(policy(*rules))
        decisions = {path: decided(ownership, facts(path)) for path in paths}
        assert decisions == {path: decided(Ownership(policy(*rules)), facts(path)) for path in sorted(paths)}

    def test_a_customized_path_is_one_that_a_customization_names(self) -> None:
        named = [{"name": "ids", "must_exist": ["a"]}]
        ownership = Ownership(policy({**PERSON, "when": {"customized": True}}, customizations=named))
        decisions = [decided(ownership, facts(path)) for path in ("a", "b")]
        assert [each.rule for each in decisions] == ["person", "default"]
        assert [each.customizations for each in decisions] == [("ids",), ()]


class TestResolutions:
    def test_keep_fork(self) -> None:
        decision = decide(facts(), {**KEEP, "paths": ["**"]})
        assert (decision.resolution, decision.result) == (Resolution.KEEP_FORK, entry("fork's\n"))
        assert (decision.loss, decision.reason) == (Loss((), ("upstream's",)), "`keep` keeps ACME's")

    def test_accept_upstream(self) -> None:
        decision = decide(facts(), {**ACCEPT, "paths": ["**"]})
        assert (decision.resolution, decision.result) == (Resolution.ACCEPT_UPSTREAM, entry("upstream's\n"))
        assert (decision.loss, decision.reason) == (Loss(("fork's",), ()), "`accept` accepts Widget's")

    def test_manual_review(self) -> None:
        decision = decide(facts(), {**PERSON, "paths": ["**"], "guidance": "ask Ann"})
        assert (decision.needs_person, decision.results, decision.guidance) == (True, {}, "ask Ann")
        assert (decision.loss, decision.reason) == (Loss(None, None), "`person` leaves it for a person")

    def test_a_deletion_is_a_result(self) -> None:
        decision = decide(facts(file=versions("a", None, "b")), {**KEEP, "paths": ["**"]})
        assert decision.results == {"a.txt": None}
        assert decision.result is None

    def test_a_rules_own_reason_stands_with_the_decision(self) -> None:
        assert decide(facts(), {**KEEP, "paths": ["**"], "reason": "ACME's chart"}).reason == "ACME's chart"

    def test_evidence_and_the_forks_commits_stand_with_whatever_is_decided(self) -> None:
        commits = (ForkCommit(CommitId("c" * 40), "fix: it (#7)", 7),)
        conflict = replace(facts(untouched=UPSTREAM_COMMIT), fork_commits=commits)
        for rule in (KEEP, ACCEPT, PERSON):
            decision = decide(conflict, {**rule, "paths": ["**"]})
            assert (decision.untouched, decision.fork_commits) == (UPSTREAM_COMMIT, commits)
            assert decision.loss.fork == ()

    def test_the_rules_line_stands_with_the_decision(self) -> None:
        located = policy({**KEEP, "paths": ["**"]}).with_lines({"keep": 41})
        assert decided(Ownership(located), facts()).line == 41


class TestWithoutAConflict:
    """What git merges by itself is decided only by rules that always apply."""

    MERGED: ClassVar = versions("one\n", "one\nfork's\n", "one\n")

    def ask(self, file: Any, *rules: Mapping[str, Any]) -> Decision | None:
        known = facts(file=file, kind=None)
        return Ownership(policy(*rules)).decide(known, store_of(known))

    def test_a_rule_for_conflicts_says_nothing(self) -> None:
        assert self.ask(EDITED, {**KEEP, "paths": ["**"]}) is None
        assert self.ask(EDITED) is None

    def test_a_rule_that_always_applies_decides(self) -> None:
        decision = self.ask(EDITED, {**KEEP, "paths": ["**"], "applies": "always"})
        assert decision is not None
        assert (decision.kind, decision.results) == (None, {"a.txt": entry("fork's\n")})

    def test_an_exact_rule_always_applies(self) -> None:
        decision = self.ask(EDITED, {**ACCEPT, "paths": ["**"], "scope": "exact"})
        assert decision is not None
        assert decision.results == {"a.txt": entry("upstream's\n")}

    def test_guards_hold_there_too(self) -> None:
        decision = self.ask(self.MERGED, {**ACCEPT, "paths": ["**"], "applies": "always", "may_lose": "none"})
        assert decision is not None
        assert decision.at_stake == ("fork's",)


class TestFurtherResolutions:
    def test_remove_leaves_nothing(self) -> None:
        rule = {"resolve": "remove", "paths": ["**"], "may_lose": "all"}
        assert decide(facts(), rule).results == {"a.txt": None}

    def test_remove_guards_the_forks_own_work(self) -> None:
        assert decide(facts(), {"resolve": "remove", "paths": ["**"]}).at_stake == ("fork's", "one")

    def test_what_the_fork_deleted_stays_deleted(self) -> None:
        gone = facts(file=versions("a", None, "b"), kind=Kind.MODIFY_DELETE)
        assert decide(gone, {"resolve": "remove", "paths": ["**"]}).results == {"a.txt": None}

    def test_regenerate_takes_upstreams_as_a_placeholder_whatever_the_fork_has(self) -> None:
        decision = decide(facts(), {"resolve": "regenerate", "paths": ["**"], "command": "make lock"})
        assert (decision.resolution, decision.results) == (Resolution.REGENERATE, {"a.txt": entry("upstream's\n")})

    @pytest.mark.parametrize(("copy", "expected"), [("follow", "upstream's\n"), ("keep", "the copy\n"), ("none", None)])
    def test_disable_leaves_no_active_file_and_the_copy_that_is_wanted(self, copy: str, expected: str | None) -> None:
        files = {"ci.yml": versions("one\n", None, "upstream's\n"), "ci.yml.txt": versions(None, "the copy\n", None)}
        rule = {"resolve": "disable", "paths": ["/ci.yml"], "copy": copy, "may_lose": "all"}
        decision = decide(group(Kind.RENAME_DELETE, "ci.yml", files), rule)
        assert decision.results == {"ci.yml": None, "ci.yml.txt": entry(expected)}

    def test_disable_guards_what_the_fork_wrote_into_the_active_file(self) -> None:
        rule = {"resolve": "disable", "paths": ["/ci.yml"]}
        decision = decide(facts("ci.yml"), rule)
        assert decision.needs_person
        assert "fork's" in decision.at_stake

    @pytest.mark.parametrize(("moves", "place"), [("follow", "new/a"), ("stay", "old/a")])
    def test_files_of_a_renamed_folder_go_where_the_rule_says(self, moves: str, place: str) -> None:
        old, new = RepoPath("old/a"), RepoPath("new/a")
        files = {old: versions(None, None, "a\n"), new: versions(None, None, None)}
        conflict = Conflict(new, Kind.DIRECTORY_RENAME, files, moves={old: new})
        known = ConflictFacts(conflict, tuple(FileFacts(path, file) for path, file in files.items()))
        rule = {"resolve": "accept-upstream", "paths": ["**"], "moves": moves, "may_lose": "all"}
        decision = decide(known, rule)
        assert {path for path, result in decision.results.items() if result} == {place}


class TestGroups:
    NAMES: ClassVar = {"a": versions("x", None, None), "b": versions(None, "x", None), "c": versions(None, None, "x")}

    def renamed(self, **known: Mapping[str, Any]) -> ConflictFacts:
        return group(Kind.RENAME_RENAME, "b", self.NAMES, **known)

    def test_one_rule_for_all_names_decides(self) -> None:
        decision = decide(self.renamed(), {**KEEP, "paths": ["**"]})
        assert (decision.rule, decision.results) == ("keep", {"a": None, "b": entry("x"), "c": None})
        assert (decision.path, decision.paths) == ("b", ("a", "b", "c"))

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            (KEEP, ACCEPT),
            (KEEP, PERSON),
            (ACCEPT, {**ACCEPT, "name": "careful", "may_lose": "none"}),
            (KEEP, {**KEEP, "name": "careful", "may_lose_upstream": ["^version"]}),
            (ACCEPT, {**ACCEPT, "name": "hunks", "scope": "hunks"}),
        ],
        ids=["sides", "a person", "may_lose", "may_lose_upstream", "scope"],
    )
    def test_names_under_rules_that_differ_go_to_a_person(self, first: dict[str, Any], second: dict[str, Any]) -> None:
        decision = decide(self.renamed(), {**first, "paths": ["/a", "/b"]}, {**second, "paths": ["/c"]})
        assert decision.needs_person
        one, other = first["name"], second["name"]
        assert decision.reason == (
            f"the names of this conflict fall under different rules: a under {one}, b under {one}, c under {other}"
        )

    def test_names_under_rules_that_do_the_same_are_decided(self) -> None:
        decision = decide(self.renamed(), {**KEEP, "paths": ["/a"]}, {**KEEP, "name": "too", "paths": ["**"]})
        assert (decision.resolution, decision.rule) == (Resolution.KEEP_FORK, "too")

    def test_a_fact_must_hold_for_every_name(self) -> None:
        rule = {**ACCEPT, "when": {"untouched": True}}
        known = {"untouched": UPSTREAM_COMMIT}
        assert decide(self.renamed(a=known, b=known, c=known), rule).untouched == UPSTREAM_COMMIT
        partly = decide(self.renamed(b=known), rule)
        assert (partly.needs_person, partly.untouched) == (True, None)

    def test_a_file_that_one_side_renamed_is_decided_at_its_new_name(self) -> None:
        followed = group(Kind.CONTENT, "new", {"old": EDITED, "new": EDITED})
        decision = decide(followed, {**ACCEPT, "paths": ["**"]})
        assert decision.results == {"new": entry("upstream's\n"), "old": None}

    @pytest.mark.parametrize("rule", [KEEP, ACCEPT, PERSON])
    def test_a_renamed_folder_is_for_a_person(self, rule: dict[str, Any]) -> None:
        decision = decide(facts(kind=Kind.DIRECTORY_RENAME), {**rule, "paths": ["**"]})
        assert (decision.needs_person, decision.reason.partition(":")[0]) == (True, "a folder was renamed on one side")

    @pytest.mark.parametrize("rule", [KEEP, ACCEPT])
    def test_no_rule_decides_a_deletion_that_may_be_a_rename(self, rule: dict[str, Any]) -> None:
        conflict = facts(file=versions("a", "b", None), kind=Kind.MODIFY_DELETE)
        renamed = replace(conflict, conflict=replace(conflict.conflict, possibly_renamed=True))
        assert not decide(conflict, {**rule, "paths": ["**"]}).needs_person
        decision = decide(renamed, {**rule, "paths": ["**"]})
        assert decision.needs_person
        assert "probably renamed" in decision.reason

    def test_a_persons_own_rule_keeps_its_reason(self) -> None:
        conflict = facts(file=versions("a", "b", None), kind=Kind.MODIFY_DELETE)
        renamed = replace(conflict, conflict=replace(conflict.conflict, possibly_renamed=True))
        assert decide(renamed, {**PERSON, "paths": ["**"], "reason": "images"}).reason == "images"


class TestExplain:
    def test_every_rule_up_to_the_one_that_decides(self) -> None:
        rules = ({**KEEP, "paths": ["/x"]}, {**ACCEPT, "paths": ["/a.txt"]}, {**PERSON, "paths": ["**"]})
        traces = Ownership(policy(*rules)).explain(facts().files[0], Kind.CONTENT)
        assert [(each.ruling.rule, each.matched) for each in traces] == [
            ("built-in", False),
            ("keep", False),
            ("accept", True),
        ]
        assert [each.observed for each in traces[1].conditions] == ["no pattern matches"]

    def test_without_a_match_the_default_decides(self) -> None:
        *others, last = Ownership(policy(KEEP | {"paths": ["/x"]})).explain(facts().files[0], Kind.CONTENT)
        assert not any(each.matched for each in others)
        assert (last.ruling.rule, last.conditions) == ("default", ())

    @pytest.mark.parametrize(
        ("resolve", "reason"),
        [
            ("disable", "`rule` disables it"),
            ("remove", "`rule` removes it"),
            ("regenerate", "`rule` has it made again"),
        ],
    )
    def test_rules_say_what_they_do(self, resolve: str, reason: str) -> None:
        traces = Ownership(policy({"resolve": resolve, "paths": ["**"]})).explain(facts().files[0], Kind.CONTENT)
        assert traces[-1].ruling.reason == reason


LINES = st.lists(st.sampled_from(["one", "two", "ACME: three", "version = 4"]), max_size=3).map("\n".join)
FILES = st.builds(versions, st.none() | LINES, st.none() | LINES, st.none() | LINES)
RULES = st.fixed_dictionaries(
    {"resolve": st.sampled_from(["keep-fork", "accept-upstream", "manual-review"])},
    optional={
        "may_lose": st.sampled_from(["none", "all", ["^version"]]),
        "may_lose_upstream": st.sampled_from(["none", "all", ["^version"]]),
    },
)


@given(FILES, RULES, st.booleans(), st.booleans())
def test_guards_only_ever_leave_a_decision_for_a_person(
    file: Any, rule: dict[str, Any], binary: bool, untouched: bool
) -> None:
    known = facts(file=file, binary=binary, untouched=UPSTREAM_COMMIT if untouched else None)
    wanted = [{"name": "it", "must_contain": [{"path": "a.txt", "text": "two"}]}]
    guarded = policy({**rule, "paths": ["**"]}, customizations=wanted, markers=["ACME:"])
    decision = decided(Ownership(guarded), known)
    if decision.needs_person:
        assert decision.results == {}
        return
    assert decision.resolution == rule["resolve"]
    assert decision.result == (file.fork if rule["resolve"] == "keep-fork" else file.upstream)
    assert decision.at_stake == ()
