"""Which customizations survive: requirements held against what a merge leaves."""

from typing import Any

import pytest
from msgspec.structs import replace

from forkpolicy.engine.survival import PlannedTree, broken_requirements, customization_states
from forkpolicy.policy.decisions import Decision
from forkpolicy.policy.facts import Entry
from forkpolicy.policy.models import Customization
from forkpolicy.policy.names import BlobId, RepoPath
from tests.plans import accepted, manual
from tests.sections import made

SUBMODULE = 0o160000


def entry(content: str | None) -> Entry | None:
    return None if content is None else Entry(0o100644, BlobId(content))


def tree(
    fork: dict[str, str], changes: dict[str, str | None] | None = None, decisions: tuple[Decision, ...] = ()
) -> PlannedTree:
    """What a merge leaves of the fork's files; a blob's id is its content."""
    return PlannedTree(
        fork=lambda path: entry(fork.get(path)),
        changes={RepoPath(path): entry(content) for path, content in (changes or {}).items()},
        decisions=decisions,
        read=lambda blob: blob.encode(),
    )


def customized(path: str = "a.py", text: str = "uuid", **others: Any) -> tuple[Customization, ...]:
    demands = {"must_contain": [{"path": path, "text": text}]} | others
    return (made(Customization, {"name": "ids", "pull_requests": [68, 70], **demands}),)


def decided(path: str, content: str | None) -> Decision:
    return replace(accepted(path), results={RepoPath(path): entry(content)})


@pytest.mark.parametrize(
    ("planned", "survives", "at_risk"),
    [
        (tree({"a.py": "uuid"}), True, ()),
        (tree({"a.py": "uuid"}, {"a.py": "uuid, merged"}), True, ()),
        (tree({"a.py": "uuid"}, {"a.py": "merged"}), False, ("a.py must contain: uuid",)),
        (tree({"a.py": "uuid"}, {"a.py": None}), False, ("a.py must contain: uuid",)),
        (tree({"a.py": "uuid"}, decisions=(decided("a.py", "other uuid"),)), True, ()),
        (tree({"a.py": "uuid"}, decisions=(decided("a.py", None),)), False, ("a.py must contain: uuid",)),
        (tree({"a.py": "uuid"}, decisions=(manual("a.py"),)), None, ("a.py must contain: uuid",)),
        (tree({"a.py": "never"}), False, ("a.py must contain: uuid",)),
    ],
    ids=["as it is", "merged", "lost by git's merge", "deleted", "decided", "decided away", "open", "missing already"],
)
def test_states(planned: PlannedTree, survives: bool | None, at_risk: tuple[str, ...]) -> None:
    [state] = customization_states(customized(), planned)
    assert (state.name, state.pull_requests, state.paths) == ("ids", (68, 70), ("a.py",))
    assert (state.survives, state.at_risk) == (survives, at_risk)


def test_what_is_broken_goes_before_what_is_open() -> None:
    both = customized(must_exist=["b.py"])
    [state] = customization_states(both, tree({"b.py": "x"}, {"b.py": None}, (manual("a.py"),)))
    assert (state.survives, state.paths) == (False, ("a.py", "b.py"))
    assert state.at_risk == ("b.py must exist", "a.py must contain: uuid")


def test_what_is_open_or_holds_is_not_broken() -> None:
    assert list(broken_requirements(customized(), tree({"a.py": "uuid"}, decisions=(manual("a.py"),)))) == []
    assert list(broken_requirements(customized(), tree({"a.py": "uuid"}))) == []
    [broken] = broken_requirements(customized(), tree({"a.py": "uuid"}, {"a.py": "x"}))
    assert broken.wanted == "a.py must contain: uuid"


def test_a_submodule_has_no_content() -> None:
    pinned = Entry(SUBMODULE, BlobId("uuid"))
    [state] = customization_states(
        customized(), tree({}, decisions=(replace(accepted("a.py"), results={RepoPath("a.py"): pinned}),))
    )
    assert state.survives is False


def test_a_submodule_exists() -> None:
    pinned = Entry(SUBMODULE, BlobId("c" * 40))
    state = customization_states(
        customized(must_contain=[], must_exist=["a.py"], must_not_contain=[{"path": "a.py", "text": "c"}]),
        tree({}, decisions=(replace(accepted("a.py"), results={RepoPath("a.py"): pinned}),)),
    )[0]
    assert state.survives is True
