"""Every kind of conflict, told apart, with its names and versions, whichever side is merged into the other."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pygit2
import pytest

from forkpolicy.engine import oracle
from forkpolicy.engine.git.scratch import Scratch, scratch_store
from forkpolicy.engine.merge import Merge, merge_commits, merge_trees
from forkpolicy.policy.errors import RepositoryError
from forkpolicy.policy.facts import Conflict, Kind, Versions
from forkpolicy.policy.names import CommitId, RepoPath, TreeId
from tests.builder import EXECUTABLE, FILE, Change, RepositoryBuilder, lines

Step = Callable[[Change], Change]
TEXT = lines(1, 30)
ONE, TWO, THREE = "1" * 40, "2" * 40, "3" * 40


@dataclass(frozen=True)
class Scenario:
    """What the base holds, what either side does, and the one conflict that comes of it."""

    base: Step
    fork: Step
    upstream: Step
    kind: Kind
    path: str
    names: set[str] = field(default_factory=set[str])
    """Every name, where there are more than the path."""
    followed: bool = False
    """Whether all names carry one file's versions."""


def text(change: Change) -> Change:
    return change.write("f", TEXT).write("other", lines(50, 80))


SCENARIOS = {
    "both change a line": Scenario(
        text,
        lambda fork: fork.write("f", lines(1, 30, l7="fork")),
        lambda upstream: upstream.write("f", lines(1, 30, l7="upstream")),
        Kind.CONTENT,
        "f",
    ),
    "both change a binary file": Scenario(
        lambda base: base.write("f", b"\0base"),
        lambda fork: fork.write("f", b"\0fork"),
        lambda upstream: upstream.write("f", b"\0upstream"),
        Kind.CONTENT,
        "f",
    ),
    "one renames, contents conflict": Scenario(
        text,
        lambda fork: fork.write("f", lines(1, 30, l7="fork")),
        lambda upstream: upstream.move("f", "g", lines(1, 30, l7="upstream")),
        Kind.CONTENT,
        "g",
        {"f", "g"},
        followed=True,
    ),
    "both rename alike, contents conflict": Scenario(
        text,
        lambda fork: fork.move("f", "g", lines(1, 30, l7="fork")),
        lambda upstream: upstream.move("f", "g", lines(1, 30, l7="upstream")),
        Kind.CONTENT,
        "g",
        {"f", "g"},
        followed=True,
    ),
    "both add": Scenario(
        text,
        lambda fork: fork.write("new", lines(1, 9)),
        lambda upstream: upstream.write("new", lines(90, 99)),
        Kind.ADD_ADD,
        "new",
    ),
    "fork deletes, upstream changes": Scenario(
        text,
        lambda fork: fork.delete("f"),
        lambda upstream: upstream.write("f", lines(1, 30, l7="upstream")),
        Kind.MODIFY_DELETE,
        "f",
    ),
    "upstream deletes, fork changes": Scenario(
        text,
        lambda fork: fork.write("f", lines(1, 30, l7="fork")),
        lambda upstream: upstream.delete("f"),
        Kind.MODIFY_DELETE,
        "f",
    ),
    "both rename one file": Scenario(
        text,
        lambda fork: fork.move("f", "by-fork"),
        lambda upstream: upstream.move("f", "by-upstream"),
        Kind.RENAME_RENAME,
        "f",
        {"f", "by-fork", "by-upstream"},
    ),
    "both rename to one name": Scenario(
        text,
        lambda fork: fork.move("f", "same", lines(1, 30, l7="fork")),
        lambda upstream: upstream.move("other", "same", lines(50, 80, l57="upstream")),
        Kind.RENAME_RENAME,
        "same",
        {"f", "other", "same"},
    ),
    "fork renames, upstream deletes": Scenario(
        text,
        lambda fork: fork.move("f", "g", lines(1, 30, l7="fork")),
        lambda upstream: upstream.delete("f"),
        Kind.RENAME_DELETE,
        "g",
        {"f", "g"},
    ),
    "fork renames to a name that upstream adds": Scenario(
        text,
        lambda fork: fork.move("f", "g", lines(1, 30, l7="fork")),
        lambda upstream: upstream.write("g", lines(90, 99)).write("f", lines(1, 30, l20="upstream")),
        Kind.RENAME_ADD,
        "g",
        {"f", "g"},
    ),
    "fork renames what upstream left alone to a name that upstream adds": Scenario(
        text,
        lambda fork: fork.move("f", "g", lines(1, 30, l7="fork")),
        lambda upstream: upstream.write("g", lines(90, 99)),
        Kind.RENAME_ADD,
        "g",
        {"f", "g"},
    ),
    "fork renames a directory, upstream adds to it": Scenario(
        lambda base: base.write("old/a", TEXT).write("old/b", lines(40, 70)),
        lambda fork: fork.move("old/", "new/"),
        lambda upstream: upstream.write("old/c", "c\n").write("old/d", "d\n"),
        Kind.DIRECTORY_RENAME,
        "new/c",
        {"old/c", "new/c", "old/d", "new/d"},
    ),
    "both change the mode": Scenario(
        lambda base: base,
        lambda fork: fork.write("new", TEXT, FILE),
        lambda upstream: upstream.write("new", TEXT, EXECUTABLE),
        Kind.MODE,
        "new",
    ),
    "file and directory": Scenario(
        text,
        lambda fork: fork.write("new", TEXT),
        lambda upstream: upstream.write("new/inside", lines(60, 70)),
        Kind.FILE_DIRECTORY,
        "new",
        {"new", "new/inside"},
    ),
    "both point a link elsewhere": Scenario(
        lambda base: base.link("l", "a"),
        lambda fork: fork.link("l", "b"),
        lambda upstream: upstream.link("l", "c"),
        Kind.SYMLINK,
        "l",
    ),
    "one makes a link of a file that the other changes": Scenario(
        text,
        lambda fork: fork.link("f", "other"),
        lambda upstream: upstream.write("f", lines(1, 30, l7="upstream")),
        Kind.SYMLINK,
        "f",
    ),
    "both move a submodule": Scenario(
        lambda base: base.submodule("s", ONE),
        lambda fork: fork.submodule("s", TWO),
        lambda upstream: upstream.submodule("s", THREE),
        Kind.SUBMODULE,
        "s",
    ),
}


@pytest.mark.parametrize("swapped", [False, True], ids=["", "swapped"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_tells_conflicts_apart(repository: RepositoryBuilder, name: str, swapped: bool) -> None:
    scenario = SCENARIOS[name]
    base = scenario.base(repository.on().write("README", "hello\n")).commit()
    sides = [step(repository.on(base)).commit() for step in (scenario.fork, scenario.upstream)]
    fork, upstream = reversed(sides) if swapped else sides
    with scratch_store(repository.objects_dir) as scratch:
        merge = merge_commits(scratch, fork, upstream)
        (conflict,) = merge.conflicts
        assert (conflict.kind, conflict.path) == (scenario.kind, scenario.path)
        assert set(conflict.paths) == (scenario.names or {scenario.path})
        assert not merge.changes.keys() & conflict.files.keys()
        if not scenario.followed:
            assert conflict.files == {path: _versions(scratch, path, base, fork, upstream) for path in conflict.files}
        assert _differences(scratch, merge, fork, upstream) == ()


def test_a_followed_rename_carries_the_files_versions_under_every_name(repository: RepositoryBuilder) -> None:
    base = text(repository.on()).commit()
    fork = repository.on(base).write("f", lines(1, 30, l7="fork")).commit()
    upstream = repository.on(base).move("f", "g", lines(1, 30, l7="upstream")).commit()
    with scratch_store(repository.objects_dir) as scratch:
        (conflict,) = merge_commits(scratch, fork, upstream).conflicts
        followed = Versions(
            _versions(scratch, RepoPath("f"), base, fork, upstream).base,
            _versions(scratch, RepoPath("f"), base, fork, upstream).fork,
            _versions(scratch, RepoPath("g"), base, fork, upstream).upstream,
        )
    assert conflict.files == {"f": followed, "g": followed}


def test_changes_lead_from_the_forks_tree_to_the_result(repository: RepositoryBuilder) -> None:
    base = text(repository.on()).write("gone", "gone\n").write("run", "run\n").commit()
    fork = repository.on(base).write("f", lines(1, 30, l2="fork")).write("forks", "own\n").commit()
    upstream = (
        repository.on(base)
        .move("f", "g", lines(1, 30, l28="upstream"))
        .delete("gone")
        .chmod("run")
        .write("new", "x\n")
        .commit()
    )
    with scratch_store(repository.objects_dir) as scratch:
        merge = merge_commits(scratch, fork, upstream)
        assert not merge.conflicts
        assert {path for path, entry in merge.changes.items() if entry is None} == {"f", "gone"}
        assert merge.changes.keys() == {"f", "g", "gone", "run", "new"}
        entry = merge.changes[RepoPath("g")]
        assert entry is not None
        assert scratch.repository.read(entry.id).decode() == lines(1, 30, l2="fork", l28="upstream")
        assert merge.upstream_renames == {"f": "g"}
        assert merge.combined == ("g",)


def test_a_deleted_file_that_may_live_on_elsewhere_is_marked(repository: RepositoryBuilder) -> None:
    base = repository.on().write("src/app.py", TEXT).commit()
    fork = repository.on(base).write("src/app.py", lines(1, 30, l7="fork")).commit()
    rewritten = repository.on(base).move("src/app.py", "lib/app.py", "all new\n").commit()
    deleted = repository.on(base).delete("src/app.py").write("lib/else.py", "all new\n").commit()
    with scratch_store(repository.objects_dir) as scratch:
        assert _only(merge_commits(scratch, fork, rewritten)).possibly_renamed
        assert not _only(merge_commits(scratch, fork, deleted)).possibly_renamed


def test_several_merge_bases_are_merged_first(repository: RepositoryBuilder) -> None:
    """After the sides crossed, each side's own line is settled: only what changed since can conflict."""
    base = text(repository.on()).commit()
    one = repository.on(base).write("f", lines(1, 30, l2="one")).commit()
    other = repository.on(base).write("f", lines(1, 30, l20="other")).commit()
    both = lines(1, 30, l2="one", l20="other")
    fork = repository.on(one, other).write("f", both.replace("line 9\n", "fork\n")).commit()
    upstream = repository.on(other, one).write("f", both.replace("line 28\n", "upstream\n")).commit()
    with scratch_store(repository.objects_dir) as scratch:
        merge = merge_commits(scratch, fork, upstream)
        assert not merge.conflicts
        assert _differences(scratch, merge, fork, upstream) == ()


def test_a_given_base_replaces_the_git_base(repository: RepositoryBuilder) -> None:
    root = repository.on().write("f", TEXT).commit()
    upstream_then = repository.on(root).write("f", lines(1, 30, l7="upstream")).commit()
    squashed = repository.on(root).write("f", lines(1, 30, l7="upstream", l20="fork")).commit()
    upstream_now = repository.on(upstream_then).write("f", lines(1, 30, l7="newer")).commit()
    with scratch_store(repository.objects_dir) as scratch:
        assert _only(merge_commits(scratch, squashed, upstream_now)).kind is Kind.CONTENT
        tree = scratch.repository.tree
        merge = merge_trees(scratch, tree(upstream_then), tree(squashed), tree(upstream_now))
        assert not merge.conflicts
        running = oracle.start(scratch, squashed, upstream_now, base=upstream_then)
        assert running is None or oracle.compare(merge, running.finish()) == ()


def test_trees_without_a_base_conflict_wherever_they_differ(repository: RepositoryBuilder) -> None:
    one = repository.on().write("f", TEXT).write("same", "x\n").commit()
    other = repository.on().write("f", lines(60, 70)).write("same", "x\n").commit()
    with scratch_store(repository.objects_dir) as scratch:
        merge = merge_trees(scratch, None, scratch.repository.tree(one), scratch.repository.tree(other))
    assert [(conflict.path, conflict.kind) for conflict in merge.conflicts] == [("f", Kind.ADD_ADD)]


def test_nothing_is_written_to_the_users_store(repository: RepositoryBuilder) -> None:
    base = text(repository.on()).commit()
    fork = repository.on(base).write("f", lines(1, 30, l2="fork")).commit()
    upstream = repository.on(base).write("f", lines(1, 30, l20="upstream")).commit()
    before = sorted(repository.path.rglob("*"))
    with scratch_store(repository.objects_dir) as scratch:
        merge = merge_commits(scratch, fork, upstream)
        entry = merge.changes[RepoPath("f")]
        assert entry is not None
        assert scratch.repository.has(entry.id)
    assert sorted(repository.path.rglob("*")) == before
    assert not scratch.git_dir.exists()


def test_the_store_sees_through_chains_of_alternates(repository: RepositoryBuilder, tmp_path: Path) -> None:
    commit = text(repository.on()).commit()
    store = repository.objects_dir
    for number in range(8):
        clone = RepositoryBuilder(tmp_path / f"clone{number}.git")
        (clone.objects_dir / "info/alternates").write_text(
            f"# a comment\n{os.path.relpath(store, clone.objects_dir)}\n"
        )
        store = clone.objects_dir
    with scratch_store(store) as scratch:
        assert scratch.repository.has(commit)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_store_is_removed_on_signals(repository: RepositoryBuilder, tmp_path: Path, number: signal.Signals) -> None:
    code = (
        "import sys, time; from pathlib import Path; from forkpolicy.engine.git.scratch import scratch_store\n"
        "with scratch_store(Path(sys.argv[1])) as scratch:\n"
        "    print(scratch.git_dir, flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(repository.objects_dir)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    assert folder.exists()
    process.send_signal(number)
    assert process.wait(timeout=30) != 0
    assert not folder.exists()


def test_a_missing_object_is_an_error(repository: RepositoryBuilder) -> None:
    base = text(repository.on()).commit()
    fork = repository.on(base).write("f", lines(1, 30, l7="fork")).commit()
    upstream = repository.on(base).write("f", lines(1, 30, l7="upstream")).commit()
    blob = str(repository.raw[upstream].peel(pygit2.Tree)["f"].id)
    (repository.objects_dir / blob[:2] / blob[2:]).unlink()
    with scratch_store(repository.objects_dir) as scratch, pytest.raises(RepositoryError, match=blob):
        merge_commits(scratch, fork, upstream)


# Private


def _versions(scratch: Scratch, path: RepoPath, base: CommitId, fork: CommitId, upstream: CommitId) -> Versions:
    trees: list[TreeId] = [scratch.repository.tree(commit) for commit in (base, fork, upstream)]
    return Versions(*(scratch.repository.entry(tree, path) for tree in trees))


def _differences(scratch: Scratch, merge: Merge, fork: CommitId, upstream: CommitId) -> tuple[RepoPath, ...]:
    running = oracle.start(scratch, fork, upstream)
    return oracle.compare(merge, running.finish()) if running else ()


def _only(merge: Merge) -> Conflict:
    (conflict,) = merge.conflicts
    return conflict
