"""How people call things: resolutions with the names of the two sides, statuses, counted nouns."""

from typing import TYPE_CHECKING

from ...policy.decisions import Resolution
from ...policy.facts import ForkCommit

if TYPE_CHECKING:  # the gate says numbers with their nouns, and knows no plan
    from ..plan import Labels, Plan

SHORT_ID = 10
"""How many digits of an object id people get to see."""


def resolution_words(resolution: Resolution, labels: "Labels") -> str:
    """What a resolution means for people: `keep CARTO`, `accept LiteLLM`."""
    return {
        Resolution.KEEP_FORK: f"keep {labels.fork}",
        Resolution.ACCEPT_UPSTREAM: f"accept {labels.upstream}",
        Resolution.MANUAL_REVIEW: "left for a person",
        Resolution.DISABLE: "disable",
        Resolution.REMOVE: "remove",
        Resolution.REGENERATE: "regenerate",
        Resolution.MERGE: "merge",
    }[resolution]


def status_words(plan: "Plan") -> str:
    """How a plan ends, in a sentence."""
    left = count(len(plan.for_people), "path is", "paths are")
    return {
        "up-to-date": "up to date, nothing to merge",
        "clean": "clean, it merges without a conflict",
        "resolved": "resolved, the policy decides every conflict",
        "review": f"review, {left} left for people",
        "refused": "refused",
    }[plan.status.value]


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 file`, `1,114 files`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def subject(commit: ForkCommit) -> str:
    """A commit's subject, without the number of its pull request: that stands beside it."""
    return commit.subject.removesuffix(f" (#{commit.pull_request})")


def short(commit: str) -> str:
    """The first digits of an object id."""
    return commit[:SHORT_ID]
