"""What a branch is for, whatever its name pretends."""

import pytest

from forkpolicy.policy.heads import NamedBranch, role_in
from tests.numbered import policy

HOME = "CartoDB/litellm"


@pytest.mark.parametrize(
    "name",
    [
        "main",
        "Main",
        "refs/heads/main",
        "refs/remotes/origin/main",
        "origin/main",
        "ORIGIN/main",
        "main\u00a0",
        "\u200bmain",
        "ma\u00adin",
        "\uff4dain",
        "main\ufe0f",
        "upstream/main",
        "Upstream/anything",
        "refs/remotes/upstream/main",
    ],
)
def test_the_mirror_is_known_by_any_spelling(name: str) -> None:
    assert role_in(policy(), NamedBranch(name)).role == "mirror"
    assert role_in(policy(), NamedBranch(name, HOME), HOME).role == "mirror"


@pytest.mark.parametrize("name", ["CARTO/main", "carto/Main", "origin/carto/main", "refs/heads/carto/main"])
def test_production_is_known_by_any_spelling(name: str) -> None:
    assert role_in(policy(), NamedBranch(name)).role == "production"


@pytest.mark.parametrize("name", ["feature/main", "main2", "mainly", "`x`;$(y)", "", "upstream-main", "x" * 10_000])
def test_other_names_are_topics(name: str) -> None:
    found = role_in(policy(), NamedBranch(name))

    assert found.role == "topic"
    assert found.note is not None


def test_a_contributor_s_main_is_not_the_mirror() -> None:
    found = role_in(policy(), NamedBranch("main", "somebody/litellm"), HOME)

    assert found.role == "topic"
    assert found.note == "`main` is a branch of `somebody/litellm`: it counts as a topic"


def test_a_contributor_s_sync_branch_is_a_topic() -> None:
    assert role_in(policy(), NamedBranch("upstream-sync/v1", "somebody/litellm"), HOME).role == "topic"


def test_every_branch_of_upstream_s_repository_is_its_development() -> None:
    assert role_in(policy(), NamedBranch("main", "berriai/LiteLLM"), HOME).role == "mirror"


def test_the_repository_may_have_moved_since_the_policy_was_written() -> None:
    assert role_in(policy(), NamedBranch("main", "Carto/LLM"), "carto/llm").role == "mirror"
