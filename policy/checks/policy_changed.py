"""`policy-changed`: head changes the policy, which judges only what comes after it."""

from collections.abc import Iterator

from msgspec import Struct

from ..findings import Finding, Severity
from ..models import Policy
from ..names import RepoPath
from ..policy_changes import NewOwner
from .check import Check, Example, counted, listed

CHECK = Check(
    "policy-changed",
    Severity.NOTE,
    "head changes the policy, or leaves none that could be used",
    "have somebody review it who answers for the fork's rules",
)


class Facts(Struct, frozen=True):
    """What head does to the policy, to be judged by itself."""

    path: RepoPath
    unusable: str | None = None
    """Why nothing could be judged by head's policy."""
    touched: bool = True
    """Whether the policy's file differs."""
    changes: tuple[str, ...] = ()
    """What changes in meaning, in words."""
    owners: tuple[NewOwner, ...] = ()
    templates: tuple[str, ...] = ()
    """What happens to the templates that the policy names, in words."""


def judge(_policy: Policy, facts: Facts) -> Iterator[Finding]:
    """Fail what would leave the gate without a policy; tell every other change."""
    if facts.unusable is not None:
        message = f"head leaves no policy to judge by: {facts.unusable}"
        fix = "restore it; to move it, change the gate's --policy in a pull request of its own"
        yield CHECK.finding(message, path=facts.path, severity=Severity.ERROR, fix=fix)
    elif facts.touched:
        meaning = "; ".join(facts.changes) or "nothing changes in meaning"
        yield CHECK.finding(f"head changes the policy: {meaning}{_owners(facts)}", path=facts.path)
    for each in facts.templates:
        yield CHECK.finding(f"head changes what the policy names: {each}", path=facts.path)


def _owners(facts: Facts) -> str:
    if not facts.owners:
        return ""
    verb = "changes" if len(facts.owners) == 1 else "change"
    shown = listed([f"{each.path}: {each.before} → {each.after}" for each in facts.owners])
    return f"; {counted(len(facts.owners), 'tracked file')} {verb} owner: {shown}"


_PATH = RepoPath("carto-fork.yaml")

EXAMPLES = (
    Example("nothing about the policy", Facts(_PATH, touched=False)),
    Example("a comment", Facts(_PATH), ("head changes the policy: nothing changes in meaning",)),
    Example(
        "a rule that takes files over",
        Facts(
            _PATH,
            changes=("rule `docs` added",),
            owners=(NewOwner(RepoPath("docs/a.md"), "default (manual-review)", "docs (keep-fork)"),),
        ),
        (
            "head changes the policy: rule `docs` added; 1 tracked file changes owner: "
            "docs/a.md: default (manual-review) → docs (keep-fork)",
        ),
    ),
    Example(
        "no policy any more",
        Facts(_PATH, unusable="carto-fork.yaml is gone"),
        ("head leaves no policy to judge by: carto-fork.yaml is gone",),
    ),
    Example(
        "a template",
        Facts(_PATH, touched=False, templates=("pull_request.md.j2 is changed",)),
        ("head changes what the policy names: pull_request.md.j2 is changed",),
    ),
)
