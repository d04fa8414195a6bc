"""A plan as Markdown: the pull request's body, section by section, short enough for GitHub."""

import re
from collections.abc import Mapping

from ..plan import Plan
from ..render import render
from .document import Data
from .view import template_data

MAX_BYTES = 60_000
"""How many bytes of UTF-8 a body may have; GitHub takes 65,536 characters."""

SECTIONS = (
    "merge",
    "versions",
    "base",
    "people",
    "customizations",
    "losses",
    "findings",
    "upstream",
    "automatic",
    "checklist",
    "steps",
)
"""The sections of the pull request's body, in order: each is a template `pull_request_NAME`."""

DROPPED_FIRST = ("automatic", "losses", "findings", "base", "customizations", "upstream", "steps")
"""The sections that go where the body is too long, the first one first; the body says which went."""

_CUT_NOTE = "\n\n_The rest was cut: the body may have {} bytes._\n"


def to_markdown(plan: Plan, overrides: Mapping[str, str]) -> str:
    """The plan for `--format markdown`: the pull request's body, or why there is none.

    `overrides` has the fork's own templates as text, by name. Raises TemplateError.
    """
    if plan.pull_request is None:
        return _tidy(render("no_pull_request", template_data(plan), overrides))
    return plan.pull_request.body or pull_request_body(plan, overrides)


def pull_request_body(plan: Plan, overrides: Mapping[str, str]) -> str:
    """The body of the pull request that asks for a sync; its plan has an upstream side and a pull request.

    It has at most 60,000 bytes: whole sections are left out in the order of DROPPED_FIRST, then the files for
    people are told in one line each, at last all but the first of them by folder alone. `overrides` as for
    to_markdown. Raises TemplateError.
    """
    data = template_data(plan)
    body = ""
    for left_out in range(len(DROPPED_FIRST) + 1):
        body = _body(data, DROPPED_FIRST[:left_out], overrides, brief=False)
        if _fits(body):
            return body
    for named in (True, False):
        body = _body(data, DROPPED_FIRST, overrides, brief=True, named=named)
        if _fits(body):
            return body
    return _cut(body)


def _body(
    data: Data, dropped: tuple[str, ...], overrides: Mapping[str, str], *, brief: bool, named: bool = True
) -> str:
    kept = [name for name in SECTIONS if name not in dropped]
    frame = {"sections": kept, "dropped": list(dropped), "brief": brief, "named": named}
    return _tidy(render("pull_request", data | frame, overrides))


def _tidy(text: str) -> str:
    """One blank line where sections that had nothing to say left several."""
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def _fits(body: str) -> bool:
    return len(body.encode()) <= MAX_BYTES


def _cut(body: str) -> str:
    """The last resort, for a fork's own template that no dropped section makes short: cut at a line."""
    note = _CUT_NOTE.format(f"{MAX_BYTES:,}")
    text = body.encode()[: MAX_BYTES - len(note.encode())].decode(errors="ignore")
    return text.rpartition("\n")[0] + note
