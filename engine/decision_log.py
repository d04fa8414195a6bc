"""What a sync merge brings along besides the two sides: the plan as its decision log, and a list of what is left.

Both lie in a folder that belongs to the fork. The log stays, so that a year later one can see why a path is as it is;
the list goes when a person has settled what stands in it.
"""

from collections.abc import Iterable
from pathlib import PurePath

from ..policy.decisions import Decision
from ..policy.findings import Finding, Severity
from ..policy.hunks import LABELS
from ..policy.names import RepoPath
from .escape import one_line
from .plan import Plan
from .report.document import as_document
from .report.json import as_data

FOLDER = ".forkpolicy"
"""Where forkpolicy's own files lie in the fork's tree."""

LEFT = RepoPath(f"{FOLDER}/left")
"""Where the lists lie of what is left for people."""


def log_path(tag: str) -> RepoPath:
    """Where the decision log of a release's sync lies."""
    return RepoPath(f"{FOLDER}/decisions/{tag}.json")


def log_text(plan: Plan) -> str:
    """The decision log: the plan's document."""
    data = as_data(plan)
    data["policy"]["path"] = policy_name(plan)
    return as_document(data)


def policy_name(plan: Plan) -> str:
    """The policy's path; its name alone where it lay outside of the repository: that folder is nobody's business."""
    path = PurePath(plan.policy.path)
    return path.name if path.is_absolute() or ".." in path.parts else plan.policy.path


def left_path(tag: str) -> RepoPath:
    """Where the list lies of what is left and shows no conflict markers."""
    return RepoPath(f"{LEFT}/{tag}.md")


def left_text(tag: str, decisions: Iterable[Decision], findings: Iterable[Finding]) -> str:
    """The list of what is left and shows no conflict markers, in conflict markers of its own.

    A binary file, a deletion, a lost customization: no file would say that a person is needed, and whoever merged the
    branch would take a draft for the result. The gate stops at conflict markers.
    """
    errors = [each for each in findings if each.severity is Severity.ERROR]
    files = [f"- {one_line(each.path)}: {one_line(each.reason)}" for each in decisions]
    lost = [f"- {one_line(each.path or each.rule)}: {one_line(each.message)}" for each in errors]
    return "\n".join(
        (
            f"# Left for people in the merge of {one_line(tag)}",
            "",
            "No conflict markers can show what stands here. Settle every line, then delete this file.",
            "",
            f"<<<<<<< {LABELS.fork}",
            *files,
            *lost,
            "=======",
            f">>>>>>> {LABELS.upstream}",
            "",
        )
    )
