"""Marked lines and blocks, in any comment syntax."""

import pytest

from forkpolicy.policy.markers import BlockMarker, has_unclosed_block, lost_marked_lines, marked_lines

BLOCK = BlockMarker("ACME: begin", "ACME: end")
NESTED = b"# ACME: begin\none\n// ACME: begin\ntwo\n-- ACME: end\nthree\n<!-- ACME: end -->\nfour\n"


def test_a_line_is_marked_in_any_comment_syntax() -> None:
    text = b"x = 1  # ACME: keep this\n/* ACME: too */\nplain\n"
    assert marked_lines(text, ["ACME:"]) == ("x = 1  # ACME: keep this", "/* ACME: too */")


def test_blocks_nest() -> None:
    assert [line for line in marked_lines(NESTED, [BLOCK]) if "ACME" not in line] == ["one", "two", "three"]


def test_an_unclosed_block_reaches_to_the_end() -> None:
    text = b"zero\nACME: begin\none\ntwo"
    assert marked_lines(text, [BLOCK]) == ("ACME: begin", "one", "two")
    assert has_unclosed_block(text, [BLOCK])
    assert not has_unclosed_block(NESTED, [BLOCK, "ACME:"])


def test_an_end_without_a_beginning_marks_nothing() -> None:
    assert marked_lines(b"ACME: end\none\n", [BLOCK]) == ()


@pytest.mark.parametrize(("begin", "end"), [("ACME:", "ACME: end"), ("ACME: end of Widget's", "ACME: end")])
def test_one_mark_may_hold_the_other(begin: str, end: str) -> None:
    block = BlockMarker(begin, end)
    text = f"zero\n# {begin}\none\n# {begin}\ntwo\n# {end}\nthree\n# {end}\nfour\n".encode()
    assert [line for line in marked_lines(text, [block]) if "ACME" not in line] == ["one", "two", "three"]
    assert not has_unclosed_block(text, [block])


def test_a_block_may_begin_and_end_in_one_line() -> None:
    assert marked_lines(b"# ACME: one ACME: end\ntwo\n", [BlockMarker("ACME:", "ACME: end")]) == (
        "# ACME: one ACME: end",
    )


@pytest.mark.parametrize(
    ("result", "lost"),
    [
        (b"a # ACME: x\nb # ACME: y\n", ()),
        (b"b # ACME: y\n", ("a # ACME: x",)),
        (None, ("a # ACME: x", "b # ACME: y")),
    ],
)
def test_lost_lines_are_named(result: bytes | None, lost: tuple[str, ...]) -> None:
    assert lost_marked_lines(b"a # ACME: x\nb # ACME: y\nplain\n", result, ["ACME:"]) == lost


def test_a_line_that_stood_twice_must_stand_twice() -> None:
    assert lost_marked_lines(b"# ACME:\n# ACME:\n", b"# ACME:\n", ["ACME:"]) == ("# ACME:",)


def test_a_file_that_the_fork_does_not_have_has_no_marked_lines() -> None:
    assert lost_marked_lines(None, b"x", ["ACME:"]) == ()
