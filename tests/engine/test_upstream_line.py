"""Where on upstream's line a fork stands: distances, ties, and what is stale."""

from collections.abc import Mapping

from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.upstream_line import UpstreamLine, upstream_line
from forkpolicy.policy.names import CommitId
from tests.builder import RepositoryBuilder


def write(repository: RepositoryBuilder, files: Mapping[str, str], *parents: CommitId) -> CommitId:
    change = repository.on(*parents).clear()
    for path, text in files.items():
        change.write(path, text)
    return change.commit()


def upstream(repository: RepositoryBuilder, *states: Mapping[str, str]) -> list[CommitId]:
    """One commit after another."""
    commits: list[CommitId] = []
    for state in states:
        commits.append(write(repository, state, *commits[-1:]))
    return commits


def line_of(repository: RepositoryBuilder, fork: CommitId, commits: list[CommitId]) -> UpstreamLine:
    return UpstreamLine(Repository.open(repository.path), fork, commits)


def test_the_line_follows_first_parents_and_begins_with_its_start(repository: RepositoryBuilder) -> None:
    start = write(repository, {"a": "0"})
    first = write(repository, {"a": "1"}, start)
    side = write(repository, {"a": "0", "b": "side"}, start)
    merge = write(repository, {"a": "1", "b": "side"}, first, side)
    assert upstream_line(Repository.open(repository.path), merge, start) == (start, first, merge)


def test_distances_are_differing_paths_absence_included(repository: RepositoryBuilder) -> None:
    commits = upstream(repository, {"a": "0"}, {"a": "1", "new": "1"}, {"a": "2", "new": "2"})
    line = line_of(repository, write(repository, {"a": "1", "own": "x"}, commits[0]), commits)
    assert [line.distance(position) for position in range(3)] == [2, 2, 3]
    assert line.profile(0, 2).distances == (2, 2, 3)


def test_of_equally_near_commits_the_oldest_is_the_nearest(repository: RepositoryBuilder) -> None:
    states = [{"a": str(number), "b": str(min(number, 3))} for number in range(20)]
    commits = upstream(repository, *states)
    line = line_of(repository, write(repository, {"a": "own", "b": "3"}, commits[0]), commits)
    assert line.nearest() == 3
    assert line.equals(3) == tuple(range(3, 12))  # a stride, though all up to 19 are as near


def test_the_nearest_commit_of_a_long_line_is_found(repository: RepositoryBuilder) -> None:
    states = [{f"f{file:03}": str(file < number) for file in range(200)} for number in range(201)]
    commits = upstream(repository, *states)
    line = line_of(repository, write(repository, states[137] | {"own": "x"}, commits[0]), commits)
    assert line.nearest() == 137
    assert line.nearest(high=100) == 100


def test_stale_is_what_upstream_had_before(repository: RepositoryBuilder) -> None:
    states = [{"a": "0", "b": "0"}, {"a": "1", "b": "0"}, {"a": "1", "b": "1"}, {"a": "1", "b": "1", "new": "3"}]
    commits = upstream(repository, *states)
    profile = line_of(repository, write(repository, {"a": "0", "b": "1"}, commits[0]), commits).profile(0, 3)
    assert [dict(profile.stale_at(position)) for position in range(4)] == [{}, {"a": 0}, {"a": 0}, {"a": 0, "new": 2}]


def test_a_later_window_knows_what_came_before_it(repository: RepositoryBuilder) -> None:
    states = [{"d/a": "0"}, {"d/a": "1"}, {"d/a": "0"}, {"d/a": "2"}, {"d/a": "3"}]
    commits = upstream(repository, *states)
    line = line_of(repository, write(repository, {"d/a": "0"}, commits[0]), commits)
    assert line.profile(3, 4).stale_at(3) == {"d/a": 2}
    assert line.profile(3, 4).stale_at(4) == {"d/a": 2}
    assert line.profile(2, 2).stale_at(2) == {}


def test_what_the_fork_rewrote_is_not_stale(repository: RepositoryBuilder) -> None:
    commits = upstream(repository, {"a": "0"}, {"a": "1"}, {"a": "2"})
    line = line_of(repository, write(repository, {"a": "own"}, commits[0]), commits)
    assert line.profile(0, 2).stale_at(2) == {}
