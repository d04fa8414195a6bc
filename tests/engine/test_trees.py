"""Comparing trees: the same answer as libgit2's own, in the same order, without visiting what is equal."""

import pygit2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygit2.enums import DiffOption, ObjectType

from forkpolicy.engine.git.repository import Repository
from forkpolicy.policy.errors import RepositoryError
from forkpolicy.policy.facts import Entry
from forkpolicy.policy.names import BlobId, CommitId, RepoPath, TreeId
from tests.builder import EXECUTABLE, FILE, RepositoryBuilder

PATHS = ["a", "b", "d-e", "d.e", "d/a", "d/b", "d/e/a", "d/\udcff", "ä", "x/y", "x"]
entries = st.tuples(st.sampled_from(["one", "two"]), st.sampled_from([FILE, EXECUTABLE]))
files = st.dictionaries(st.sampled_from(PATHS), entries, max_size=7)
Files = dict[str, tuple[str, int]]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> RepositoryBuilder:
    """One repository for all examples: every tree is another object."""
    return RepositoryBuilder(tmp_path_factory.mktemp("trees") / "repository.git")


@given(files, files, st.integers(1, 6))
def test_it_agrees_with_libgit2(shared: RepositoryBuilder, one: Files, other: Files, paths: int) -> None:
    before, after = (TreeId(shared.tree(written(shared, each))) for each in (one, other))
    repo = Repository.open(shared.path)
    expected = by_libgit2(repo, before, after)
    assert list(repo.differences(before, after)) == expected
    assert repo.differ_at(before, after, paths) == (len(expected) >= paths)
    assert repo.distance(before, after) == len(expected)


def test_trees_that_are_far_apart_are_counted_too(repository: RepositoryBuilder) -> None:
    text = {f"d{number % 20}/{number}": ("one", FILE) for number in range(400)}
    states = [written(repository, text | dict.fromkeys(list(text)[:changed], ("two", FILE))) for changed in (0, 1, 390)]
    repo = Repository.open(repository.path)
    none, one, many = (repo.tree(each) for each in states)
    assert repo.distance(none, one) == 1
    assert repo.distance(none, many) == 390
    assert repo.distance(none, one) == 1
    assert repo.distance(many, one) == 389


def written(builder: RepositoryBuilder, content: Files) -> CommitId:
    change = builder.on()
    for path, (text, mode) in content.items():
        if not (path == "x" and "x/y" in content):
            change.write(path, text, mode)
    return change.commit()


def by_libgit2(repo: Repository, *trees: TreeId) -> list[tuple[RepoPath, Entry | None, Entry | None]]:
    before, after = (repo.raw[each].peel(pygit2.Tree) for each in trees)
    deltas = before.diff_to_tree(after, DiffOption.INCLUDE_TYPECHANGE).deltas
    return [(RepoPath(each.new_file.path), entry(each.old_file), entry(each.new_file)) for each in deltas]


def entry(file: pygit2.DiffFile) -> Entry | None:
    return Entry(int(file.mode), BlobId(str(file.id))) if file.mode else None


def test_a_mode_that_old_gits_wrote_is_no_difference(repository: RepositoryBuilder) -> None:
    one, other = (tree_of(repository, b"%s a\0" % mode + b"1" * 20) for mode in (b"100644", b"100664"))
    assert Repository.open(repository.path).changes(one, other) == {}


def test_a_missing_tree_is_an_error(repository: RepositoryBuilder) -> None:
    empty = tree_of(repository, b"")
    with pytest.raises(RepositoryError, match=f"{'1' * 40} is missing"):
        Repository.open(repository.path).differ_at(empty, TreeId("1" * 40), 1)


def test_a_missing_folder_is_named(repository: RepositoryBuilder) -> None:
    empty, broken = tree_of(repository, b""), tree_of(repository, b"40000 d\0" + b"\x11" * 20)
    with pytest.raises(RepositoryError, match=f"{'1' * 40} is missing"):
        Repository.open(repository.path).changes(empty, broken)


def test_a_damaged_tree_is_an_error(repository: RepositoryBuilder) -> None:
    empty, broken = tree_of(repository, b""), tree_of(repository, b"100644 a\0" + b"1" * 19)
    with pytest.raises(RepositoryError, match="is damaged: this is no tree"):
        Repository.open(repository.path).changes(empty, broken)


def tree_of(repository: RepositoryBuilder, content: bytes) -> TreeId:
    """A tree object as it is, sound or not."""
    return TreeId(str(repository.raw.odb.write(ObjectType.TREE, content)))
