"""Release tags: the irregular tags of the real upstream, eras, order, quarantine, selection."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forkpolicy.policy.models import Scheme
from forkpolicy.policy.releases import (
    Candidate,
    Rejected,
    Release,
    ReleaseRules,
    in_words,
    newest,
    quarantined,
    refusal,
    stale,
)

RULES = ReleaseRules(
    (
        Scheme(tags=("v{version}", "v{version}.post{patch}"), since="1.84.0"),
        Scheme(
            tags=("v{version}-stable", "v{version}-stable.patch{patch}", "v{version}-stable.patch.{patch}"),
            until="1.84.0",
        ),
    ),
    deny={"v1.84.7": "withdrawn by upstream"},
)
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def release(tag: str) -> Release:
    read = RULES.read(tag)
    assert isinstance(read, Release), read
    return read


def reason(tag: str) -> str:
    read = RULES.read(tag)
    assert isinstance(read, Rejected), read
    assert read.tag == tag
    return read.reason


@pytest.mark.parametrize(
    ("tag", "version", "patch"),
    [
        ("v1.78.5-stable", "1.78.5", None),
        ("v1.84.0", "1.84.0", None),
        ("v1.67.0-stable.patch2", "1.67.0", 2),
        ("v1.73.6-stable.patch.1", "1.73.6", 1),
        ("v1.84.0.post1", "1.84.0", 1),
        ("v1.100.0", "1.100.0", None),
    ],
)
def test_releases(tag: str, version: str, patch: int | None) -> None:
    assert RULES.read(tag) == Release(tag, version, patch)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("v1.83.0", "outside the scheme's era: `v{version}` counts from 1.84.0 on"),
        ("v1.83.0.post1", "outside the scheme's era: `v{version}.post{patch}` counts from 1.84.0 on"),
        ("v1.84.0-stable", "outside the scheme's era: `v{version}-stable` counts only before 1.84.0"),
        ("v1.84.7", "denied: withdrawn by upstream"),
        ("v1.55.8-stable-patched", "no scheme matches: `v{version}-stable` leaves `-patched` over"),
        ("v.1.32.34-stable", "no scheme matches"),
        ("v1.74.3-stable-draft", "no scheme matches: `v{version}-stable` leaves `-draft` over"),
        ("v1.72.2-stable.debug", "no scheme matches: `v{version}-stable` leaves `.debug` over"),
        ("v1.76.5.rc.1", "no scheme matches: `v{version}` leaves `.rc.1` over"),
        ("v1.74.9.rc-draft", "no scheme matches: `v{version}` leaves `.rc-draft` over"),
        ("v1.72.6.devMCP", "no scheme matches: `v{version}` leaves `.devMCP` over"),
        ("v1.81.3-nightly", "no scheme matches: `v{version}` leaves `-nightly` over"),
        ("v1.85.0rc1", "no scheme matches: `v{version}` leaves `rc1` over"),
        ("v1.85.0.dev3", "no scheme matches: `v{version}` leaves `.dev3` over"),
        ("v1.81.3-carto.1.18.6", "no scheme matches: `v{version}` leaves `-carto.1.18.6` over"),
        ("1.81.3-stable", "no scheme matches"),
        ("V1.81.3-stable", "no scheme matches"),
        ("latest", "no scheme matches"),
        ("", "no scheme matches"),
    ],
)
def test_every_rejection_has_its_reason(tag: str, expected: str) -> None:
    assert reason(tag) == expected


def test_every_era_that_a_tag_misses_is_named() -> None:
    rules = ReleaseRules(
        (Scheme(tags=("v{version}",), until="1.0"), Scheme(tags=("v{version}",), since="2.0")), deny={}
    )
    read = rules.read("v1.5")
    assert isinstance(read, Rejected)
    assert read.reason == (
        "outside the scheme's era: `v{version}` counts only before 1.0, `v{version}` counts from 2.0 on"
    )
    assert isinstance(rules.read("v0.9"), Release)
    assert isinstance(rules.read("v2"), Release)


def test_a_patch_sorts_after_the_plain_release_and_before_the_next() -> None:
    tags = [
        "v1.67.0-stable",
        "v1.67.0-stable.patch2",
        "v1.67.0-stable.patch10",
        "v1.67.1-stable",
        "v1.83.9-stable",
        "v1.84.0",
        "v1.84.0.post1",
        "v1.84.1",
        "v1.100.0",
    ]
    assert [each.tag for each in RULES.releases([*reversed(tags), "nightly"])] == tags[::-1]


def release_of(minor: int, micro: int, patch: int | None) -> Release:
    return release(f"v1.{minor}.{micro}" + ("" if patch is None else f".post{patch}"))


RELEASES = st.builds(release_of, st.integers(85, 101), st.integers(0, 12), st.none() | st.integers(0, 12))


@given(RELEASES, RELEASES, RELEASES)
def test_the_order_is_total_and_transitive(a: Release, b: Release, c: Release) -> None:
    assert (a < b) + (a == b) + (a > b) == 1
    assert not (a <= b <= c) or a <= c
    assert (a == b) == (hash(a) == hash(b))


def candidate(tag: str, age: timedelta) -> Candidate:
    return Candidate(release(tag), NOW - age)


@pytest.mark.parametrize(
    ("age", "remaining"),
    [(timedelta(0), 3 * DAY), (2 * DAY, DAY), (3 * DAY, None), (4 * DAY, None), (-DAY, 4 * DAY)],
)
def test_quarantine_lasts_until_the_minimum_age(age: timedelta, remaining: timedelta | None) -> None:
    assert quarantined(NOW - age, NOW, 3 * DAY) == remaining


def test_the_newest_release_out_of_quarantine_is_chosen() -> None:
    fresh, ready, old = (
        candidate("v1.85.0", DAY),
        candidate("v1.84.1", 5 * DAY),
        candidate("v1.84.0", 9 * DAY),
    )
    selection = newest([old, fresh, ready], NOW, 3 * DAY)
    assert selection.chosen == ready
    assert selection.passed_over == (
        Rejected("v1.85.0", "in quarantine: releases have to be 3 days old, 2 days to go"),
    )


def test_nothing_is_chosen_where_all_are_fresh_or_there_are_none() -> None:
    assert newest([], NOW, DAY).chosen is None
    selection = newest([candidate("v1.85.0", timedelta(hours=23))], NOW, DAY)
    assert selection.chosen is None
    assert [each.reason for each in selection.passed_over] == [
        "in quarantine: releases have to be 1 day old, 1 hour to go"
    ]


def test_going_back_is_refused_and_the_same_release_is_not() -> None:
    old = candidate("v1.83.0-stable", 90 * DAY)
    assert refusal(old, release("v1.84.0"), NOW, DAY) == "goes back: production contains v1.84.0, which is newer"
    assert refusal(old, old.release, NOW, DAY) is None
    assert refusal(old, None, NOW, DAY) is None


@pytest.mark.parametrize(
    ("released", "moved", "expected"),
    [
        (61 * DAY, 1 * DAY, 61 * DAY),
        (60 * DAY, 1 * DAY, None),
        (200 * DAY, 200 * DAY, None),
        (10 * DAY, 1 * DAY, None),
    ],
)
def test_stale_needs_age_and_movement(released: timedelta, moved: timedelta, expected: timedelta | None) -> None:
    assert stale(NOW - released, NOW - moved, NOW, 60 * DAY) == expected


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (3 * DAY, "3 days"),
        (timedelta(days=2, minutes=1), "3 days"),
        (DAY, "1 day"),
        (timedelta(hours=5), "5 hours"),
        (timedelta(minutes=59, seconds=1), "60 minutes"),
        (timedelta(seconds=1), "1 minute"),
    ],
)
def test_spans_are_rounded_up(span: timedelta, words: str) -> None:
    assert in_words(span) == words
