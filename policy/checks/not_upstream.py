"""`not-upstream`: a path under `scope: exact` differs from the release's."""

from collections.abc import Iterator

from msgspec import Struct

from ..findings import Finding, Severity
from ..models import Policy
from ..names import RepoPath
from ..wording import quoted, shell_word
from .check import Check, Example

CHECK = Check(
    "not-upstream",
    Severity.ERROR,
    "head changes a path under `scope: exact` to something else than the release has",
    "take the release's file",
)


class Differing(Struct, frozen=True):
    """A path that is not as the release has it."""

    path: RepoPath
    rule: str
    in_release: bool
    """Whether the release has a file there."""


class Facts(Struct, frozen=True):
    """The paths that head makes differ from the release that it contains."""

    release: str = ""
    """The release's tag."""
    differing: tuple[Differing, ...] = ()


def judge(policy: Policy, facts: Facts) -> Iterator[Finding]:
    """Fail every such path."""
    for each in facts.differing:
        has = "has it otherwise" if each.in_release else "does not have it"
        exact = f"the policy wants it exactly as {policy.upstream.name}'s (rule {quoted(each.rule)})"
        path = shell_word(each.path)
        fix = f"git checkout {facts.release} -- {path}" if each.in_release else f"git rm -- {path}"
        yield CHECK.finding(f"{each.path}: {facts.release} {has}, and {exact}", path=each.path, fix=fix)


_PAGE = RepoPath("out/page.html")

EXAMPLES = (
    Example("everything is as the release has it", Facts("v1.2.0")),
    Example(
        "an edited page",
        Facts("v1.2.0", (Differing(_PAGE, "built-pages", True),)),
        ("out/page.html: v1.2.0 has it otherwise, and the policy wants it exactly as LiteLLM's (rule `built-pages`)",),
    ),
    Example(
        "a page that the release lacks",
        Facts("v1.2.0", (Differing(_PAGE, "built-pages", False),)),
        ("out/page.html: v1.2.0 does not have it, and the policy wants it exactly as LiteLLM's (rule `built-pages`)",),
    ),
)
