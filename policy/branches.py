"""Branches: what a branch is for, and what may be merged into it."""

from collections.abc import Iterable

from msgspec import Struct

from .models import Branch, Role, Source
from .patterns import RefPatterns
from .wording import quoted


class BranchRole(Struct, frozen=True):
    """What a branch is for, and the policy's entry that says so."""

    name: str
    role: Role
    entry: Branch | None
    """None where no entry matches the name."""
    note: str | None = None
    """What is worth saying about it."""


class MergeVerdict(Struct, frozen=True):
    """Whether a merge is allowed, and why, in words."""

    allowed: bool
    reason: str


def role_of(name: str, branches: Iterable[Branch]) -> BranchRole:
    """The role of a branch by the first entry that matches its short name: `carto/main`.

    A branch that nothing matches is a topic, and a note says so.
    """
    for entry in branches:
        if RefPatterns(entry.names).matches(name):
            return BranchRole(name, entry.role, entry)
    return BranchRole(name, "topic", None, f"no entry of `branches` matches {quoted(name)}: it counts as a topic")


def merge_allowed(base: BranchRole, head: Role | Source) -> MergeVerdict:
    """Whether a branch of role `head`, or a `release`, may be merged into a branch.

    `forbid` wins over `allow`, and what is in neither is not allowed. Production is always judged, any other
    branch only where its entry has `merges`.
    """
    merges = None if base.entry is None else base.entry.judged_by
    if merges is None:
        return MergeVerdict(True, f"the policy has no `merges` for {quoted(base.name)}")
    into = f"into {base.role} {quoted(base.name)}"
    if head in merges.forbid:
        return MergeVerdict(False, f"the policy forbids to merge {_named(head)} {into}")
    if head in merges.allow:
        return MergeVerdict(True, f"the policy allows to merge {_named(head)} {into}")
    allowed = " or ".join(map(_named, merges.allow)) or "nothing"
    return MergeVerdict(False, f"only {allowed} may be merged {into}, not {_named(head)}")


def _named(source: Role | Source) -> str:
    return "production" if source == "production" else f"a {source}" + ("" if source == "release" else " branch")
