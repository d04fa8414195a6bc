"""Git as the oracle: what it is asked, what is read from it, and that no difference goes unreported."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from forkpolicy.engine import oracle
from forkpolicy.engine.git.merging import ShortStat, count_changes
from forkpolicy.engine.git.scratch import Scratch, scratch_store
from forkpolicy.engine.merge import Merge, merge_commits
from forkpolicy.policy.errors import RepositoryError
from forkpolicy.policy.facts import Conflict, Entry, Kind, Versions
from forkpolicy.policy.names import BlobId, CommitId, RepoPath, TreeId
from tests.builder import FILE, RepositoryBuilder, lines
from tests.forks import make_fork, run

TEXT = lines(1, 30)
ENTRY = Entry(FILE, BlobId("1" * 40))
F, G, H = RepoPath("f"), RepoPath("g"), RepoPath("h")
MERGE = Merge(TreeId(""), (), {}, {}, {}, {}, ())
VERDICT = oracle.Verdict("git 2.39.5", frozenset(), (), {})

needs_git = pytest.mark.skipif(not oracle.is_available(), reason="needs git 2.38 or newer")


def conflict(kind: Kind, *paths: RepoPath) -> Conflict:
    return Conflict(paths[0], kind, dict.fromkeys(paths, Versions(ENTRY, ENTRY, ENTRY)))


class TestCompare:
    def test_agrees_on_the_same_changes_and_conflicts(self) -> None:
        merge = replace(MERGE, conflicts=(conflict(Kind.CONTENT, F),), changes={G: ENTRY, H: None})
        verdict = replace(VERDICT, unmerged=frozenset({F}), changes={G: ENTRY, H: None})
        assert oracle.compare(merge, verdict) == ()

    @pytest.mark.parametrize(
        ("here", "there"),
        [
            ({F: ENTRY}, {}),
            ({}, {F: ENTRY}),
            ({F: None}, {}),
            ({F: ENTRY}, {F: None}),
            ({F: ENTRY}, {F: replace(ENTRY, mode=0o100755)}),
            ({F: ENTRY}, {F: replace(ENTRY, id=BlobId("2" * 40))}),
        ],
    )
    def test_reports_a_path_that_is_clean_in_both_but_other(
        self, here: dict[RepoPath, Entry | None], there: dict[RepoPath, Entry | None]
    ) -> None:
        merge, verdict = replace(MERGE, changes={G: ENTRY, **here}), replace(VERDICT, changes={G: ENTRY, **there})
        assert oracle.compare(merge, verdict) == (F,)

    def test_reports_a_conflict_that_only_one_sees(self) -> None:
        here, there = replace(MERGE, conflicts=(conflict(Kind.CONTENT, F),)), VERDICT
        assert oracle.compare(here, there) == (F,)
        assert oracle.compare(MERGE, replace(VERDICT, unmerged=frozenset({F}))) == (F,)

    def test_a_group_agrees_where_git_names_one_of_its_paths(self) -> None:
        merge = replace(MERGE, conflicts=(conflict(Kind.CONTENT, G, F),))
        verdict = replace(VERDICT, unmerged=frozenset({G}), changes={F: None})
        assert oracle.compare(merge, verdict) == ()

    def test_a_group_differs_where_git_keeps_another_of_its_paths(self) -> None:
        """Git saw a deletion and an unrelated new file where a rename was seen here."""
        merge = replace(MERGE, conflicts=(conflict(Kind.CONTENT, G, F),))
        verdict = replace(VERDICT, unmerged=frozenset({F}), changes={G: ENTRY})
        assert oracle.compare(merge, verdict) == (G,)

    def test_a_conflict_that_git_only_tells_of_counts(self) -> None:
        told = replace(VERDICT, remarks=(frozenset({RepoPath("old")}),))
        inside = conflict(Kind.DIRECTORY_RENAME, RepoPath("old/f"))
        assert oracle.compare(replace(MERGE, conflicts=(inside,)), told) == ()
        assert oracle.compare(MERGE, told) == ("old",)


@pytest.fixture
def conflicting(repository: RepositoryBuilder) -> tuple[CommitId, CommitId]:
    """A fork and a release that conflict in `f`, and change `g` and `h` without conflict."""
    base = repository.on().write("f", TEXT).write("g", TEXT).write("h", TEXT).commit()
    fork = repository.on(base).write("f", lines(1, 30, l7="fork")).write("g", lines(1, 30, l2="fork")).commit()
    upstream = repository.on(base).write("f", lines(1, 30, l7="up")).write("g", lines(1, 30, l28="up"))
    return fork, upstream.delete("h").write("caf\udce9", "new\n").commit()


@pytest.fixture
def scratch(repository: RepositoryBuilder) -> Iterator[Scratch]:
    with scratch_store(repository.objects_dir) as opened:
        yield opened


def ask(scratch: Scratch, fork: CommitId, upstream: CommitId, base: CommitId | None = None) -> oracle.Verdict:
    running = oracle.start(scratch, fork, upstream, base)
    assert running is not None
    return running.finish()


@needs_git
class TestGit:
    def test_a_verdict_has_conflicts_and_clean_changes(
        self, scratch: Scratch, conflicting: tuple[CommitId, CommitId]
    ) -> None:
        verdict = ask(scratch, *conflicting)
        assert verdict.engine.startswith("git 2.")
        assert verdict.unmerged == {F}
        assert verdict.changes.keys() == {"g", "h", "caf\udce9"}
        assert verdict.changes[H] is None

    def test_a_difference_is_found_in_a_real_verdict(
        self, scratch: Scratch, conflicting: tuple[CommitId, CommitId]
    ) -> None:
        merge, verdict = merge_commits(scratch, *conflicting), ask(scratch, *conflicting)
        assert oracle.compare(merge, verdict) == ()
        assert oracle.compare(replace(merge, conflicts=()), verdict) == ("f",)
        assert oracle.compare(replace(merge, changes={**merge.changes, G: ENTRY}), verdict) == ("g",)

    def test_names_that_git_makes_up_are_traced_back(self, repository: RepositoryBuilder, scratch: Scratch) -> None:
        base = repository.on().write("README", "hello\n").commit()
        fork = repository.on(base).write("new", TEXT).commit()
        upstream = repository.on(base).write("new/inside", TEXT).commit()
        assert ask(scratch, fork, upstream).unmerged == {RepoPath("new")}

    def test_nobodys_configuration_has_a_say(
        self,
        scratch: Scratch,
        conflicting: tuple[CommitId, CommitId],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        before = ask(scratch, *conflicting)
        for number, (key, value) in enumerate({"merge.renames": "false", "merge.default": "union"}.items()):
            monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", key)
            monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)
        monkeypatch.setenv("GIT_CONFIG_COUNT", "2")
        monkeypatch.setenv("GIT_DIR", "/nonexistent")
        monkeypatch.setenv("GIT_OBJECT_DIRECTORY", "/nonexistent")
        assert ask(scratch, *conflicting) == before

    def test_replaced_objects_are_not_followed(
        self, repository: RepositoryBuilder, scratch: Scratch, conflicting: tuple[CommitId, CommitId]
    ) -> None:
        fork, upstream = conflicting
        before = ask(scratch, fork, upstream)
        scratch.repository.raw.references.create(f"refs/replace/{upstream}", fork)
        assert ask(scratch, fork, upstream) == before

    def test_a_failure_of_git_is_an_error(self, scratch: Scratch, conflicting: tuple[CommitId, CommitId]) -> None:
        with pytest.raises(RepositoryError, match="git merge-tree failed"):
            ask(scratch, conflicting[0], CommitId("0123456789" * 4))

    def test_counts_are_those_of_shortstat(self, scratch: Scratch, conflicting: tuple[CommitId, CommitId]) -> None:
        running = oracle.start_shortstat(scratch, *conflicting)
        counted = oracle.shortstat(scratch, *conflicting, running)
        printed = subprocess.run(
            ["git", f"--git-dir={scratch.git_dir}", "diff", "--shortstat", *conflicting],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert f" {counted.files} files changed, {counted.insertions} insertions(+), {counted.deletions} del" in printed

    def test_another_base_gives_the_first_count_up(
        self, scratch: Scratch, conflicting: tuple[CommitId, CommitId]
    ) -> None:
        fork, upstream = conflicting
        running = oracle.RunningStat(scratch, upstream, upstream)
        assert running.since(upstream) is running
        assert running.since(fork).finish() == oracle.RunningStat(scratch, fork, upstream).finish()
        assert scratch.running[0].returncode is not None


def test_without_git_nothing_is_asked_and_libgit2_counts(
    scratch: Scratch, conflicting: tuple[CommitId, CommitId], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oracle, "_git", lambda: "")
    monkeypatch.setattr(oracle, "_version_text", lambda: "")
    assert oracle.start(scratch, *conflicting) is None
    assert oracle.start_shortstat(scratch, *conflicting) is None
    counted = oracle.shortstat(scratch, *conflicting, None)
    assert counted == count_changes(scratch.repository, *conflicting) == ShortStat(4, 4, 33)


def test_a_count_of_nothing(scratch: Scratch, conflicting: tuple[CommitId, CommitId]) -> None:
    fork, _ = conflicting
    assert oracle.shortstat(scratch, fork, fork, oracle.start_shortstat(scratch, fork, fork)) == ShortStat(0, 0, 0)


@needs_git
class TestCrash:
    """Some histories make some versions of git abort; a machine short of memory kills it."""

    @pytest.fixture(autouse=True)
    def _crashing(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        git = tmp_path / "git"
        git.write_text(f"""#!/bin/sh
            case "$*" in
              *" merge-tree "*) echo "merge-ort.c:2056: Assertion failed." >&2; kill -ABRT $$ ;;
              *) exec "{shutil.which("git")}" "$@" ;;
            esac""")
        git.chmod(0o755)
        monkeypatch.setattr(oracle, "_git", lambda: str(git))

    def test_it_is_told_apart_from_an_answer(self, scratch: Scratch, conflicting: tuple[CommitId, CommitId]) -> None:
        with pytest.raises(oracle.CrashedError, match=r"was ended by SIGABRT: .*Assertion"):
            ask(scratch, *conflicting)

    def test_a_plan_goes_on_and_says_so(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        fork = make_fork(tmp_path / "fork")
        capsys.readouterr()
        plans: list[dict[str, Any]] = []
        for choice in ("auto", "never"):
            assert run(fork, "plan", "--format", "json", "--cross-check", choice) == 0
            plans.append(json.loads(capsys.readouterr().out))
        checked, unchecked = plans
        assert checked["cross_check"] == {"engine": None, "agrees": None, "differences": []}
        assert checked["decisions"] == unchecked["decisions"]
        assert checked["base"] == unchecked["base"]
        [told] = [each for each in checked["findings"] if each["rule"] == "cross-check"]
        assert "git merge-tree was ended by SIGABRT" in told["message"]

    def test_a_check_that_must_be_made_fails(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(make_fork(tmp_path / "fork"), "plan", "--cross-check", "always") == 4
        assert "--cross-check auto" in capsys.readouterr().err
