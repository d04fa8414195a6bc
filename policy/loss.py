"""Loss: the work of one side that a result drops, in lines. The same for the fork's side and upstream's."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator

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
    dropped = (line for line in _in_order(mine - (before | after), text_lines(side)) if line not in others)
    return (*dropped, *_in_order((before & after) - mine, text_lines(result)))


def returned_lines(base: bytes, side: bytes, other: bytes, result: bytes) -> tuple[str, ...]:
    """The lines that a side removed wholly, and that a merge brings back because the other side moved them.

    Lines merge cleanly where one side takes a line out and the other moves it. What the other side wrote anew is its
    own work, though it may read alike: a line comes back only where there are more of it than that side added. A line
    that the side still has somewhere is none either, or every brace that moved would be one.
    """
    changed = set(base.split(b"\n")).difference(side.split(b"\n"))  # few, so that stripping them costs little
    suspects = {line.rstrip() for line in changed}.intersection(_stripped(result)) - {b""}
    suspects = suspects and suspects.difference(_stripped(side))
    if not suspects:
        return ()
    before, others, after = (Counter(_stripped(content)) for content in (base, other, result))
    back = {_decoded(line): _back(before[line], others[line], after[line]) for line in suspects}
    return tuple(_in_order(Counter(back), map(_decoded, _stripped(result))))


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


def _in_order(wanted: Counter[str], lines: Iterable[str]) -> Iterator[str]:
    """The wanted lines as a content has them, so that people recognize the place."""
    left = wanted.copy()
    for line in lines:
        if left[line] > 0:
            left[line] -= 1
            yield line


def _back(before: int, other: int, after: int) -> int:
    """How many of the lines that one side removed, as many as were before, the other side did not add."""
    return min(before, after - max(0, other - before))


def _stripped(content: bytes) -> Iterator[bytes]:
    return map(bytes.rstrip, content.split(b"\n"))


def _decoded(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")
