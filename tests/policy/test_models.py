"""The models: defaults, types and what a loaded policy says."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from forkpolicy.policy.decisions import Resolution
from forkpolicy.policy.facts import Change, Kind
from forkpolicy.policy.findings import Severity
from forkpolicy.policy.loader import load
from forkpolicy.policy.models import (
    Example,
    MarkerBlock,
    Merges,
    Policy,
    PullRequestTemplate,
    Rule,
    When,
)
from forkpolicy.policy.value_checks import write_duration

from .test_loader import MINIMAL

EXAMPLE = Path(__file__).parent / "design_example.yaml"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load(EXAMPLE.read_bytes(), "carto-fork.yaml")


def rule(policy: Policy, name: str) -> Rule:
    return next(rule for rule in policy.ownership.rules if rule.name == name)


def test_the_sides(policy: Policy) -> None:
    assert (policy.fork.name, policy.fork.repository, policy.fork.remote) == (
        "CARTO",
        "CartoDB/litellm",
        "origin",
    )
    assert (policy.upstream.name, policy.upstream.remote) == ("LiteLLM", "upstream")
    assert policy.fork.since is None


def test_releases(policy: Policy) -> None:
    first, second = policy.releases.schemes
    assert first.tags == ("v{version}", "v{version}.post{patch}")
    assert (first.since, first.until, second.until) == ("1.84.0", None, "1.84.0")
    assert policy.releases.deny == {"v1.82.7": "withdrawn by upstream"}
    assert (policy.releases.min_age, policy.releases.stale_after) == (timedelta(days=3), timedelta(days=60))


def test_branches(policy: Policy) -> None:
    assert [branch.role for branch in policy.branches] == ["mirror", "production", "sync", "topic"]
    assert policy.production == "carto/main"
    mirror, production, *_ = policy.branches
    assert mirror.judged_by is None
    assert production.judged_by == Merges(allow=("release", "sync", "topic"), forbid=("mirror",), method="merge")


def test_rules(policy: Policy) -> None:
    assert rule(policy, "disabled-workflows").resolve is Resolution.DISABLE
    assert rule(policy, "disabled-workflows").copy_ == "follow"
    assert rule(policy, "new-workflows").when == When(upstream=(Change.ADDED,))
    assert rule(policy, "built-pages").may_lose == "all"
    assert rule(policy, "project-file").may_lose == ('^version = "',)
    assert rule(policy, "helm-chart").may_lose_upstream == ("^version:", "^appVersion:")
    assert rule(policy, "lock-files").command == "poetry lock --no-update"
    assert policy.ownership.markers == ("CARTO:", MarkerBlock(begin="CARTO: begin", end="CARTO: end"))


def test_defaults_of_a_rule() -> None:
    plain = Rule(name="a", paths=("/x",), resolve=Resolution.KEEP_FORK)
    assert (plain.applies, plain.scope, plain.moves) == ("conflicts", "file", None)
    assert (plain.may_lose, plain.may_lose_upstream) == ("none", "all")
    assert (plain.suffix, plain.copy_) == (".txt", "follow")


def test_the_other_sections(policy: Policy) -> None:
    [customization] = policy.customizations
    assert customization.checked == date(2025, 11, 12)
    assert customization.must_match[0].pattern == "chat/completions\\|"
    assert policy.versions is not None
    assert policy.versions.bumps.minor == ("feat", "feature")
    assert policy.check.severity == {"commit-format": Severity.WARNING}
    assert policy.check.waivers[0].expires == date(2026, 12, 31)
    assert policy.pull_request.labels.clean == ("clean-merge",)
    assert policy.templates == {"pull_request": ".github/forkpolicy/pull_request.md.j2"}
    assert policy.examples[1] == Example(
        path="litellm/router.py", kind=Kind.CONTENT, untouched=True, expect="untouched"
    )


def test_defaults_of_a_policy() -> None:
    policy = load(MINIMAL, "p.yaml")
    assert policy.merge.base == "auto"
    assert policy.versions is None
    assert policy.pull_request == PullRequestTemplate()
    assert (policy.releases.min_age, policy.releases.stale_after) == (timedelta(0), None)
    assert policy.commits.subject_max == 72
    assert (policy.check.cherry_picks, policy.check.waivers) == ("allow", ())
    assert (policy.customizations, policy.examples, policy.templates) == ((), (), {})


def test_a_policy_is_frozen(policy: Policy) -> None:
    with pytest.raises(AttributeError):
        policy.fork.name = "X"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("written", "time", "again"),
    [
        ("90m", timedelta(minutes=90), "90m"),
        ("12h", timedelta(hours=12), "12h"),
        ("3d", timedelta(days=3), "3d"),
        ("2w", timedelta(days=14), "14d"),
    ],
)
def test_durations(written: str, time: timedelta, again: str) -> None:
    text = MINIMAL.replace(b"releases: {", f"releases: {{ min_age: {written},".encode())
    releases = load(text, "p.yaml").releases
    assert releases.min_age == time
    assert write_duration(releases.min_age) == again


def test_a_schema_for_editors_may_be_named() -> None:
    assert load(b"$schema: ./carto-fork.schema.json\n" + MINIMAL, "p.yaml").schema_version == 1
