"""Upstream's tags and what they are, as text, JSON, Markdown."""

from rich.console import Group, RenderableType
from rich.text import Text

from ..console import Output
from ..escape import code_span, prose
from ..release_list import ListedTag, ReleaseList, Standing
from . import findings as finding_report
from .document import Data, as_document, finding_data
from .layout import columns, cut, render, text
from .version import Renderers, finding_lines

SCHEMA = "forkpolicy.releases/1"
SHOWN = 20
"""How many tags people get to see; JSON has all."""

_MARKS = {
    Standing.READY: ("→", "bold green"),
    Standing.WAITING: ("…", "yellow"),
    Standing.CONTAINED: ("✓", "green"),
    Standing.OLDER: ("<", "dim"),
    Standing.REJECTED: ("-", "dim"),
}


def renderers(releases: ReleaseList, output: Output) -> Renderers:
    """How to render the list in every format."""
    return {
        "text": lambda: render(_text(releases), output.screen),
        "json": lambda: as_document(_data(releases)),
        "markdown": lambda: _markdown(releases),
    }


def _data(releases: ReleaseList) -> Data:
    return {
        "schema": SCHEMA,
        "contained": releases.contained.tag if releases.contained else None,
        "ready": [each.tag for each in releases.ready],
        "tags": [_tag_data(each) for each in releases.tags],
        "findings": [finding_data(each) for each in releases.findings],
    }


def _tag_data(each: ListedTag) -> Data:
    return {
        "tag": each.tag,
        "commit": each.commit,
        "date": each.date.isoformat() if each.date else None,
        "version": each.release.version if each.release else None,
        "patch": each.release.patch if each.release else None,
        "standing": each.standing.value,
        "reason": each.reason,
    }


def _text(releases: ReleaseList) -> RenderableType:
    rows = [
        (
            Text(_MARKS[each.standing][0], style=_MARKS[each.standing][1]),
            text(f"{each.date:%Y-%m-%d}" if each.date else "", "dim"),
            text(each.tag, _MARKS[each.standing][1]),
            text(each.reason, "dim" if each.standing is Standing.REJECTED else ""),
        )
        for each in releases.tags[:SHOWN]
    ]
    more = cut([Text()] * len(releases.tags), SHOWN, "tags")[SHOWN:]
    findings = [Text(), *map(finding_lines, releases.findings)] if releases.findings else []
    return Group(columns(rows, right=0), *more, *findings)


def _markdown(releases: ReleaseList) -> str:
    rows = [
        f"| {code_span(each.tag)} | {each.date.date() if each.date else ''} | {each.standing} | {prose(each.reason)} |"
        for each in releases.tags[:SHOWN]
    ]
    more = len(releases.tags) - SHOWN
    tail = [f"… and {more:,} more"] if more > 0 else []
    table = "\n".join(["| tag | date | is | why |", "|---|---|---|---|", *rows])
    notes = [finding_report.to_markdown(releases.findings, "")] if releases.findings else []
    return "\n\n".join([table, *tail, *notes]).rstrip("\n") + "\n"
