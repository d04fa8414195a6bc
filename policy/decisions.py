"""A decision: who gets a path, under which rule, why, and what it costs."""

from enum import StrEnum

from msgspec import Struct

from .facts import Entry, ForkCommit, Kind
from .names import CommitId, RepoPath


class Resolution(StrEnum):
    """What becomes of a path."""

    KEEP_FORK = "keep-fork"
    ACCEPT_UPSTREAM = "accept-upstream"
    MANUAL_REVIEW = "manual-review"
    DISABLE = "disable"
    REMOVE = "remove"
    REGENERATE = "regenerate"
    MERGE = "merge"


class Loss(Struct, frozen=True):
    """The lines that a result drops, of each side; None where lines cannot be told (binary, or not decided)."""

    fork: tuple[str, ...] | None = ()
    upstream: tuple[str, ...] | None = ()


class Decision(Struct, frozen=True):
    """One conflict, decided (or left for a person), with everything needed to explain it."""

    path: RepoPath
    paths: tuple[RepoPath, ...]
    kind: Kind | None
    """None for what is no conflict: git merges it by itself, and a rule decides it all the same, or it is told."""
    resolution: Resolution
    rule: str
    """The policy rule's name; `default` where none matched, or the name of a built-in."""
    line: int | None
    """The rule's line in the policy file; None for what is built in."""
    reason: str
    untouched: CommitId | None
    loss: Loss
    results: dict[RepoPath, Entry | None]
    """The entry each path gets, None for absence; empty where a person decides."""
    guidance: str | None = None
    customizations: tuple[str, ...] = ()
    fork_commits: tuple[ForkCommit, ...] = ()
    at_stake: tuple[str, ...] = ()
    """Marked lines, or customizations, that stopped an automatic decision."""

    base: CommitId | None = None
    """The content base, where git merges the path by itself on that alone."""
    draft: Entry | None = None
    """What a person finds at the path, where the rest of a file is done and single hunks are open."""

    @classmethod
    def left_open(cls, path: RepoPath, kind: Kind | None, origin: str, reason: str, loss: Loss) -> "Decision":
        """A path that a person has to see though no rule of the policy says so; `origin` stands in a rule's place."""
        return cls(path, (path,), kind, Resolution.MANUAL_REVIEW, origin, None, reason, None, loss, {})

    @property
    def is_conflict(self) -> bool:
        """Whether git cannot merge the path by itself."""
        return self.kind is not None

    @property
    def needs_person(self) -> bool:
        """Whether a person has to decide."""
        return self.resolution is Resolution.MANUAL_REVIEW

    @property
    def result(self) -> Entry | None:
        """The entry at the path to show; None where a person decides or nothing is left there."""
        return self.results.get(self.path)
