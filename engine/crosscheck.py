"""The cross-check: where git would merge otherwise, nothing is decided automatically."""

from msgspec.structs import replace

from ..policy.decisions import Decision, Loss, Resolution
from ..policy.errors import RepositoryError
from ..policy.facts import Kind
from ..policy.findings import Finding, Severity
from ..policy.names import CommitId
from ..policy.origins import CROSS_CHECK
from . import oracle
from .git.scratch import Scratch
from .merge import Merge
from .plan import CrossCheck

_DIFFERS = "git merges this path otherwise than forkpolicy does"


def start(
    choice: str, scratch: Scratch, fork: CommitId, upstream: CommitId, base: CommitId | None = None
) -> oracle.Running | None:
    """Ask git in the background; None where it is not to be asked, or with `auto` not installed.

    `base` is the merge base to use instead of git's own.

    Raises:
        RepositoryError: with `always`, there is no git that can answer.
    """
    if choice == "never":
        return None
    running = oracle.start(scratch, fork, upstream, base)
    if running is None and choice == "always":
        raise RepositoryError(
            "--cross-check always needs git 2.38 or newer, and none is installed",
            "install it, or leave it to forkpolicy: --cross-check auto",
        )
    return running


def finish(choice: str, running: oracle.Running | None, merge: Merge) -> CrossCheck:
    """Wait for git, and compare; where git crashes, there is nothing to compare with.

    Raises:
        RepositoryError: git failed; with `always`, also where it crashed.
    """
    if running is None:
        return CrossCheck(None, None)
    try:
        verdict = running.finish()
    except oracle.CrashedError as crash:
        if choice == "always":
            raise
        return CrossCheck(None, None, crash=crash.message)
    differences = oracle.compare(merge, verdict)
    return CrossCheck(verdict.engine, not differences, differences)


def apply(check: CrossCheck, decisions: tuple[Decision, ...]) -> tuple[Decision, ...]:
    """Leave every path on which git differs to a person, those that merge cleanly here included."""
    differing = set(check.differences)
    held = tuple(_held_back(each) if differing.intersection(each.paths) else each for each in decisions)
    decided = {path for each in decisions for path in each.paths}
    missed = (path for path in check.differences if path not in decided)
    opened = (Decision.left_open(path, Kind.CONTENT, CROSS_CHECK, _DIFFERS, Loss()) for path in missed)
    return (*held, *opened)


def findings(check: CrossCheck) -> tuple[Finding, ...]:
    """A finding for every path on which git differs; one where git crashed, for then nothing confirms the plan."""
    if check.crash is not None:
        message = f"git could not check this merge: {check.crash}"
        return (
            Finding(
                CROSS_CHECK, Severity.WARNING, message, fix="try a newer git; and look at the merge before you push it"
            ),
        )
    fix = "merge the path with git, and report the difference"
    return tuple(Finding(CROSS_CHECK, Severity.WARNING, _DIFFERS, path=path, fix=fix) for path in check.differences)


def _held_back(decision: Decision) -> Decision:
    return replace(decision, resolution=Resolution.MANUAL_REVIEW, reason=_DIFFERS, results={})
