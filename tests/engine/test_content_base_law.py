"""Laws of the content base, on random forks: what a squash hides must not change what a plan does unseen."""

from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import example, given, settings
from hypothesis import strategies as st

from forkpolicy.engine.base_review import doubtful_paths
from forkpolicy.engine.evaluation import scratch_for
from forkpolicy.engine.merge_base import merge_on_base
from forkpolicy.policy.facts import Entry
from forkpolicy.policy.names import RepoPath
from tests.forked_histories import Forked, forked

seeds = st.integers(0, 2**32 - 1)
EXAMPLES = max(10, settings().max_examples // 10)
"""Each builds two histories of up to forty commits and plans on both."""


@dataclass(frozen=True)
class Planned:
    """What a plan settles by itself, and what it leaves to people."""

    settled: Mapping[RepoPath, Entry]
    open: frozenset[RepoPath]


def planned(history: Forked, branch: str, base: str) -> Planned:
    fork = history.fork(branch, base)
    repo, tip = fork.repo, fork.production.commit
    with scratch_for(fork) as scratch:
        based = merge_on_base(fork, scratch, history.release, repo.merge_bases(tip, history.release))
        doubts = doubtful_paths(scratch, fork.history, history.release, based)
    result = dict(repo.files(repo.tree(tip))) | dict(based.merge.changes)
    left = {path for conflict in based.merge.conflicts for path in conflict.files} | doubts.keys()
    return Planned({path: entry for path, entry in result.items() if entry and path not in left}, frozenset(left))


@settings(max_examples=EXAMPLES)
@example(40331)  # nearer to a commit after the sync, by chance
@example(2663781110)  # one of the two paths that upstream changed next is the same by chance: both deleted it
@given(seeds)
def test_a_fork_that_merges_properly_is_planned_as_on_git_s_base(seed: int) -> None:
    """Where both sides did the same by chance, it may leave more to people; nothing is settled otherwise."""
    with forked(seed) as history:
        auto, git = planned(history, "proper", "auto"), planned(history, "proper", "git")
    assert auto.open >= git.open
    assert auto.settled == {path: entry for path, entry in git.settled.items() if path not in auto.open}


@settings(max_examples=EXAMPLES)
@example(20118)  # git's base is used, and would resurrect what the sync dropped
@example(5102)  # nearer to the release no more: upstream changed nearly every file since
@example(70130)  # the same, where it had text of its own upon that change
@example(40257)  # the fork undid the newest change that the sync brought
@example(486930)  # the fork holds just half of what upstream did: to refuse that base would settle a path unseen
@given(seeds)
def test_a_squashed_sync_settles_nothing_otherwise(seed: int) -> None:
    """It may leave more to people, never less, and every other path comes out as in the history that is whole."""
    with forked(seed) as history:
        whole, squashed = planned(history, "proper", "git"), planned(history, "squashed", "auto")
    assert squashed.open >= whole.open
    assert squashed.settled == {path: entry for path, entry in whole.settled.items() if path not in squashed.open}
