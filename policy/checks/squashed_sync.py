"""`squashed-sync`: upstream's content without upstream as a parent: the next sync pays in conflicts."""

from collections.abc import Iterator

from msgspec import Struct

from ..findings import Finding, Severity
from ..models import Policy
from ..names import CommitId
from .check import Check, Example, counted

CHECK = Check(
    "squashed-sync",
    Severity.ERROR,
    "a commit brings upstream's content without upstream as a parent: a squash, or a rebase",
    "bring it with a merge commit that has the release as a parent: forkpolicy apply; merge its pull request so, too",
    has_paths=False,
)


class LostSync(Struct, frozen=True):
    """Commits of the fork that brought what upstream had done in several commits."""

    commit: CommitId
    """The only one, or the last of them."""
    commits: int
    evidence: str
    """What was brought, in words."""


class Facts(Struct, frozen=True):
    """The lost syncs among what head adds."""

    lost: tuple[LostSync, ...] = ()


def judge(policy: Policy, facts: Facts) -> Iterator[Finding]:
    """Fail every lost sync."""
    for each in facts.lost:
        who = each.commit[:10] if each.commits == 1 else f"{counted(each.commits, 'commit')} up to {each.commit[:10]}"
        verb = "brings" if each.commits == 1 else "bring"
        message = f"{who} {verb} {policy.upstream.name}'s content without its history: {each.evidence}"
        yield CHECK.finding(message, commit=each.commit)


_COMMIT = CommitId("a1" * 20)

EXAMPLES = (
    Example("nothing lost", Facts()),
    Example(
        "a squash",
        Facts((LostSync(_COMMIT, 1, "2,391 of 2,514 paths"),)),
        ("a1a1a1a1a1 brings LiteLLM's content without its history: 2,391 of 2,514 paths",),
    ),
    Example(
        "a rebase",
        Facts((LostSync(_COMMIT, 40, "50 of 50 paths"),)),
        ("40 commits up to a1a1a1a1a1 bring LiteLLM's content without its history: 50 of 50 paths",),
    ),
)
