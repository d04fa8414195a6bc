"""Searching trees of many commits, and reading a repository: also where paths, entries and objects are odd."""

from pathlib import Path
from random import Random

import pytest

from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.git.search import PathIndex, differing_entries, find_entries, find_introductions
from forkpolicy.policy.errors import RepositoryError
from forkpolicy.policy.facts import Entry
from forkpolicy.policy.names import CommitId, RepoPath
from tests.builder import EXECUTABLE, RepositoryBuilder

ODD = RepoPath("caf\udce9/\u00fc.txt")
MISSING = "1" * 40


def paths(*names: str) -> list[RepoPath]:
    return [RepoPath(name) for name in names]


def opened(repository: RepositoryBuilder) -> Repository:
    return Repository.open(repository.path)


def entry(repo: Repository, commit: CommitId, path: str) -> Entry:
    found = repo.entry(repo.tree(commit), RepoPath(path))
    assert found is not None
    return found


class TestFindEntries:
    def test_the_first_commit_that_has_a_wanted_entry(self, repository: RepositoryBuilder) -> None:
        one = repository.on().write("d/a", "1").write("b", "1").commit()
        two = repository.on(one).write("d/a", "2").commit()
        three = repository.on(two).write("d/a", "3").commit()
        repo = opened(repository)
        wanted = {RepoPath("d/a"): [entry(repo, one, "d/a"), entry(repo, two, "d/a")], RepoPath("c"): None}
        assert find_entries(repo, [three, two, one], wanted) == {"d/a": (two, entry(repo, two, "d/a"))}

    def test_none_wants_any_entry(self, repository: RepositoryBuilder) -> None:
        one = repository.on().write("a", "1").commit()
        two = repository.on(one).delete("a").write("b", "1").commit()
        found = find_entries(opened(repository), [two, one], dict.fromkeys(paths("a", "c")))
        assert {path: commit for path, (commit, _) in found.items()} == {"a": one}

    @pytest.mark.parametrize("path", ["sub/file", "file/below", "dir"])
    def test_what_is_no_folder_or_no_file_has_none(self, repository: RepositoryBuilder, path: str) -> None:
        commit = repository.on().submodule("sub", MISSING).write("file", "x").write("dir/x", "x").commit()
        assert find_entries(opened(repository), [commit], {RepoPath(path): None}) == {}
        empty = repository.on().write("other", "x").commit()
        assert differing_entries(opened(repository), commit, empty, PathIndex.of(paths(path))) == set()

    def test_submodules_links_and_modes_are_entries(self, repository: RepositoryBuilder) -> None:
        commit = repository.on().submodule("s", MISSING).link("l", "to").write("x", "x", EXECUTABLE).commit()
        found = find_entries(opened(repository), [commit], dict.fromkeys(paths("s", "l", "x")))
        assert {path: each.mode for path, (_, each) in found.items()} == {"s": 0o160000, "l": 0o120000, "x": 0o100755}

    def test_paths_that_are_no_utf_8(self, repository: RepositoryBuilder) -> None:
        commit = repository.on().write(ODD, "x").commit()
        repo = opened(repository)
        assert find_entries(repo, [commit], {ODD: None}) == {ODD: (commit, entry(repo, commit, ODD))}
        assert dict(repo.files(repo.tree(commit))).keys() == {ODD}


class TestFindIntroductions:
    def test_the_commit_that_brought_an_entry(self, repository: RepositoryBuilder) -> None:
        one = repository.on().write("a", "1").commit()
        two = repository.on(one).write("a", "2").commit()
        three = repository.on(two).write("b", "x").commit()
        other = repository.on(one).write("c", "x").commit()
        merge = repository.on(three, other).commit()
        repo = opened(repository)
        order = [merge, other, three, two, one]
        wanted = {entry(repo, one, "a"), entry(repo, two, "a")}
        assert find_introductions(repo, order, {RepoPath("a"): wanted}) == {"a": (two, entry(repo, two, "a"))}
        first = {RepoPath("a"): {entry(repo, one, "a")}}
        assert find_introductions(repo, order, first) == {"a": (one, entry(repo, one, "a"))}

    def test_a_deletion_brings_absence(self, repository: RepositoryBuilder) -> None:
        one = repository.on().write("a", "1").write("b", "1").commit()
        two = repository.on(one).delete("a").commit()
        three = repository.on(two).write("b", "2").commit()
        found = find_introductions(opened(repository), [three, two, one], {RepoPath("a"): {None}})
        assert found == {"a": (two, None)}


def test_entries_differ_by_mode_too(repository: RepositoryBuilder) -> None:
    one = repository.on().write("a", "1").write("d/b", "1").write("d/c", "1").commit()
    two = repository.on(one).chmod("a").delete("d/b").write("d/e", "1").commit()
    index = PathIndex.of(paths("a", "d/b", "d/c", "d/e", "nowhere/x"))
    assert differing_entries(opened(repository), one, two, index) == {"a", "d/b", "d/e"}


def test_a_missing_tree_is_named_with_what_mends_it(repository: RepositoryBuilder) -> None:
    commit = repository.on().write("d/a", "1").commit()
    repo = opened(repository)
    lost = str(repo.raw[repo.tree(commit)]["d"].id)  # type: ignore[index]  # pyright: ignore
    (repository.objects_dir / lost[:2] / lost[2:]).unlink()
    with pytest.raises(RepositoryError, match=lost) as caught:
        find_entries(opened(repository), [commit], {RepoPath("d/a"): None})
    assert caught.value.hint is not None
    assert "git fetch --refetch" in caught.value.hint


class TestRepository:
    def test_a_walk_leaves_nothing_behind_for_the_next(self, repository: RepositoryBuilder) -> None:
        root = repository.on().write("a", "1").commit()
        one, two = (repository.on(root).write("a", text).commit() for text in "23")
        merge = repository.on(one, two).commit()
        repo = opened(repository)
        assert list(repo.walk([merge], first_parent=True)) == [merge, one, root]
        next(repo.walk([merge], [one]))
        assert set(repo.walk([merge])) == {merge, one, two, root}
        assert set(repo.walk([merge], [one], until=repo.commit(two).committed)) == {two}

    def test_merge_bases_and_independent_commits(self, repository: RepositoryBuilder) -> None:
        root = repository.on().write("a", "1").commit()
        one, two = (repository.on(root).write("a", text).commit() for text in "23")
        left, right = repository.on(one, two).commit(), repository.on(two, one).commit("other")
        stranger = repository.on().write("z", "1").commit()
        repo = opened(repository)
        assert repo.merge_bases(left, right) == tuple(sorted((one, two)))
        assert repo.merge_bases(one, left) == repo.merge_bases(left, one) == (one,)
        assert repo.merge_bases(one, stranger) == ()
        assert repo.independent([root, one, two, stranger]) == tuple(sorted((one, two, stranger)))

    def test_what_is_remembered_of_ancestors_changes_no_answer(self, repository: RepositoryBuilder) -> None:
        random = Random(7)
        ancestors: dict[CommitId, set[CommitId]] = {}
        for number in range(30):
            parents = random.sample(sorted(ancestors), min(len(ancestors), random.choice([0, 1, 1, 1, 2])))
            commit = repository.on(*parents).write("a", str(number)).commit(f"{number}")
            ancestors[commit] = {*parents, *(each for parent in parents for each in ancestors[parent])}
        repo = opened(repository)
        for _ in range(200):
            asked = set(random.sample(sorted(ancestors), random.randint(1, 12)))
            below = {each for commit in asked for each in ancestors[commit]}
            assert repo.independent(asked) == tuple(sorted(asked - below))

    def test_changes_between_two_trees(self, repository: RepositoryBuilder) -> None:
        one = repository.on().write("a", "1").write("b", "1").write("d/c", "1").commit()
        two = repository.on(one).chmod("a").delete("b").write("d/c", "2").link("e", "a").commit()
        repo = opened(repository)
        changes = repo.changes(repo.tree(one), repo.tree(two))
        kinds = {path: (old and old.mode, new and new.mode) for path, (old, new) in changes.items()}
        assert kinds == {
            "a": (0o100644, 0o100755),
            "b": (0o100644, None),
            "d/c": (0o100644, 0o100644),
            "e": (None, 0o120000),
        }
        assert repo.changes(repo.tree(one), repo.tree(one)) == {}

    def test_files_below_one_folder(self, repository: RepositoryBuilder) -> None:
        commit = repository.on().write("d/e/a", "1").write("d/b", "1").write("c", "1").commit()
        repo = opened(repository)
        tree = repo.tree(commit)
        assert [path for path, _ in repo.files_in(tree, RepoPath("d"))] == ["d/b", "d/e/a"]
        assert list(repo.files_in(tree, RepoPath("nowhere"))) == []
        assert list(repo.files_in(tree, RepoPath("c"))) == []

    def test_files_at_a_place(self, repository: RepositoryBuilder) -> None:
        commit = repository.on().write("d/e/a", "1").write("d/b", "1").write("c", "1").commit()
        repo = opened(repository)
        places = {place: list(repo.files_at(repo.tree(commit), RepoPath(place))) for place in ("", "d", "c", "x")}
        assert places == {"": ["c", "d/b", "d/e/a"], "d": ["d/b", "d/e/a"], "c": ["c"], "x": []}

    def test_what_is_not_there(self, repository: RepositoryBuilder, tmp_path: Path) -> None:
        commit = repository.on().write("a", "1").commit()
        repo = opened(repository)
        assert repo.find("nowhere") is None
        assert repo.ref("refs/heads/nowhere") is None
        assert repo.entry(repo.tree(commit), RepoPath("/a")) is None
        with pytest.raises(RepositoryError, match="no commit `nowhere`"):
            repo.resolve("nowhere")
        with pytest.raises(RepositoryError, match="is not in a git repository"):
            Repository.open(tmp_path)
