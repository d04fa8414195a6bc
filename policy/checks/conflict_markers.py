"""`conflict-markers`: a file that head made holds what git leaves where it cannot merge."""

import re
from collections.abc import Iterator

from msgspec import Struct

from ..findings import Finding, Severity
from ..models import Policy
from ..names import RepoPath
from .check import Check, Example

CHECK = Check(
    "conflict-markers",
    Severity.ERROR,
    "a file that neither base nor upstream has so holds conflict markers",
    "resolve the conflict: take out the markers and keep what should stay of both sides",
)

_MARKER = re.compile(rb"^(?:(<{7,}|>{7,}) \S|(<{7,}|={7,}|>{7,})\r?$)", re.MULTILINE)
"""A marker with its label, or one alone: git makes seven characters, and more where a rename asks for it."""


class Facts(Struct, frozen=True):
    """The files with markers: each with the line of the first."""

    marked: tuple[tuple[RepoPath, int], ...] = ()


def judge(_policy: Policy, facts: Facts) -> Iterator[Finding]:
    """Fail every file with markers."""
    for path, line in facts.marked:
        yield CHECK.finding(f"{path}:{line}: conflict markers were committed", path=path)


def marker_line(content: bytes) -> int | None:
    """The line, from 1, of the first conflict marker; None where there is none.

    A marker with a label tells; one without, such as a line of `=`, only between others: it may be a heading.
    """
    if b"<<<<<<<" not in content and b">>>>>>>" not in content:
        return None
    found = list(_MARKER.finditer(content))
    labelled = next((each for each in found if each[1]), None)
    kinds = {(each[1] or each[2])[:1] for each in found}
    first = labelled or (found[0] if {b"<", b"=", b">"} <= kinds else None)
    return None if first is None else content.count(b"\n", 0, first.start()) + 1


EXAMPLES = (
    Example("no markers", Facts()),
    Example(
        "a conflict that was committed",
        Facts(((RepoPath("src/app.py"), 12),)),
        ("src/app.py:12: conflict markers were committed",),
    ),
)
