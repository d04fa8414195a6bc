"""Files and folders that cannot stand in one tree are left for people, whoever decided them."""

import pytest
from msgspec.structs import replace

from forkpolicy.engine.collisions import keep_apart
from forkpolicy.policy.decisions import Decision, Loss, Resolution
from forkpolicy.policy.facts import Entry, Kind
from forkpolicy.policy.names import BlobId, RepoPath

FILE = Entry(0o100644, BlobId("a" * 40))


def decided(path: str, entry: Entry | None = FILE) -> Decision:
    at = RepoPath(path)
    accept = Resolution.ACCEPT_UPSTREAM
    return Decision(at, (at,), Kind.CONTENT, accept, "rule", None, "reason", None, Loss((), ()), {at: entry})


def left(path: str) -> Decision:
    return Decision.left_open(RepoPath(path), Kind.CONTENT, "default", "reason", Loss(None, None))


def held(*decisions: Decision) -> list[str]:
    """The paths of what is left for people in the end."""
    return [each.path for each in keep_apart(decisions) if each.needs_person]


@pytest.mark.parametrize(("one", "other"), [("a", "a/b"), ("a/b/c", "a"), ("a/b", "a/b/c/d")])
def test_a_file_and_a_folder(one: str, other: str) -> None:
    assert held(decided(one), decided(other), decided("x")) == [one, other]
    assert held(decided(one), left(other), decided("x")) == [one, other]
    assert held(left(one), decided(other), decided("x")) == [one, other]


@pytest.mark.parametrize(("one", "other"), [("a", "ab/c"), ("a", "a.txt"), ("a/b", "a/c")])
def test_what_only_begins_alike(one: str, other: str) -> None:
    assert held(decided(one), decided(other)) == []


def test_what_goes_is_in_nobody_s_way() -> None:
    assert held(decided("a", None), decided("a/b")) == []


def test_what_is_held_back_can_be_in_the_way_of_others() -> None:
    both = replace(decided("a"), paths=(RepoPath("a"), RepoPath("b/c")))
    assert held(both, left("a/x"), decided("b")) == ["a", "a/x", "b"]


def test_the_reason_names_both() -> None:
    decision, _ = keep_apart([decided("a"), left("a/b")])
    assert decision.reason == "`a` cannot be a file while `a/b` is there"
    assert decision.results == {}
