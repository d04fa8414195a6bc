"""Every way in which a repository can be broken: exit code 4, the reason, and what mends it."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from forkpolicy.engine.console import Screen
from forkpolicy.engine.doctor import History, State, doctor
from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.missing import require_objects
from forkpolicy.engine.preflight import (
    Expected,
    open_repository,
    preflight,
    probe,
    require_history,
    resolve_branch,
)
from forkpolicy.engine.report.doctor import to_text
from forkpolicy.policy.errors import RepositoryError
from forkpolicy.policy.findings import Severity
from forkpolicy.policy.names import CommitId

EXPECTED = Expected(
    fork_remote="origin",
    upstream_remote="upstream",
    upstream_url="https://github.com/Widget/widget.git",
    branches=("prod", "main"),
    is_release=lambda tag: re.fullmatch(r"v\d+", tag) is not None,
)
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_{what}": "test@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    **{f"GIT_{who}_DATE": "2025-01-01T00:00:00Z" for who in ("AUTHOR", "COMMITTER")},
}


def git(where: Path, *arguments: str) -> str:
    run = subprocess.run(["git", *arguments], cwd=where, env=ENVIRONMENT, check=True, capture_output=True, text=True)
    return run.stdout.strip()


def commit(where: Path, path: str, content: str) -> CommitId:
    (where / path).parent.mkdir(parents=True, exist_ok=True)
    (where / path).write_text(content)
    git(where, "add", "--all")
    git(where, "commit", "--quiet", "--message", f"write {path}")
    return CommitId(git(where, "rev-parse", "HEAD"))


def object_file(where: Path, revision: str) -> Path:
    name = git(where, "rev-parse", revision)
    return where / ".git/objects" / name[:2] / name[2:]


def repair_of(failing: Callable[[], object]) -> tuple[str, str]:
    """The message and the hint of the error that this must raise."""
    with pytest.raises(RepositoryError) as caught:
        failing()
    assert caught.value.exit_code == 4
    assert caught.value.hint is not None
    return caught.value.message, caught.value.hint


@pytest.fixture
def fork(tmp_path: Path) -> Path:
    """`prod` and the release `v2` fork off `v1`; HEAD is on prod, and upstream's remote is known."""
    where = tmp_path / "fork"
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(where))
    commit(where, "README", "one\n")
    commit(where, "src/app.py", "1\n")
    git(where, "tag", "v1")
    commit(where, "src/app.py", "2\n")
    git(where, "tag", "v2")
    git(where, "switch", "--quiet", "--create", "prod", "v1")
    commit(where, "src/fork.py", "fork\n")
    git(where, "remote", "add", "upstream", "https://example.com/widget.git")
    git(where, "config", "uploadpack.allowFilter", "true")
    return where


def merge_inputs(repo: Repository, in_ci: bool = False) -> None:
    """What `plan` asks of the repository, from the branch to the last blob."""
    preflight(repo, EXPECTED)
    production = resolve_branch(repo, "prod", "origin").commit
    release = repo.resolve("v2")
    bases = require_history(repo, production, release, in_ci=in_ci)
    require_objects(repo, *map(repo.tree, (bases[0], production, release)), in_ci=in_ci)


def test_a_sound_repository_has_all_that_a_merge_needs(fork: Path) -> None:
    repo = open_repository(fork / "src")
    merge_inputs(repo)
    assert probe(repo, EXPECTED) == ()


class TestOpening:
    def test_no_repository(self, tmp_path: Path) -> None:
        message, hint = repair_of(lambda: open_repository(tmp_path))
        assert "is not in a git repository" in message
        assert "-C DIR" in hint

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
    def test_foreign_owner(self, fork: Path) -> None:
        for each in (fork, *fork.rglob("*")):
            os.chown(each, 12345, 12345)
        message, hint = repair_of(lambda: open_repository(fork))
        assert "belongs to another user" in message
        assert f"git config --global --add safe.directory '{fork}'" in hint

    def test_sha256(self, tmp_path: Path) -> None:
        git(tmp_path, "init", "--quiet", "--object-format=sha256")
        message, hint = repair_of(lambda: open_repository(tmp_path))
        assert "sha256" in message
        assert "git clone" in hint

    def test_reftable(self, fork: Path) -> None:
        # as `git init --ref-format=reftable` (git 2.45) lays it out, as far as opening goes
        git(fork, "config", "core.repositoryFormatVersion", "1")
        git(fork, "config", "extensions.refStorage", "reftable")
        (fork / ".git/reftable").mkdir()
        (fork / ".git/HEAD").write_text("ref: refs/heads/.invalid\n")
        message, hint = repair_of(lambda: open_repository(fork))
        assert "reftable" in message
        assert "git refs migrate --ref-format=files" in hint

    @pytest.mark.parametrize(
        ("configuration", "reason"),
        [
            ("[core]\n\trepositoryformatversion = 1\n[extensions]\n\tquantum = on\n", "extension `quantum`"),
            ("[core]\n\trepositoryformatversion = 7\n", "format version 7"),
            ("[core\n", "configuration is damaged"),
        ],
    )
    def test_unreadable_configuration(self, fork: Path, configuration: str, reason: str) -> None:
        (fork / ".git/config").write_text(configuration)
        assert reason in repair_of(lambda: open_repository(fork))[0]

    def test_empty_repository(self, tmp_path: Path) -> None:
        git(tmp_path, "init", "--quiet", "--initial-branch=trunk")
        message, hint = repair_of(lambda: open_repository(tmp_path))
        assert "is empty" in message
        assert "git fetch" in hint

    @pytest.mark.parametrize("head", ["", "junk\n", "\0\0\0", "ref: \n"])
    def test_damaged_head(self, fork: Path, head: str) -> None:
        (fork / ".git/HEAD").write_text(head)
        message, hint = repair_of(lambda: open_repository(fork))
        assert "HEAD is damaged" in message
        assert "ref: refs/heads/" in hint

    def test_damaged_packed_refs(self, fork: Path) -> None:
        git(fork, "pack-refs", "--all")
        with (fork / ".git/packed-refs").open("a") as packed:
            packed.write("junk\n")
        message, hint = repair_of(lambda: open_repository(fork))
        number = len((fork / ".git/packed-refs").read_text().splitlines())
        assert f"packed-refs:{number}:" in message
        assert f"sed -i {number}d" in hint


class TestBranches:
    def test_the_local_branch_wins_and_the_difference_is_said(self, fork: Path) -> None:
        git(fork, "update-ref", "refs/remotes/origin/prod", "v1")
        branch = resolve_branch(open_repository(fork), "prod", "origin")
        assert branch.ref == "refs/heads/prod"
        assert [finding.rule for finding in branch.findings] == ["branch-differs"]
        assert "refs/remotes/origin/prod is behind it" in branch.findings[0].message
        assert branch.findings[0].fix == "look at what is only here: git log refs/remotes/origin/prod..refs/heads/prod"

    @pytest.mark.parametrize(
        ("revision", "how", "mends"),
        [("v1", "is ahead of it", "git switch prod && git pull --ff-only"), ("v2", "stands elsewhere", "--left-right")],
    )
    def test_what_mends_it_depends_on_which_is_ahead(self, fork: Path, revision: str, how: str, mends: str) -> None:
        git(fork, "update-ref", "refs/remotes/origin/prod", "prod")
        git(fork, "switch", "--quiet", "--force-create", "prod", revision)
        [finding] = resolve_branch(open_repository(fork), "prod", "origin").findings
        assert how in finding.message
        assert mends in (finding.fix or "")

    def test_equal_branches_are_not_worth_a_word(self, fork: Path) -> None:
        git(fork, "update-ref", "refs/remotes/origin/prod", "prod")
        assert resolve_branch(open_repository(fork), "prod", "origin").findings == ()

    def test_a_full_ref_name_stands_for_itself(self, fork: Path) -> None:
        git(fork, "update-ref", "refs/remotes/origin/prod", "v1")
        branch = resolve_branch(open_repository(fork), "refs/remotes/origin/prod", "origin")
        assert branch.commit == git(fork, "rev-parse", "v1")

    def test_unborn_branch(self, fork: Path) -> None:
        git(fork, "symbolic-ref", "HEAD", "refs/heads/new")
        repo = open_repository(fork)
        message, hint = repair_of(lambda: resolve_branch(repo, "new", "origin"))
        assert "has no commit yet" in message
        assert hint == "git fetch origin new:new"
        assert [finding.rule for finding in probe(repo, EXPECTED)] == ["unborn-branch"]

    @pytest.mark.parametrize("name", ["gone", "not..valid", ""])
    def test_no_such_branch(self, fork: Path, name: str) -> None:
        message, hint = repair_of(lambda: resolve_branch(open_repository(fork), name, "origin"))
        assert f"there is no branch {name}" in message
        assert hint.startswith("git fetch origin")

    @pytest.mark.parametrize("content", ["junk\n", "", "0123\n"])
    def test_damaged_ref(self, fork: Path, content: str) -> None:
        (fork / ".git/refs/heads/prod").write_text(content)
        message, hint = repair_of(lambda: resolve_branch(open_repository(fork), "prod", "origin"))
        assert "refs/heads/prod is damaged" in message
        assert "git fetch origin +refs/heads/prod:refs/heads/prod" in hint

    def test_a_ref_to_a_missing_commit(self, fork: Path) -> None:
        (fork / ".git/refs/heads/prod").write_text("1" * 40 + "\n")
        message, hint = repair_of(lambda: resolve_branch(open_repository(fork), "prod", "origin"))
        assert f"object {'1' * 40} is missing" in message
        assert "git fetch --refetch" in hint


class TestDamagedRefs:
    """libgit2 leaves them out of its listings without a word."""

    @pytest.mark.parametrize("ref", ["refs/tags/v2", "refs/remotes/upstream/main", "refs/heads/main"])
    @pytest.mark.parametrize("content", ["junk\n", "1" * 40 + "\n"])
    def test_one_that_decides_about_releases_stops_the_command(self, fork: Path, ref: str, content: str) -> None:
        file = fork / ".git" / ref
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        message, hint = repair_of(lambda: preflight(open_repository(fork), EXPECTED))
        assert f"the ref {ref} is damaged" in message
        assert hint.startswith(f"rm {file} && git fetch ")
        assert f":{ref}" in hint

    def test_any_other_is_a_warning(self, fork: Path) -> None:
        (fork / ".git/refs/tags/nightly").write_text("junk\n")
        (finding,) = preflight(open_repository(fork), EXPECTED)
        assert (finding.rule, finding.severity) == ("damaged-ref", Severity.WARNING)

    def test_a_packed_tag_whose_commit_is_missing(self, fork: Path) -> None:
        git(fork, "tag", "--annotate", "--message=three", "v3", "v2")
        git(fork, "branch", "--quiet", "--delete", "--force", "main")
        git(fork, "tag", "--delete", "v2")
        git(fork, "pack-refs", "--all")
        object_file(fork, "v3^{commit}").unlink()
        assert "the ref refs/tags/v3 is damaged" in repair_of(lambda: preflight(open_repository(fork), EXPECTED))[0]

    def test_a_loose_ref_hides_an_outdated_packed_one(self, fork: Path) -> None:
        packed = f"{'1' * 40} refs/tags/v2\n"
        (fork / ".git/packed-refs").write_text(f"# pack-refs with: peeled fully-peeled sorted \n{packed}")
        assert probe(open_repository(fork), EXPECTED) == ()


class TestHistory:
    def test_shallow_clone(self, fork: Path, tmp_path: Path) -> None:
        git(tmp_path, "clone", "--quiet", "--depth=1", "--no-single-branch", f"file://{fork}", "clone")
        repo = open_repository(tmp_path / "clone")
        message, hint = repair_of(lambda: merge_inputs(repo))
        assert "shallow clone" in message
        assert hint == "git fetch --unshallow"
        assert "fetch-depth: 0" in repair_of(lambda: merge_inputs(repo, in_ci=True))[1]

    def test_a_shallow_clone_that_reaches_below_the_merge_base_is_enough(self, fork: Path, tmp_path: Path) -> None:
        git(tmp_path, "clone", "--quiet", "--depth=2", "--no-single-branch", f"file://{fork}", "clone")
        repo = open_repository(tmp_path / "clone")
        merge_inputs(repo)
        assert {finding.rule for finding in probe(repo, EXPECTED)} == {"shallow-clone", "no-upstream-remote"}

    def test_a_merge_base_in_sight_of_a_shallow_clone_may_be_the_wrong_one(self, fork: Path) -> None:
        # prod merged v2 by way of a branch that is cut off here: v1 is in sight, v2 would be the merge base
        git(fork, "switch", "--quiet", "--create", "side", "v2")
        cut_off = commit(fork, "side", "side\n")
        git(fork, "switch", "--quiet", "prod")
        git(fork, "merge", "--quiet", "--no-edit", "side")
        (fork / ".git/shallow").write_text(f"{cut_off}\n")
        repo = open_repository(fork)
        production, release = repo.resolve("prod"), repo.resolve("v2")
        assert repo.merge_bases(production, release) == (repo.resolve("v1"),)
        assert "was cut off" in repair_of(lambda: require_history(repo, production, release))[0]

    def test_unrelated_histories(self, fork: Path) -> None:
        git(fork, "switch", "--quiet", "--orphan", "other")
        other = commit(fork, "other", "other\n")
        repo = open_repository(fork)
        message, hint = repair_of(lambda: require_history(repo, repo.resolve("prod"), other))
        assert "share no history" in message
        assert "git remote -v" in hint

    def test_missing_commit(self, fork: Path) -> None:
        object_file(fork, "v1~1").unlink()
        repo = open_repository(fork)
        production, release = repo.resolve("prod"), repo.resolve("v2")
        for read in (
            lambda: list(repo.walk([production])),
            lambda: repo.is_ancestor(release, production),
        ):
            message, hint = repair_of(read)
            assert "history is incomplete" in message
            assert "git fsck" in hint


class TestObjects:
    def test_partial_clone(self, fork: Path, tmp_path: Path) -> None:
        url = f"file://{fork}"
        git(tmp_path, "clone", "--quiet", "--filter=blob:none", "--branch=prod", url, "clone")
        git(tmp_path / "clone", "branch", "--quiet", "main", "origin/main")
        repo = open_repository(tmp_path / "clone")
        assert "partial-clone" in {finding.rule for finding in probe(repo, EXPECTED)}
        message, hint = repair_of(lambda: merge_inputs(repo))
        assert message.startswith(f"src/app.py: object {git(fork, 'rev-parse', 'v2:src/app.py')}")
        assert hint == "git fetch --refetch --no-filter"
        git(tmp_path / "clone", *hint.split()[1:])
        merge_inputs(open_repository(tmp_path / "clone"))

    @pytest.mark.parametrize("revision", ["v2^{tree}", "v2:src", "v2:src/app.py"])
    @pytest.mark.parametrize("content", [None, b"junk", b""])
    def test_missing_or_damaged_object(self, fork: Path, revision: str, content: bytes | None) -> None:
        file = object_file(fork, revision)
        file.unlink()
        if content is not None:
            file.write_bytes(content)

        def read_all() -> None:
            repo = open_repository(fork)
            merge_inputs(repo)
            for _, entry in repo.files(repo.tree(repo.resolve("v2"))):
                repo.read(entry.id)

        message, hint = repair_of(read_all)
        assert ("is missing" if content is None else "is damaged") in message
        assert "git fsck" in hint


class TestNotes:
    def test_a_checkout_as_ci_makes_it_works(self, fork: Path, tmp_path: Path) -> None:
        clone = tmp_path / "clone"
        git(tmp_path, "init", "--quiet", str(clone))
        git(clone, "remote", "add", "origin", f"file://{fork}")
        git(clone, "fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*")
        git(clone, "checkout", "--quiet", "--detach", "refs/remotes/origin/prod")
        repo = open_repository(clone)
        merge_inputs(repo)
        assert resolve_branch(repo, "prod", "origin").ref == "refs/remotes/origin/prod"
        assert [finding.rule for finding in probe(repo, EXPECTED)] == ["detached-head", "no-upstream-remote"]

    def test_no_tags(self, fork: Path) -> None:
        git(fork, "tag", "--delete", "v1", "v2")
        assert "no tag was fetched" in probe(open_repository(fork), EXPECTED)[0].message
        git(fork, "tag", "nightly")
        assert "none of the 1 tags here is a release" in probe(open_repository(fork), EXPECTED)[0].message

    def test_replace_refs(self, fork: Path) -> None:
        git(fork, "replace", "v2", "v1")
        assert [finding.rule for finding in probe(open_repository(fork), EXPECTED)] == ["replace-refs"]

    def test_grafts(self, fork: Path) -> None:
        (fork / ".git/info/grafts").write_text(git(fork, "rev-parse", "v2") + "\n")
        assert [finding.rule for finding in probe(open_repository(fork), EXPECTED)] == ["grafts"]

    def test_a_linked_work_tree_sees_what_the_main_one_sees(self, fork: Path) -> None:
        git(fork, "worktree", "add", "--quiet", "../linked", "main")
        (fork / ".git/refs/tags/v2").write_text("junk\n")
        findings = probe(open_repository(fork.parent / "linked"), EXPECTED)
        assert [finding.rule for finding in findings] == ["damaged-ref"]

    def test_every_finding_is_documented(self) -> None:
        root = Path(__file__).parents[2]
        source = (root / "engine/preflight.py").read_text()
        rules = set(re.findall(r'_note\(\s*"([a-z-]+)"', source)) | set(re.findall(r'Finding\(\s*"([a-z-]+)"', source))
        documented = set(re.findall(r"^### `([a-z-]+)`$", (root / "docs/preflight.md").read_text(), re.MULTILINE))
        assert rules == documented


class TestDoctor:
    def test_a_sound_repository(self, fork: Path) -> None:
        repo = open_repository(fork)
        diagnosis = doctor(repo, EXPECTED, History(repo.resolve("v2")), git=(2, 39, 5))
        assert {check.state for check in diagnosis.checks} == {State.OK}
        assert diagnosis.exit_code == 0
        text = to_text(diagnosis, Screen(80))
        assert "\x1b" not in text
        assert text.endswith("The repository is fit for `forkpolicy plan`.\n")

    def test_everything_wrong_at_once(self, fork: Path) -> None:
        (fork / ".git/refs/heads/prod").write_text("junk\n")
        (fork / ".git/info/grafts").write_text("")
        git(fork, "remote", "remove", "upstream")
        repo = open_repository(fork)
        diagnosis = doctor(repo, EXPECTED, History(repo.resolve("v2")), git=(2, 30))
        assert [(check.state, check.subject) for check in diagnosis.checks if check.state is not State.OK] == [
            (State.NOTE, "git"),
            (State.ERROR, "refs"),
            (State.NOTE, "upstream"),
            (State.ERROR, "branch"),
        ]
        assert diagnosis.exit_code == 4
        assert "2 things stop `forkpolicy plan`." in to_text(diagnosis, Screen(80))

    @pytest.mark.parametrize("shallow", [False, True])
    def test_without_a_release_there_is_nothing_to_plan(self, fork: Path, tmp_path: Path, shallow: bool) -> None:
        depth = ["--depth=1"] if shallow else []
        git(tmp_path, "clone", "--quiet", "--no-tags", *depth, "--branch=prod", f"file://{fork}", "clone")
        diagnosis = doctor(open_repository(tmp_path / "clone"), EXPECTED, History(None), git=None)
        assert diagnosis.exit_code == 4
        assert diagnosis.checks[-1].fix == ("git fetch --unshallow && " if shallow else "") + (
            f"git fetch --tags {EXPECTED.upstream_url}"
        )

    def test_a_merge_that_cannot_be_made(self, fork: Path) -> None:
        object_file(fork, "v2:src/app.py").unlink()
        repo = open_repository(fork)
        diagnosis = doctor(repo, EXPECTED, History(repo.resolve("v2")), git=None)
        assert (diagnosis.checks[-1].state, diagnosis.checks[-1].subject) == (State.ERROR, "merge")
        assert "\x1b[" in to_text(diagnosis, Screen(80, color=True))
