"""Whether two trees differ much: the same answer as counting every difference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forkpolicy.engine.git.differences import differ_at
from forkpolicy.engine.git.repository import Repository
from forkpolicy.policy.errors import RepositoryError
from forkpolicy.policy.names import CommitId, TreeId
from tests.builder import RepositoryBuilder

PATHS = ["a", "b", "d/a", "d/b", "d/e/a", "x/y", "x"]
files = st.dictionaries(st.sampled_from(PATHS), st.sampled_from(["one", "two"]), max_size=5)


@given(files, files, st.integers(1, 6))
def test_it_agrees_with_git_s_diff(
    tmp_path_factory: pytest.TempPathFactory, one: dict[str, str], other: dict[str, str], paths: int
) -> None:
    builder = RepositoryBuilder(tmp_path_factory.mktemp("trees") / "repository.git")
    trees = [TreeId(builder.tree(written(builder, each))) for each in (one, other)]
    repo = Repository.open(builder.path)
    assert differ_at(repo, trees[0], trees[1], paths) == (len(repo.changes(trees[0], trees[1])) >= paths)


def written(builder: RepositoryBuilder, content: dict[str, str]) -> CommitId:
    change = builder.on()
    for path, text in content.items():
        if not (path == "x" and "x/y" in content):
            change.write(path, text)
    return change.commit()


def test_a_missing_tree_is_an_error(repository: RepositoryBuilder) -> None:
    tree = TreeId(repository.tree(repository.on().write("a", "one").commit()))
    with pytest.raises(RepositoryError, match="is missing"):
        differ_at(Repository.open(repository.path), tree, TreeId("1" * 40), 1)
