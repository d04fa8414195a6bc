"""Where the policy, and what it names, comes from; and which paths belong to the fork whatever the rules say."""

from pathlib import Path

import pytest

from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.policy_source import load_file, load_policy
from forkpolicy.engine.protection import protected_paths
from forkpolicy.policy.errors import PolicyError, RepositoryError, UsageError
from tests.builder import RepositoryBuilder
from tests.forks import git

POLICY = """\
schema: 1
fork: { name: ACME, repository: acme/widget }
upstream: { name: Widget, repository: widget/widget }
releases: { schemes: [{ tags: ["v{version}"] }] }
branches: [{ names: [prod], role: production }]
ownership: {}
templates: { pull_request: conf/body.md.j2 }
"""


@pytest.fixture
def work_tree(tmp_path: Path) -> Path:
    """A work tree with a policy, a template, and a commit with other ones."""
    builder = RepositoryBuilder(tmp_path / "bare")
    old = POLICY.replace("ACME", "OLD")
    commit = builder.on().write("carto-fork.yaml", old).write("conf/body.md.j2", "old").commit()
    builder.branch("main", commit)
    where = tmp_path / "work"
    git(tmp_path, "clone", "--quiet", str(builder.path), str(where))
    (where / "carto-fork.yaml").write_text(POLICY)
    (where / "conf/body.md.j2").write_text("new")
    (where / "conf/other.yaml").write_text(POLICY.replace("ACME", "OTHER"))
    return where


def hint(where: Path, file: Path | None = None, ref: str | None = None) -> str | None:
    """What mends it that there is no policy."""
    with pytest.raises((UsageError, RepositoryError)) as caught:
        load_policy(Repository.open(where), file, ref)
    return caught.value.hint


class TestNowhere:
    def test_a_branch_that_has_one_is_named(self, work_tree: Path) -> None:
        git(work_tree, "switch", "--quiet", "--force", "--orphan", "empty")
        (work_tree / "carto-fork.yaml").unlink(missing_ok=True)
        assert (hint(work_tree) or "").startswith("main has one: --policy-ref main; or make one")

    def test_production_first(self, work_tree: Path) -> None:
        git(work_tree, "branch", "a")
        git(work_tree, "branch", "prod")
        git(work_tree, "switch", "--quiet", "--force", "--orphan", "empty")
        (work_tree / "carto-fork.yaml").unlink(missing_ok=True)
        assert (hint(work_tree) or "").startswith("prod has one: --policy-ref prod; or make one")
        git(work_tree, "-c", "user.name=x", "-c", "user.email=x", "commit", "-qm", "none", "--allow-empty")
        assert (hint(work_tree, ref="empty") or "").startswith("prod has one")

    def test_in_no_branch_either(self, tmp_path: Path) -> None:
        builder = RepositoryBuilder(tmp_path / "bare")
        builder.branch("main", builder.on().write("a", "").commit())
        assert hint(builder.path) == "make one: forkpolicy init; or name it: --policy FILE"


class TestFromFiles:
    def test_the_work_trees_own(self, work_tree: Path) -> None:
        loaded = load_policy(Repository.open(work_tree), None, None)
        assert (loaded.policy.fork.name, loaded.source.path, loaded.source.ref) == ("ACME", "carto-fork.yaml", None)
        assert loaded.templates() == {"pull_request": "new"}
        assert len(loaded.source.sha256) == 64

    def test_a_file_in_a_folder_still_names_paths_from_the_root(self, work_tree: Path) -> None:
        loaded = load_policy(Repository.open(work_tree), work_tree / "conf/other.yaml", None)
        assert (loaded.policy.fork.name, loaded.source.path) == ("OTHER", "conf/other.yaml")
        assert loaded.templates() == {"pull_request": "new"}

    def test_a_file_elsewhere_has_its_templates_beside_it(self, work_tree: Path, tmp_path: Path) -> None:
        elsewhere = tmp_path / "elsewhere"
        (elsewhere / "conf").mkdir(parents=True)
        (elsewhere / "p.yaml").write_text(POLICY)
        (elsewhere / "conf/body.md.j2").write_text("beside")
        loaded = load_policy(Repository.open(work_tree), elsewhere / "p.yaml", None)
        assert (loaded.source.path, loaded.templates()) == (str(elsewhere / "p.yaml"), {"pull_request": "beside"})
        assert load_file(elsewhere / "p.yaml").templates() == {"pull_request": "beside"}

    def test_no_file(self, work_tree: Path) -> None:
        with pytest.raises(UsageError, match="there is no policy at") as caught:
            load_policy(Repository.open(work_tree), work_tree / "nowhere.yaml", None)
        assert caught.value.hint is not None
        assert "forkpolicy init" in caught.value.hint

    def test_a_file_that_cannot_be_read(self, work_tree: Path) -> None:
        with pytest.raises(UsageError, match="cannot be read"):
            load_file(work_tree / "conf")

    def test_a_template_that_is_not_there(self, work_tree: Path) -> None:
        (work_tree / "conf/body.md.j2").unlink()
        with pytest.raises(RepositoryError, match=r"names conf/body\.md\.j2 as its template `pull_request`"):
            load_policy(Repository.open(work_tree), None, None).templates()


class TestFromCommits:
    def test_a_ref_goes_before_the_work_tree(self, work_tree: Path) -> None:
        loaded = load_policy(Repository.open(work_tree), None, "main")
        assert (loaded.policy.fork.name, loaded.source.ref) == ("OLD", "main")
        assert loaded.templates() == {"pull_request": "old"}

    def test_the_file_may_be_named_in_any_way(self, work_tree: Path) -> None:
        repo = Repository.open(work_tree)
        for file in (Path("carto-fork.yaml"), Path("./carto-fork.yaml"), work_tree / "carto-fork.yaml"):
            assert load_policy(repo, file, "main").source.path == "carto-fork.yaml"

    def test_a_bare_repository_has_heads(self, work_tree: Path, tmp_path: Path) -> None:
        loaded = load_policy(Repository.open(tmp_path / "bare"), None, None)
        assert (loaded.policy.fork.name, loaded.source.ref) == ("OLD", "HEAD")

    @pytest.mark.parametrize("file", ["nowhere.yaml", "conf", "/etc/passwd", "../x"])
    def test_no_file_there(self, work_tree: Path, file: str) -> None:
        with pytest.raises(RepositoryError, match="main has no policy"):
            load_policy(Repository.open(work_tree), Path(file), "main")

    def test_problems_name_the_commit(self, tmp_path: Path) -> None:
        builder = RepositoryBuilder(tmp_path / "bare")
        builder.branch("main", builder.on().write("carto-fork.yaml", "schema: 1\n").commit())
        with pytest.raises(PolicyError) as caught:
            load_policy(Repository.open(builder.path), None, "main")
        assert all(line.startswith("main:carto-fork.yaml:1:") for line in caught.value.lines())


def test_what_belongs_to_the_fork_whatever_the_rules_say(tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "bare")
    commit = (
        builder.on()
        .write("conf/fork.yaml", POLICY)
        .write(".github/workflows/sync.yml", "run: forkpolicy plan\n")
        .write(".github/workflows/deep/check.yml", "uses: acme/forkpolicy@v1\n")
        .write(".github/workflows/test.yml", "run: make test\n")
        .write("docs/forkpolicy.md", "forkpolicy")
        .link(".github/workflows/forkpolicy", "forkpolicy")
        .commit()
    )
    repo = Repository.open(builder.branch("main", commit).path)
    loaded = load_policy(repo, Path("conf/fork.yaml"), "main")
    assert protected_paths(repo, repo.tree(commit), loaded.policy, loaded.source.path) == {
        "conf/fork.yaml",
        "conf/carto-fork.schema.json",
        "conf/body.md.j2",
        ".github/workflows/sync.yml",
        ".github/workflows/deep/check.yml",
    }
