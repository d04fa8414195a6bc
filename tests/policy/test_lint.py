"""What `validate` reports: for each report a policy that triggers it, and policies that do not."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from forkpolicy.policy.findings import Finding, Severity
from forkpolicy.policy.lint import Files, lint
from forkpolicy.policy.models import Policy
from forkpolicy.policy.names import RepoPath

from .conflicts import entry, policy

KEEP = {"name": "keep", "resolve": "keep-fork"}
ACCEPT = {"name": "accept", "resolve": "accept-upstream"}
LATER = {"name": "later", "resolve": "keep-fork"}


def files(same: Iterable[str] = (), fork: Iterable[str] = (), upstream: Iterable[str] = ()) -> Files:
    """Files that both have, and those that only one side has or has changed."""
    common = {RepoPath(path): entry("same") for path in same}
    production = common | {RepoPath(path): entry("fork") for path in fork}
    release = common | {RepoPath(path): entry("upstream") for path in upstream}
    return Files(*({path: each for path, each in side.items() if each} for side in (production, release)))


def reports(rule: str, policy: Policy, found: Files | None) -> list[Finding]:
    """What lint reports under one name."""
    return [each for each in lint(policy, found) if each.rule == rule]


class TestExamples:
    RULES = ({**KEEP, "paths": ["/docs/"]}, {**ACCEPT, "when": {"untouched": True}}, {**LATER, "paths": ["/src/"]})

    def findings(self, **example: Any) -> list[Finding]:
        return reports("example-fails", policy(*self.RULES, examples=[example]), None)

    @pytest.mark.parametrize(
        "example",
        [
            {"path": "docs/a.md", "expect": "keep"},
            {"path": "src/a.py", "kind": "content", "untouched": True, "expect": "accept"},
            {"path": "src/a.py", "expect": "later"},
            {"path": "README.md", "expect": "default"},
        ],
    )
    def test_examples_that_hold(self, example: dict[str, Any]) -> None:
        assert self.findings(**example) == []

    @pytest.mark.parametrize(
        ("example", "message"),
        [
            (
                {"path": "src/a.py", "expect": "accept"},
                "`later` decides the example src/a.py, not `accept`, whose `when.untouched` wants yes: no",
            ),
            (
                {"path": "other/a.py", "expect": "later"},
                "`default` decides the example other/a.py, not `later`, whose `paths` wants /src/: no pattern matches",
            ),
            (
                {"path": "docs/a.md", "untouched": True, "expect": "accept"},
                "`keep` decides the example docs/a.md, not `accept`: it comes first",
            ),
            (
                {"path": "docs/a.md", "expect": "default"},
                "`keep` decides the example docs/a.md, not `default`: it matches",
            ),
        ],
    )
    def test_a_failing_example_says_what_keeps_the_expected_rule_from_it(
        self, example: dict[str, Any], message: str
    ) -> None:
        [finding] = self.findings(**example)
        assert (finding.severity, finding.message) == (Severity.ERROR, message)

    @pytest.mark.parametrize(
        ("when", "facts"),
        [
            ({"upstream": ["added"]}, {"upstream": "added"}),
            ({"upstream": ["modified"], "fork": ["deleted"]}, {"upstream": "modified", "fork": "deleted"}),
            ({"fork": ["added"], "upstream": ["modified"]}, {"fork": "added", "upstream": "added"}),
            ({"kinds": ["mode"]}, {"kind": "mode"}),
            ({"fork_only": True, "leftover": False}, {"fork_only": True}),
            ({"leftover": True, "binary": True}, {"leftover": True, "binary": True}),
        ],
    )
    def test_examples_can_state_every_fact(self, when: dict[str, Any], facts: dict[str, Any]) -> None:
        rules = policy({**KEEP, "when": when}, examples=[{"path": "a", "expect": "keep", **facts}])
        assert lint(rules, None) == ()
        [finding] = lint(policy({**KEEP, "when": when}, examples=[{"path": "a", "expect": "keep"}]), None)
        assert finding.rule == "example-fails"

    def test_the_line_is_the_rules(self) -> None:
        failing = [{"path": "a", "expect": "keep"}, {"path": "docs/a", "expect": "later"}]
        located = policy(*self.RULES, examples=failing).with_lines({"keep": 7, "later": 9})
        assert [each.line for each in lint(located, None)] == [7, 7]


class TestNeverWins:
    def findings(self, *rules: Mapping[str, Any], found: Files | None = None) -> list[str]:
        return [each.message for each in reports("rule-never-wins", policy(*rules), found)]

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ({"when": {"binary": True}}, {"when": {"binary": True}, "paths": ["/a"]}),
            ({"when": {"upstream": ["added", "modified"]}}, {"when": {"upstream": ["added"], "binary": True}}),
        ],
    )
    def test_a_rule_behind_one_with_wider_conditions(self, first: dict[str, Any], second: dict[str, Any]) -> None:
        message = "rule `later` can never win: `keep`, before it, matches all that it matches"
        assert self.findings({**KEEP, **first}, {**LATER, **second}) == [message]

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ({"when": {"binary": True}}, {"when": {"binary": False}}),
            ({"when": {"binary": True}}, {"paths": ["/a"]}),
            ({"when": {"upstream": ["added"]}}, {"when": {"upstream": ["added", "deleted"]}}),
            ({"when": {"binary": True}}, {"when": {"binary": True}, "applies": "always"}),
            ({"when": {"binary": True}, "paths": ["/b"]}, {"when": {"binary": True}}),
        ],
        ids=["other", "none", "more", "applies to more", "paths"],
    )
    def test_a_rule_that_matches_more_can_win(self, first: dict[str, Any], second: dict[str, Any]) -> None:
        assert self.findings({**KEEP, **first}, {**LATER, **second}, found=files(same=["a", "b"])) == []

    def test_rules_that_together_decide_all_its_files(self) -> None:
        rules = ({**KEEP, "paths": ["/src/"]}, {**ACCEPT, "paths": ["*.py"]}, {**LATER, "paths": ["/src/", "*.py"]})
        covered = files(same=["src/a.c", "b.py", "README"])
        assert self.findings(*rules, found=covered) == [
            "rule `later` wins nowhere: `keep` and `accept`, before it, decide all of its 2 files"
        ]
        assert self.findings(*rules) == []

    def test_a_file_of_its_own_is_enough(self) -> None:
        rules = ({**KEEP, "paths": ["/src/"]}, {**LATER, "paths": ["*.py"]})
        assert self.findings(*rules, found=files(same=["src/a.py", "b.py"])) == []


class TestMatchesNothing:
    def test_a_pattern_without_files_is_named(self) -> None:
        found = files(fork=["ci/acme-a.yml"], upstream=["docs/x.md"])
        rules = policy({**KEEP, "paths": ["ci/acme_*", "ci/acme-*", "/docs/", "!/gone"]})
        [finding] = reports("pattern-matches-nothing", rules, found)
        assert finding.message == "rule `keep`: ci/acme_* matches no file of production nor of the newest release"
        assert finding.severity is Severity.WARNING

    def test_a_disabled_copy_counts(self) -> None:
        rule = {"name": "off", "resolve": "disable", "paths": ["/ci/deploy.yml"]}
        assert reports("pattern-matches-nothing", policy(rule), files(fork=["ci/deploy.yml.txt"])) == []
        assert reports("pattern-matches-nothing", policy(rule), files(fork=["ci/deploy.yml.off"])) != []


class TestSeveralDepths:
    def test_a_pattern_without_an_anchor(self) -> None:
        rules = policy({**KEEP, "paths": ["Makefile", "docs/"]})
        found = reports(
            "pattern-several-depths", rules, files(same=["Makefile", "x/Makefile", "x/y/Makefile", "docs/a"])
        )
        assert [each.message for each in found] == [
            "rule `keep`: Makefile matches at several depths: Makefile, x/Makefile, x/y/Makefile"
        ]
        assert found[0].fix == "anchor it: /Makefile; or say that every depth is meant: **/Makefile"

    def test_long_lists_are_cut_and_say_so(self) -> None:
        nested = ["/".join(["d"] * depth + ["a"]) for depth in range(8)]
        [finding] = reports("pattern-several-depths", policy({**KEEP, "paths": ["a"]}), files(same=nested))
        assert finding.message.endswith(" … and 3 more")

    @pytest.mark.parametrize("pattern", ["/Makefile", "**/Makefile", "x/Makefile"])
    def test_anchored_patterns_are_meant_so(self, pattern: str) -> None:
        rules = policy({**KEEP, "paths": [pattern, "!Makefile"]})
        assert reports("pattern-several-depths", rules, files(same=["Makefile", "x/Makefile"])) == []

    def test_one_depth_is_fine(self) -> None:
        rules = policy({**KEEP, "paths": ["*.py"]})
        assert reports("pattern-several-depths", rules, files(same=["a/x.py", "b/y.py", "README"])) == []


class TestProtectsNothing:
    @pytest.mark.parametrize(
        "rule",
        [{"resolve": "keep-fork"}, {"resolve": "manual-review"}, {"resolve": "accept-upstream", "scope": "hunks"}],
    )
    def test_files_that_equal_upstreams(self, rule: dict[str, Any]) -> None:
        guarding = policy({**rule, "paths": ["/a", "/b"]})
        [finding] = reports("rule-protects-nothing", guarding, files(same=["a", "b"]))
        assert finding.message == (
            "rule `rule` protects nothing today: all 2 files it matches equal Widget's newest release"
        )
        [finding] = reports("rule-protects-nothing", guarding, files(same=["a"]))
        assert "the only file it matches equals Widget's" in finding.message

    @pytest.mark.parametrize(
        ("rule", "found"),
        [
            ({"resolve": "keep-fork"}, files(fork=["a"], upstream=["a"])),
            ({"resolve": "keep-fork"}, files(fork=["a"])),
            ({"resolve": "keep-fork"}, files()),
            ({"resolve": "accept-upstream"}, files(same=["a"])),
            ({"resolve": "disable"}, files(same=["a"])),
        ],
        ids=["changed", "the fork's own", "no files", "upstream's anyway", "disabled"],
    )
    def test_rules_with_something_to_do(self, rule: dict[str, Any], found: Files) -> None:
        assert reports("rule-protects-nothing", policy({**rule, "paths": ["/a"]}), found) == []


class TestMayLoseAll:
    def test_changed_files_that_nothing_guards(self) -> None:
        [finding] = reports(
            "may-lose-all",
            policy({**ACCEPT, "paths": ["/out/"], "may_lose": "all"}),
            files(same=["out/a"], fork=["out/b", "out/c", "d"], upstream=["out/b", "out/new"]),
        )
        assert finding.message == (
            "rule `accept` may lose what ACME has in 2 files unlike Widget's newest release: out/b, out/c"
        )
        assert finding.severity is Severity.NOTE

    @pytest.mark.parametrize(("may_lose", "changed"), [("none", ["out/b"]), (["^v"], ["out/b"]), ("all", ["b"])])
    def test_nothing_to_tell(self, may_lose: Any, changed: list[str]) -> None:
        rules = policy({**ACCEPT, "paths": ["/out/"], "may_lose": may_lose})
        assert reports("may-lose-all", rules, files(same=["out/a"], fork=changed)) == []


def test_reports_come_in_the_order_of_the_file() -> None:
    rules = policy({**KEEP, "paths": ["/gone"]}, {**LATER, "paths": ["/gone", "/a"]}).with_lines(
        {"keep": 3, "later": 5}
    )
    found = lint(rules, files(same=["a"]))
    assert [(each.line, each.rule) for each in found] == [
        (3, "pattern-matches-nothing"),
        (5, "pattern-matches-nothing"),
        (5, "rule-protects-nothing"),
    ]
    assert lint(rules, None) == ()
