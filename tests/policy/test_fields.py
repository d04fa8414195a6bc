"""Names with fields: whatever is filled in can be read back."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from forkpolicy.policy.fields import DOTTED, NUMBER, Template, ambiguity, fill, version_key

FIELDS = {"version": DOTTED, "patch": NUMBER}
VERSIONS = st.lists(st.integers(0, 999), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
LITERALS = st.text("v-.x01 *(\\", max_size=4)


@given(LITERALS, LITERALS, LITERALS, VERSIONS, st.integers(0, 10**12))
def test_reading_inverts_filling(start: str, between: str, end: str, version: str, patch: int) -> None:
    text = f"{start}{{version}}{between}{{patch}}{end}"
    assume(ambiguity(text) is None)
    template = Template(text, FIELDS)
    assert template.read(template.fill({"version": version, "patch": patch})) == {
        "version": version,
        "patch": str(patch),
    }


@pytest.mark.parametrize("text", ["{version}{patch}", "{version}0{patch}", "{patch}-{patch}"])
def test_a_template_that_nobody_could_read_back_is_refused(text: str) -> None:
    assert ambiguity(text)
    with pytest.raises(ValueError, match="field"):
        Template(text, FIELDS)


def test_a_template_matches_the_whole_name_or_says_what_is_left_over() -> None:
    template = Template("v{version}-stable", FIELDS)
    assert template.read("v1.74.3-stable-draft") is None
    assert template.read("v1.74.3-stable\n") is None
    assert template.rest("v1.74.3-stable-draft") == "-draft"
    assert template.rest("nightly") is None


def test_digits_of_other_scripts_and_endless_numbers_are_no_versions() -> None:
    template = Template("v{version}", FIELDS)
    assert template.read("v\u0661.\u0662") is None
    assert template.read("v" + "1" * 5000) is None


def test_fill_takes_numbers_and_texts() -> None:
    assert fill("carto-v{upstream}.{major}", {"upstream": "1.2", "major": 3}) == "carto-v1.2.3"


def test_trailing_zeros_do_not_count() -> None:
    assert version_key("1.84") == version_key("1.84.0") < version_key("1.84.0.1") < version_key("1.100")
