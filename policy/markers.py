"""Markers: text that flags lines, or blocks of lines, as the fork's own. No decision may lose them."""

from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct

from .loss import text_lines


class BlockMarker(Struct, frozen=True):
    """Flags every line from one that holds `begin` to one that holds `end`; blocks may nest."""

    begin: str
    end: str

    def opens(self, line: str) -> bool:
        """Whether a line begins a block; an end that holds the text of a beginning begins none."""
        return _stands_in(self.begin, line, self.end)

    def closes(self, line: str) -> bool:
        """Whether a line ends a block; a beginning that holds the text of an end ends none."""
        return _stands_in(self.end, line, self.begin)


Marker = str | BlockMarker
"""A text that flags the line it stands on, or a block."""


def marked_lines(content: bytes, markers: Iterable[Marker]) -> tuple[str, ...]:
    """The lines that any marker flags, in order, each once for every time it stands in the text."""
    lines = text_lines(content)
    return tuple(lines[number] for number in sorted(marked_numbers(lines, markers)))


def marked_numbers(lines: list[str], markers: Iterable[Marker]) -> frozenset[int]:
    """The numbers, from 0, of the lines that any marker flags."""
    return frozenset(number for marker in markers for number in _flagged(lines, marker))


def lost_marked_lines(fork: bytes | None, result: bytes | None, markers: Iterable[Marker]) -> tuple[str, ...]:
    """The marked lines of the fork's file that a result does not have any more."""
    left = Counter(text_lines(result or b""))
    lost: list[str] = []
    for line in marked_lines(fork or b"", markers):
        if left[line] > 0:
            left[line] -= 1
        else:
            lost.append(line)
    return tuple(lost)


def has_unclosed_block(content: bytes, markers: Iterable[Marker]) -> bool:
    """Whether a block begins and never ends: it then reaches to the end of the file."""
    lines = text_lines(content)
    return any(_depth_at_end(lines, marker) > 0 for marker in markers if isinstance(marker, BlockMarker))


def _flagged(lines: list[str], marker: Marker) -> Iterator[int]:
    if isinstance(marker, str):
        yield from (number for number, line in enumerate(lines) if marker in line)
        return
    depth = 0
    for number, line in enumerate(lines):
        depth += marker.opens(line)
        if depth:
            yield number
        depth = max(0, depth - marker.closes(line))


def _depth_at_end(lines: list[str], marker: BlockMarker) -> int:
    depth = 0
    for line in lines:
        depth = max(0, depth + marker.opens(line) - marker.closes(line))
    return depth


def _stands_in(mark: str, line: str, other: str) -> bool:
    """Whether a mark stands in a line by itself, and not only as part of the other mark."""
    return mark in (line.replace(other, "\n") if mark in other else line)
