"""Release notes as Markdown, from the template `release_notes`, and as JSON."""

import re
from collections.abc import Mapping

from ...policy.models import Customization, Policy
from ..release_notes import BREAKING, OTHER, Change, ChangeGroup, CustomizationNews, ReleaseNotes, UpstreamRange
from ..render import render
from .document import Data, as_document
from .json import TEXT_LIMIT
from .version import Renderers, state_data
from .words import short

SCHEMA = "forkpolicy.notes/1"

_TITLES = {
    BREAKING: "Breaking changes",
    "feat": "Features",
    "feature": "Features",
    "fix": "Fixes",
    "perf": "Performance",
    "refactor": "Refactoring",
    "docs": "Documentation",
    "style": "Style",
    "test": "Tests",
    "build": "Build",
    "ci": "Continuous integration",
    "chore": "Maintenance",
    "revert": "Reverts",
    OTHER: "Other changes",
}


def renderers(notes: ReleaseNotes, policy: Policy, overrides: Mapping[str, str]) -> Renderers:
    """How to render release notes in every format; text for people is Markdown too.

    `overrides` has the fork's own templates as text, by name.
    """
    return {
        "text": lambda: to_markdown(notes, policy, overrides),
        "json": lambda: as_document(notes_data(notes)),
        "markdown": lambda: to_markdown(notes, policy, overrides),
    }


def to_markdown(notes: ReleaseNotes, policy: Policy, overrides: Mapping[str, str]) -> str:
    """The notes by the template. Raises TemplateError."""
    data = notes_data(notes) | {
        "labels": {
            "fork": policy.fork.name,
            "upstream": policy.upstream.name,
            "fork_repository": policy.fork.repository,
            "upstream_repository": policy.upstream.repository,
        }
    }
    return re.sub(r"\n{3,}", "\n\n", render("release_notes", data, overrides)).strip("\n") + "\n"


def notes_data(notes: ReleaseNotes) -> Data:
    """The document `forkpolicy.notes/1`."""
    return {
        "schema": SCHEMA,
        "tag": notes.tag,
        "images": list(notes.images),
        "version": state_data(notes.version),
        "groups": [_group(each) for each in notes.groups],
        "upstream": None if notes.upstream is None else _upstream(notes.upstream),
        "customizations": None if notes.customizations is None else _customizations(notes.customizations),
        "authors": list(notes.authors),
    }


def _group(group: ChangeGroup) -> Data:
    title = _TITLES.get(group.name, group.name.capitalize())
    return {"type": group.name, "title": title, "changes": [_change(each) for each in group.changes]}


def _change(change: Change) -> Data:
    return {
        "commit": change.commit,
        "short": short(change.commit),
        "scope": change.scope,
        "description": change.description[:TEXT_LIMIT],
        "breaking": None if change.breaking is None else change.breaking[:TEXT_LIMIT],
        "pull_request": change.pull_request,
        "author": change.author,
    }


def _upstream(upstream: UpstreamRange) -> Data:
    return {
        "before": upstream.before.tag if upstream.before else None,
        "before_version": upstream.before.version if upstream.before else None,
        "after": upstream.after.tag if upstream.after else None,
        "after_version": upstream.after.version if upstream.after else None,
        "commits": upstream.commits,
    }


def _customizations(news: CustomizationNews) -> Data:
    def names(customizations: tuple[Customization, ...]) -> list[str]:
        return [each.name for each in customizations]

    return {"added": names(news.added), "changed": names(news.changed), "dropped": names(news.dropped)}
