"""A finding: one thing that a check has to say."""

from enum import StrEnum

from msgspec import Struct

from .names import CommitId, RepoPath


class Severity(StrEnum):
    """How much a finding matters: an error fails the command that asks, a note fails nothing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(Struct, frozen=True):
    """One thing to say: which rule says it, how bad it is, where, and what mends it."""

    rule: str
    severity: Severity
    message: str
    path: RepoPath | None = None
    commit: CommitId | None = None
    fix: str | None = None
    line: int | None = None
    """The line in the policy file, where the finding is about a rule."""
