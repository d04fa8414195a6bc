"""A finding: one thing that a check has to say."""

from dataclasses import dataclass
from enum import StrEnum

from .names import CommitId, RepoPath


class Severity(StrEnum):
    """How much a finding matters: an error fails the command that asks, a note fails nothing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say: which rule says it, how bad it is, where, and what mends it."""

    rule: str
    severity: Severity
    message: str
    path: RepoPath | None = None
    commit: CommitId | None = None
    fix: str | None = None
    line: int | None = None
    """The line in the policy file, where the finding is about a rule."""
