"""The conditions of a rule: each alone, met and not met, with what was observed."""

from typing import Any

import pytest

from forkpolicy.policy.conditions import Condition, Question, conditions
from forkpolicy.policy.facts import FileFacts, Kind, Versions
from forkpolicy.policy.names import RepoPath
from forkpolicy.policy.rule_paths import RulePaths

from .conflicts import EDITED, UPSTREAM_COMMIT, policy, versions

ADDED = versions(None, None, "new\n")
DELETED = versions("old\n", "old\n", None)


def judged(
    rule: dict[str, Any],
    path: str = "src/a.py",
    file: Versions = EDITED,
    kind: Kind | None = Kind.CONTENT,
    **known: Any,
) -> list[Condition]:
    """What a rule's conditions say of a file."""
    customized = known.pop("customized", False)
    [built] = policy({"resolve": "keep-fork", **rule}).ownership.rules
    question = Question(FileFacts(RepoPath(path), file, **known), kind, customized)
    return list(conditions(built, RulePaths.of(built), question))


@pytest.mark.parametrize(
    ("key", "known"),
    [
        ("untouched", {"untouched": UPSTREAM_COMMIT}),
        ("fork_only", {"fork_only": True}),
        ("customized", {"customized": True}),
        ("leftover", {"leftover": True}),
        ("binary", {"binary": True}),
    ],
)
def test_facts_that_hold_or_do_not(key: str, known: dict[str, Any]) -> None:
    for wanted, word in ((True, "yes"), (False, "no")):
        rule = {"when": {key: wanted}}
        assert judged(rule, **known) == [Condition(f"when.{key}", wanted, word, "yes")]
        assert judged(rule) == [Condition(f"when.{key}", not wanted, word, "no")]


@pytest.mark.parametrize(
    ("when", "file", "holds", "observed"),
    [
        ({"upstream": ["added"]}, ADDED, True, "added"),
        ({"upstream": ["added", "modified"]}, EDITED, True, "modified"),
        ({"upstream": ["added"]}, EDITED, False, "modified"),
        ({"upstream": ["deleted"]}, DELETED, True, "deleted"),
        ({"fork": ["modified"]}, EDITED, True, "modified"),
        ({"fork": ["modified"]}, DELETED, False, "nothing"),
    ],
)
def test_what_a_side_did(when: dict[str, Any], file: Versions, holds: bool, observed: str) -> None:
    [condition] = judged({"when": when}, file=file)
    [(key, wanted)] = when.items()
    assert condition == Condition(f"when.{key}", holds, " or ".join(wanted), observed)


@pytest.mark.parametrize("kind", Kind)
def test_kinds(kind: Kind) -> None:
    others = [each.value for each in Kind if each is not kind]
    assert judged({"when": {"kinds": [kind.value]}}, kind=kind) == [Condition("when.kinds", True, kind, kind)]
    assert judged({"when": {"kinds": others}}, kind=kind) == [Condition("when.kinds", False, " or ".join(others), kind)]


def test_outside_a_conflict_there_is_no_kind() -> None:
    applies, kinds = judged({"when": {"kinds": ["content"]}, "applies": "always"}, kind=None)
    assert (applies.key, applies.holds) == ("applies", True)
    assert (kinds.holds, kinds.observed) == (False, "nothing")


def test_outside_a_conflict_most_rules_do_not_apply() -> None:
    [applies, _] = judged({"paths": ["**"]}, kind=None)
    assert (applies.holds, applies.observed) == (False, "git merges it by itself")


def test_paths_tell_the_pattern_that_matched() -> None:
    rule = {"paths": ["/docs/", "*.py"]}
    assert judged(rule) == [Condition("paths", True, "/docs/ or *.py", "*.py")]
    assert judged(rule, "a.txt") == [Condition("paths", False, "/docs/ or *.py", "no pattern matches")]


def test_all_conditions_are_told_in_the_order_of_the_language() -> None:
    when = {"kinds": ["mode"], "fork": ["added"], "upstream": ["added"], "binary": True, "untouched": True}
    keys = [each.key for each in judged({"paths": ["*.py"], "when": when})]
    assert keys == ["paths", "when.untouched", "when.binary", "when.upstream", "when.fork", "when.kinds"]


@pytest.mark.parametrize(
    ("path", "matches"),
    [
        ("ci/deploy.yml", True),
        ("ci/deploy.yml.off", True),
        ("ci/deploy.yml.txt", False),
        ("ci/keep.yml", False),
        ("ci/keep.yml.off", False),
        (".off", False),
    ],
)
def test_a_rule_that_disables_owns_the_disabled_copies(path: str, matches: bool) -> None:
    rule = {"paths": ["/ci/*.yml", "!keep.yml"], "resolve": "disable", "suffix": ".off"}
    assert judged(rule, path)[0].holds is matches


def test_only_a_rule_that_disables_owns_copies() -> None:
    assert not judged({"paths": ["/ci/*.yml"]}, "ci/deploy.yml.txt")[0].holds
