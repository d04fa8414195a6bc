"""Rules on what git merges by itself, end to end: what stands at each path when the plan is carried out."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.planned import Files, plan

LONG = "".join(f"line {number}\n" for number in range(12))

KEEP = {"resolve": "keep-fork", "applies": "always"}
DISABLE = {"resolve": "disable", "applies": "always", "suffix": ".txt"}
NEW = {**DISABLE, "paths": ["/wf/"], "when": {"upstream": ["added"]}}
EXACT = {"paths": ["/ci/"], "resolve": "accept-upstream", "scope": "exact", "may_lose": "all"}


def test_a_new_workflow_arrives_disabled(tmp_path: Path) -> None:
    found = plan(tmp_path, {}, {}, {"wf/new.yml": "on: push\n"}, NEW)
    assert (found.contents["wf/new.yml"], found.contents["wf/new.yml.txt"]) == (None, b"on: push\n")


def test_an_existing_workflow_merges_as_before(tmp_path: Path) -> None:
    found = plan(tmp_path, {"wf/old.yml": "on: push\n"}, {}, {"wf/old.yml": "on: pull_request\n"}, NEW)
    assert found.contents["wf/old.yml"] == b"on: pull_request\n"


def test_a_new_file_that_ends_like_a_disabled_copy_is_no_copy(tmp_path: Path) -> None:
    found = plan(tmp_path, {}, {}, {"wf/notes.txt": "read me\n"}, NEW)
    assert (found.contents["wf/notes.txt"], found.contents["wf/notes.txt.txt"]) == (None, b"read me\n")


@pytest.mark.parametrize(("copy", "expected"), [("follow", b"on: release\n"), ("keep", b"on: push\n"), ("none", None)])
def test_a_disabled_workflow_stays_disabled(tmp_path: Path, copy: str, expected: bytes | None) -> None:
    rule = {**DISABLE, "paths": ["/wf/ci.yml"], "copy": copy, "may_lose": "all"}
    fork = {"wf/ci.yml": None, "wf/ci.yml.txt": "on: push\n"}
    found = plan(tmp_path, {"wf/ci.yml": "on: push\n"}, fork, {"wf/ci.yml": "on: release\n"}, rule)
    assert (found.contents["wf/ci.yml"], found.contents["wf/ci.yml.txt"]) == (None, expected)


def test_the_forks_own_text_beside_disabled_files_stays(tmp_path: Path) -> None:
    found = plan(tmp_path, {}, {"wf/README.txt": "the fork alone\n"}, {}, {**DISABLE, "paths": ["/wf/"]})
    assert found.contents["wf/README.txt"] == b"the fork alone\n"


def test_an_active_file_that_the_fork_wrote_is_not_disabled_unseen(tmp_path: Path) -> None:
    found = plan(tmp_path, {"wf/ci.yml": "a\n"}, {"wf/ci.yml": "a\nown\n"}, {}, {**DISABLE, "paths": ["/wf/"]})
    assert found.contents["wf/ci.yml"] == b"a\nown\n"
    assert [each.at_stake for each in found.plan.for_people] == [("own",)]


def test_remove_holds_for_what_upstream_did_not_change(tmp_path: Path) -> None:
    rule = {"paths": ["/dist/"], "resolve": "remove", "applies": "always"}
    assert plan(tmp_path, {"dist/a.whl": "a\n"}, {}, {}, rule).contents["dist/a.whl"] is None


def test_exact_makes_the_paths_the_releases(tmp_path: Path) -> None:
    base = {"ci/a": LONG, "ci/gone": "x\n", "ci/same": "y\n"}
    fork = {"ci/a": None, "ci/c": LONG, "ci/own": "own\n", "ci/same": "edited\n"}
    found = plan(tmp_path, base, fork, {"ci/a": f"{LONG}more\n", "ci/gone": None}, EXACT)
    wanted = {"ci/a": f"{LONG}more\n".encode(), "ci/same": b"y\n", "ci/gone": None, "ci/c": None, "ci/own": None}
    assert {path: found.contents[path] for path in wanted} == wanted


def test_keep_fork_leaves_a_path_that_upstream_renamed_as_it_was(tmp_path: Path) -> None:
    fork, upstream = {"ci/a": f"own\n{LONG}"}, {"ci/a": None, "ci/b": f"{LONG}more\n"}
    found = plan(tmp_path, {"ci/a": LONG}, fork, upstream, {**KEEP, "paths": ["/ci/"]})
    assert (found.contents["ci/a"], found.contents["ci/b"]) == (f"own\n{LONG}".encode(), None)


@pytest.mark.parametrize("binary", [True, False])
def test_rules_ask_whether_a_file_is_binary(tmp_path: Path, binary: bool) -> None:
    rule = {**KEEP, "paths": ["/x"], "when": {"binary": binary}}
    found = plan(tmp_path, {"x": "\0one"}, {}, {"x": "\0two"}, rule)
    assert found.contents["x"] == (b"\0one" if binary else b"\0two")


@pytest.mark.parametrize("moves", ["follow", "stay"])
def test_no_file_of_a_renamed_folder_is_dropped(tmp_path: Path, moves: str) -> None:
    """Two files that would go to one place: neither may vanish."""
    base = {f"{name}/{each}": f"{name}{each}\n{LONG}" for name in ("l1", "l2") for each in range(4)}
    moved = {f"core/{path.replace('/', '-')}": content for path, content in base.items()}
    rule = {"paths": ["**"], "resolve": "accept-upstream", "moves": moves, "may_lose": "all"}
    found = plan(tmp_path, base, {**dict.fromkeys(base), **moved}, {"l1/x": "x1\n", "l2/x": "x2\n"}, rule)
    kept = {content for content in found.contents.values() if content in (b"x1\n", b"x2\n")}
    assert kept == {b"x1\n", b"x2\n"} or found.plan.for_people


CONTENT = st.none() | st.sampled_from(["one\n", "two\n", LONG, f"own\n{LONG}", f"{LONG}more\n"])
SIDE = st.fixed_dictionaries({"k/a": CONTENT, "k/b": CONTENT})


@settings(
    max_examples=max(40, settings().max_examples // 10), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(SIDE, SIDE, SIDE)
def test_keep_fork_leaves_every_path_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, base: Files, fork: Files, upstream: Files
) -> None:
    """What is written for `keep-fork` with `applies: always` is the fork's blob, whatever upstream did."""
    began = {path: content for path, content in base.items() if content is not None}
    changed = {path: content for path, content in fork.items() if content is not None or path in began}
    released = {path: content for path, content in upstream.items() if content is not None or path in began}
    found = plan(tmp_path_factory.mktemp("kept"), began, changed, released, {**KEEP, "paths": ["/k/"]})
    for path in ("k/a", "k/b"):
        content = fork[path]
        if path in found.contents:
            assert found.contents[path] == (None if content is None else content.encode())
