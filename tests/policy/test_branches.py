"""Branches: roles by the first match, and merges by the roles."""

import pytest

from forkpolicy.policy.branches import merge_allowed, role_of
from forkpolicy.policy.models import Branch, Merges, Role, Source

BRANCHES = (
    Branch(names=("main",), role="mirror", follows="upstream/main"),
    Branch(
        names=("carto/main",),
        role="production",
        merges=Merges(allow=("release", "sync", "topic"), forbid=("mirror",)),
    ),
    Branch(names=("upstream-sync/*",), role="sync", base="carto/main"),
    Branch(names=("feature/*", "fix/*", "chore/*", "sc-*/*"), role="topic", base="carto/main"),
    Branch(names=("**/main",), role="mirror"),
)


@pytest.mark.parametrize(
    ("name", "role", "entry"),
    [
        ("main", "mirror", 0),
        ("carto/main", "production", 1),
        ("other/main", "mirror", 4),
        ("upstream-sync/v1.81.9-stable", "sync", 2),
        ("sc-536230/carto-features", "topic", 3),
    ],
)
def test_the_first_entry_that_matches_gives_the_role(name: str, role: Role, entry: int) -> None:
    found = role_of(name, BRANCHES)
    assert (found.name, found.role, found.entry, found.note) == (name, role, BRANCHES[entry], None)


@pytest.mark.parametrize("name", ["Main", "feature/a/b", "wip"])
def test_a_branch_that_nothing_matches_is_a_topic_with_a_note(name: str) -> None:
    found = role_of(name, BRANCHES)
    assert (found.role, found.entry) == ("topic", None)
    assert found.note == f"no entry of `branches` matches `{name}`: it counts as a topic"


@pytest.mark.parametrize(
    ("head", "allowed", "reason"),
    [
        ("mirror", False, "the policy forbids to merge a mirror branch into production `carto/main`"),
        ("release", True, "the policy allows to merge a release into production `carto/main`"),
        ("sync", True, "the policy allows to merge a sync branch into production `carto/main`"),
        ("topic", True, "the policy allows to merge a topic branch into production `carto/main`"),
        (
            "production",
            False,
            "only a release or a sync branch or a topic branch may be merged into production `carto/main`, "
            "not production",
        ),
    ],
)
def test_what_may_be_merged_into_production(head: Role | Source, allowed: bool, reason: str) -> None:
    verdict = merge_allowed(role_of("carto/main", BRANCHES), head)
    assert (verdict.allowed, verdict.reason) == (allowed, reason)


def test_forbid_wins_over_allow_and_an_empty_allow_allows_nothing() -> None:
    both = Branch(names=("p",), role="production", merges=Merges(allow=("mirror",), forbid=("mirror",)))
    assert not merge_allowed(role_of("p", (both,)), "mirror").allowed
    nothing = Branch(names=("p",), role="production", merges=Merges(allow=(), forbid=()))
    assert merge_allowed(role_of("p", (nothing,)), "sync").reason == (
        "only nothing may be merged into production `p`, not a sync branch"
    )


def test_production_is_protected_from_the_mirror_by_default() -> None:
    bare = Branch(names=("p",), role="production")
    assert not merge_allowed(role_of("p", (bare,)), "mirror").allowed


@pytest.mark.parametrize("name", ["feature/x", "main", "wip"])
def test_other_branches_are_free_unless_their_entry_says_otherwise(name: str) -> None:
    assert merge_allowed(role_of(name, BRANCHES), "mirror").allowed
    strict = Branch(names=("**",), role="topic", merges=Merges(allow=("topic",), forbid=("mirror",)))
    assert not merge_allowed(role_of(name, (strict,)), "mirror").allowed
