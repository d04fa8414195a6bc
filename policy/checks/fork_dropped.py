"""`fork-dropped`: a merge took upstream's file, or none, where the fork had changed it, and no rule gives it away."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from ..facts import ForkCommit
from ..findings import Finding, Severity
from ..models import Policy
from ..names import CommitId, RepoPath
from ..wording import harmless, shell_word
from .check import Check, Example, counted, listed

CHECK = Check(
    "fork-dropped",
    Severity.ERROR,
    "a path that the fork had changed is upstream's file, or gone, after a merge, and no rule gives it away",
    "merge the file anew; where the change is not wanted any more, give the path away with a rule, or waive it",
)


class Dropped(Struct, frozen=True):
    """A path whose changes by the fork a merge dropped."""

    path: RepoPath
    merge: CommitId
    gone: bool
    """Whether there is no file any more; else upstream's is there."""
    lines: int | None
    """How many lines of the fork's work are lost; 0 where it is the mode alone, None where lines cannot be told."""
    fork_parent: CommitId
    """The commit that had them."""
    commits: Sequence[ForkCommit] = ()
    """The fork's commits that had made the change, newest first."""


class Facts(Struct, frozen=True):
    """What the merges of head dropped."""

    dropped: tuple[Dropped, ...] = ()


def judge(policy: Policy, facts: Facts) -> Iterator[Finding]:
    """Fail every path whose changes by the fork are gone."""
    for each in facts.dropped:
        recorded = "no file" if each.gone else f"{policy.upstream.name}'s file whole"
        lost = "" if each.lines is None else f" ({counted(each.lines, 'line') if each.lines else 'the mode'})"
        by = f", made by {listed([_named(commit) for commit in each.commits], 3)}" if each.commits else ""
        message = f"{each.path}: {each.merge[:10]} recorded {recorded}; {policy.fork.name}'s changes are gone{lost}{by}"
        show = f"git diff {each.fork_parent[:10]} HEAD -- {shell_word(each.path)}"
        fix = f"look at what was there, and merge it again: {show}"
        yield CHECK.finding(message, path=each.path, commit=each.merge, fix=fix)


def _named(commit: ForkCommit) -> str:
    number = f" #{commit.pull_request}" if commit.pull_request else ""
    return f"{commit.commit[:10]}{number} “{harmless(commit.subject)}”"


_MERGE, _PARENT, _OWN = CommitId("a1" * 20), CommitId("b2" * 20), CommitId("c3" * 20)
_BY = (ForkCommit(_OWN, "fix: keep the id", 61),)

EXAMPLES = (
    Example("merges that keep the fork's work", Facts()),
    Example(
        "upstream's file recorded whole",
        Facts((Dropped(RepoPath("azure.py"), _MERGE, False, 12, _PARENT, _BY),)),
        (
            "azure.py: a1a1a1a1a1 recorded LiteLLM's file whole; CARTO's changes are gone (12 lines), "
            "made by c3c3c3c3c3 #61 “fix: keep the id”",
        ),
    ),
    Example(
        "a script that the fork made executable",
        Facts((Dropped(RepoPath("run.sh"), _MERGE, False, 0, _PARENT),)),
        ("run.sh: a1a1a1a1a1 recorded LiteLLM's file whole; CARTO's changes are gone (the mode)",),
    ),
    Example(
        "the fork's file is gone",
        Facts((Dropped(RepoPath("logo.png"), _MERGE, True, None, _PARENT),)),
        ("logo.png: a1a1a1a1a1 recorded no file; CARTO's changes are gone",),
    ),
)
