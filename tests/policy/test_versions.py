"""Fork versions: the handbook's examples, the real tags, the order and the laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forkpolicy.policy.fields import ambiguity
from forkpolicy.policy.versions import Bump, ForkVersion, VersionFormat, image_tags, next_version

CARTO = VersionFormat("v{upstream}-carto.{major}.{minor}.{patch}", ("carto-v{upstream}-{major}.{minor}.{patch}",))
MAJOR, MINOR, PATCH, NONE = Bump.MAJOR, Bump.MINOR, Bump.PATCH, Bump.NONE

NUMBERS = st.integers(0, 10**6)
UPSTREAMS = st.lists(st.integers(0, 300), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
VERSIONS = st.builds(ForkVersion, UPSTREAMS, st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.integers(0, 2))


def version(tag: str) -> ForkVersion:
    read = CARTO.parse(tag)
    assert read is not None
    return read


@pytest.mark.parametrize(
    ("current", "bumps", "upstream", "expected"),
    [
        # The handbook's example calculation and its upstream sync.
        ("v1.79.1-carto.1.7.1", [PATCH, MINOR, PATCH], "1.79.1", "v1.79.1-carto.1.8.1"),
        ("v1.79.1-carto.1.8.1", [], "1.79.3", "v1.79.3-carto.1.8.1"),
        # The handbook's example progression.
        (None, [MINOR, PATCH], "1.75.2", "v1.75.2-carto.1.0.0"),
        ("v1.75.2-carto.1.0.0", [MINOR], "1.75.2", "v1.75.2-carto.1.1.0"),
        ("v1.75.2-carto.1.1.0", [PATCH] * 3, "1.75.2", "v1.75.2-carto.1.1.3"),
        ("v1.75.2-carto.1.1.3", [], "1.79.1", "v1.79.1-carto.1.1.3"),
        ("v1.79.1-carto.1.1.3", [MINOR], "1.79.1", "v1.79.1-carto.1.2.0"),
        ("v1.79.1-carto.1.2.0", [MAJOR], "1.79.1", "v1.79.1-carto.2.0.0"),
        # Going back to an older upstream, no effect, and from a legacy tag.
        ("v1.81.6-carto.1.18.3", [PATCH] * 3, "1.81.0", "v1.81.0-carto.1.18.6"),
        ("v1.79.1-carto.1.7.1", [NONE, NONE], "1.79.1", "v1.79.1-carto.1.7.1"),
        ("carto-v1.79.1-1.74.336", [PATCH], "1.79.1", "v1.79.1-carto.1.74.337"),
    ],
)
def test_the_next_version(current: str | None, bumps: list[Bump], upstream: str, expected: str) -> None:
    following = next_version(version(current) if current else None, bumps, upstream)
    assert CARTO.tag(following) == expected


def test_the_first_version_is_the_policys() -> None:
    assert next_version(None, [MAJOR], "1.2", "0.1.0") == ForkVersion("1.2", 0, 1, 0)


@pytest.mark.parametrize(
    "tag",
    [
        "v1.78.5-stable",
        "v1.79.1-carto.1.0",
        "v1.79.1-carto.1.0.27-rc1",
        "v1.79.1-carto.01.0.27",
        "xv1.79.1-carto.1.0.27",
        "v1.79.1-Carto.1.0.27",
        "carto-main-latest",
    ],
)
def test_other_tags_are_no_fork_versions(tag: str) -> None:
    assert CARTO.parse(tag) is None


def test_the_real_tags_in_order() -> None:
    in_order = [
        "carto-v1.75.2-1.74.297",
        "carto-v1.75.2-1.74.334",
        "carto-v1.79.1-1.74.336",
        "v1.79.1-carto.1.0.17",
        "v1.79.1-carto.1.0.27",
        "v1.81.6-carto.1.18.3",
        "v1.81.3-carto.1.18.6",
        "v1.81.9-carto.1.19.6",
    ]
    read = [version(tag) for tag in reversed(in_order)]
    assert [CARTO.tag(each) for each in sorted(read)] == in_order
    assert CARTO.newest([*in_order, "v1.99.0", "latest"]) == version("v1.81.9-carto.1.19.6")
    assert CARTO.newest(["v1.99.0"]) is None


def test_upstream_decides_last_and_by_number() -> None:
    assert version("v1.9.0-carto.1.0.0") < version("v1.10.0-carto.1.0.0") < version("v1.9.0-carto.1.0.1")


def test_later_legacy_formats_are_older() -> None:
    assert ForkVersion("9", 9, 9, 9, format=2) < ForkVersion("1", 0, 0, 0, format=1) < ForkVersion("1", 0, 0, 0)


@given(VERSIONS, VERSIONS, VERSIONS)
def test_the_order_is_total_and_transitive(a: ForkVersion, b: ForkVersion, c: ForkVersion) -> None:
    assert (a < b) + (a == b) + (a > b) == 1
    assert not (a <= b <= c) or a <= c


@given(VERSIONS, st.sampled_from([MAJOR, MINOR, PATCH]), UPSTREAMS)
def test_a_bump_is_always_greater(current: ForkVersion, bump: Bump, upstream: str) -> None:
    assert current.bump(bump) > current
    assert next_version(current, [bump], upstream) > current


DIGITS = st.text("01", max_size=1)


@st.composite
def formats(draw: st.DrawFn) -> str:
    fields = draw(st.permutations(["{upstream}", "{major}", "{minor}", "{patch}"]))
    between = st.builds("".join, st.tuples(DIGITS, st.sampled_from(".-vx"), DIGITS))
    text = draw(DIGITS) + "".join(field + draw(between) for field in fields) + draw(DIGITS)
    assert ambiguity(text) is None
    return text


@given(formats(), UPSTREAMS, NUMBERS, NUMBERS, NUMBERS)
def test_parsing_inverts_formatting(text: str, upstream: str, major: int, minor: int, patch: int) -> None:
    written = VersionFormat(text)
    original = ForkVersion(upstream, major, minor, patch)
    assert written.parse(written.tag(original)) == original


@given(formats(), formats(), UPSTREAMS, NUMBERS)
def test_formatting_inverts_parsing_for_legacy_formats_too(first: str, second: str, upstream: str, number: int) -> None:
    both = VersionFormat(first, (second,))
    tag = VersionFormat(second).tag(ForkVersion(upstream, number, number, number))
    read = both.parse(tag)
    assert read is not None
    assert both.tag(read) == tag


def test_a_format_that_nobody_could_read_back_is_refused() -> None:
    with pytest.raises(ValueError, match="digits"):
        VersionFormat("v{upstream}{major}.{minor}.{patch}")


def test_own_part_in_words() -> None:
    assert version("v1.81.9-carto.1.19.6").own == "1.19.6"


def test_image_tags_of_a_release() -> None:
    released = version("v1.79.1-carto.1.0.27")
    images = ("carto-{tag}", "carto-stable", "carto-v{upstream}-latest", "{major}.{minor}")
    assert image_tags(images, released, CARTO.tag(released)) == (
        "carto-v1.79.1-carto.1.0.27",
        "carto-stable",
        "carto-v1.79.1-latest",
        "1.0",
    )
