"""`upstream-dropped`: a merge kept the fork's file where upstream's change merges, and no rule keeps it."""

from collections.abc import Iterator

from msgspec import Struct

from ..findings import Finding, Severity
from ..models import Policy
from ..names import CommitId, RepoPath
from ..wording import shell_word
from .check import Check, Example

CHECK = Check(
    "upstream-dropped",
    Severity.ERROR,
    "a merge recorded the fork's file where git merges upstream's change into it, and no rule keeps it",
    "merge the file anew; where upstream's change is not wanted, keep the path with a rule",
)


class Dropped(Struct, frozen=True):
    """A path at which a merge dropped upstream's change whole."""

    path: RepoPath
    merge: CommitId
    upstream_parent: CommitId
    """The commit that has the change."""
    deleted: bool = False
    """Whether upstream's change is that it deleted the file, or moved it."""
    alone: bool = False
    """Whether the fork had not changed the file."""


class Facts(Struct, frozen=True):
    """What the merges of head dropped."""

    dropped: tuple[Dropped, ...] = ()


def judge(policy: Policy, facts: Facts) -> Iterator[Finding]:
    """Fail every path at which upstream's change was dropped whole."""
    for each in facts.dropped:
        fork, upstream = policy.fork.name, policy.upstream.name
        what = f"{upstream} {'has it no more' if each.deleted else 'changed it'}"
        why = f"{fork} had not changed it" if each.alone else "both merge"
        message = f"{each.path}: {each.merge[:10]} recorded {fork}'s file, though {what}, and {why}"
        fix = f"look at it, and merge it again: git diff HEAD {each.upstream_parent[:10]} -- {shell_word(each.path)}"
        yield CHECK.finding(message, path=each.path, commit=each.merge, fix=fix)


_MERGE, _PARENT = CommitId("a1" * 20), CommitId("b2" * 20)

EXAMPLES = (
    Example("merges that take upstream's changes", Facts()),
    Example(
        "upstream's fix is missing",
        Facts((Dropped(RepoPath("main.py"), _MERGE, _PARENT),)),
        ("main.py: a1a1a1a1a1 recorded CARTO's file, though LiteLLM changed it, and both merge",),
    ),
    Example(
        "a file that upstream deleted stayed",
        Facts((Dropped(RepoPath("old.py"), _MERGE, _PARENT, deleted=True, alone=True),)),
        ("old.py: a1a1a1a1a1 recorded CARTO's file, though LiteLLM has it no more, and CARTO had not changed it",),
    ),
)
