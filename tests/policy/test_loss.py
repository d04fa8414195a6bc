"""What counts as lost: the laws, and the cases that DESIGN.md names."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forkpolicy.policy.loss import EMPTY_FILE, lost_lines, returned_lines

lines = st.lists(st.sampled_from(["a", "b", "c", "  a", ""]), max_size=6).map(lambda each: "\n".join(each).encode())
versions = st.none() | lines


@pytest.mark.parametrize(
    ("base", "side", "result", "lost"),
    [
        (b"one\n", b"one\nmine\n", b"one\n", ("mine",)),
        (b"one\n", b"one\nmine\n", b"one\nmine\nother\n", ()),
        (b"one\ntwo\n", b"one\n", b"one\ntwo\n", ("two",)),
        (b"one\n", b"one\none\n", b"one\n", ("one",)),
        (b"one\n", b"one  \n\n", b"one\n", ()),
        (b"one\r\n", b"one\n", b"one\r\n", ()),
        (b"a\n", b"  a\n", b"a\n", ("  a", "a")),
        (None, b"mine\n", b"other\n", ("mine",)),
        (b"\xff\n", b"\xfe\n", b"\xff\n", ("\udcfe", "\udcff")),
    ],
    ids=[
        "added",
        "kept",
        "removed comes back",
        "a second copy",
        "blanks",
        "line ends",
        "indentation",
        "no base",
        "bytes",
    ],
)
def test_lines(base: bytes | None, side: bytes, result: bytes, lost: tuple[str, ...]) -> None:
    assert lost_lines(base, side, result) == lost


@pytest.mark.parametrize(
    ("base", "side", "lost"),
    [
        (b"one\n", b"one\n", ()),
        (b"one\n", b"one \n", ("one ", "one")),
        (b"one\ntwo\n", b"one\n", ("two",)),
        (None, b"", (EMPTY_FILE,)),
        (None, b"mine\n", ("mine",)),
    ],
    ids=["unchanged", "white space", "removed", "empty", "own file"],
)
def test_a_file_that_disappears(base: bytes | None, side: bytes, lost: tuple[str, ...]) -> None:
    assert lost_lines(base, side, None) == lost


def test_a_removed_file_that_comes_back() -> None:
    assert lost_lines(b"one\n", None, b"one\ntwo\n") == ("one", "two")
    assert lost_lines(b"", None, b"") == (EMPTY_FILE,)
    assert lost_lines(None, None, b"new\n") == ()


@given(versions, versions)
def test_a_side_that_is_taken_loses_nothing(base: bytes | None, side: bytes | None) -> None:
    if base is not None or side is not None:
        assert lost_lines(base, side, side) == ()


@given(versions, versions)
def test_a_side_that_did_nothing_loses_nothing(base: bytes | None, result: bytes | None) -> None:
    assert lost_lines(base, base, result) == ()


@pytest.mark.parametrize(
    ("side", "result", "lost"),
    [
        (b"one\ntaken\nmine\n", b"one\n", ("mine",)),
        (b"taken  \nmine\n", None, ("mine", "one")),
        (b"mine\n", b"one\nmine\n", ("one",)),
        (None, b"one\n", ("one",)),
    ],
    ids=["a line", "with the file", "what was removed counts", "so does a removed file"],
)
def test_lines_that_are_others(side: bytes | None, result: bytes | None, lost: tuple[str, ...]) -> None:
    """They are no work of the side's; what it removed, and the result has again, is."""
    others = {"taken"} if side != b"mine\n" else {"one"}

    assert lost_lines(b"one\n", side, result, others=others) == lost


@pytest.mark.parametrize(
    ("side", "other", "result", "back"),
    [
        (b"b\nc\n", b"b\nc\na\n", b"b\nc\na\n", ("a",)),
        (b"b\nc\n", b"a\nb\nc\na\n", b"b\nc\na\n", ()),
        (b"b\nc\na\n", b"b\na\nc\n", b"b\na\nc\na\n", ()),
        (b"c\n", b"c\nb\na\n", b"c\nb\na\n", ("b", "a")),
        (b"b\nc\n", b"b\nc\na \r\n", b"b\nc\na \r\n", ("a",)),
        (b"a\t\nb\nc\n", b"b\nc\na\n", b"a\t\nb\nc\na\n", ()),
        (b"", b"c\na\n", b"x\na\n", ("a",)),
    ],
    ids=[
        "moved",
        "written once more",
        "still there elsewhere",
        "as the result has them",
        "white space at the end",
        "only white space changed",
        "all was removed",
    ],
)
def test_lines_that_come_back(side: bytes, other: bytes, result: bytes, back: tuple[str, ...]) -> None:
    assert returned_lines(b"a\nb\nc\n", side, other, result) == back


def test_a_line_comes_back_no_more_often_than_it_was_removed() -> None:
    assert returned_lines(b"a\nb\n", b"b\n", b"b\na\n", b"a\nb\na\n") == ("a",)
    assert returned_lines(b"a\nb\na\n", b"b\n", b"b\na\na\n", b"b\na\na\n") == ("a", "a")


def test_lines_come_back_whatever_their_encoding_and_blank_ones_never() -> None:
    assert returned_lines(b"\n\xff\nb\n", b"b", b"b\n \n\xff\n", b"b\n \n\xff\n") == ("\udcff",)


@given(lines, lines, lines, lines)
def test_what_comes_back_is_lost(base: bytes, side: bytes, other: bytes, result: bytes) -> None:
    back = Counter(returned_lines(base, side, other, result))
    assert back <= Counter(lost_lines(base, side, result))
    assert not back & Counter(side.decode().splitlines())


@given(lines, lines, lines)
def test_nothing_comes_back_where_a_side_is_taken_or_did_nothing(base: bytes, side: bytes, other: bytes) -> None:
    assert returned_lines(base, side, other, side) == ()
    assert returned_lines(base, base, other, other) == ()
