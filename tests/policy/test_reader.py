"""The reader: plain data, places, and what it refuses."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forkpolicy.policy.document import key_of
from forkpolicy.policy.errors import PolicyError, Problem
from forkpolicy.policy.reader import MAX_BYTES, MAX_DEPTH, read
from forkpolicy.policy.scalars import plain_scalar

TEXT = b"""\
# a comment
fork: { name: CARTO, since: 1.10 }
rules:
  - name: first
    paths: [/a, "/b"]
  - name: second
"""


def refused(text: bytes) -> list[str]:
    """The messages of what could not be read at all."""
    with pytest.raises(PolicyError) as caught:
        read(text, "p.yaml")
    return caught.value.lines()


def test_data_is_plain() -> None:
    assert read(TEXT, "p.yaml").data == {
        "fork": {"name": "CARTO", "since": 1.1},
        "rules": [{"name": "first", "paths": ["/a", "/b"]}, {"name": "second"}],
    }


@pytest.mark.parametrize(
    ("route", "place"),
    [
        ((), (2, 1)),
        (("fork",), (2, 1)),
        (("fork", "name"), (2, 15)),
        (("rules",), (3, 1)),
        (("rules", 0), (4, 5)),
        (("rules", 0, "paths"), (5, 5)),
        (("rules", 0, "paths", 1), (5, 17)),
        (("rules", 1, "name"), (6, 11)),
        (("rules", 1, "resolve"), (6, 5)),
        (("nowhere", 3, "at all"), (2, 1)),
    ],
)
def test_places_are_where_an_editor_shows_them(route: tuple[str | int, ...], place: tuple[int, int]) -> None:
    assert read(TEXT, "p.yaml").place(route) == place


def test_keys_have_their_own_place() -> None:
    assert read(TEXT, "p.yaml").place_of_key(("fork", "name")) == (2, 9)


def test_numbers_keep_how_they_were_written() -> None:
    assert read(TEXT, "p.yaml").written == {("fork", "since"): "1.10"}


def test_a_byte_order_mark_moves_nothing() -> None:
    assert read(b"\xef\xbb\xbfa: b", "p.yaml").place(("a",)) == (1, 4)


def test_routes_as_people_write_them() -> None:
    assert key_of(("ownership", "rules", 2, "resolve")) == "ownership.rules[2].resolve"
    assert key_of(("deny", "v1.2")) == 'deny["v1.2"]'
    assert key_of((0,)) == "[0]"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("", None), ("~", None), ("null", None), ("Null", None), ("nULL", "nULL"),
        ("true", True), ("FALSE", False), ("tRUE", "tRUE"), ("yes", "yes"), ("on", "on"), ("n", "n"),
        ("0", 0), ("-7", -7), ("+7", 7), ("007", 7), ("0o17", 15), ("0x1F", 31),
        ("1_000", "1_000"), ("0b1", "0b1"), ("0o8", "0o8"), ("1:30", "1:30"), ("2025-11-12", "2025-11-12"),
        ("1.5", 1.5), ("1.", 1.0), (".5", 0.5), ("1e3", 1000.0), ("1.84.0", "1.84.0"), (".", "."), ("-", "-"),
        (".inf", math.inf), ("-.INF", -math.inf), ("9" * 5000, "9" * 5000),
    ],
)  # fmt: skip
def test_scalars_follow_the_core_schema(written: str, value: object) -> None:
    assert plain_scalar(written) == value
    assert type(plain_scalar(written)) is type(value)


def test_not_a_number() -> None:
    value = plain_scalar(".nan")
    assert isinstance(value, float)
    assert math.isnan(value)


def test_quoted_scalars_and_keys_are_text() -> None:
    text = b"'1': \"2\"\n2: '~'\ntrue: |\n  3\nfolded: >-\n  4\n"
    assert read(text, "p.yaml").data == {"1": "2", "2": "~", "true": "3\n", "folded": "4"}


def test_tabs_inside_block_scalars_are_content() -> None:
    document = read(b"command: |\n  make:\n  \tall\n  \t\nother: x\n", "p.yaml")
    assert document.problems == ()
    assert document.data["command"] == "make:\n\tall\n\t\n"


def test_what_can_be_stepped_over_is_collected() -> None:
    text = b'a: &one !!str 1\nb: *one\na: { c: *two, d: &x [] }\ne: "x\n\ty"\n'
    document = read(text, "p.yaml")
    assert document.data == {"a": 1, "b": None, "e": "x y"}
    assert [(each.place, each.key, each.message) for each in document.problems] == [
        ((1, 4), "a", "the anchor `&one` is not read"),
        ((1, 4), "a", "the tag `!!str` is not read"),
        ((2, 4), "b", "the alias `*one` is not read"),
        ((3, 1), "a", "the key `a` stands here twice, first in line 1"),
        ((3, 9), "a.c", "the alias `*two` is not read"),
        ((3, 18), "a.d", "the anchor `&x` is not read"),
        ((5, 1), "", "the line is indented with a tab"),
    ]


def test_half_characters_are_refused() -> None:
    problems = read(b'a: "\\ud83d\\ude00"\n"\\udfff": b', "p.yaml").problems
    assert [(each.place, each.message) for each in problems] == [
        ((1, 4), "the text has half a character"),
        ((2, 1), "the text has half a character"),
    ]


def test_keys_can_be_refused_too() -> None:
    assert [each.message for each in read(b"!a b: c", "p.yaml").problems] == ["the tag `!a` is not read"]


def test_the_version_directive() -> None:
    assert read(b"%YAML 1.2\n---\na: b\n", "p.yaml").problems == ()
    [problem] = read(b"%YAML 1.1\n---\na: b\n", "p.yaml").problems
    assert problem.message == "YAML 1.1 is not read"


def test_an_alias_bomb_is_never_expanded() -> None:
    lines = ["a0: &a0 [lol]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 30)]
    document = read("\n".join(lines).encode(), "p.yaml")
    assert document.data["a29"] == [None] * 9
    assert len(document.problems) == 30 + 29 * 9


@pytest.mark.parametrize("opening", [b"[", b"- ", b"{a: ", b"? "])
def test_depth_is_limited(opening: bytes) -> None:
    [message] = refused(b"x: y\nz: " * (opening == b"[") + opening * 200_000)
    assert "deep" in message or "plain word" in message


def test_the_deepest_that_is_read() -> None:
    assert read(b"[" * MAX_DEPTH + b"x" + b"]" * MAX_DEPTH, "p.yaml").problems == ()
    [message] = refused(b"[" * (MAX_DEPTH + 1) + b"x" + b"]" * (MAX_DEPTH + 1))
    assert message == "p.yaml:1:42: nested more than 40 deep"


def test_size_is_limited() -> None:
    largest = b"a: " + b"x" * (MAX_BYTES - 3)
    assert len(read(largest, "p.yaml").data["a"]) == MAX_BYTES - 3
    assert refused(largest + b"x") == ["p.yaml:1:1: the file has 1,000,001 bytes; at most 1,000,000 are read"]


@pytest.mark.parametrize(
    ("text", "place"),
    [("a: é".encode("latin-1"), "1:4"), (b"a: 1\n\xc3(", "2:1"), ("a: b".encode("utf-16"), "1:1")],
)
def test_only_utf_8_is_read(text: bytes, place: str) -> None:
    assert refused(text) == [f"p.yaml:{place}: this is not UTF-8; save the file as UTF-8"]


def test_nul_characters_are_refused() -> None:
    [message] = refused("a: b".encode("utf-16-le"))
    assert message.startswith("p.yaml:1:2: the character U+0000 is not allowed")


@pytest.mark.parametrize("text", [b"", b"\n\n", b"# only a comment\n", b"---\n", b"--- ~\n...\n"])
def test_an_empty_file(text: bytes) -> None:
    assert refused(text) == ["p.yaml:1:1: the file is empty; `forkpolicy init` writes one to begin with"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"a: @b", "1:4: a value cannot begin with `@`; put it in quotes"),
        (b"a:\tb", "1:3: a tab cannot stand here; use spaces"),
        (
            b"a: [*]",
            "1:5: a text cannot begin with `*` or `&`, which have a meaning of their own; put it in quotes",
        ),
        (b"a: 'b", "1:4: the quote that opens here is never closed; close it"),
        (b'a: "b\n---\n', "1:4: the quote that opens here is never closed; close it"),
        (b"a: {b: c", "1:4: the bracket that opens here is not closed; close it, or put commas inside"),
        (b"a: 1\nb\nc: 2", "2:1: a key without `:`; write `key: value`"),
        (b" a: 1\nb: 2", "2:1: this does not continue what stands above; check the indentation"),
        (
            b'a: b\nc: "\\UFFFFFFFF"',
            "2:5: no character and no version has such a number; the last character is `\\U0010FFFF`",
        ),
        (
            b"%YAML 1." + b"9" * 5000 + b"\n---\na: b",
            "1:1: no character and no version has such a number; the last character is `\\U0010FFFF`",
        ),
        (b"a: b\n---\nc: d", "2:1: a second document begins here; a policy is one document"),
        (b"a: |3x\n  b", "1:6: this is not YAML: expected chomping or indentation indicators, but found 'x'"),
    ],
)
def test_syntax_errors_in_plain_words(text: bytes, message: str) -> None:
    assert refused(text) == [f"p.yaml:{message}"]


def test_a_tab_explains_the_syntax_error_in_its_line() -> None:
    messages = refused(b"a:\n\t- b\nc: &d e\n")
    assert messages == ["p.yaml:2:1: the line is indented with a tab; indent with spaces"]


def test_problems_before_a_syntax_error_are_told_with_it() -> None:
    assert [line.split(":")[1] for line in refused(b"a: &b c\nd: *b\ne: f: g\n")] == ["1", "2", "3"]


@given(st.lists(st.sampled_from([*"ab:-[]{}*&!|>%@`\"'#?,~\t\n\\ 1.", "\n  ", ": ", "- ", "\ufeff", "é"])))
def test_any_text_is_read_or_refused(parts: list[str]) -> None:
    text = "".join(parts)
    try:
        problems = read(text.encode(), "p.yaml").problems
    except PolicyError as error:
        problems = error.problems
        assert problems
    lines = text.count("\n") + text.count("\x85") + 2
    assert all(1 <= each.line <= lines and each.column >= 1 for each in problems)


def test_problems_are_sorted_by_place() -> None:
    problems = (Problem(2, 1, "b", "x"), Problem(1, 2, "a", "y", "hint"), Problem(1, 2, "a", "y"))
    assert PolicyError("p.yaml", problems).lines() == [
        "p.yaml:1:2: a: y; hint",
        "p.yaml:1:2: a: y",
        "p.yaml:2:1: b: x",
    ]
