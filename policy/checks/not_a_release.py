"""`not-a-release`: a sync branch merges a commit of upstream's that is no release."""

from collections.abc import Iterator

from msgspec import Struct

from ..findings import Finding, Severity
from ..models import Policy
from ..names import CommitId
from .check import Check, Example

CHECK = Check(
    "not-a-release",
    Severity.ERROR,
    "a sync branch merges a commit of upstream's other than a release's",
    "make the sync branch again from a release: forkpolicy plan && forkpolicy apply",
    has_paths=False,
)


class Merged(Struct, frozen=True):
    """A commit of upstream's that a sync brings, and that is no release."""

    commit: CommitId
    merge: CommitId | None
    """The commit that merges it; None where the branch itself ends in it."""


class Facts(Struct, frozen=True):
    """What a sync merges; nothing for other branches."""

    merged: tuple[Merged, ...] = ()
    instead: str | None = None
    """The newest release that could be merged instead."""


def judge(policy: Policy, facts: Facts) -> Iterator[Finding]:
    """Fail every commit that is merged and is no release."""
    newest = facts.instead
    fix = (
        CHECK.mend
        if newest is None
        else f"merge {newest} instead: forkpolicy plan {newest} && forkpolicy apply --release {newest}"
    )
    for each in facts.merged:
        who = "head ends in" if each.merge is None else f"{each.merge[:10]} merges"
        message = f"{who} {each.commit[:10]} of {policy.upstream.name}, which is no release"
        yield CHECK.finding(message, commit=each.merge or each.commit, fix=fix)


_COMMIT, _MERGE = CommitId("a1" * 20), CommitId("b2" * 20)

EXAMPLES = (
    Example("a sync of releases", Facts()),
    Example(
        "a merge of upstream's branch",
        Facts((Merged(_COMMIT, _MERGE),), "v1.81.0-stable"),
        ("b2b2b2b2b2 merges a1a1a1a1a1 of LiteLLM, which is no release",),
    ),
    Example(
        "upstream's commit as it is",
        Facts((Merged(_COMMIT, None),)),
        ("head ends in a1a1a1a1a1 of LiteLLM, which is no release",),
    ),
)
