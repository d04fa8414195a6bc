"""`forkpolicy apply` when things go wrong: killed anywhere, no space, no permission, a lock, company."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pygit2
import pytest
from pygit2.enums import ConfigLevel

from forkpolicy.engine import applying, worktree
from forkpolicy.engine.exclusive import only_one
from forkpolicy.engine.git import references, storing
from forkpolicy.engine.git.repository import Repository
from forkpolicy.policy.names import RefName, TreeId
from tests.forks import BRANCH, PRODUCTION, git, is_sound, make_fork, refs, run

Place = tuple[object, str]
_OBJECTS: list[Place] = [(storing, "put_object")]
_COMMIT: list[Place] = [*_OBJECTS, (applying, "put_commit"), (references, "swap")]
_FILES = ("_write", "check_out", "_rename", "_appear")
WRITES: dict[str, list[Place]] = {
    "merge": _COMMIT,
    "draft": _COMMIT,
    "worktree": [*_OBJECTS, (references, "swap"), *((worktree, name) for name in _FILES)],
}
"""Every function that writes to the repository or beside it, by the way of applying."""
EVERY_KIND = [pytest.param(way, place, id=f"{way}-{place[1]}") for way, places in WRITES.items() for place in places]

WAYS = {"merge": (), "draft": ("--with-markers",), "worktree": ("--worktree", "../sync")}
_NOBODY = 65534
SYNC = RefName(f"refs/heads/{BRANCH}")


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def fork(tmp_path: Path, way: str) -> Path:
    return make_fork(tmp_path / "fork", decided=way == "merge")


@pytest.fixture
def decided(tmp_path: Path) -> Path:
    return make_fork(tmp_path / "fork", decided=True)


def start(work: Callable[[], int]) -> int:
    """Run something in a process of its own, whose id this is."""
    child = os.fork()
    if child:
        return child
    code = 99
    try:
        code = work()
    finally:
        os._exit(code)


def wait(child: int) -> int:
    """A process's exit code, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def in_child_telling(work: Callable[[], int]) -> tuple[int, str]:
    """Run something in a process of its own; its exit code, and what it says on standard error."""
    read, write = os.pipe()

    def telling() -> int:
        sys.stderr = os.fdopen(write, "w", buffering=1)
        return work()

    child = start(telling)
    os.close(write)
    with os.fdopen(read) as told:
        text = told.read()
    return wait(child), text


def apply(fork: Path, way: str) -> int:
    arguments = [str(fork / each) if each.startswith("..") else each for each in WAYS[way]]
    return run(fork, "-q", "apply", "--cross-check", "never", *arguments)


def is_old_or_new(fork: Path, before: dict[str, str]) -> bool:
    """Whether no ref but the sync branch changed, and that one is absent, on production, or the merge."""
    after = refs(fork)
    sync = after.pop(SYNC, None)
    parents = git(fork, "show", "-s", "--format=%P", sync).split() if sync else []
    whole = sync in (None, after[f"refs/heads/{PRODUCTION}"]) or parents == [
        after[f"refs/heads/{PRODUCTION}"],
        after["refs/tags/v1.2.0"],
    ]
    return after == before and whole


def is_finished(fork: Path, way: str) -> bool:
    if way == "worktree":
        return "You have unmerged paths" in git(fork.parent / "sync", "status")
    return git(fork, "rev-list", "--merges", "--count", f"{PRODUCTION}..{BRANCH}", "--first-parent") == "1"


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("way", "place"), EVERY_KIND, indirect=["way"])
def test_killed_at_every_kind_of_write(fork: Path, way: str, place: Place, late: bool) -> None:
    """The first write of each kind; the deep test takes every single one."""
    before = refs(fork)

    def work() -> int:
        patch = pytest.MonkeyPatch()
        patch.setattr(*place, _deadly(getattr(*place), lambda: True, late=late))
        return apply(fork, way)

    assert wait(start(work)) == -signal.SIGKILL
    assert is_old_or_new(fork, before)
    assert is_sound(fork)
    assert apply(fork, way) == 0
    assert is_finished(fork, way)


@pytest.mark.deep
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_killed_at_every_single_write(tmp_path: Path, way: str, late: bool) -> None:
    for number in range(1, 1000):
        fork = make_fork(tmp_path / str(number) / "fork", decided=way == "merge")
        before = refs(fork)
        killed = wait(start(partial(_apply_until, fork, way, number, late=late)))
        assert is_old_or_new(fork, before)
        assert is_sound(fork)
        assert apply(fork, way) == 0
        assert is_finished(fork, way)
        if killed == 0:
            assert number > 10
            return
        assert killed == -signal.SIGKILL


@pytest.mark.parametrize("size", [0, 30, 60, 120, 250, 500, 1000, 5000])
def test_the_disk_is_full(fork: Path, way: str, size: int) -> None:
    """From some moment on no file can grow over a size: real errors, at all kinds of writes."""
    before = refs(fork)

    def work() -> int:
        pytest.MonkeyPatch().setattr(applying, "only_one", _on_a_full_disk(size))
        return apply(fork, way)

    code, told = in_child_telling(work)
    assert code == (4 if "cannot be written" in told else 0)
    assert is_old_or_new(fork, before)
    assert is_sound(fork)
    assert code == 0 or not (fork / ".git/worktrees").exists()
    assert {each.name for each in fork.parent.iterdir()} <= {"fork", "sync"}
    assert apply(fork, way) == 0
    assert is_finished(fork, way)


def test_a_read_only_store() -> None:
    """As somebody who may read it and not write it; root may do everything, so root becomes nobody."""
    with TemporaryDirectory() as place:
        fork = make_fork(Path(place) / "fork", decided=True)
        before = refs(fork)
        assert apply(make_fork(Path(place) / "other", decided=True), "merge") == 0  # loads every module: nobody may not
        everything = [Path(place), fork, *fork.rglob("*")]
        folders = [path for path in everything if path.is_dir() and not path.is_symlink()]
        if os.getuid() == 0:
            for path in everything:
                os.chown(path, _NOBODY, _NOBODY, follow_symlinks=False)
        for folder in folders:
            folder.chmod(0o555)

        def work() -> int:
            if os.getuid() == 0:
                os.setuid(_NOBODY)
            pygit2.settings.search_path[ConfigLevel.GLOBAL] = place  # the home of the tests is root's
            return apply(fork, "merge")

        code, told = in_child_telling(work)
        for folder in folders:
            folder.chmod(0o755)
        assert (code, "cannot be written" in told) == (4, True), told
        if os.getuid() == 0:
            for path in everything:
                os.chown(path, 0, 0, follow_symlinks=False)
        assert refs(fork) == before


def test_somebody_holds_the_ref_s_lock(decided: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = refs(decided)
    lock = decided / f".git/refs/heads/{BRANCH}.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    assert apply(decided, "merge") == 4
    error = capsys.readouterr().err
    assert "is locked by another process" in error
    assert f"rm {lock}" in error
    assert refs(decided) == before
    lock.unlink()
    assert apply(decided, "merge") == 0


def test_the_branch_moves_in_between(
    decided: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def moved(*arguments: Any) -> object:
        git(decided, "branch", "--force", BRANCH, "v1.1.0")
        return put(*arguments)

    put = storing.put_commit
    monkeypatch.setattr(applying, "put_commit", moved)
    assert apply(decided, "merge") == 1
    assert "moved in the meantime: it was not there and now is" in capsys.readouterr().err
    assert refs(decided)[SYNC] == refs(decided)["refs/tags/v1.1.0"]


def test_what_was_written_is_not_what_was_planned(
    decided: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def other(repo: Repository, _tree: object, *arguments: Any) -> object:
        tree = TreeId(git(decided, "rev-parse", "v1.1.0^{tree}"))
        return put(repo, tree, *arguments)

    put, before = storing.put_commit, refs(decided)
    monkeypatch.setattr(applying, "put_commit", other)
    assert apply(decided, "merge") == 4
    assert "is not what was planned" in capsys.readouterr().err
    assert refs(decided) == before


def test_an_apply_while_another_is_at_work(
    decided: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    codes: list[int] = []

    def meanwhile(*arguments: Any) -> object:
        codes.append(apply(decided, "merge"))
        return put(*arguments)

    put = storing.put_commit
    monkeypatch.setattr(applying, "put_commit", meanwhile)
    assert apply(decided, "merge") == 0
    assert codes == [1]
    assert "another `forkpolicy apply` is at work" in capsys.readouterr().err


@pytest.mark.parametrize("rounds", [4, pytest.param(200, marks=pytest.mark.deep)])
def test_two_at_once(fork: Path, way: str, rounds: int) -> None:
    """One wins; the other finds the work done, or says who is at work."""
    before = refs(fork)
    for _ in range(rounds):
        children = [start(lambda: apply(fork, way)) for _ in range(2)]
        codes = sorted(wait(child) for child in children)
        assert codes in ([0, 0], [0, 1])
        assert is_finished(fork, way)
        assert is_sound(fork)
        if way == "worktree":
            assert len(git(fork, "worktree", "list").splitlines()) == 2
            git(fork, "worktree", "remove", "--force", str(fork.parent / "sync"))
        git(fork, "update-ref", "-d", SYNC)
        assert refs(fork) == before


def test_forkpolicy_and_git_share_the_lock(decided: Path) -> None:
    """git, too, refuses while libgit2's transaction holds the ref."""
    with Repository.open(decided).raw.transaction() as transaction:
        transaction.lock_ref(SYNC)
        done = subprocess.run(["git", "update-ref", SYNC, PRODUCTION], cwd=decided, capture_output=True, check=False)
        assert done.returncode != 0
    git(decided, "update-ref", SYNC, PRODUCTION)


# What the tests above are made of


def _apply_until(fork: Path, way: str, number: int, *, late: bool) -> int:
    """Apply, and die at one of all writes."""
    left = iter(range(number - 1, -1, -1))
    patch = pytest.MonkeyPatch()
    for module, name in WRITES[way]:
        patch.setattr(module, name, _deadly(getattr(module, name), lambda: next(left, -1) == 0, late=late))
    return apply(fork, way)


def _deadly(write: Callable[..., object], now: Callable[[], bool], *, late: bool) -> Callable[..., object]:
    """A write that kills the process, before it is done or after, when the time has come."""

    def deadly(*arguments: object, **named: object) -> object:
        due = now()
        if due and not late:
            os.kill(os.getpid(), signal.SIGKILL)
        result = write(*arguments, **named)
        if due:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return deadly


def _on_a_full_disk(size: int) -> Callable[[Repository], AbstractContextManager[None]]:
    """`only_one`, under whose lock no file gets larger than a size, in bytes."""

    def limited(repo: Repository) -> AbstractContextManager[None]:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        return only_one(repo)

    return limited
