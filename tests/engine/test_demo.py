"""The demo: a story with every kind of conflict, always the same, wherever it is told."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from forkpolicy.engine.demo import PRODUCTION, make_demo
from forkpolicy.engine.git.repository import Repository
from forkpolicy.policy.errors import UsageError
from forkpolicy.policy.loader import load
from forkpolicy.policy.names import RefName, RepoPath

NEWEST = "f53632a8c924ba6e3b759c3d141b2084a397e0be"
"""The last commit of the story: its id stands for all that came before."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("demo") / "new"
    make_demo(directory)
    return directory


def git(where: Path, *arguments: str) -> str:
    hermetic = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    run = subprocess.run(["git", *arguments], cwd=where, env=hermetic, capture_output=True, text=True, check=False)
    assert run.returncode in (0, 1), run.stderr
    return run.stdout


def test_its_policy_loads(demo: Path) -> None:
    policy = load((demo / "carto-fork.yaml").read_bytes(), "carto-fork.yaml")
    assert policy.production == PRODUCTION


def test_the_work_tree_is_clean(demo: Path) -> None:
    assert git(demo, "status", "--porcelain") == ""
    assert (demo / "docs/latest.md").is_symlink()


def test_git_sees_every_kind_of_conflict(demo: Path) -> None:
    merge = git(demo, "merge-tree", "--write-tree", PRODUCTION, "v1.2.0")
    kinds = re.findall(r"^CONFLICT \((.*?)\)", merge, re.MULTILINE)
    assert set(kinds) >= {
        "content",
        "add/add",
        "modify/delete",
        "rename/rename",
        "rename/delete",
        "file location",
        "file/directory",
        "submodule",
    }
    modes = git(demo, "ls-tree", PRODUCTION, "v1.2.0", "--", "scripts/release.sh")
    assert "100755 blob" in modes
    assert "Cannot merge binary files: static/logo.png" in merge


def test_its_refs_lead_through_the_story(demo: Path) -> None:
    repo = Repository.open(demo)
    refs = repo.refs("refs/")
    production, release = refs[RefName(f"refs/heads/{PRODUCTION}")], refs[RefName("refs/tags/v1.2.0")]
    assert repo.head_ref() == f"refs/heads/{PRODUCTION}"
    # 1.1.0 was squashed: its content is in production, its commit is not, and the merge base is 1.0.0
    assert not repo.is_ancestor(refs[RefName("refs/tags/v1.1.0")], production)
    assert repo.merge_bases(production, release) == (refs[RefName("refs/tags/v1.0.0")],)
    queue = RepoPath("widget/queue.py")
    squashed = repo.entry(repo.tree(refs[RefName("refs/tags/v1.1.0")]), queue)
    assert repo.entry(repo.tree(production), queue) == squashed
    # 1.1.0 was cut on a release branch, which 1.2.0 does not contain
    assert not repo.is_ancestor(refs[RefName("refs/tags/v1.1.0")], release)
    # upstream's branch has work that is in no release
    assert refs[RefName("refs/remotes/upstream/main")] != release


def test_it_is_always_the_same(demo: Path, tmp_path: Path) -> None:
    make_demo(tmp_path)
    assert Repository.open(tmp_path).refs("refs/") == Repository.open(demo).refs("refs/")
    assert Repository.open(demo).ref("refs/remotes/upstream/main") == NEWEST


def test_it_needs_neither_git_nor_a_configuration(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    settings = "[core]\n\tautocrlf = true\n[init]\n\tdefaultBranch = trunk\n[user]\n\tname = Somebody\n"
    (home / ".gitconfig").write_text(settings)
    code = f"from pathlib import Path; from {make_demo.__module__} import make_demo; make_demo(Path('demo'))"
    environment = {"HOME": str(home), "PATH": "/nonexistent"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
    assert Repository.open(tmp_path / "demo").ref("refs/remotes/upstream/main") == NEWEST
    assert b"\r" not in (tmp_path / "demo/README.md").read_bytes()


def test_it_writes_into_no_directory_that_has_something(tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    with pytest.raises(UsageError, match="is not empty") as caught:
        make_demo(tmp_path)
    assert caught.value.hint == "name a new directory: forkpolicy demo DIR"
    assert [each.name for each in tmp_path.iterdir()] == ["precious"]


def test_it_cannot_be_made_where_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be used"):
        make_demo(tmp_path / "file")
