"""Upstream's tags: the issue's table, quarantine, what the host says, and tags that changed their form."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from forkpolicy.engine.release_list import ListedTag, Standing, list_releases, read_host_releases
from forkpolicy.policy.errors import UsageError
from tests.builder import RepositoryBuilder
from tests.numbered import NOW, POLICY, START, Numbered, policy

ACCEPTED = {
    "v1.78.5-stable": ("1.78.5", None),
    "v1.84.0": ("1.84.0", None),
    "v1.67.0-stable.patch2": ("1.67.0", 2),
    "v1.73.6-stable.patch.1": ("1.73.6", 1),
    "v1.84.0.post1": ("1.84.0", 1),
}
REJECTED = {
    **dict.fromkeys(("v1.83.0", "v1.83.0.post1", "v1.84.0-stable"), "outside the scheme's era"),
    **dict.fromkeys(
        ("v1.55.8-stable-patched", "v.1.32.34-stable", "v1.74.3-stable-draft", "v1.72.2-stable.debug"),
        "no scheme matches",
    ),
    **dict.fromkeys(("v1.76.5.rc.1", "v1.72.6.devMCP", "v1.81.3-nightly"), "no scheme matches"),
    "v1.82.7-stable": "denied: withdrawn by upstream",
}


@pytest.fixture
def fork(repository: RepositoryBuilder) -> Numbered:
    return Numbered(repository)


def listed(fork: Numbered, now: datetime = NOW, host: str | None = None) -> dict[str, ListedTag]:
    published = None if host is None else read_host_releases(host, "releases.json")
    return {each.tag: each for each in list_releases(fork.fork(), now, published).tags}


def entry(tag: str, *, draft: bool = False, prerelease: bool = False, at: str | None = "2026-02-01T00:00:00Z") -> str:
    return json.dumps([{"tagName": tag, "isDraft": draft, "isPrerelease": prerelease, "publishedAt": at}])


def test_every_tag_has_its_reason(fork: Numbered) -> None:
    for tag in (*ACCEPTED, *REJECTED):
        fork.release(tag, commits=1)
    found = listed(fork)
    for tag, (version, patch) in ACCEPTED.items():
        release = found[tag].release
        assert release is not None
        assert (release.version, release.patch) == (version, patch)
    for tag, reason in REJECTED.items():
        assert found[tag].standing is Standing.REJECTED
        assert found[tag].reason.startswith(reason)


def test_tags_come_newest_first_and_those_of_the_fork_never(fork: Numbered) -> None:
    fork.release("v1.79.3-stable")
    assert list(listed(fork)) == ["v1.79.3-stable", "v1.79.1-stable"]


def test_what_a_release_is_to_production(fork: Numbered) -> None:
    fork.repository.tag("v1.70.0-stable", fork.release("v1.79.2-stable"))
    fork.release("v1.79.3-stable")
    own = fork.commit("feat: the fork's own, tagged as a release")
    fork.repository.tag("v1.79.9-stable", own)
    since = policy(POLICY.replace("litellm }\nup", f"litellm, since: {own} }}\nup"))
    releases = list_releases(fork.fork(since), NOW)
    found = {each.tag: each for each in releases.tags}
    assert found["v1.79.9-stable"].reason.startswith("a tag of the fork's own")
    assert found["v1.79.1-stable"].standing is Standing.CONTAINED
    assert found["v1.70.0-stable"].standing is Standing.OLDER
    assert found["v1.70.0-stable"].reason == "goes back: production contains v1.79.1-stable, which is newer"
    assert [each.tag for each in releases.ready] == ["v1.79.3-stable", "v1.79.2-stable"]


def test_a_fresh_release_waits(fork: Numbered) -> None:
    fork.release("v1.79.3-stable")
    found = listed(fork, START + timedelta(days=1))["v1.79.3-stable"]
    assert found.standing is Standing.WAITING
    assert found.reason.startswith("in quarantine: releases have to be 3 days old")


class TestTheHost:
    def test_drafts_and_prereleases_are_none(self, fork: Numbered) -> None:
        fork.release("v1.79.3-stable")
        for words, host in (
            ("draft", entry("v1.79.3-stable", draft=True)),
            ("prerelease", entry("v1.79.3-stable", prerelease=True)),
        ):
            found = listed(fork, host=host)["v1.79.3-stable"]
            assert (found.standing, found.reason) == (Standing.REJECTED, f"the host marks it as a {words}")

    def test_its_date_counts(self, fork: Numbered) -> None:
        fork.release("v1.79.3-stable")
        assert listed(fork)["v1.79.3-stable"].standing is Standing.READY
        found = listed(fork, host=entry("v1.79.3-stable", at="2026-05-31T00:00:00Z"))["v1.79.3-stable"]
        assert found.standing is Standing.WAITING
        assert found.date == datetime(2026, 5, 31, tzinfo=UTC)

    def test_a_release_that_was_not_fetched_waits(self, fork: Numbered) -> None:
        found = listed(fork, host=entry("v1.80.0-stable"))["v1.80.0-stable"]
        assert (found.standing, found.commit) == (Standing.WAITING, None)
        assert found.reason == "not in this repository: git fetch upstream tag v1.80.0-stable"

    @pytest.mark.parametrize(
        "text",
        ["", "{}", "[1]", '[{"name": "x"}]', '[{"tagName": 1}]', "[" * 10_000, entry("v1", at="yesterday")],
    )
    def test_anything_else_is_a_usage_error(self, text: str) -> None:
        with pytest.raises(UsageError, match=r"releases\.json is no list of releases"):
            read_host_releases(text if text != "{}" else '{"tagName": "x"}', "releases.json")


class TestStaleSchemes:
    def test_upstream_moved_on_under_other_tags(self, fork: Numbered) -> None:
        fork.release("v1.80.0.final")
        (finding,) = list_releases(fork.fork(), NOW).findings
        assert finding.rule == "stale-scheme"
        assert "v1.80.0.final" in finding.message

    def test_upstream_is_quiet(self, fork: Numbered) -> None:
        assert list_releases(fork.fork(), NOW).findings == ()

    def test_not_for_long_yet(self, fork: Numbered) -> None:
        fork.release("v1.80.0.final")
        assert list_releases(fork.fork(), START + timedelta(days=59)).findings == ()
