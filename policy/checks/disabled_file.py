"""`disabled-file`: a file that the policy disables or removes becomes active."""

from collections.abc import Iterator

from msgspec import Struct

from ..decisions import Resolution
from ..findings import Finding, Severity
from ..models import Policy
from ..names import CommitId, RepoPath
from ..wording import quoted, shell_word
from .check import Check, Example

CHECK = Check(
    "disabled-file",
    Severity.ERROR,
    "a file that the policy disables or removes becomes active",
    "take the file out again; forkpolicy explain PATH says which rule it is",
)


class Active(Struct, frozen=True):
    """A file that should not be active."""

    path: RepoPath
    resolution: Resolution
    """Whether the policy disables or removes it."""
    rule: str
    commit: CommitId | None = None
    """The merge that recorded it, where one did."""
    copy: RepoPath | None = None
    """Where the disabled copy belongs; None where none is kept."""


class Facts(Struct, frozen=True):
    """The files that head makes active."""

    active: tuple[Active, ...] = ()


def judge(_policy: Policy, facts: Facts) -> Iterator[Finding]:
    """Fail every such file."""
    for each in facts.active:
        disables = each.resolution is Resolution.DISABLE
        if each.commit:
            by = f"{each.commit[:10]} {'makes it active' if disables else 'brings it'}"
        else:
            by = f"it {'becomes active' if disables else 'comes in'}"
        does = "disables" if disables else "removes"
        message = f"{each.path}: {by}, and the policy {does} it (rule {quoted(each.rule)})"
        path = shell_word(each.path)
        fix = f"git mv -- {path} {shell_word(each.copy)}" if each.copy else f"git rm -- {path}"
        yield CHECK.finding(message, path=each.path, commit=each.commit, fix=fix)


_MERGE = CommitId("a1" * 20)
_WORKFLOW = RepoPath(".github/workflows/deploy.yml")

EXAMPLES = (
    Example("what is disabled stays disabled", Facts()),
    Example(
        "a merge brings a disabled workflow back",
        Facts((Active(_WORKFLOW, Resolution.DISABLE, "disabled-workflows", _MERGE),)),
        (
            ".github/workflows/deploy.yml: a1a1a1a1a1 makes it active, and the policy disables it "
            "(rule `disabled-workflows`)",
        ),
    ),
    Example(
        "a commit adds a package that the policy removes",
        Facts((Active(RepoPath("dist/a.whl"), Resolution.REMOVE, "built-packages"),)),
        ("dist/a.whl: it comes in, and the policy removes it (rule `built-packages`)",),
    ),
)
