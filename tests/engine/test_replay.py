"""A past sync replayed: what was known then is a part of the history that is walked once for all of them."""

from random import Random

import pytest
from msgspec.structs import replace

from forkpolicy.engine.fork import Fork
from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.history import fork_history
from forkpolicy.engine.replay import replaying
from forkpolicy.engine.sync_merges import sync_merges
from forkpolicy.policy.loader import load
from tests.audited import POLICY
from tests.builder import RepositoryBuilder


@pytest.mark.parametrize("since", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_history_and_bases_are_those_that_a_walk_of_that_day_finds(
    repository: RepositoryBuilder, seed: int, since: bool
) -> None:
    fork = with_syncs(repository, Random(seed))
    if since:  # none of the syncs has that commit: what it says of upstream's tips is asked again
        fork = replace(fork, policy=replace(fork.policy, fork=replace(fork.policy.fork, since="carto/main")))
    syncs = sync_merges(fork.repo, fork.history)

    assert syncs
    for sync in syncs:
        with replaying(fork, sync, "carto-fork.yaml") as replay:
            past = replay.fork.history
            walked = fork_history(fork.repo, sync.fork_parent, past.upstream, None)
            assert past.commits.keys() == walked.commits.keys()
            assert replay.evaluation.based.git == fork.repo.merge_bases(sync.fork_parent, sync.upstream_parent)


def with_syncs(repository: RepositoryBuilder, random: Random) -> Fork:
    """A fork that merged upstream's line and its release branches by turns, some of them on a topic branch first."""
    line = [repository.on().write("a", "1").commit("start")]
    aside = [line[0]]
    fork = repository.on(line[0]).write("fork.txt", "own\n").commit("feat: own")
    for number in range(40):
        step = random.choice(["line", "line", "aside", "own", "sync", "topic"])
        if step == "line":
            line.append(repository.on(line[-1]).write("a", f"{number}").commit(f"line {number}"))
        elif step == "aside":
            parent = random.choice([aside[-1], line[-1]])
            aside.append(repository.on(parent).write("b", f"{number}").commit(f"aside {number}"))
        elif step == "own":
            fork = repository.on(fork).write("fork.txt", f"{number}\n").commit(f"feat: {number}")
        else:
            side = random.choice([line[-1], aside[-1]])
            merge = repository.on(fork, side).write("c", f"{number}").commit(f"sync {number}")
            own = repository.on(fork).write("d", f"{number}").commit(f"feat: d {number}")
            fork = merge if step == "sync" else repository.on(own, merge).write("d", f"{number}").commit("Merge topic")
    repository.branch("carto/main", fork)
    repository.ref("refs/remotes/upstream/main", line[-1])
    repository.ref("refs/remotes/upstream/release", aside[-1])
    return Fork.of(Repository.open(repository.path), load(POLICY.encode(), "carto-fork.yaml"))
