"""The message of a sync's merge commit: a Conventional Commit, with trailers that say what it stands on."""

from collections import Counter
from collections.abc import Mapping

from ..policy.commits import parse
from .decision_log import log_path, policy_name
from .plan import Plan
from .render import render
from .report.view import template_data
from .report.words import resolution_words

_TYPE = "chore"
"""The type of the subject where the policy's title for pull requests is no Conventional Commit."""


def merge_message(plan: Plan, overrides: Mapping[str, str]) -> str:
    """The message for a plan that has a merge; `overrides` has the fork's own templates as text, by name.

    Raises:
        TemplateError: the template cannot be rendered.
    """
    assert plan.pull_request is not None  # noqa: S101  # the plan has a merge
    assert plan.upstream is not None  # noqa: S101
    counts = Counter(each.resolution.value for each in plan.decisions).most_common()
    data = {
        "subject": _subject(plan.pull_request.title),
        "policy_name": policy_name(plan),
        "log": log_path(plan.upstream.tag),
        "resolutions": [
            {"words": resolution_words(each, plan.labels), "count": count} for each, count in plan.resolutions.items()
        ],
        "counts": ", ".join(f"{resolution} {count}" for resolution, count in counts) or "none",
    }
    return render("merge_message", template_data(plan) | data, overrides).strip() + "\n"


def _subject(title: str) -> str:
    return title if parse(title).type else f"{_TYPE}: {title}"
