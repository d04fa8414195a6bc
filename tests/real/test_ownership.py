"""Ownership of the real fork's result, held against git itself: who is left what, what is lost, what stays disabled."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from forkpolicy.policy.customizations import requirements
from forkpolicy.policy.loader import load
from tests.real.test_real import REAL, ROOT, Json, git, plan_of, repository

pytestmark = pytest.mark.skipif(REAL is None, reason="needs the real fork: make real SNAPSHOT=…")

POLICY = ROOT / "carto-fork.yaml"
WORKFLOWS = ".github/workflows"
OUT = "litellm/proxy/_experimental/out/"
NEW = frozenset({"check_duplicate_issues", "create_daily_staging_branch", "label-component"})
CLEARED = (OUT, "dist/", "enterprise/dist/", "litellm-proxy-extras/dist/")

LEFT = {
    "docker/Dockerfile.non_root": 16,
    "litellm/litellm_core_utils/streaming_chunk_builder_utils.py": 3,
    "litellm/llms/databricks/chat/transformation.py": 6,
    "litellm/llms/oci/chat/transformation.py": 22,
    "litellm/llms/snowflake/chat/transformation.py": 68,
    "litellm/proxy/proxy_server.py": 5,
    "litellm/responses/litellm_completion_transformation/streaming_iterator.py": 45,
    "litellm/responses/litellm_completion_transformation/transformation.py": 39,
    "litellm/types/llms/vertex_ai.py": 1,
    "requirements.txt": 1,
    "tests/test_litellm/litellm_core_utils/test_streaming_chunk_builder_utils.py": 85,
    "tests/test_litellm/llms/azure/test_azure_common_utils.py": 76,
    "tests/test_litellm/llms/snowflake/chat/test_snowflake_chat_transformation.py": 227,
    "tests/test_litellm/llms/vertex_ai/gemini/test_vertex_ai_gemini_transformation.py": 1,
    "tests/test_litellm/responses/litellm_completion_transformation/test_litellm_completion_responses.py": 51,
}
"""The paths, each with the different lines of the fork's that upstream's side of the open hunks would cost; or with
those that the fork removed, and that would come back outside of the hunks."""


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The repository of a moment to write to, without the sync branch that was recorded later."""

    @cache
    def copied(moment: str) -> Path:
        place = tmp_path_factory.mktemp("real") / moment
        shutil.copytree(repository(moment), place)
        for branch in in_copy(place, "for-each-ref", "--format=%(refname)", "refs/heads/upstream-sync/").split():
            in_copy(place, "update-ref", "-d", branch)
        return place

    return copied


class TestWhatIsLeftForPeople:
    """docs/real-fork.md has the table; b9850accaa is the base."""

    MOMENT, RELEASE, BASE = "before-v1.81.0", "v1.81.3-stable", "b9850accaa"

    @pytest.fixture
    def plan(self) -> Json:
        return plan_of(self.MOMENT, self.RELEASE)

    @pytest.fixture
    def tree(self, copies: Callable[[str], Path]) -> Callable[[str], bytes | None]:
        """What the sync branch has at a path when the plan is carried out with markers."""
        place = copies(self.MOMENT)
        run(place, "apply", "--release", self.RELEASE, "--with-markers")
        return lambda path: content(place, f"upstream-sync/{self.RELEASE}", path)

    def test_they_are_those_in_which_a_line_of_the_fork_would_be_lost(self, plan: Json, tmp_path: Path) -> None:
        """Also under the one rule that leaves files to people as a whole: its hunks, given away, would lose lines."""
        assert {each["path"] for each in left(plan)} == set(LEFT)
        text = POLICY.read_text()
        rule = text.index("- name: build-files")
        given = text[rule:].replace("resolve: manual-review", "resolve: accept-upstream\n      scope: hunks", 1)
        (tmp_path / "policy.yaml").write_text(text[:rule] + given)
        by_hunks = json.loads(run(repository(self.MOMENT), *planning(self.RELEASE), policy=tmp_path / "policy.yaml"))
        assert {each["path"]: len(each["at_stake"]) for each in left(by_hunks)} == LEFT

    def test_no_other_line_of_the_fork_is_lost_unsaid(
        self, plan: Json, tree: Callable[[str], bytes | None], copies: Callable[[str], Path]
    ) -> None:
        told = {path: each["loss"]["fork"] for each in plan["decisions"] for path in each["paths"]}
        lost: set[str] = set()
        back: set[str] = set()
        changed = git(self.MOMENT, "diff", "--name-only", "--no-renames", self.BASE, "carto/main").split()
        for path in set(changed) - set(LEFT):
            base, fork = (content(repository(self.MOMENT), commit, path) for commit in (self.BASE, "carto/main"))
            if lines(fork) - lines(base) - lines(tree(path)) or (fork is None and tree(path) is not None):
                lost.add(path)
            if came_back(base, fork, content(repository(self.MOMENT), self.RELEASE, path), tree(path)):
                back.add(path)
        names = ("ghcr_deploy", "ghcr_helm_deploy", "helm_unit_test")
        assert lost == {f"{WORKFLOWS}/{name}.yml.txt" for name in names}
        assert back <= lost
        assert all(told[path] for path in lost)

    def test_every_customization_is_there_or_its_path_is_left(
        self, plan: Json, tree: Callable[[str], bytes | None]
    ) -> None:
        policy = load(POLICY.read_bytes(), str(POLICY))
        open_paths = {path for each in left(plan) for path in each["paths"]}
        wanted = list(requirements(policy.customizations))
        assert [each.wanted for each in wanted if each.path not in open_paths and not each.holds(tree(each.path))] == []
        assert {each.customization for each in wanted} == {each["name"] for each in plan["customizations"]}


class TestWorkflows:
    @pytest.mark.parametrize(
        ("moment", "release", "base", "new"),
        [
            ("before-v1.81.0", "v1.81.0-stable", "b9850accaa", NEW),
            ("before-v1.81.0", "v1.81.3-stable", "b9850accaa", NEW),
            ("before-v1.81.9", "v1.81.9-stable", "15cec5a4a0", frozenset[str]()),
        ],
    )
    def test_new_ones_arrive_disabled_and_disabled_ones_follow(
        self, copies: Callable[[str], Path], moment: str, release: str, base: str, new: frozenset[str]
    ) -> None:
        place, branch = copies(moment), f"upstream-sync/{release}"
        run(place, "apply", "--release", release, "--with-markers", "--force-with-lease")
        then, before, after, upstream = (workflows(place, each) for each in (base, "carto/main", branch, release))
        added = upstream.keys() - then.keys() - before.keys()
        assert added == {f"{name}.yml" for name in new}
        for name in added:
            assert (after.get(name), after.get(f"{name}.txt")) == (None, upstream[name])
        for name in ("ghcr_deploy.yml", "ghcr_helm_deploy.yml", "helm_unit_test.yml", "read_pyproject_version.yml"):
            assert (after.get(name), after.get(f"{name}.txt")) == (None, upstream.get(name))
        own = {name for name in before.keys() - then.keys() - upstream.keys() if not name.endswith(".txt")}
        assert {name: after[name] for name in own} == {name: before[name] for name in own}


class TestAWorkflowThatAnEarlierSyncChanged:
    def test_the_commit_that_took_the_fork_s_lines_is_named(self, tmp_path: Path) -> None:
        text = POLICY.read_text()
        place, demand = f"{WORKFLOWS}/test-litellm.yml", "must_contain"
        lost = f"  - {{ name: tests run here, {demand}: [{{ path: {place}, text: carto/main }}] }}\n"
        (tmp_path / "policy.yaml").write_text(text.replace("\ncustomizations:\n", f"\ncustomizations:\n{lost}"))
        moment = "before-v1.81.9"
        plan = json.loads(run(repository(moment), *planning("v1.81.9-stable"), policy=tmp_path / "policy.yaml"))
        [finding] = [each for each in plan["findings"] if each["rule"] == "customization-lost"]
        assert (finding["severity"], finding["path"]) == ("error", place)
        assert finding["commit"] == git(moment, "rev-parse", "a6681aa071")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which the plan of v1.81.9 was carried out; `git fsck` has nothing more to say than before."""
    place = tmp_path_factory.mktemp("applied") / TestApply.MOMENT
    shutil.copytree(repository(TestApply.MOMENT), place)
    in_copy(place, "update-ref", "-d", f"refs/heads/{TestApply.BRANCH}")
    found = complaints(place)
    run(place, "apply", "--release", TestApply.RELEASE)
    assert complaints(place) == found
    return place


class TestApply:
    """The sync of v1.81.9, carried out."""

    MOMENT, RELEASE, BRANCH = "before-v1.81.9", "v1.81.9-stable", "upstream-sync/v1.81.9-stable"

    def test_production_comes_first_and_the_release_second(self, place: Path) -> None:
        parents = in_copy(place, "show", "-s", "--format=%P", self.BRANCH).split()
        assert parents == in_copy(place, "rev-parse", "carto/main", f"{self.RELEASE}^{{commit}}").split()
        assert in_copy(place, "log", "--format=%H", self.BRANCH).split().count(parents[1]) == 1

    def test_the_built_pages_are_the_release_s(self, place: Path) -> None:
        pages = {each["path"] for each in plan_of(self.MOMENT, self.RELEASE)["decisions"] if each["kind"] == "content"}
        pages = {path for path in pages if path.startswith(OUT)}
        assert len(pages) == 40
        assert in_copy(place, "diff", "--name-only", self.RELEASE, self.BRANCH, "--", OUT) == ""

    def test_every_file_that_only_the_fork_has_is_kept(self, place: Path) -> None:
        """Upstream's old pages and packages aside, which the rules clear away; disabled copies follow upstream."""
        fork, base, release, result = (
            entries(place, each) for each in ("carto/main", "15cec5a4a0", self.RELEASE, self.BRANCH)
        )
        own = {path: fork[path] for path in fork.keys() - base.keys() - release.keys()}
        changed = {path for path, entry in own.items() if result.get(path) != entry}
        copies = {f"{WORKFLOWS}/{name}.yml.txt" for name in ("ghcr_deploy", "helm_unit_test")}
        assert {path for path in changed if not path.startswith(CLEARED)} == copies
        assert {
            "CARTO_CLAUDE.md",
            f"{WORKFLOWS}/carto-release.yaml",
            "APSCHEDULER_MEMORY_LEAK_FIX.md",
        } <= own.keys() - changed

    def test_a_second_run_finds_its_work_done(self, place: Path) -> None:
        before = in_copy(place, "for-each-ref")
        assert json.loads(run(place, "apply", "--release", self.RELEASE, "--format", "json"))["outcome"] == "already"
        assert in_copy(place, "for-each-ref") == before

    def test_the_plan_onto_the_branch_is_up_to_date(self, place: Path) -> None:
        assert json.loads(run(place, *planning(self.RELEASE), "--onto", self.BRANCH))["status"] == "up-to-date"

    def test_a_plain_plan_names_the_pending_branch(self, place: Path) -> None:
        plan = json.loads(run(place, *planning(self.RELEASE)))
        [pending] = [each for each in plan["findings"] if each["rule"] == "pending-sync"]
        assert self.BRANCH in pending["message"]


def planning(release: str) -> tuple[str, ...]:
    return "plan", release, "--format", "json"


def run(place: Path, *arguments: str, policy: Path = POLICY) -> str:
    """What forkpolicy prints there."""
    forkpolicy = str(Path(sys.executable).with_name("forkpolicy"))
    command = [forkpolicy, "-q", "-C", str(place), "--policy", str(policy), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=60).stdout


def in_copy(place: Path, *arguments: str) -> str:
    return subprocess.check_output(["git", "-C", place, *arguments], text=True).strip()


def content(place: Path, commit: str, path: str) -> bytes | None:
    done = subprocess.run(
        ["git", "-C", place, "cat-file", "blob", f"{commit}:{path}"], check=False, capture_output=True
    )
    return done.stdout if done.returncode == 0 else None


def entries(place: Path, commit: str, folder: str = "") -> dict[str, str]:
    """Every file below a folder of a commit, with its mode and blob."""
    listed = in_copy(place, "ls-tree", "-r", f"{commit}:{folder}").splitlines()
    return {path: entry for entry, _, path in (line.partition("\t") for line in listed)}


def workflows(place: Path, commit: str) -> dict[str, str]:
    return entries(place, commit, WORKFLOWS)


def complaints(place: Path) -> set[str]:
    """What `git fsck` says; the snapshot has stand-ins for some blobs, and nothing refers to some objects."""
    done = subprocess.run(["git", "-C", place, "fsck", "--no-dangling"], check=False, capture_output=True, text=True)
    return set((done.stdout + done.stderr).splitlines())


def left(plan: Json) -> list[Json]:
    return [each for each in plan["decisions"] if each["resolution"] == "manual-review"]


def came_back(base: bytes | None, fork: bytes | None, upstream: bytes | None, result: bytes | None) -> set[bytes]:
    """The lines that the fork removed wholly, and of which the result has more than upstream added."""
    before, mine, others, after = map(lines, (base, fork, upstream, result))
    return {line for line in (before.keys() & after.keys()) - mine.keys() if after[line] > others[line] - before[line]}


def lines(text: bytes | None) -> Counter[bytes]:
    """The lines of a text, white space at their ends and blank lines aside; none for a binary."""
    known = b"" if text is None or b"\0" in text[:8000] else text
    return Counter(line.rstrip() for line in known.split(b"\n") if line.strip())
