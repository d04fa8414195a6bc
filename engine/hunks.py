"""Merging three versions of a text line by line, so that every conflicting region is known exactly.

libgit2 merges stand-ins: every line is replaced by a number that stands for its bytes, so that no line can be taken
for a conflict marker, whatever it holds, and none loses its end or its encoding on the way. The fork's stand-ins
carry their place in white space at the line's end, where the merge does not look.
"""

import re
from collections.abc import Iterator

from ..policy.facts import Versions
from ..policy.hunks import HunkMerge, Part, Region, lines_of
from ..policy.loss import is_binary
from ..policy.names import RepoPath
from .git.merging import Algorithm, Driver, merge_driver, merge_loose_lines, write_blob
from .git.scratch import Scratch

_CONFLICT = re.compile(
    rb"^<+.*\n(?P<fork>[^|]*)"
    rb"^\|+.*\n(?P<base>[^=]*)"
    rb"^=+\n(?P<upstream>[^>]*)"
    rb"^>+.*\n",
    re.MULTILINE,
)
"""A region of merged stand-ins; they hold nothing but hexadecimal digits and white space."""

_ONE, _ZERO = b"\t", b" "
"""The digits of a place, written in white space."""


def merge_file_hunks(
    scratch: Scratch, path: RepoPath, versions: Versions, algorithm: Algorithm = Algorithm.MYERS
) -> HunkMerge | None:
    """Merge the lines of what both sides have at a path; None where git would not merge them as text.

    Without a base they are merged against an empty file. For the algorithm see `merge_hunks`.
    """
    if versions.fork is None or versions.upstream is None or merge_driver(scratch, path) is not Driver.TEXT:
        return None
    read = scratch.repository.read
    base = read(versions.base.id) if versions.base else b""
    fork, upstream = read(versions.fork.id), read(versions.upstream.id)
    if any(is_binary(each) for each in (base, fork, upstream)):
        return None
    return merge_hunks(scratch, base, fork, upstream, algorithm)


def merge_hunks(
    scratch: Scratch, base: bytes, fork: bytes, upstream: bytes, algorithm: Algorithm = Algorithm.MYERS
) -> HunkMerge:
    """Merge three texts: by Myers' algorithm exactly as `git merge-file`, by patience nearer to `git merge`."""
    numbers: dict[bytes, int] = {}
    versions = ((base, False), (fork, True), (upstream, False))
    blobs = (write_blob(scratch, _stand_ins(text, numbers, placed=placed)) for text, placed in versions)
    merged = merge_loose_lines(scratch, *blobs, algorithm=algorithm)
    return HunkMerge(base, fork, upstream, tuple(_parts(merged, list(numbers))))


# Private


def _stand_ins(text: bytes, numbers: dict[bytes, int], *, placed: bool) -> bytes:
    """A number for every line of a text, the same for the same bytes; placed, each with its place in the text."""
    return b"".join(
        b"%x%s\n" % (numbers.setdefault(line, len(numbers)), _in_white_space(place) if placed else b"")
        for place, line in enumerate(lines_of(text), 1)
    )


def _parts(merged: bytes, lines: list[bytes]) -> Iterator[Part]:
    """The clean text and the regions of merged stand-ins."""
    done = 0
    for conflict in _CONFLICT.finditer(merged):
        clean = merged[done : conflict.start()]
        if clean:
            yield _original(clean, lines)
        base, fork, upstream = (_original(conflict[each], lines) for each in ("base", "fork", "upstream"))
        yield Region(base, fork, upstream, fork_start=_last_place(clean))
        done = conflict.end()
    if rest := merged[done:]:
        yield _original(rest, lines)


def _original(stand_ins: bytes, lines: list[bytes]) -> bytes:
    return b"".join(lines[int(each, 16)] for each in lines_of(stand_ins))


def _last_place(stand_ins: bytes) -> int:
    """How many lines the fork has up to some clean text's last line: before a region, that is a line that all have."""
    return _from_white_space(lines_of(stand_ins)[-1]) if stand_ins else 0


def _in_white_space(place: int) -> bytes:
    return f"{place:b}".encode().replace(b"0", _ZERO).replace(b"1", _ONE)


def _from_white_space(stand_in: bytes) -> int:
    digits = stand_in.lstrip(b"0123456789abcdef").rstrip(b"\n")
    return int(digits.replace(_ZERO, b"0").replace(_ONE, b"1"), 2)
