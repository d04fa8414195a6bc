"""Texts to merge: three versions of a file, made by Hypothesis, and what `git merge-file` makes of them."""

import subprocess
from pathlib import Path

from hypothesis import strategies as st

Triple = tuple[bytes, bytes, bytes]
"""The base's text, the fork's and upstream's."""

LINES = (
    *(b"a", b"b", b"c", b"", b"  x", b"\xff\xfe", b"\r", b"\xc3\xbc", b"9 \t"),
    *(b"<<<<<<< fork", b"||||||| base", b"=======", b">>>>>>> upstream"),
)
ENDS = (b"\n", b"\n", b"\n", b"\r\n")


@st.composite
def triples(draw: st.DrawFn) -> Triple:
    """A text and two edits of it: any line ends, the last line open or not, lines that look like conflict markers."""
    base = draw(st.lists(st.sampled_from(LINES), max_size=9))
    return (_text(draw, base), _text(draw, _edited(draw, base)), _text(draw, _edited(draw, base)))


def merge_file(folder: Path, triple: Triple, style: str) -> bytes:
    """What `git merge-file` makes of three texts."""
    for name, text in zip(("base", "fork", "upstream"), triple, strict=True):
        (folder / name).write_bytes(text)
    labels = [word for name in ("fork", "base", "upstream") for word in ("-L", name)]
    command = ["git", "merge-file", "-p", style, *labels, "fork", "base", "upstream"]
    done = subprocess.run(command, cwd=folder, check=False, stdout=subprocess.PIPE)
    assert 0 <= done.returncode < 128  # the number of conflicts; more is an error
    return done.stdout


def _edited(draw: st.DrawFn, lines: list[bytes]) -> list[bytes]:
    lines = list(lines)
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(lines)))
        lines[start : start + draw(st.integers(0, 2))] = draw(st.lists(st.sampled_from(LINES), max_size=2))
    return lines


def _text(draw: st.DrawFn, lines: list[bytes]) -> bytes:
    end = draw(st.sampled_from(ENDS))
    text = b"".join(line + end for line in lines)
    return text.removesuffix(b"\n") if draw(st.integers(0, 3)) == 0 else text
