"""The three-way merge of a text's lines: what merges cleanly, and the regions that conflict."""

from collections.abc import Iterable
from itertools import takewhile
from typing import Literal, NamedTuple

from msgspec import Struct

from .facts import Conflict, Entry, FileFacts, Kind, Versions

Winner = Literal["fork", "upstream"]
"""The side that gets what conflicts."""

MARKER_SIZE = 7
"""How many characters a conflict marker has."""


class Labels(NamedTuple):
    """What stands behind the conflict markers; an empty label leaves the marker bare."""

    fork: str = "fork"
    base: str = "base"
    upstream: str = "upstream"


LABELS = Labels()
"""The names of the versions."""


class Region(Struct, frozen=True):
    """Lines that both sides changed in different ways: each version's bytes, line ends included."""

    base: bytes
    fork: bytes
    upstream: bytes
    fork_start: int
    """How many lines stand before the region in the fork's whole file."""

    def of(self, side: Winner) -> bytes:
        """A side's lines."""
        return self.fork if side == "fork" else self.upstream


Part = bytes | Region
"""Text that merged cleanly, or a region that conflicts."""


class HunkMerge(Struct, frozen=True):
    """Three versions of a text, merged. Between two regions there is always a line that all versions have."""

    base: bytes
    fork: bytes
    upstream: bytes
    parts: tuple[Part, ...]

    @property
    def regions(self) -> tuple[Region, ...]:
        """What conflicts, in order."""
        return tuple(part for part in self.parts if isinstance(part, Region))

    def with_markers(self, labels: Labels = LABELS, size: int = MARKER_SIZE, *, zealous: bool = True) -> bytes:
        """The merged text with conflict markers, as `git merge-file --zdiff3` writes it, or else `--diff3`.

        zdiff3 leaves lines outside the markers with which both sides' versions of a region begin or end alike.
        """
        return self.rendered(self.parts, labels, size, zealous=zealous)

    def rendered(self, parts: Iterable[Part], labels: Labels, size: int, *, zealous: bool = True) -> bytes:
        """Some of this merge's parts with conflict markers, where text may already stand for other regions."""
        done: list[bytes] = []
        for part in parts:
            if isinstance(part, bytes):
                done.append(part)
                continue
            head, fork, upstream, tail = _without_common(part) if zealous else (b"", part.fork, part.upstream, b"")
            end = self._line_end(head or (done[-1] if done else b""))
            versions = {"<": (labels.fork, fork), "|": (labels.base, part.base), "=": ("", upstream)}
            marked = (_marker(sign, size, name, end) + _closed(text, end) for sign, (name, text) in versions.items())
            done += [head, *marked, _marker(">", size, labels.upstream, end), tail]
        return b"".join(done)

    def _line_end(self, before: bytes) -> bytes:
        """How marker lines end after some text: CR LF where both sides' and the base's lines do, as git decides."""
        sides = [before.endswith(b"\r\n")] if before else [_begins_crlf(self.fork), _begins_crlf(self.upstream)]
        return b"\r\n" if False not in sides and _begins_crlf(self.base) else b"\n"


def merges_by_hunks(conflict: Conflict, file: FileFacts) -> bool:
    """Whether a conflict is one of lines: of content or add-add, in regular files that are text."""
    entries = (file.versions.base, file.versions.fork, file.versions.upstream)
    return (
        conflict.kind in (Kind.CONTENT, Kind.ADD_ADD)
        and not file.binary
        and None not in entries[1:]
        and all(entry is None or entry.is_file for entry in entries)
        and _modes_merge(file.versions)
    )


def _modes_merge(versions: Versions) -> bool:
    """Whether at most one side has another mode than the base, so that neither loses its own."""
    base, fork, upstream = (_mode(each) for each in versions.entries)
    return fork == upstream or base in (fork, upstream)


def merged_mode(versions: Versions, side: Winner) -> int:
    """The mode of a file that is merged: the one that a side changed; where both did, the named side's."""
    base, fork, upstream = (_mode(each) for each in (versions.base, versions.fork, versions.upstream))
    if fork == base:
        return upstream
    if upstream == base:
        return fork
    return fork if side == "fork" else upstream


def lines_of(content: bytes) -> list[bytes]:
    """The lines of a text with their ends; only LF ends a line, as for git."""
    *lines, rest = content.split(b"\n")
    return [line + b"\n" for line in lines] + ([rest] if rest else [])


# Private


def _without_common(region: Region) -> tuple[bytes, bytes, bytes, bytes]:
    """The lines that both sides begin with, each side's own, and the lines that both end with."""
    fork, upstream = lines_of(region.fork), lines_of(region.upstream)
    begin = _common(fork, upstream)
    tail = _common(reversed(fork[begin:]), reversed(upstream[begin:]))
    end, upstream_end = len(fork) - tail, len(upstream) - tail
    shown = fork[:begin], fork[begin:end], upstream[begin:upstream_end], fork[end:]
    head, own, others, rest = (b"".join(lines) for lines in shown)
    return head, own, others, rest


def _common(one: Iterable[bytes], other: Iterable[bytes]) -> int:
    """How many lines two texts have alike from their beginning on."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _marker(sign: str, size: int, label: str, end: bytes) -> bytes:
    name = f" {label}" if label else ""
    return f"{sign * size}{name}".encode("utf-8", "surrogateescape") + end


def _closed(text: bytes, end: bytes) -> bytes:
    """A text whose last line ends, so that a marker can follow."""
    return text if not text or text.endswith(b"\n") else text + end


def _begins_crlf(content: bytes) -> bool | None:
    """Whether a text's first line ends in CR LF; None where it does not end."""
    line, ends, _ = content.partition(b"\n")
    return line.endswith(b"\r") if ends else None


def _mode(entry: Entry | None) -> int:
    return 0 if entry is None else entry.mode
