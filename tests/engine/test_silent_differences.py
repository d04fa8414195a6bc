"""Where libgit2's own merge is silently other than git's, and what must never come out clean by accident.

None of these tests asks git: the answers must be right where git is not installed.
"""

import pytest

from forkpolicy.engine.attributes import attribute_hazards
from forkpolicy.engine.git.scratch import scratch_store
from forkpolicy.engine.merge import Merge, merge_commits
from forkpolicy.policy.errors import RepositoryError
from forkpolicy.policy.facts import Entry, Kind
from forkpolicy.policy.names import BlobId, CommitId, RepoPath
from tests.builder import EXECUTABLE, FILE, RepositoryBuilder, lines

TEXT = lines(1, 30)


def merged(repository: RepositoryBuilder, fork: CommitId, upstream: CommitId, attributes: bytes | None = None) -> Merge:
    with scratch_store(repository.objects_dir, attributes) as scratch:
        return merge_commits(scratch, fork, upstream)


@pytest.mark.parametrize("edited", [False, True], ids=["moved whole", "moved and edited"])
def test_a_new_file_in_a_directory_that_the_fork_renamed(repository: RepositoryBuilder, edited: bool) -> None:
    base = repository.on().write("old/a", TEXT).write("old/b", lines(40, 70)).commit()
    moved = repository.on(base).move("old/", "new/")
    fork = (moved.write("new/a", lines(1, 30, l9="fork")) if edited else moved).commit()
    upstream = repository.on(base).write("old/c", "c\n").commit()
    (conflict,) = merged(repository, fork, upstream).conflicts
    assert (conflict.kind, conflict.paths) == (Kind.DIRECTORY_RENAME, ("new/c", "old/c"))
    assert merged(repository, fork, upstream).moves == {"old/c": "new/c"}


@pytest.mark.parametrize(
    ("fork_files", "upstream_files", "paths"),
    [
        pytest.param({"one/a": "a", "two/b": "b"}, {"old/c": None}, {"old/c"}, id="split evenly"),
        pytest.param({"new/a": "a", "new/b": "b"}, {"old/c": None, "new/c": None}, {"old/c"}, id="the place is taken"),
    ],
)
def test_a_directory_rename_that_leads_nowhere(
    repository: RepositoryBuilder, fork_files: dict[str, str], upstream_files: dict[str, None], paths: set[str]
) -> None:
    texts = {"a": TEXT, "b": lines(40, 70)}
    base = repository.on().write("old/a", texts["a"]).write("old/b", texts["b"]).commit()
    fork_change = repository.on(base).delete("old/a", "old/b")
    for path, name in fork_files.items():
        fork_change.write(path, texts[name])
    upstream_change = repository.on(base)
    for path in upstream_files:
        upstream_change.write(path, f"{path}\n")
    (conflict,) = merged(repository, fork_change.commit(), upstream_change.commit()).conflicts
    assert (conflict.kind, set(conflict.paths)) == (Kind.DIRECTORY_RENAME, paths)


def test_both_add_the_same_content_with_different_modes(repository: RepositoryBuilder) -> None:
    base = repository.on().write("README", "hello\n").commit()
    fork = repository.on(base).write("run", TEXT, FILE).commit()
    upstream = repository.on(base).write("run", TEXT, EXECUTABLE).commit()
    (conflict,) = merged(repository, fork, upstream).conflicts
    assert (conflict.kind, conflict.path) == (Kind.MODE, "run")


def test_unrelated_histories_are_refused(repository: RepositoryBuilder) -> None:
    one, other = repository.on().write("f", "1\n").commit(), repository.on().write("f", "2\n").commit()
    with pytest.raises(RepositoryError, match="share no history"):
        merged(repository, one, other)


def test_a_missing_merge_base_is_an_error_and_no_conflict(repository: RepositoryBuilder) -> None:
    """What a shallow clone looks like from the scratch store, which knows nothing of the clone's limits."""
    base = repository.on().write("f", TEXT).commit()
    fork = repository.on(base).write("g", "fork\n").commit()
    upstream = repository.on(base).write("h", "upstream\n").commit()
    (repository.objects_dir / base[:2] / base[2:]).unlink()
    with pytest.raises(RepositoryError):
        merged(repository, fork, upstream)


def test_a_rename_among_more_than_a_thousand_changes_is_followed(repository: RepositoryBuilder) -> None:
    """libgit2 gives up looking for renames here, and the fork's patch would be lost to an accepted deletion."""
    crowd = repository.on().write("src/app.py", TEXT)
    for number in range(1100):
        crowd.write(f"pages/{number}", f"page {number}\nof base\n")
    base = crowd.commit()
    fork = repository.on(base).write("src/app.py", lines(1, 30, l7="fork")).commit()
    change = repository.on(base).move("src/app.py", "lib/main.py", lines(1, 30, l20="upstream"))
    for number in range(1100):
        change.delete(f"pages/{number}").write(f"built/{number}", f"page {number}\nof release\n")
    merge = merged(repository, fork, change.commit())
    assert not merge.conflicts
    assert merge.changes[RepoPath("lib/main.py")] == _file(repository, lines(1, 30, l7="fork", l20="upstream"))


def test_a_driver_that_keeps_one_side_is_never_run_but_told(repository: RepositoryBuilder) -> None:
    base = repository.on().write("f", TEXT).write(".gitattributes", "f merge=ours\n").commit()
    fork = repository.on(base).write("f", lines(1, 30, l7="fork")).commit()
    upstream = repository.on(base).write("f", lines(1, 30, l20="upstream")).commit()
    with scratch_store(repository.objects_dir, b"f merge=ours\n") as scratch:
        merge = merge_commits(scratch, fork, upstream)
        (hazard,) = attribute_hazards(scratch, scratch.repository.tree(fork), merge.combined)
    assert not merge.conflicts
    assert (hazard.path, hazard.driver, hazard.file) == ("f", "ours", ".gitattributes")


def test_nested_attributes_are_told_where_both_sides_changed_a_file_below(repository: RepositoryBuilder) -> None:
    base = repository.on().write("d/f", TEXT).write("d/.gitattributes", "f merge=union\n").write("e/f", TEXT).commit()
    base = repository.on(base).write("e/.gitattributes", "f merge=union\n").commit()
    fork = repository.on(base).write("d/f", lines(1, 30, l7="fork")).write("e/f", lines(1, 30, l7="fork")).commit()
    upstream = repository.on(base).write("d/f", lines(1, 30, l7="upstream")).commit()
    with scratch_store(repository.objects_dir) as scratch:
        merge = merge_commits(scratch, fork, upstream)
        (hazard,) = attribute_hazards(scratch, scratch.repository.tree(fork), merge.combined)
    assert (hazard.path, hazard.driver, hazard.file) == ("d/f", None, "d/.gitattributes")


@pytest.mark.parametrize(
    ("attributes", "kinds"),
    [(None, [Kind.CONTENT]), (b"f merge=union\n", []), (b"f merge\n", [Kind.CONTENT]), (b"f -merge\n", [Kind.CONTENT])],
)
def test_built_in_drivers_of_productions_attributes_are_honoured(
    repository: RepositoryBuilder, attributes: bytes | None, kinds: list[Kind]
) -> None:
    base = repository.on().write("f", TEXT).commit()
    fork = repository.on(base).write("f", lines(1, 30, l7="fork")).commit()
    upstream = repository.on(base).write("f", lines(1, 30, l7="upstream")).commit()
    assert [each.kind for each in merged(repository, fork, upstream, attributes).conflicts] == kinds


def test_a_binary_driver_stops_even_changes_that_do_not_touch(repository: RepositoryBuilder) -> None:
    base = repository.on().write("f", TEXT).commit()
    fork = repository.on(base).write("f", lines(1, 30, l7="fork")).commit()
    upstream = repository.on(base).write("f", lines(1, 30, l20="upstream")).commit()
    assert not merged(repository, fork, upstream).conflicts
    assert merged(repository, fork, upstream, b"f -merge\n").conflicts


def test_replaced_objects_are_not_followed(repository: RepositoryBuilder) -> None:
    base = repository.on().write("f", TEXT).commit()
    fork = repository.on(base).write("f", lines(1, 30, l7="fork")).commit()
    upstream = repository.on(base).write("f", lines(1, 30, l7="upstream")).commit()
    repository.ref(f"refs/replace/{upstream}", base)
    assert len(merged(repository, fork, upstream).conflicts) == 1


@pytest.mark.parametrize(
    "content", [b"caf\xe9 %d\n", b"line %d\r\n", b"no end %d"], ids=["latin-1", "crlf", "no newline"]
)
def test_bytes_stay_bytes(repository: RepositoryBuilder, content: bytes) -> None:
    def file(first: int, last: int) -> bytes:
        return content % first + b"between\n" * 9 + content % last

    path = "caf\udce9"
    base = repository.on().write(path, file(1, 1)).commit()
    fork = repository.on(base).write(path, file(2, 1)).commit()
    upstream = repository.on(base).write(path, file(1, 2)).commit()
    assert merged(repository, fork, upstream).changes == {path: _file(repository, file(2, 2))}


def _file(repository: RepositoryBuilder, content: str | bytes) -> Entry:
    data = content.encode() if isinstance(content, str) else content
    return Entry(FILE, BlobId(str(repository.raw.create_blob(data))))
