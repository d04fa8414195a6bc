"""`unreleased-upstream`: upstream commits that are in no release, whatever the branch is called."""

from collections.abc import Iterator

from msgspec import Struct

from ..findings import Finding, Severity
from ..models import Policy
from ..names import CommitId
from ..wording import harmless
from .check import Check, Example, counted

CHECK = Check(
    "unreleased-upstream",
    Severity.ERROR,
    "head brings upstream commits that are in no release",
    "take the head back to the fork's own commits, and wait for a release that has what it needs",
    has_paths=False,
)


class UpstreamCommit(Struct, frozen=True):
    """A commit of upstream's."""

    commit: CommitId
    subject: str
    day: str
    """When it was committed: `2026-02-09`."""

    def __str__(self) -> str:
        """Id, day and subject."""
        return f"{self.commit[:10]} of {self.day} ({harmless(self.subject)})"


class Facts(Struct, frozen=True):
    """The unreleased commits of upstream's that head has and base has not."""

    count: int
    first: UpstreamCommit | None = None
    """The oldest of them; None where there is none."""
    last: UpstreamCommit | None = None
    """The newest of them."""
    instead: str | None = None
    """The newest release that could be merged instead."""
    picked: tuple[tuple[CommitId, UpstreamCommit], ...] = ()
    """Commits of the fork that repeat an unreleased commit of upstream's."""


def judge(policy: Policy, facts: Facts) -> Iterator[Finding]:
    """Fail a head that brings unreleased commits: as they are, or one by one where the policy forbids that too."""
    fix = CHECK.mend if facts.instead is None else f"merge {facts.instead} instead: forkpolicy plan {facts.instead}"
    if facts.first is not None and facts.last is not None:
        brings = f"head brings {counted(facts.count, 'commit')} of {policy.upstream.name} that no release has"
        span = f"{facts.last}" if facts.count == 1 else f"the first is {facts.first}, the last {facts.last}"
        yield CHECK.finding(f"{brings}: {span}", commit=facts.last.commit, fix=fix)
    if policy.check.cherry_picks == "forbid":
        for commit, upstream in facts.picked:
            message = f"{commit[:10]} repeats {upstream} of {policy.upstream.name}, which no release has"
            yield CHECK.finding(message, commit=commit, fix=fix)


_FIRST = UpstreamCommit(CommitId("a1" * 20), "feat: one", "2026-01-02")
_LAST = UpstreamCommit(CommitId("b2" * 20), "fix: two", "2026-02-09")
_OWN = CommitId("c3" * 20)

EXAMPLES = (
    Example("nothing of upstream's", Facts(0)),
    Example("an upstream fix taken by itself", Facts(0, picked=((_OWN, _FIRST),))),
    Example(
        "upstream's development",
        Facts(413, _FIRST, _LAST, "v1.81.0-stable"),
        (
            "head brings 413 commits of LiteLLM that no release has: the first is a1a1a1a1a1 of 2026-01-02 "
            "(feat: one), the last b2b2b2b2b2 of 2026-02-09 (fix: two)",
        ),
    ),
    Example(
        "one commit of upstream's",
        Facts(1, _LAST, _LAST),
        ("head brings 1 commit of LiteLLM that no release has: b2b2b2b2b2 of 2026-02-09 (fix: two)",),
    ),
)
