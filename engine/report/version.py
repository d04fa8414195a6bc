"""Versions of the fork: the commits and what they do, and what a check says; as text, JSON, Markdown."""

from collections.abc import Callable, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from ...policy.findings import Finding, Severity
from ...policy.version_rules import Effect
from ...policy.versions import Bump
from ..console import Output
from ..escape import code_span, markdown, terminal
from ..version_summary import summarize
from ..versioning import VersionState
from . import findings as finding_report
from .document import Data, as_document, finding_data
from .json import TEXT_LIMIT
from .layout import MESSAGE, columns, fields, remedy, render, text
from .words import count, short

Renderers = dict[str, Callable[[], str]]
"""How to render a result in each format."""

VERSION_SCHEMA = "forkpolicy.version/1"
CHECK_SCHEMA = "forkpolicy.version-check/1"

_STYLES = {Bump.MAJOR: "red", Bump.MINOR: "green", Bump.PATCH: "cyan", Bump.NONE: "dim"}


def state_renderers(state: VersionState, output: Output) -> Renderers:
    """How to render what commits do to the version, in every format."""
    return {
        "text": lambda: render(_text(state), output.screen),
        "json": lambda: as_document(state_data(state)),
        "markdown": lambda: _markdown(state),
    }


def check_renderers(tag: str, findings: Sequence[Finding], output: Output) -> Renderers:
    """How to render what is wrong with a tag, in every format."""
    good = not any(each.severity is Severity.ERROR for each in findings)
    verdict = "the version that follows" if good else "not the version that follows"
    data: Data = {
        "schema": CHECK_SCHEMA,
        "tag": tag,
        "status": "passed" if good else "failed",
        "findings": [finding_data(each) for each in findings],
    }
    return {
        "text": lambda: finding_report.to_text(findings, tag, verdict, output.screen),
        "json": lambda: as_document(data),
        "markdown": lambda: f"{code_span(tag)}: {verdict}\n\n{finding_report.to_markdown(findings, tag)}",
    }


def state_data(state: VersionState) -> Data:
    """The document `forkpolicy.version/1`."""
    release = state.contained.release
    return {
        "schema": VERSION_SCHEMA,
        "branch": state.branch,
        "commit": state.commit,
        "current": state.current.tag if state.current else None,
        "next": state.next_tag,
        "tag": state.tag,
        "release": state.is_due,
        "upstream": {
            "version": state.next.upstream,
            "release": release.tag if release else None,
            "unknown": state.contained.unknown,
        },
        "images": list(state.images),
        "summary": _summary_data(state),
        "commits": [_effect_data(each) for each in state.effects],
        "findings": [finding_data(each) for each in state.findings],
    }


def _summary_data(state: VersionState) -> Data:
    summary = summarize(state)
    return {
        "commits": summary.commits,
        "by_authors": summary.by_authors,
        "counted": summary.counted,
        "bumps": {bump.value: number for bump, number in summary.bumps.items()},
    }


def finding_lines(finding: Finding) -> RenderableType:
    """A finding for a terminal, with what mends it below it."""
    style = finding_report.SEVERITY_STYLE[finding.severity]
    line = Text(f"{finding.severity} ", style=style).append_text(text(finding.message, "default", MESSAGE))
    return Group(line, *remedy(finding.fix))


def _effect_data(effect: Effect) -> Data:
    commit = effect.commit
    return {
        "commit": commit.id,
        "date": commit.committed.isoformat(),
        "author": commit.author,
        "email": commit.email,
        "subject": commit.subject[:TEXT_LIMIT],
        "bump": effect.bump.value,
        "version": effect.version.own,
        "passed_over": None if effect.passed_over is None else effect.passed_over.value,
    }


def _text(state: VersionState) -> RenderableType:
    rows = [
        (
            text(short(each.commit.id), "dim"),
            text(f"{each.commit.committed:%Y-%m-%d}", "dim"),
            Text("-" if each.passed_over else each.bump.value, style=_STYLES[each.bump]),
            Text(each.version.own if each.bump is not Bump.NONE else ""),
            _subject(each),
        )
        for each in state.effects
        if not each.commit.is_merge
    ]
    return Group(
        fields(_heading(state)),
        *([Text(), columns(rows, right=0)] if rows else []),
        *([Text(), *map(finding_lines, state.findings)] if state.findings else []),
    )


def _subject(effect: Effect) -> Text:
    if effect.passed_over is None:
        return text(effect.commit.subject)
    return text(effect.commit.subject, "dim").append(f"  ({terminal(effect.passed_over)})", style="yellow")


def _heading(state: VersionState) -> list[tuple[str, RenderableType]]:
    release = state.contained.release
    upstream = f"{release.tag}, the newest release that {state.branch} contains" if release else _unknown(state)
    after = state.current.tag if state.current else "nothing: it is the first release"
    result = text(state.next_tag, "bold")
    if not state.is_due:
        result.append("  there is nothing to release", style="dim")
    return [
        ("after", text(after)),
        ("upstream", text(upstream)),
        ("commits", text(_sum(state))),
        ("version", result),
        *(("image", text(each, "dim")) for each in state.images),
    ]


def _unknown(state: VersionState) -> str:
    return f"{state.next.upstream}, as the last tag says: {state.contained.unknown}"


def _sum(state: VersionState) -> str:
    summary = summarize(state)
    bumps = ", ".join(f"{number} {bump.value}" for bump, number in summary.bumps.items())
    own = f"{count(summary.commits, 'commit')} of the fork, {summary.by_authors:,} by its authors"
    return f"{own}, {summary.counted:,} count{': ' + bumps if bumps else ''}"


def _markdown(state: VersionState) -> str:
    after = f"after {code_span(state.current.tag)}" if state.current else "the first release"
    lines = [f"{code_span(state.next_tag)}, {after}: {markdown(_sum(state))}", ""]
    rows = [each for each in state.effects if not each.commit.is_merge]
    if rows:
        lines += ["| commit | subject | raises | version |", "|---|---|---|---|", *map(_row, rows), ""]
    lines += [
        f"- **{each.severity}** {code_span(each.rule)} {markdown(each.message, limit=1000)}" for each in state.findings
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _row(effect: Effect) -> str:
    raised = markdown(effect.passed_over) if effect.passed_over else effect.bump.value
    version = effect.version.own if effect.bump is not Bump.NONE else ""
    return f"| {code_span(short(effect.commit.id))} | {markdown(effect.commit.subject)} | {raised} | {version} |"
