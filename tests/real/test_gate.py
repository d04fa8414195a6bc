"""The gate on the real fork's syncs, held against facts found with git itself; `make real SNAPSHOT=…` runs it."""

import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.real.test_real import REAL, ROOT, Json, git, repository, upstream_tips

pytestmark = pytest.mark.skipif(REAL is None, reason="needs the real fork: make real SNAPSHOT=…")

PAGES = "litellm/proxy/_experimental/out/"
LAYOUT = "ui/litellm-dashboard/src/app/layout.tsx"
HIDDEN = "feature/harmless"


class TestTheSyncThatWentWrong:
    """Pull request 88: unreleased commits, a version of no release, the fork's fixes dropped, a workflow back on."""

    MOMENT, HEAD = "before-v1.81.0", "upstream-sync/v1.81.0-stable"

    @pytest.fixture(params=[HEAD, HIDDEN])
    def report(self, request: pytest.FixtureRequest) -> Json:
        return checked(self.MOMENT, self.HEAD, request.param)

    def test_it_fails(self, report: Json) -> None:
        assert (report["status"], report["code"]) == ("failed", 1)

    def test_the_unreleased_commits_are_counted_as_git_counts_them(self, report: Json) -> None:
        releases = ["--not", "carto/main", *upstream_tips(self.MOMENT)[1:]]
        assert git(self.MOMENT, "rev-list", "--count", "upstream/main", *releases) == "413"
        [finding] = found(report, "unreleased-upstream")
        assert "413 commits" in finding["message"]

    def test_the_version_is_no_release_s(self, report: Json) -> None:
        [finding] = found(report, "version-mismatch")
        assert "says 1.81.6" in finding["message"]
        assert "v1.81.0-stable" in finding["message"]

    def test_what_was_disabled_is_active(self, report: Json) -> None:
        active = paths(report, "disabled-file")
        workflows = ".github/workflows/"
        assert f"{workflows}ghcr_deploy.yml" in active
        assert {f"{workflows}{name}.yml" for name in ("check_duplicate_issues", "label-component")} < active

    def test_the_fork_s_work_is_gone_where_it_is_told(self, report: Json) -> None:
        dropped = paths(report, "fork-dropped")
        assert {
            "litellm/llms/azure/responses/transformation.py",
            ".github/workflows/test-litellm.yml",
        } < dropped
        sides = git(self.MOMENT, "show", "-s", "--format=%P", "a6681aa071").split()
        for path in dropped:
            upstream, fork, merge = (git(self.MOMENT, "rev-parse", f"{each}:{path}") for each in (*sides, "a6681aa071"))
            assert merge == upstream
            assert merge != fork

    def test_who_made_what_is_gone_is_named(self, report: Json) -> None:
        [finding] = [
            each for each in found(report, "fork-dropped") if each["path"].endswith("responses/transformation.py")
        ]
        assert "#61" in finding["message"]

    def test_what_is_told_of_pages_and_of_upstream_s_changes_is_what_was_recorded(self, report: Json) -> None:
        upstream, fork = (tree(self.MOMENT, each) for each in parents(self.MOMENT, "a6681aa071"))
        merge, head, base = (tree(self.MOMENT, each) for each in ("a6681aa071", self.HEAD, "b9850accaa"))
        pages = {path for path in paths(report, "ownership") if path.startswith(PAGES)}
        alone = paths(report, "upstream-dropped")
        assert (len(pages), len(alone)) == (170, 15)
        for path in pages | alone:
            assert merge.get(path) == head.get(path) != upstream.get(path)
        for path in alone:
            assert merge.get(path) == fork.get(path) == base.get(path)

    def test_what_is_brought_was_not_there(self, report: Json) -> None:
        _, fork = parents(self.MOMENT, "a6681aa071")
        before, head = tree(self.MOMENT, fork), tree(self.MOMENT, self.HEAD)
        brought = paths(report, "disabled-file")
        assert not brought & before.keys()
        assert brought <= head.keys()

    def test_what_upstream_has_reworked_is_not_the_fork_s(self, report: Json) -> None:
        """The fork had picked upstream's own change early, and upstream went on with it."""
        assert "litellm-proxy-extras/litellm_proxy_extras/utils.py" not in paths(report, "fork-dropped")

    def test_nothing_is_told_twice(self, report: Json) -> None:
        told = ("ownership", "upstream-dropped", "disabled-file")
        each = [path for rule in told for path in sorted(paths(report, rule))]
        assert len(each) == len(set(each))


class TestTheMirror:
    MOMENT = "before-v1.81.0"

    def test_its_name_is_enough(self) -> None:
        report = checked(self.MOMENT, "main")
        assert (report["status"], report["code"]) == ("failed", 1)
        assert found(report, "forbidden-merge")

    def test_its_content_is_enough(self) -> None:
        report = checked(self.MOMENT, "main", HIDDEN)
        assert {"forbidden-merge", "unreleased-upstream"} <= errors(report)


class TestTheForksOwnCommits:
    """Commits of production, as if they were a feature branch's."""

    MOMENT = "before-v1.81.0"

    @pytest.mark.parametrize(("base", "head"), [("29044539de", "3b01112fc5"), ("7dd74bc91d", "549d43d78a")])
    def test_they_pass(self, tmp_path: Path, base: str, head: str) -> None:
        place = tmp_path / "copy.git"
        shutil.copytree(repository(self.MOMENT), place)
        for branch, commit in (("carto/main", base), ("feature/x", head)):
            subprocess.run(["git", "-C", place, "update-ref", f"refs/heads/{branch}", commit], check=True)
        report = check(place, "feature/x")
        assert errors(report) == set()
        assert (report["status"], report["code"]) == ("passed", 0)


class TestTheSyncThatKeptOldPages:
    MOMENT, HEAD = "before-v1.81.9", "upstream-sync/v1.81.9-stable"

    def test_the_built_pages_and_the_layout_are_against_the_policy(self) -> None:
        report = checked(self.MOMENT, self.HEAD)
        told = paths(report, "ownership")
        pages = {path for path in told if path.startswith(PAGES)}
        assert told - pages == {LAYOUT}
        assert len(pages) == 40
        upstream, fork = git(self.MOMENT, "show", "-s", "--format=%P", "4a2426ed54").split()
        for path in pages:
            merge, kept, wanted = (
                git(self.MOMENT, "rev-parse", f"{each}:{path}") for each in ("4a2426ed54", fork, upstream)
            )
            assert merge == kept
            assert merge != wanted

    def test_no_work_of_the_fork_was_dropped(self) -> None:
        assert found(checked(self.MOMENT, self.HEAD), "fork-dropped") == []


@cache
def checked(moment: str, head: str, name: str | None = None) -> Json:
    """The report, with the exit code, of a branch into production; `name` is what the pull request calls it."""
    return check(repository(moment), head, *(() if name is None else ("--head-name", name)))


def check(place: Path, head: str, *options: str) -> Json:
    forkpolicy = str(Path(sys.executable).with_name("forkpolicy"))
    where = ["-C", str(place), "--policy", str(ROOT / "carto-fork.yaml")]
    command = [forkpolicy, *where, "check", "--base", "carto/main", "--head", head, *options, "--format", "json"]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True, timeout=60)
    report: Json = json.loads(done.stdout)
    return report | {"code": done.returncode}


def parents(moment: str, merge: str) -> list[str]:
    return git(moment, "show", "-s", "--format=%P", merge).split()


def tree(moment: str, commit: str) -> dict[str, str]:
    """The entries of a commit, mode and id by path."""
    listed = git(moment, "ls-tree", "-r", "-z", "--full-tree", commit).split("\0")
    return {path: entry for entry, _, path in (line.partition("\t") for line in listed if line)}


def found(report: Json, rule: str) -> list[Json]:
    return [each for each in report["findings"] if each["rule"] == rule]


def paths(report: Json, rule: str) -> set[str]:
    return {each["path"] for each in found(report, rule)}


def errors(report: Json) -> set[str]:
    return {each["rule"] for each in report["findings"] if each["severity"] == "error"}
