"""Loss: the work of one side that a result drops, in lines. The same for the fork's side and upstream's."""

from collections import Counter
from collections.abc import Container, Iterator

EMPTY_FILE = "(an empty file)"
"""Stands for the one thing that is lost with a file that has no lines."""

_LOOKED_AT = 8000
"""How much of a content git looks at, in bytes."""


def lost_lines(
    base: bytes | None, side: bytes | None, result: bytes | None, *, others: Container[str] = ()
) -> tuple[str, ...]:
    """The lines of a side's work that a result drops; None stands for a file that is not there.

    Work is what the side added to the base (and the result lacks) or removed from it (and the result has again).
    White space at line ends and blank lines do not count, except where the file itself would disappear: there,
    every difference from the base counts. Lines among `others` are not the side's own, though it added them.
    """
    if side is None:
        return _whole(result) if base is not None and result is not None else ()
    if result is None:
        return tuple(line for line in _differences(base, side) if line.rstrip() not in others)
    before, mine, after = (Counter(text_lines(content)) for content in (base or b"", side, result))
    dropped = (line for line in _in_order(mine - (before | after), side) if line not in others)
    return (*dropped, *_in_order((before & after) - mine, result))


def is_binary(content: bytes) -> bool:
    """Whether git takes a content for binary: a NUL byte near its start (`buffer_is_binary`)."""
    return b"\0" in content[:_LOOKED_AT]


def text_lines(content: bytes) -> list[str]:
    """The lines of a text that are not blank, without white space at their ends."""
    return [stripped for line in _decoded(content).split("\n") if (stripped := line.rstrip())]


def _whole(content: bytes) -> tuple[str, ...]:
    return tuple(text_lines(content)) or (EMPTY_FILE,)


def _differences(base: bytes | None, side: bytes) -> tuple[str, ...]:
    if base is None:
        return _whole(side)
    before, mine = (Counter(_decoded(content).split("\n")) for content in (base, side))
    return (*(mine - before).elements(), *(before - mine).elements())


def _in_order(wanted: Counter[str], content: bytes) -> Iterator[str]:
    """The wanted lines as the content has them, so that people recognize the place."""
    left = wanted.copy()
    for line in text_lines(content):
        if left[line] > 0:
            left[line] -= 1
            yield line


def _decoded(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")
