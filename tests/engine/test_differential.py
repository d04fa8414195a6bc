"""The merge against git's own, over generated histories."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import assume, event, given
from msgspec.structs import replace

from forkpolicy.engine import oracle
from forkpolicy.engine.git.scratch import Scratch, scratch_store
from forkpolicy.engine.merge import Merge, merge_commits
from forkpolicy.policy.facts import Conflict, Entry, Versions
from forkpolicy.policy.names import CommitId, RepoPath
from tests.builder import RepositoryBuilder
from tests.strategies import History, histories

TOLERATED = 0.02
"""The share of histories in which git may see it otherwise, provided that the comparison says so."""


@contextmanager
def laid_out(history: History) -> Generator[tuple[Scratch, CommitId, CommitId], None, None]:
    with tempfile.TemporaryDirectory() as folder:
        repository = RepositoryBuilder(Path(folder) / "repository.git")
        fork, upstream = history.build(repository)
        with scratch_store(repository.objects_dir, history.attributes) as scratch:
            yield scratch, fork, upstream


@pytest.mark.skipif(not oracle.is_available(), reason="needs git 2.38 or newer")
def test_the_merge_is_gits_or_the_comparison_says_where_not() -> None:
    seen: list[bool] = []

    @given(histories)
    def compare(history: History) -> None:
        with laid_out(history) as (scratch, fork, upstream):
            running = oracle.start(scratch, fork, upstream)
            assert running is not None
            merge = merge_commits(scratch, fork, upstream)
            try:
                verdict = running.finish()
            except oracle.CrashedError:  # git 2.39 where a criss-cross base has a file and a folder at one path
                event("git crashes")
                return
        differing = oracle.compare(merge, verdict)
        seen.append(bool(differing))
        event(f"{len(merge.conflicts)} conflicts, {'differs' if differing else 'agrees'}")
        assert _silently_other(merge, verdict) <= set(differing)

    compare()
    assert sum(seen) <= max(1, TOLERATED * len(seen)), f"{sum(seen)} of {len(seen)} histories differ from git's merge"


@given(histories)
def test_the_merge_does_not_depend_on_its_direction(history: History) -> None:
    assume(history.attributes is None or b"union" not in history.attributes)  # union puts the fork's lines first
    with laid_out(history) as (scratch, fork, upstream):
        merge, mirrored = merge_commits(scratch, fork, upstream), merge_commits(scratch, upstream, fork)
        assert merge.conflicts == tuple(_mirrored(conflict) for conflict in mirrored.conflicts)
        assert merge.fork_renames == mirrored.upstream_renames
        assert merge.moves == mirrored.moves
        assert _clean_result(scratch, fork, merge) == _clean_result(scratch, upstream, mirrored)


@given(histories)
def test_merging_a_side_with_itself_or_its_past_changes_nothing(history: History) -> None:
    with laid_out(history) as (scratch, fork, _):
        past = scratch.repository.commit(fork).parents[0]
        for other in (fork, past):
            merge = merge_commits(scratch, fork, other)
            assert (merge.conflicts, merge.changes) == ((), {})
        result = _clean_result(scratch, past, merge_commits(scratch, past, fork))
        assert result == dict(scratch.repository.files(scratch.repository.tree(fork)))


# Private


def _silently_other(merge: Merge, verdict: oracle.Verdict) -> set[RepoPath]:
    """The paths that git changes and no conflict here covers, with another result: found without `compare`."""
    conflicting = {path for conflict in merge.conflicts for path in conflict.files}
    clean = {path for path in {*merge.changes, *verdict.changes} if path not in conflicting}
    other = {path for path in clean - verdict.unmerged if merge.changes.get(path, 0) != verdict.changes.get(path, 0)}
    return other | (verdict.unmerged - conflicting)


def _mirrored(conflict: Conflict) -> Conflict:
    files = {path: Versions(each.base, each.upstream, each.fork) for path, each in conflict.files.items()}
    return replace(conflict, files=files)


def _clean_result(scratch: Scratch, fork: CommitId, merge: Merge) -> dict[RepoPath, Entry]:
    files: dict[RepoPath, Entry | None] = dict(scratch.repository.files(scratch.repository.tree(fork)))
    files |= merge.changes
    conflicting = {path for conflict in merge.conflicts for path in conflict.files}
    return {path: entry for path, entry in files.items() if entry and path not in conflicting}
