"""Where the fork stands, on one screen, as JSON, as Markdown."""

from collections.abc import Iterator
from itertools import groupby

from rich.console import Group, RenderableType
from rich.text import Text

from ...policy.models import Policy
from ..console import Output
from ..escape import code_span, prose
from ..status import Status
from .document import Data, as_document, finding_data
from .layout import fields, joined, render, text
from .version import Renderers, finding_lines
from .version_words import branch_picture, version_words
from .words import count, short

SCHEMA = "forkpolicy.status/1"

_SHOWN = 5
"""How many violations of one kind people get to see."""


def renderers(status: Status, policy: Policy, output: Output) -> Renderers:
    """How to render the status in every format."""
    return {
        "text": lambda: render(_text(status, policy), output.screen),
        "json": lambda: as_document(_data(status)),
        "markdown": lambda: _markdown(status, policy),
    }


def _data(status: Status) -> Data:
    version, behind, contained = status.version, status.behind, status.releases.contained
    return {
        "schema": SCHEMA,
        "checked_out": status.checked_out,
        "production": {"branch": status.production, "commit": status.commit, "date": status.committed.isoformat()},
        "version": version.current.tag if version and version.current else None,
        "next_version": version.next_tag if version and version.is_due else None,
        "contained_release": contained.tag if contained else None,
        "newest_release": behind.newest.tag if behind else contained.tag if contained else None,
        "behind": None
        if behind is None
        else {
            "releases": behind.releases,
            "commits": behind.commits,
            "days": None if behind.days is None else max(behind.days, 0),
        },
        "ready": [each.tag for each in status.releases.ready],
        "fork_commits": status.fork_commits,
        "unreleased_commits": len(_unreleased(status)),
        "upstream_ahead": status.upstream_ahead,
        "mirrors": [
            {
                "branch": each.name,
                "commit": each.commit,
                "follows": each.follows,
                "target": each.target,
                "own": each.own,
                "behind": each.behind,
            }
            for each in status.mirrors
        ],
        "lost_syncs": [
            {"commit": each.commit, "evidence": str(each), "healed": each.commit in status.healed}
            for each in status.lost_syncs
        ],
        "pending_syncs": [{"ref": each.ref, "commit": each.commit} for each in status.pending],
        "findings": [finding_data(each) for each in status.findings],
        "standing": [finding_data(each) for each in status.standing],
    }


def _text(status: Status, policy: Policy) -> RenderableType:
    findings = [Text(), *map(finding_lines, status.findings)] if status.findings else []
    picture = [text(line, "dim") for line in branch_picture(status, policy)]
    rows = fields((name, text(value)) for name, value in _rows(status, policy))
    return Group(rows, Text(), *picture, *findings, *_standing(status))


def _markdown(status: Status, policy: Policy) -> str:
    rows = "\n".join(f"| {name} | {prose(value)} |" for name, value in _rows(status, policy))
    picture = "\n".join(branch_picture(status, policy))
    findings = "\n".join(
        f"- **{each.severity}** {code_span(each.rule)} {prose(each.message)}" for each in status.findings
    )
    standing = "\n".join(
        f"- {code_span(rule)} {prose(message)}" for rule, messages in _violations(status) for message in messages
    )
    told = f"What {code_span(status.production)} violates:\n\n{standing}" if standing else ""
    parts = ["| | |\n|---|---|\n" + rows, f"```text\n{picture}\n```", findings, told]
    return "\n\n".join(part for part in parts if part) + "\n"


def _standing(status: Status) -> Iterator[RenderableType]:
    """What production violates, by finding."""
    if status.standing:
        yield Group(Text(), text(f"What {status.production} violates already; the gate fails nobody for it", "bold"))
    for rule, messages in _violations(status):
        yield from (joined(text(f"{rule} ", "red"), text(each)) for each in messages)


def _violations(status: Status) -> Iterator[tuple[str, list[str]]]:
    """The violations of each finding, as many as people get to see; JSON has all."""
    for rule, group in groupby(status.standing, key=lambda each: each.rule):
        messages = [each.message for each in group]
        more = len(messages) - _SHOWN
        yield rule, [*messages[:_SHOWN], *([f"… and {more:,} more"] if more > 0 else [])]


def _rows(status: Status, policy: Policy) -> Iterator[tuple[str, str]]:
    """The name and the words of everything there is to know."""
    version, behind = status.version, status.behind
    where = f"{status.production} at {short(status.commit)}, {status.committed:%Y-%m-%d}"
    yield "production", where
    yield "checked out", status.checked_out or "nothing, HEAD is detached"
    if version is not None:
        yield "version", version.current.tag if version.current else "none yet"
    yield policy.upstream.name, _contained(status)
    yield "newest", _newest(status)
    if behind is not None:
        commits = count(behind.commits, "commit")
        yield "behind", f"{count(behind.releases, 'release')}, {commits}{_days(behind.days)}"
    yield policy.fork.name, f"{count(status.fork_commits, 'commit')} carried"
    if version is not None:
        yield "unreleased", version_words(version, len(_unreleased(status)))
    for mirror in status.mirrors:
        yield "mirror", str(mirror)
    for lost in status.lost_syncs:
        healed = "; a later sync mended it" if lost.commit in status.healed else ""
        yield "lost sync", f"{short(lost.commit)}: {lost}{healed}"
    for pending in status.pending:
        yield "pending", f"{pending.ref} at {short(pending.commit)}"


def _newest(status: Status) -> str:
    if status.behind is not None:
        return f"{status.behind.newest.tag}: {status.behind.newest.reason}"
    return "none is known here" if status.releases.contained is None else "production contains the newest release"


def _days(days: int | None) -> str:
    """An age; dates are what committers' clocks said, and may run backwards."""
    if days is None:
        return ""
    return f", {count(days, 'day')}" if days >= 0 else ", though it is dated before the one that production contains"


def _contained(status: Status) -> str:
    release, version = status.releases.contained, status.version
    if release is None:
        return "no release that is known here"
    by_content = version.contained.release if version is not None else None
    if by_content is not None and by_content != release:
        return f"{by_content.tag} by its content; {release.tag} by history"
    unknown = version is not None and version.contained.unknown is not None
    return f"{release.tag}, or newer: history does not tell" if unknown else release.tag


def _unreleased(status: Status) -> list[object]:
    """The fork's commits since the last release, merges aside."""
    effects = status.version.effects if status.version else ()
    return [each for each in effects if not each.commit.is_merge]
