"""What a squashed sync really brought decides which release production contains."""

import pytest

from forkpolicy.engine.demo import make_demo
from forkpolicy.engine.fork import Fork
from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.policy_source import load_policy
from forkpolicy.engine.production_base import content_base_of
from forkpolicy.engine.versioning import version_state
from tests.builder import RepositoryBuilder
from tests.numbered import Numbered


@pytest.fixture
def fork(repository: RepositoryBuilder) -> Numbered:
    return Numbered(repository)


@pytest.fixture
def demo(tmp_path_factory: pytest.TempPathFactory) -> Fork:
    place = tmp_path_factory.mktemp("demo") / "fork"
    make_demo(place)
    repo = Repository.open(place)
    return Fork.of(repo, load_policy(repo, None, None).policy)


def test_content_that_stands_between_releases_accuses_nobody(demo: Fork) -> None:
    base = content_base_of(demo)
    state = version_state(demo, content_base=base)
    assert base is not None
    assert state.tag == "v1.1.0-acme.1.7.0"
    assert {each.severity.value for each in state.findings} == {"note"}


def test_without_it_history_alone_would_accuse(demo: Fork) -> None:
    assert "warning" in {each.severity.value for each in version_state(demo).findings}


def test_a_squashed_release_is_contained_by_content(fork: Numbered) -> None:
    release = fork.release("v1.79.3-stable", commits=6)
    fork.squash(release, "fix: squashed")
    assert content_base_of(fork.fork()) == release


def test_a_fork_that_merges_properly_has_no_other_base(fork: Numbered) -> None:
    fork.commit("fix: one")
    fork.release("v1.79.3-stable")
    assert content_base_of(fork.fork()) is None
