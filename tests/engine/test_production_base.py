"""What a squashed sync really brought decides which release production contains."""

from datetime import UTC, datetime

import pytest

from forkpolicy.engine.console import Screen
from forkpolicy.engine.demo import make_demo
from forkpolicy.engine.fork import Fork
from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.plan import Plan
from forkpolicy.engine.planner import Request, make_plan
from forkpolicy.engine.policy_source import load_policy
from forkpolicy.engine.production_base import content_base_of
from forkpolicy.engine.provenance import PolicySource
from forkpolicy.engine.report.text import to_text
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


def test_a_plan_tells_the_first_version_whatever_release_the_content_stands_on(demo: Fork) -> None:
    for each in demo.tagged:
        demo.repo.raw.references.delete(f"refs/tags/{each.tag}")
    version = planned(Fork.of(demo.repo, demo.policy)).version
    assert version is not None
    assert (version.current, version.next) == (None, "v1.2.0-acme.1.0.0")


def planned(fork: Fork) -> Plan:
    return make_plan(fork, PolicySource("x", None, ""), Request(cross_check="never"), datetime(2030, 1, 1, tzinfo=UTC))


def test_a_plan_does_not_claim_what_history_cannot_tell(demo: Fork) -> None:
    plan = planned(demo)
    assert plan.contained_release == "v1.0.0"
    assert plan.contained_unknown is not None
    assert "v1.0.0, or newer: history does not tell → v1.2.0" in to_text(plan, Screen(100))


def test_a_plan_knows_the_release_that_a_squashed_sync_brought(fork: Numbered) -> None:
    fork.squash(fork.release("v1.79.3-stable", commits=6), "fix: squashed")
    fork.commit("fix: own")
    fork.release("v1.79.4-stable", commits=6)
    plan = planned(fork.fork())
    assert (plan.contained_release, plan.contained_unknown) == ("v1.79.3-stable", None)
