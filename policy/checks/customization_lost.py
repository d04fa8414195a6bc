"""`customization-lost`: head breaks what a customization of the fork asks of a file."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from ..findings import Finding, Severity
from ..models import Policy
from ..names import CommitId, RepoPath
from .check import Check, Example

CHECK = Check(
    "customization-lost",
    Severity.ERROR,
    "a merge loses a customization; where a commit of the fork edits it, that is a note",
    "restore it; to retire a customization, first take it out of the policy, in a pull request of its own",
)


class Broken(Struct, frozen=True):
    """A requirement that base meets and head does not."""

    customization: str
    path: RepoPath
    wanted: str
    """What must be true of the path, in words."""
    commit: CommitId | None
    """The commit that broke it."""
    edited: bool
    """Whether that is a commit of the fork that edits the file, and no merge."""
    pull_requests: Sequence[int] = ()
    """Those that brought the customization."""


class Facts(Struct, frozen=True):
    """What head breaks."""

    broken: tuple[Broken, ...] = ()


def judge(_policy: Policy, facts: Facts) -> Iterator[Finding]:
    """Fail every loss; note every edit."""
    for each in facts.broken:
        came = ", ".join(f"#{number}" for number in each.pull_requests)
        origin = f" (it came with {came})" if came else ""
        by = f"{each.commit[:10]} " if each.commit else "head "
        does = "edits" if each.edited else "loses"
        message = f"{each.path}: {by}{does} the customization “{each.customization}”{origin}: {each.wanted}"
        severity = Severity.NOTE if each.edited else None
        yield CHECK.finding(message, path=each.path, commit=each.commit, severity=severity)


_COMMIT, _PATH = CommitId("a1" * 20), RepoPath("azure.py")
_WANTED = "azure.py must contain: uuid4"

EXAMPLES = (
    Example("everything survives", Facts()),
    Example(
        "a merge loses one",
        Facts((Broken("Azure ids", _PATH, _WANTED, _COMMIT, False, (68,)),)),
        ("azure.py: a1a1a1a1a1 loses the customization “Azure ids” (it came with #68): azure.py must contain: uuid4",),
    ),
    Example(
        "a commit of the fork edits one",
        Facts((Broken("Azure ids", _PATH, _WANTED, _COMMIT, True),)),
        ("azure.py: a1a1a1a1a1 edits the customization “Azure ids”: azure.py must contain: uuid4",),
    ),
)
