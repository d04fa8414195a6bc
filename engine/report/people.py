"""What a plan leaves for people, for a terminal: one file with what helps to decide it, or a rule with its files."""

from collections import Counter
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from ...policy.decisions import Decision
from ...policy.facts import ForkCommit
from ..plan import Plan
from .groups import by_directory
from .layout import columns, cut, fields, indented, joined, path, text
from .words import short, subject

MAX_ITEMS = 8
"""How many lines stand under one heading before they are cut."""

MAX_NAMES = 20
"""So many files under one rule are named each."""

MAX_REASONS = 4
"""How many reasons stand under one rule."""


def file_for_person(decision: Decision, plan: Plan) -> RenderableType:
    """One file: its rule, the reason, what to do, whose commits it is about, and what is at stake."""
    heading = joined(path(decision.path, "bold yellow"), text(f"  {decision.kind or 'no conflict'}", "dim"))
    return Group(heading, indented(fields(_file_fields(decision, plan))))


def files_under_rule(decisions: tuple[Decision, ...], plan: Plan) -> RenderableType:
    """The files that one rule leaves, which are one at least: why, what to do, and where they are."""
    first = decisions[0]
    number = text(f"{len(decisions):,}", "bold yellow")
    heading = joined(number, text(f"  rule {rule_and_line(first.rule, first.line, plan)}"))
    reasons = Counter(each.reason for each in decisions).most_common()
    lines = [text(_times(reason, number, decisions), limit=500) for reason, number in reasons]
    why = () if _is_told_by_file(decisions) else cut(lines, MAX_REASONS, "reasons")
    guidance = sorted({each.guidance for each in decisions if each.guidance})
    todo = [text(" ".join(each.split()), limit=1000) for each in guidance[:MAX_ITEMS]]
    told = {"why": why, "do": todo, "where": _files(decisions)}
    rows = [(name, line) for name, lines in told.items() for line in lines]
    return Group(heading, indented(fields(rows)))


def rule_and_line(name: str, line: int | None, plan: Plan) -> str:
    """A rule with its place in the policy; what is no rule has none."""
    return f"{name} ({plan.policy.path}:{line})" if line else name


def places(decisions: tuple[Decision, ...], limit: int = MAX_ITEMS) -> RenderableType:
    """The one path, or the directories with their counts."""
    if len(decisions) == 1:
        return path(decisions[0].path, "dim")
    counts = by_directory((each.path for each in decisions), limit)
    return columns((text(f"{number:,}", "dim"), text(name, "dim")) for name, number in counts)


# Private


def _files(decisions: tuple[Decision, ...]) -> tuple[RenderableType, ...]:
    """Every file by name, since somebody has to open it; where they are many, their directories."""
    if len(decisions) > MAX_NAMES:
        return (places(decisions),)
    if not _is_told_by_file(decisions):
        return tuple(path(each.path, "dim") for each in decisions)
    return tuple(Group(path(each.path), indented(text(each.reason, "dim", limit=500))) for each in decisions)


def _is_told_by_file(decisions: tuple[Decision, ...]) -> bool:
    """Whether the reasons differ, and the files are few enough for each to stand with its own."""
    return len(decisions) <= MAX_NAMES and len({each.reason for each in decisions}) > 1


def _file_fields(decision: Decision, plan: Plan) -> Iterator[tuple[str, RenderableType]]:
    for each in decision.paths:
        if each != decision.path:
            yield "also", path(each)
    yield "rule", text(rule_and_line(decision.rule, decision.line, plan))
    yield "why", text(decision.reason, limit=500)
    if decision.guidance:
        yield "do", text(" ".join(decision.guidance.split()), limit=1000)
    for name in decision.customizations:
        yield "keeps", text(name)
    for line in cut([_commit(each) for each in decision.fork_commits], MAX_ITEMS):
        yield plan.labels.fork, line
    for line in cut([text(each, "red", limit=160) for each in decision.at_stake], MAX_ITEMS):
        yield "at stake", line


def _commit(commit: ForkCommit) -> Text:
    number = f"#{commit.pull_request} " if commit.pull_request else ""
    return joined(text(f"{number}{subject(commit)}", limit=160), text(f" {short(commit.commit)}", "dim"))


def _times(reason: str, number: int, decisions: tuple[Decision, ...]) -> str:
    return reason if number == len(decisions) else f"{number} of them: {reason}"
