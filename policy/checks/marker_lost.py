"""`marker-lost`: head loses lines that a marker flags as the fork's own."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from ..findings import Finding, Severity
from ..models import Policy
from ..names import CommitId, RepoPath
from ..wording import quoted
from .check import Check, Example, counted

CHECK = Check(
    "marker-lost",
    Severity.ERROR,
    "a merge loses marked lines of the fork; where a commit of the fork edits them, that is a note",
    "put the lines back",
)


class Lost(Struct, frozen=True):
    """Marked lines that base has and head has not."""

    path: RepoPath
    lines: Sequence[str]
    commit: CommitId | None
    """The commit that took them."""
    edited: bool
    """Whether that is a commit of the fork that edits the file, and no merge."""


class Facts(Struct, frozen=True):
    """What head loses."""

    lost: tuple[Lost, ...] = ()


def judge(_policy: Policy, facts: Facts) -> Iterator[Finding]:
    """Fail every loss; note every edit."""
    for each in facts.lost:
        by = f"{each.commit[:10]} " if each.commit else "head "
        does = "edits" if each.edited else "loses"
        what = f"{counted(len(each.lines), 'marked line')}, the first {quoted(each.lines[0].strip())}"
        severity = Severity.NOTE if each.edited else None
        message = f"{each.path}: {by}{does} {what}"
        yield CHECK.finding(message, path=each.path, commit=each.commit, severity=severity)


_COMMIT, _PATH = CommitId("a1" * 20), RepoPath("app.py")

EXAMPLES = (
    Example("everything is there", Facts()),
    Example(
        "a merge loses a line",
        Facts((Lost(_PATH, ("    call()  # CARTO: keep",), _COMMIT, False),)),
        ("app.py: a1a1a1a1a1 loses 1 marked line, the first `call()  # CARTO: keep`",),
    ),
    Example(
        "a commit of the fork edits two",
        Facts((Lost(_PATH, ("# CARTO: one", "# CARTO: two"), _COMMIT, True),)),
        ("app.py: a1a1a1a1a1 edits 2 marked lines, the first `# CARTO: one`",),
    ),
)
