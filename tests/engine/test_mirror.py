"""Mirrors: how far they are from what they follow, and the one-time reset of one with commits of its own."""

import re
from pathlib import Path

import pytest

from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.mirror import Mirror, mirrors, reset_commands
from forkpolicy.policy.names import CommitId
from tests.builder import RepositoryBuilder
from tests.forks import git, make_fork, run
from tests.numbered import policy


def looked_at(tmp_path: Path, *, own: int, behind: int) -> tuple[RepositoryBuilder, tuple[Mirror, ...]]:
    built = RepositoryBuilder(tmp_path / "fork.git")
    start = built.on().write("a", "0").commit("start")
    mirror = line(built, start, own, "mirror")
    built.branch("main", start).ref("refs/remotes/origin/main", mirror)
    built.ref("refs/remotes/upstream/main", line(built, start, behind, "upstream"))
    return built, mirrors(Repository.open(built.path), policy())


def line(built: RepositoryBuilder, tip: CommitId, length: int, name: str) -> CommitId:
    for number in range(length):
        tip = built.on(tip).write(name, str(number)).commit(f"{name} {number}")
    return tip


@pytest.mark.parametrize(
    ("own", "behind", "words"),
    [
        (0, 0, "main follows upstream/main"),
        (0, 2, "main follows upstream/main, behind by 2"),
        (3, 2, "main cannot be fast-forwarded: upstream/main lacks 3 of its commits"),
    ],
)
def test_a_mirror_is_measured_as_the_forks_remote_has_it(tmp_path: Path, own: int, behind: int, words: str) -> None:
    _, (found,) = looked_at(tmp_path, own=own, behind=behind)
    assert (found.own, found.behind, str(found)) == (own, behind, words)


def test_without_upstreams_branch_there_is_nothing_to_say(tmp_path: Path) -> None:
    built, _ = looked_at(tmp_path, own=0, behind=0)
    built.raw.references.delete("refs/remotes/upstream/main")
    assert mirrors(Repository.open(built.path), policy()) == ()


def test_the_reset_sets_the_mirror_on_upstreams_branch_and_keeps_what_it_had(tmp_path: Path) -> None:
    fork, remote = make_fork(tmp_path / "fork"), tmp_path / "remote.git"
    git(fork, "branch", "-f", "main", "refs/remotes/upstream/main~1")
    git(fork, "switch", "main")
    (fork / "own").write_text("own\n")
    git(fork, "add", "own")
    git(fork, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-m", "own")
    git(tmp_path, "init", "--bare", str(remote))
    git(fork, "remote", "add", "fork", str(remote))
    git(fork, "push", "fork", "main")
    own, target = git(fork, "rev-parse", "main"), git(fork, "rev-parse", "refs/remotes/upstream/main")
    for command in reset_commands(Mirror("main", "upstream/main", CommitId(own), CommitId(target), 1, 1), "fork").split(
        " && "
    ):
        git(fork, *command.split()[1:])
    assert git(remote, "rev-parse", "main", "main-before-reset").split() == [target, own]


def test_doctor_prints_the_reset_and_status_tells_the_mirror(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fork = make_fork(tmp_path / "fork")
    git(fork, "update-ref", "refs/remotes/origin/main", "refs/heads/acme/main")
    assert run(fork, "doctor") == 0
    told = capsys.readouterr().out
    assert re.search(r"note +mirror +main cannot be fast-forwarded: upstream/main lacks \d+ of its commits", told)
    assert re.search(r"git (-C \S+ )?push --force-with-lease=refs/heads/main:\w{40} origin", told)
    assert run(fork, "status") == 0
    assert "main cannot be fast-forwarded" in capsys.readouterr().out
