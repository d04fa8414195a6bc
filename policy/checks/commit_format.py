"""`commit-format`: a commit of the fork whose message does not follow Conventional Commits."""

from collections.abc import Iterator

from msgspec import Struct

from ..commits import is_skipped, parse, problems
from ..findings import Finding, Severity
from ..models import Policy
from ..names import CommitId
from .check import Check, Example

CHECK = Check(
    "commit-format",
    Severity.WARNING,
    "a commit of the fork does not follow Conventional Commits",
    "write it as `type(scope): description`: git commit --amend, or git rebase -i",
    has_paths=False,
)


class Facts(Struct, frozen=True):
    """The fork's commits that head adds, merges aside, with their messages."""

    commits: tuple[tuple[CommitId, str], ...]


def judge(policy: Policy, facts: Facts) -> Iterator[Finding]:
    """Tell each commit with all that is wrong with its message; what versions skip may look as it likes."""
    skip = () if policy.versions is None else policy.versions.skip
    for commit, text in facts.commits:
        message = parse(text)
        wrong = problems(message, policy.commits.types, policy.commits.subject_max)
        if wrong and not is_skipped(message.subject, skip):
            yield CHECK.finding(f"{commit[:10]}: {'; '.join(wrong)}", commit=commit)


_COMMIT = CommitId("a1" * 20)


def _one(message: str) -> Facts:
    return Facts(((_COMMIT, message),))


EXAMPLES = (
    Example("a feature with a scope", _one("feat(vertex): add support for Gemini 2.0")),
    Example("a fix with a body", _one("fix: handle timeouts\n\nRetry three times.\n\nRefs: #133")),
    Example("a breaking change", _one("feat!: drop Python 3.8")),
    Example("a sync", _one("sync: LiteLLM v1.81.9-stable")),
    Example(
        "a subject without a type",
        _one("updated stuff"),
        ("a1a1a1a1a1: `updated stuff` is not `<type>[(scope)][!]: <description>`",),
    ),
    Example("one word", _one("fixes"), ("a1a1a1a1a1: `fixes` is not `<type>[(scope)][!]: <description>`",)),
    Example(
        "a type that the policy does not have",
        _one("WIP: testing things"),
        (
            "a1a1a1a1a1: the type `wip` is not known; it can be `build`, `chore`, `ci`, `docs`, `feat`, `fix`, `perf`, "
            "`refactor`, `revert`, `style` or `test`",
        ),
    ),
)
