"""`forbidden-merge`: a branch that the policy does not let into the base, under whatever name."""

from collections.abc import Iterator

from msgspec import Struct

from ..branches import BranchRole, merge_allowed
from ..findings import Finding, Severity
from ..models import Branch, Policy
from ..names import CommitId
from ..wording import quoted
from .check import Check, Example

CHECK = Check(
    "forbidden-merge",
    Severity.ERROR,
    "the policy forbids to merge what the head branch is, under any name, into the base",
    "merge a release on a sync branch instead: forkpolicy plan && forkpolicy apply",
    has_paths=False,
)


class MirrorCommit(Struct, frozen=True):
    """A commit of the mirror that head merges, or is."""

    commit: CommitId
    mirror: str
    """The mirror's branch."""
    merge: CommitId | None = None
    """The commit that merges it; None where head itself is the mirror's commit."""


class Facts(Struct, frozen=True):
    """Both branches by their names, and what head is by its content."""

    base: BranchRole
    head: BranchRole | None
    """None where head has no name of its own: a push, a merge queue."""
    release: str | None = None
    """The release whose commit head is."""
    mirrored: tuple[MirrorCommit, ...] = ()


def judge(_policy: Policy, facts: Facts) -> Iterator[Finding]:
    """Fail a head whose role by name, or whose commit, the base does not take."""
    head = facts.head
    if head is not None:
        source = "release" if facts.release and head.role == "topic" else head.role
        verdict = merge_allowed(facts.base, source)
        if not verdict.allowed:
            note = f"; {head.note}" if head.note else ""
            yield CHECK.finding(f"{verdict.reason}: that is what {quoted(head.name)} is{note}")
            return
    verdict = merge_allowed(facts.base, "mirror")
    for each in facts.mirrored if not verdict.allowed else ():
        yield CHECK.finding(f"{verdict.reason}: {_seen(each, facts)}", commit=each.merge or each.commit)


def _seen(found: MirrorCommit, facts: Facts) -> str:
    commit, mirror = found.commit[:10], quoted(found.mirror)
    if found.merge is not None:
        return f"{found.merge[:10]} merges {commit}, a commit of {mirror}"
    name = "head" if facts.head is None else quoted(facts.head.name)
    return f"{name} is {mirror} under another name, its commit {commit} lies on it"


_PRODUCTION = BranchRole("carto/main", "production", Branch(names=("carto/main",), role="production"))
_OTHER = BranchRole("feature/y", "topic", None)
_TOPIC, _MIRROR = BranchRole("feature/x", "topic", None), BranchRole("main", "mirror", None)
_ODD = BranchRole("Main", "mirror", None, "`Main` reads as `main`")
_COMMIT, _MERGE = CommitId("a1" * 20), CommitId("b2" * 20)
_INTO = "the policy forbids to merge a mirror branch into production `carto/main`"

EXAMPLES = (
    Example("a topic into production", Facts(_PRODUCTION, _TOPIC)),
    Example("the mirror into a topic", Facts(_OTHER, _MIRROR)),
    Example("a release that a topic's name stands for", Facts(_PRODUCTION, _TOPIC, release="v1.2.0")),
    Example("a push, whose head has no name", Facts(_PRODUCTION, None)),
    Example("the mirror", Facts(_PRODUCTION, _MIRROR), (f"{_INTO}: that is what `main` is",)),
    Example(
        "the mirror in other letters",
        Facts(_PRODUCTION, _ODD),
        (f"{_INTO}: that is what `Main` is; `Main` reads as `main`",),
    ),
    Example("the mirror at a release", Facts(_PRODUCTION, _MIRROR, "v1.2.0"), (f"{_INTO}: that is what `main` is",)),
    Example(
        "the mirror under another name",
        Facts(_PRODUCTION, _TOPIC, mirrored=(MirrorCommit(_COMMIT, "main"),)),
        (f"{_INTO}: `feature/x` is `main` under another name, its commit a1a1a1a1a1 lies on it",),
    ),
    Example(
        "a push that merged the mirror",
        Facts(_PRODUCTION, None, mirrored=(MirrorCommit(_COMMIT, "main", _MERGE),)),
        (f"{_INTO}: b2b2b2b2b2 merges a1a1a1a1a1, a commit of `main`",),
    ),
)
