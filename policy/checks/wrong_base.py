"""`wrong-base`: the fork's work aims at the mirror, which only upstream's commits belong on."""

from collections.abc import Iterator

from msgspec import Struct

from ..branches import BranchRole
from ..findings import Finding, Severity
from ..models import Branch, Policy
from ..wording import quoted
from .check import Check, Example

CHECK = Check(
    "wrong-base",
    Severity.ERROR,
    "a branch of the fork's own work aims at the mirror",
    "change the base of the pull request to production",
    has_paths=False,
)


class Facts(Struct, frozen=True):
    """Both branches by their names."""

    base: BranchRole
    head: BranchRole | None
    """None where head has no name of its own: a push, a merge queue."""


def judge(policy: Policy, facts: Facts) -> Iterator[Finding]:
    """Fail what is not upstream's and aims at the mirror."""
    if facts.base.role != "mirror" or facts.head is None or facts.head.role == "mirror":
        return
    entry = facts.head.entry
    wanted = quoted((entry.base if entry is not None else None) or policy.production)
    base, head = quoted(facts.base.name), f"{facts.head.role} {quoted(facts.head.name)}"
    message = f"{head} aims at {base}, which mirrors {policy.upstream.name}: it belongs on {wanted}"
    yield CHECK.finding(message, fix=f"change the base of the pull request to {wanted}")


_MIRROR, _PRODUCTION = BranchRole("main", "mirror", None), BranchRole("carto/main", "production", None)
_TOPIC = BranchRole("feature/x", "topic", Branch(names=("feature/*",), role="topic", base="carto/main"))

EXAMPLES = (
    Example("a topic that aims at production", Facts(_PRODUCTION, _TOPIC)),
    Example("upstream's branch that aims at the mirror", Facts(_MIRROR, BranchRole("upstream/main", "mirror", None))),
    Example("a push to the mirror", Facts(_MIRROR, None)),
    Example(
        "a topic that aims at the mirror",
        Facts(_MIRROR, _TOPIC),
        ("topic `feature/x` aims at `main`, which mirrors LiteLLM: it belongs on `carto/main`",),
    ),
)
