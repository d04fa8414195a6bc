"""`forkpolicy apply`: what it makes, what it refuses, and that plain git can finish what it lays out."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from forkpolicy.engine.git.repository import Repository
from forkpolicy.policy.names import RepoPath
from tests.forks import BRANCH, LOG, PRODUCTION, RELEASE, git, is_sound, make_fork, refs, run

Json = dict[str, Any]


@pytest.fixture
def fork(tmp_path: Path) -> Path:
    """A fork whose next sync leaves some paths for people."""
    return make_fork(tmp_path / "fork")


@pytest.fixture
def decided(tmp_path: Path) -> Path:
    """A fork whose policy decides everything."""
    return make_fork(tmp_path / "fork", decided=True)


def outcome(capsys: pytest.CaptureFixture[str]) -> Json:
    found: Json = json.loads(capsys.readouterr().out)
    return found


def plan_of(fork: Path, tmp_path: Path, *arguments: str) -> Json:
    file = tmp_path / "plan.json"
    assert run(fork, "-q", "plan", *arguments, "--output", f"json={file}") in (0, 1)
    found: Json = json.loads(file.read_text())
    return found


class TestNothingIsLeft:
    def test_the_merge_is_made(self, decided: Path, capsys: pytest.CaptureFixture[str]) -> None:
        before, status = refs(decided), git(decided, "status", "--porcelain")
        assert run(decided, "apply") == 0
        after = refs(decided)
        assert set(after) - set(before) == {f"refs/heads/{BRANCH}"}
        assert {name: after[name] for name in before} == before
        assert git(decided, "show", "-s", "--format=%P", BRANCH).split() == [
            git(decided, "rev-parse", PRODUCTION),
            git(decided, "rev-parse", RELEASE),
        ]
        assert git(decided, "status", "--porcelain") == status
        assert is_sound(decided)
        assert "merged, nothing is left for people" in capsys.readouterr().out

    def test_the_tree_is_the_plan_s(self, decided: Path, tmp_path: Path) -> None:
        plan = plan_of(decided, tmp_path)
        run(decided, "apply")
        repo = Repository.open(decided)
        tree = repo.tree(repo.resolve(BRANCH))
        for decision in plan["decisions"]:
            for path, blob in decision["results"].items():
                entry = repo.entry(tree, RepoPath(path))
                assert (entry.id if entry else None) == blob

    def test_what_merges_cleanly_is_merged(self, decided: Path) -> None:
        run(decided, "apply")
        text = git(decided, "show", f"{BRANCH}:README.md")
        assert "A fast, small web" in text
        assert "Ask ACME." in text

    def test_a_second_run_finds_its_work_done(self, decided: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run(decided, "apply")
        before = refs(decided)
        capsys.readouterr()
        assert run(decided, "apply", "--format", "json") == 0
        assert outcome(capsys)["outcome"] == "already"
        assert refs(decided) == before

    def test_commits_on_top_are_left_alone(self, decided: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run(decided, "apply")
        tree = git(decided, "rev-parse", f"{BRANCH}^{{tree}}")
        top = git(decided, "commit-tree", "-p", BRANCH, "-m", "fix: more", tree)
        git(decided, "branch", "-f", BRANCH, top)
        capsys.readouterr()
        assert run(decided, "apply", "--force-with-lease") == 0
        assert "done already, 1 commit on top" in capsys.readouterr().out
        assert refs(decided)[f"refs/heads/{BRANCH}"] == top

    def test_planning_onto_the_branch_is_up_to_date(self, decided: Path, tmp_path: Path) -> None:
        run(decided, "apply")
        assert plan_of(decided, tmp_path, "--onto", BRANCH)["status"] == "up-to-date"
        assert "pending-sync" in [each["rule"] for each in plan_of(decided, tmp_path)["findings"]]

    def test_the_log_is_the_plan(self, decided: Path, tmp_path: Path) -> None:
        plan = plan_of(decided, tmp_path)
        run(decided, "apply")
        log = json.loads(git(decided, "show", f"{BRANCH}:{LOG}"))
        assert log["decisions"] == plan["decisions"]
        assert log["policy"]["sha256"] == plan["policy"]["sha256"]

    def test_another_branch(self, decided: Path) -> None:
        assert run(decided, "apply", "--branch", "sync/mine") == 0
        assert "refs/heads/sync/mine" in refs(decided)
        assert f"refs/heads/{BRANCH}" not in refs(decided)

    def test_up_to_date(self, decided: Path, capsys: pytest.CaptureFixture[str]) -> None:
        git(decided, "update-ref", f"refs/heads/{PRODUCTION}", RELEASE)
        before = refs(decided)
        assert run(decided, "apply", "--format", "json") == 0
        assert outcome(capsys)["outcome"] == "nothing"
        assert refs(decided) == before

    def test_what_is_no_release_is_refused(self, decided: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(decided, "apply", "--release", "v1.2.0-rc1") == 1
        assert "no scheme matches" in capsys.readouterr().out

    def test_a_bare_repository(self, decided: Path, tmp_path: Path) -> None:
        bare = tmp_path / "bare.git"
        git(tmp_path, "clone", "--quiet", "--mirror", str(decided), str(bare))
        assert run(bare, "--policy", str(decided / "carto-fork.yaml"), "apply") == 0
        assert f"refs/heads/{BRANCH}" in refs(bare)


class TestNothingElseMatters:
    """The same plan gives the same tree, whatever is checked out and however git is configured."""

    SETTINGS = (
        "core.autocrlf=true",
        "core.ignorecase=true",
        "merge.conflictStyle=diff3",
        "merge.renames=false",
        "merge.ff=only",
        "merge.directoryRenames=true",
        "commit.gpgSign=true",
        "core.commentChar=;",
    )

    def test_for_a_merge(self, tmp_path: Path) -> None:
        assert len({self.tree(fork, "apply") for fork in self.forks(tmp_path, decided=True)}) == 1

    def test_for_a_draft(self, tmp_path: Path) -> None:
        assert len({self.tree(fork, "apply", "--with-markers") for fork in self.forks(tmp_path, decided=False)}) == 1

    def forks(self, tmp_path: Path, *, decided: bool) -> Iterator[Path]:
        yield make_fork(tmp_path / "plain", decided=decided)
        configured = make_fork(tmp_path / "configured", decided=decided)
        for setting in self.SETTINGS:
            git(configured, "config", *setting.split("=", 1))
        yield configured
        elsewhere = make_fork(tmp_path / "elsewhere", decided=decided)
        policy = (elsewhere / "carto-fork.yaml").read_text()
        git(elsewhere, "checkout", "--quiet", "--force", RELEASE)
        (elsewhere / "carto-fork.yaml").write_text(policy)
        yield elsewhere

    def tree(self, fork: Path, *arguments: str) -> str:
        assert run(fork, *arguments) == 0
        changed = git(fork, "diff-tree", "-r", PRODUCTION, BRANCH, "--", ":!.forkpolicy/decisions")
        assert changed
        return changed


class TestTheMessage:
    def test_it_is_conventional_and_has_trailers(self, decided: Path, tmp_path: Path) -> None:
        plan = plan_of(decided, tmp_path)
        run(decided, "apply")
        assert git(decided, "show", "-s", "--format=%s", BRANCH) == "sync: Widget v1.2.0"
        trailers = dict(
            line.split(": ", 1) for line in git(decided, "show", "-s", "--format=%(trailers:only)", BRANCH).splitlines()
        )
        assert trailers["Upstream-Release"] == RELEASE
        assert trailers["Upstream-Commit"] == plan["upstream"]["commit"]
        assert trailers["Git-Base"] == " ".join(plan["base"]["git"])
        assert trailers["Policy-Sha256"] == plan["policy"]["sha256"]
        assert trailers["Decision-Log"] == LOG
        assert f"keep-fork {len(plan['decisions'])}" in trailers["Decisions"]

    def test_a_title_that_is_not_conventional_gets_a_type(self, decided: Path) -> None:
        policy = decided / "carto-fork.yaml"
        policy.write_text(policy.read_text().replace('title: "sync: Widget {tag}"', 'title: "Widget {tag} is here"'))
        run(decided, "apply")
        assert git(decided, "show", "-s", "--format=%s", BRANCH) == "chore: Widget v1.2.0 is here"

    def test_a_fork_has_its_own(self, decided: Path) -> None:
        (decided / "message.j2").write_text("merge: {{ upstream.tag }} @all #1\n")
        policy = decided / "carto-fork.yaml"
        policy.write_text(policy.read_text() + "\ntemplates: { merge_message: message.j2 }\n")
        run(decided, "apply")
        assert git(decided, "show", "-s", "--format=%B", BRANCH) == "merge: v1.2.0 @all #1"


class TestSomebodyElsesWork:
    def test_it_is_not_overwritten(self, decided: Path, capsys: pytest.CaptureFixture[str]) -> None:
        git(decided, "branch", BRANCH, "v1.1.0")
        before = refs(decided)
        assert run(decided, "apply") == 1
        assert "holds something else than this plan" in capsys.readouterr().err
        assert refs(decided) == before

    def test_with_lease_it_is_replaced(self, decided: Path, capsys: pytest.CaptureFixture[str]) -> None:
        git(decided, "branch", BRANCH, "v1.1.0")
        assert run(decided, "apply", "--force-with-lease") == 0
        assert "in place of" in capsys.readouterr().out
        assert git(decided, "rev-parse", f"{BRANCH}^2") == git(decided, "rev-parse", RELEASE)

    def test_a_branch_that_stands_on_production_has_none(self, decided: Path) -> None:
        git(decided, "branch", BRANCH, PRODUCTION)
        assert run(decided, "apply") == 0

    def test_a_branch_that_is_checked_out_does_not_move(
        self, decided: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        git(decided, "switch", "--quiet", "-c", BRANCH)
        before = refs(decided)
        assert run(decided, "apply") == 1
        assert f"is checked out in {decided}" in capsys.readouterr().err
        assert refs(decided) == before

    def test_the_remote_s_branch_is_pointed_out(self, decided: Path, capsys: pytest.CaptureFixture[str]) -> None:
        git(decided, "update-ref", f"refs/remotes/origin/{BRANCH}", "v1.1.0")
        assert run(decided, "apply") == 0
        assert "look before you push" in " ".join(capsys.readouterr().out.split())

    @pytest.mark.parametrize("name", [PRODUCTION, "main", "a b", "-x", "x.lock", "HEAD"])
    def test_some_branches_are_out_of_bounds(self, decided: Path, name: str) -> None:
        before = refs(decided)
        assert run(decided, "apply", f"--branch={name}") == 2
        assert refs(decided) == before

    def test_a_ref_in_the_way(self, decided: Path, capsys: pytest.CaptureFixture[str]) -> None:
        git(decided, "branch", "upstream-sync", PRODUCTION)
        git(decided, "pack-refs", "--all")
        assert run(decided, "apply") == 1
        assert "refs/heads/upstream-sync is in its way" in capsys.readouterr().err


class TestASavedPlan:
    @pytest.fixture
    def saved(self, decided: Path, tmp_path: Path) -> Path:
        plan_of(decided, tmp_path)
        return tmp_path / "plan.json"

    def test_it_is_carried_out(self, decided: Path, saved: Path) -> None:
        assert run(decided, "apply", str(saved)) == 0
        assert run(decided, "apply", str(saved)) == 0

    def test_production_moved(self, decided: Path, saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
        git(decided, "update-ref", f"refs/heads/{PRODUCTION}", f"{PRODUCTION}~1")
        assert self.refused(decided, saved, capsys) == [f"{PRODUCTION} was"]

    def test_the_release_moved(self, decided: Path, saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
        git(decided, "tag", "-f", RELEASE, "v1.1.0")
        assert self.refused(decided, saved, capsys) == [f"{RELEASE} was"]

    def test_the_policy_changed(self, decided: Path, saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
        policy = decided / "carto-fork.yaml"
        policy.write_text(policy.read_text() + "\n# a comment is enough\n")
        assert self.refused(decided, saved, capsys) == ["the policy carto-fork.yaml was"]

    def test_all_that_moved_is_told(self, decided: Path, saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
        git(decided, "update-ref", "-d", f"refs/heads/{PRODUCTION}")
        git(decided, "update-ref", "-d", f"refs/remotes/origin/{PRODUCTION}")
        git(decided, "tag", "-d", RELEASE)
        assert self.refused(decided, saved, capsys) == [f"{PRODUCTION} was", f"{RELEASE} was"]

    def test_an_edited_plan(self, decided: Path, saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
        data = json.loads(saved.read_text())
        data["decisions"][0]["resolution"] = "accept-upstream"
        saved.write_text(json.dumps(data))
        assert self.refused(decided, saved, capsys) == []

    @pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "forkpolicy.check/1"}', '{"schema": 1'])
    def test_what_is_no_plan(self, decided: Path, saved: Path, text: str) -> None:
        saved.write_text(text)
        assert run(decided, "apply", str(saved)) == 2

    def refused(self, decided: Path, saved: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
        before = refs(decided)
        assert run(decided, "apply", str(saved)) == 1
        assert refs(decided) == before
        error = capsys.readouterr().err
        assert "is out of date" in error
        return re.findall(r"^forkpolicy:   (.* was) ", error, re.MULTILINE)


class TestPeopleAreNeeded:
    def test_nothing_is_written_unasked(self, fork: Path, capsys: pytest.CaptureFixture[str]) -> None:
        before = refs(fork)
        assert run(fork, "apply") == 1
        assert refs(fork) == before
        text = capsys.readouterr().out
        assert "widget/config.py" in text
        assert "--worktree" in text

    def test_a_draft_has_markers_for_everything(self, fork: Path, tmp_path: Path) -> None:
        left = [each["path"] for each in plan_of(fork, tmp_path)["decisions"] if each["resolution"] == "manual-review"]
        assert run(fork, "apply", "--with-markers") == 0
        marked = git(fork, "grep", "-l", "^<<<<<<< fork", BRANCH).replace(f"{BRANCH}:", "").splitlines()
        listed = git(fork, "show", f"{BRANCH}:.forkpolicy/left/{RELEASE}.md")
        assert left
        for path in left:
            assert path in marked or f"- {path}:" in listed
        assert "||||||| base" in git(fork, "show", f"{BRANCH}:widget/config.py")
        assert is_sound(fork)

    def test_a_draft_is_done_when_its_markers_are_gone(self, fork: Path, tmp_path: Path) -> None:
        run(fork, "apply", "--with-markers")
        assert run(fork, "apply", "--with-markers") == 0
        assert run(fork, "apply") == 1
        git(fork, "worktree", "add", "--quiet", str(tmp_path / "w"), BRANCH)
        resolve(tmp_path / "w")
        git(tmp_path / "w", "commit", "--quiet", "--all", "-m", "fix: what was left")
        assert run(fork, "apply") == 0

    def test_both_ways_at_once_are_too_many(self, fork: Path, tmp_path: Path) -> None:
        assert run(fork, "apply", "--with-markers", "--worktree", str(tmp_path / "w")) == 2


class TestAWorkTree:
    @pytest.fixture
    def laid_out(self, fork: Path, tmp_path: Path) -> Path:
        place = tmp_path / "sync"
        assert run(fork, "apply", "--worktree", str(place)) == 0
        return place

    def test_the_index_has_git_s_stages(self, fork: Path, laid_out: Path, tmp_path: Path) -> None:
        laid = stages(laid_out)
        git(tmp_path, "clone", "--quiet", str(fork), "clone")
        git(tmp_path / "clone", "merge", "--quiet", RELEASE, check=False)
        gits = {line.replace("~HEAD", "~fork") for line in stages(tmp_path / "clone")}
        assert laid
        assert laid <= gits

    def test_what_is_decided_is_staged(self, fork: Path, laid_out: Path, tmp_path: Path) -> None:
        plan = plan_of(fork, tmp_path)
        for decision in plan["decisions"]:
            for path, blob in decision["results"].items():
                entry = git(laid_out, "ls-files", "--stage", "--", path).split()
                assert (entry[1] if entry else None) == blob
        unmerged = set(git(laid_out, "diff", "--name-only", "--diff-filter=U").splitlines())
        assert set(git(laid_out, "diff", "--name-only").splitlines()) == unmerged

    def test_git_sees_a_merge(self, fork: Path, laid_out: Path) -> None:
        status = git(laid_out, "status")
        assert "You have unmerged paths" in status
        assert git(laid_out, "branch", "--show-current") == BRANCH
        assert git(laid_out, "rev-parse", "MERGE_HEAD") == git(fork, "rev-parse", RELEASE)
        assert refs(fork)[f"refs/heads/{BRANCH}"] == refs(fork)[f"refs/heads/{PRODUCTION}"]
        assert "prunable" not in git(fork, "worktree", "list", "--porcelain")

    @pytest.mark.parametrize("command", [("merge", "--continue"), ("commit", "--no-edit")], ids=" ".join)
    def test_plain_git_finishes_it(self, fork: Path, laid_out: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
        resolve(laid_out)
        git(laid_out, "update-index", "--cacheinfo", f"160000,{'3':0>40},vendor/icons")
        git(laid_out, "add", "--all", ":!vendor/icons")
        git(laid_out, "-c", "core.editor=true", *command)
        assert git(fork, "rev-parse", f"{BRANCH}^1", f"{BRANCH}^2") == git(fork, "rev-parse", PRODUCTION, RELEASE)
        assert "Policy-Sha256" in git(fork, "show", "-s", "--format=%(trailers:only)", BRANCH)
        assert is_sound(fork)
        assert run(fork, "apply") == 0
        assert plan_of(fork, tmp_path, "--onto", BRANCH)["status"] == "up-to-date"

    def test_a_merge_tool_gets_three_versions(self, laid_out: Path) -> None:
        tool = 'cat "$BASE" "$LOCAL" "$REMOTE" > seen; cp "$REMOTE" "$MERGED"'
        git(laid_out, "-c", f"mergetool.t.cmd={tool}", "mergetool", "--tool=t", "--no-prompt", "widget/config.py")
        assert [f"TIMEOUT = {number}" in (laid_out / "seen").read_text() for number in (30, 90, 45)] == [True] * 3
        assert git(laid_out, "ls-files", "--unmerged", "widget/config.py") == ""

    def test_plain_git_takes_it_back(self, fork: Path, laid_out: Path) -> None:
        git(laid_out, "merge", "--abort")
        assert git(laid_out, "status", "--porcelain") == ""
        git(fork, "worktree", "remove", str(laid_out))
        assert not (fork / ".git/worktrees").exists()

    def test_a_second_run_finds_it(self, fork: Path, laid_out: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (laid_out / "widget/config.py").write_text("half done")
        capsys.readouterr()
        assert run(fork, "apply", "--worktree", str(laid_out), "--format", "json") == 0
        assert outcome(capsys)["outcome"] == "already"
        assert run(fork, "apply") == 1
        assert (laid_out / "widget/config.py").read_text() == "half done"

    def test_one_that_was_thrown_away_can_be_laid_out_anew(self, fork: Path, laid_out: Path) -> None:
        subprocess.run(["rm", "-r", str(laid_out)], check=True)
        assert run(fork, "apply", "--worktree", str(laid_out)) == 0
        assert "You have unmerged paths" in git(laid_out, "status")
        assert len(git(fork, "worktree", "list").splitlines()) == 2

    def test_a_directory_with_something_in_it_is_left_alone(self, fork: Path, tmp_path: Path) -> None:
        (tmp_path / "full").mkdir()
        (tmp_path / "full/precious").touch()
        before = refs(fork)
        assert run(fork, "apply", "--worktree", str(tmp_path / "full")) == 2
        assert refs(fork) == before
        assert [each.name for each in (tmp_path / "full").iterdir()] == ["precious"]

    def test_an_empty_directory_will_do(self, fork: Path, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        assert run(fork, "apply", "--worktree", str(tmp_path / "empty")) == 0

    def test_no_work_tree_where_nothing_is_left(self, decided: Path, tmp_path: Path) -> None:
        assert run(decided, "apply", "--worktree", str(tmp_path / "w")) == 0
        assert not (tmp_path / "w").exists()
        assert f"refs/heads/{BRANCH}" in refs(decided)


def stages(where: Path) -> set[str]:
    return set(git(where, "ls-files", "--unmerged").splitlines())


def resolve(where: Path) -> None:
    """What a person does: here simply take the fork's lines of every conflict."""
    (where / f".forkpolicy/left/{RELEASE}.md").unlink(missing_ok=True)
    for path in (each for each in where.rglob("*") if each.is_file() and not each.is_symlink() and each.name != ".git"):
        content = path.read_bytes()
        settled = re.sub(rb"^<<<<<<< .*?\n(.*?)^\|{7}.*?^>>>>>>> .*?\n", rb"\1", content, flags=re.M | re.S)
        if settled != content:
            path.write_bytes(settled)
