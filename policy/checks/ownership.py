"""`ownership`: a merge recorded a path otherwise than the policy decides."""

from collections.abc import Iterator

from msgspec import Struct

from ..decisions import Resolution
from ..findings import Finding, Severity
from ..models import Policy
from ..names import CommitId, RepoPath
from ..wording import quoted, shell_word
from .check import Check, Example

CHECK = Check(
    "ownership",
    Severity.ERROR,
    "a merge recorded a path otherwise than the policy decides, and head still has it so",
    "record what the policy decides: forkpolicy explain PATH says what that is",
)


class Recorded(Struct, frozen=True):
    """A path that a merge recorded against the policy."""

    path: RepoPath
    merge: CommitId
    side: str
    """Whose file was recorded: `fork`, `upstream`, `blend` (neither's) or `deleted`."""
    resolution: Resolution
    """What the policy decides."""
    rule: str
    source: CommitId | None
    """The commit that has the file as the policy wants it; None where no commit has it so, or it is to be gone."""
    gone: bool = False
    """Whether the policy wants no file there."""


class Facts(Struct, frozen=True):
    """What the merges of head recorded against the policy."""

    recorded: tuple[Recorded, ...] = ()


def judge(policy: Policy, facts: Facts) -> Iterator[Finding]:
    """Fail every path that was recorded against the policy."""
    for each in facts.recorded:
        whose = _WHOSE[each.side].format(fork=policy.fork.name, upstream=policy.upstream.name)
        message = f"{each.path}: {each.merge[:10]} recorded {whose}, {_wanted(each)} (rule {quoted(each.rule)})"
        yield CHECK.finding(message, path=each.path, commit=each.merge, fix=_fix(each))


def _wanted(recorded: Recorded) -> str:
    if recorded.gone or recorded.source is not None:
        return f"the policy decides {recorded.resolution}"
    return f"the policy merges both sides, and decides {recorded.resolution} where they conflict"


def _fix(recorded: Recorded) -> str | None:
    if recorded.gone:
        return f"git rm -- {shell_word(recorded.path)}"
    if recorded.source is None:
        return f"forkpolicy explain {shell_word(recorded.path)} says why; forkpolicy plan shows the file that it makes"
    return f"git checkout {recorded.source[:10]} -- {shell_word(recorded.path)}"


_WHOSE = {
    "fork": "{fork}'s file",
    "upstream": "{upstream}'s file",
    "blend": "a file that is neither {fork}'s nor {upstream}'s",
    "deleted": "no file",
}
_MERGE, _SIDE = CommitId("a1" * 20), CommitId("b2" * 20)
_PAGE = RepoPath("out/page 1.html")

EXAMPLES = (
    Example("merges that recorded what the policy decides", Facts()),
    Example(
        "the fork's stale copy of a built page",
        Facts((Recorded(_PAGE, _MERGE, "fork", Resolution.ACCEPT_UPSTREAM, "built-pages", _SIDE),)),
        ("out/page 1.html: a1a1a1a1a1 recorded CARTO's file, the policy decides accept-upstream (rule `built-pages`)",),
    ),
    Example(
        "upstream's file whole where only single hunks are upstream's",
        Facts((Recorded(RepoPath("app.py"), _MERGE, "upstream", Resolution.ACCEPT_UPSTREAM, "core", None),)),
        (
            "app.py: a1a1a1a1a1 recorded LiteLLM's file, the policy merges both sides, and decides accept-upstream "
            "where they conflict (rule `core`)",
        ),
    ),
    Example(
        "a blend of a file that the fork never changed",
        Facts((Recorded(RepoPath("app.py"), _MERGE, "blend", Resolution.ACCEPT_UPSTREAM, "untouched", _SIDE),)),
        (
            "app.py: a1a1a1a1a1 recorded a file that is neither CARTO's nor LiteLLM's, the policy decides "
            "accept-upstream (rule `untouched`)",
        ),
    ),
)
