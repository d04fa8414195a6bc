"""A plan for a terminal: what will happen, who decides what, what is left for whom, what to type next.

Text of the repository reaches rich only through `layout.text`, never as rich's markup.
"""

from collections.abc import Iterator

from msgspec import Struct
from rich.console import Group, RenderableType
from rich.text import Text

from ...policy.decisions import Decision, Loss
from ...policy.findings import Finding, Severity
from ..console import Screen
from ..escape import shell
from ..plan import Base, CustomizationState, Plan, Status, Summary
from .findings import SEVERITY_STYLE
from .groups import RuleGroup, by_rule, by_rule_alone, deleted, lost, untold
from .layout import command, cut, fields, indented, joined, remedy, render, text
from .people import MAX_ITEMS, file_for_person, files_under_rule, places, rule_and_line
from .steps import steps
from .words import count, resolution_words, short, status_words

MAX_SETTLED = 3
"""How many directories stand under one way in which the content base settles paths."""

MAX_PEOPLE = 12
"""How many files for people are told one by one; more are told by rule and directory."""

_STATUS_STYLE = {
    Status.UP_TO_DATE: "green",
    Status.CLEAN: "green",
    Status.RESOLVED: "green",
    Status.REVIEW: "yellow",
    Status.REFUSED: "red",
}


def to_text(plan: Plan, screen: Screen) -> str:
    """The plan as text for a screen; only commands may be longer than it is wide, so that they can be copied."""
    return render(_page(plan), screen)


def _page(plan: Plan) -> RenderableType:
    sections = (_settled, _decided, _people, _losses, _customizations, _findings, _next)
    found = [section(plan) for section in sections]
    return Group(_header(plan), *(_titled(section) for section in found if section))


class _Section(Struct, frozen=True):
    """A title and what stands below it."""

    title: str
    lines: tuple[RenderableType, ...]
    indent: int = 2


def _titled(section: _Section) -> RenderableType:
    content = Group(*section.lines)
    body = indented(content, section.indent) if section.indent else content
    return Group(Text(), Text(section.title, style="bold"), body)


def _header(plan: Plan) -> RenderableType:
    title = plan.fork.branch
    if plan.upstream:
        title = f"{plan.labels.upstream} {plan.upstream.tag} → {title}"
    return Group(text(title, "bold"), indented(fields(_facts(plan))))


def _facts(plan: Plan) -> Iterator[tuple[str, Text]]:
    """The lines of the header: a name and a value each."""
    yield "status", Text(status_words(plan), style=_STATUS_STYLE[plan.status])
    if plan.contained_release:
        target = f" → {plan.upstream.tag}" if plan.upstream else ""
        newer = ", or newer: history does not tell" if plan.contained_unknown else ""
        yield plan.labels.upstream, text(f"{plan.contained_release}{newer}{target}")
    if plan.version and plan.version.next:
        provisional = " (provisional)" if plan.version.provisional else ""
        yield (
            plan.labels.fork,
            text(f"{plan.version.current or 'none yet'} → {plan.version.next}{provisional}"),
        )
    if plan.summary:
        yield "brings", text(_brings(plan.summary))
        yield "meets", text(f"{count(plan.summary.fork_commits, 'commit')} of {plan.labels.fork}")
    if plan.base:
        yield "base", text(_base(plan.base))
    if plan.cross_check.agrees is not None:
        yield "git", _agreement(plan)
    if plan.automatic and not any(lost(each.loss) for each in plan.automatic):
        yield "loses", text(_no_loss(plan))
    if plan.customizations and all(each.survives for each in plan.customizations):
        yield "keeps", text(f"every customization ({len(plan.customizations)})", "green")


def _brings(summary: Summary) -> str:
    files = f"{count(summary.files_changed, 'file')} changed"
    lines = f"+{summary.insertions:,} -{summary.deletions:,} lines"
    return f"{count(summary.upstream_commits, 'commit')}, {files}, {lines}"


def _base(base: Base) -> str:
    git = ", ".join(map(short, base.git))
    if base.used == "git" or base.content is None:
        return git
    here, there = (count(each, "path") for each in (base.conflicts, base.conflicts_on_git_base))
    return f"{short(base.content)}, by content: {here} in conflict; {there} on git's base {git}"


def _settled(plan: Plan) -> _Section | None:
    """What the content base settles; or why one that was found is not used."""
    if plan.base is None or plan.base.why is None:
        return None
    if plan.base.used == "git":
        name = short(plan.base.content or "")
        return _Section("Base", (text(f"git's, though the content is nearer to {name}: {plan.base.why}"),))
    title = f"Settled by the content base: {count(len(plan.settled), 'path')} that conflict on git's base"
    groups = cut([_settled_line(group) for group in by_rule(plan.settled)], MAX_ITEMS, "ways")
    return _Section(title, (text(f"why {short(plan.base.commit)}: {plan.base.why}", limit=1000), *groups))


def _settled_line(group: RuleGroup) -> RenderableType:
    heading = joined(text(f"{len(group.decisions):,}", "green"), text(f"  {group.reason}", limit=500))
    return Group(heading, indented(places(group.decisions, MAX_SETTLED)))


def _agreement(plan: Plan) -> Text:
    engine = plan.cross_check.engine or "git"
    if plan.cross_check.agrees:
        return text(f"{engine} agrees", "green")
    return text(f"{engine} merges {count(len(plan.cross_check.differences), 'path')} otherwise", "red")


def _no_loss(plan: Plan) -> str:
    untellable = sum(untold(each.loss) for each in plan.automatic)
    where = f", but in {count(untellable, 'file')} lines cannot be told" if untellable else ""
    return f"no line of {plan.labels.fork} or {plan.labels.upstream} in what the policy decides{where}"


def _decided(plan: Plan) -> _Section | None:
    if not plan.automatic:
        return None
    groups = by_rule(plan.automatic)
    title = f"Decided by the policy: {_share(plan.automatic, plan)}"
    return _Section(title, cut([_rule_line(group, plan) for group in groups], MAX_ITEMS, "rules"))


def _share(decisions: tuple[Decision, ...], plan: Plan) -> str:
    """How many of the conflicts these are, and how many paths that do not conflict."""
    conflicts = sum(each.is_conflict for each in decisions)
    share = f"{conflicts:,} of {count(len(plan.conflicts), 'conflict')}"
    others = len(decisions) - conflicts
    if not others:
        return share
    paths = f"{count(others, 'path')} without a conflict"
    return f"{share}, {paths}" if conflicts else paths


def _rule_line(group: RuleGroup, plan: Plan) -> RenderableType:
    """One rule's decisions: how many, in words, under which rule, why, and where."""
    words = f"{len(group.decisions):,}  {resolution_words(group.resolution, plan.labels)}"
    gone = text(f"  {deleted(group.decisions)}".rstrip(), "yellow")
    heading = joined(text(words, "green"), text(f"  rule {rule_and_line(group.rule, group.line, plan)}"), gone)
    return Group(heading, indented(text(group.reason, limit=500)), indented(places(group.decisions)))


def _people(plan: Plan) -> _Section | None:
    if not plan.for_people:
        return None
    title = f"Left for people: {_share(plan.for_people, plan)}"
    if len(plan.for_people) <= MAX_PEOPLE:
        return _Section(title, tuple(file_for_person(each, plan) for each in plan.for_people))
    groups = [files_under_rule(group, plan) for group in by_rule_alone(plan.for_people)]
    every = command(f"forkpolicy plan {_release(plan)}--format markdown")
    return _Section(title, (*cut(groups, MAX_ITEMS, "rules"), text("every file:", "dim"), every))


def _release(plan: Plan) -> str:
    return f"{shell(plan.upstream.tag)} " if plan.upstream else ""


def _losses(plan: Plan) -> _Section | None:
    losing = [each for each in (*plan.automatic, *plan.merged) if lost(each.loss)]
    if not losing:
        return None
    total = Loss(
        tuple(line for each in losing for line in each.loss.fork or ()),
        tuple(line for each in losing for line in each.loss.upstream or ()),
    )
    rows = [_loss(each, plan) for each in losing]
    return _Section(f"Lines that these decisions drop: {_sides(total, plan)}", cut(rows, MAX_ITEMS, "files"))


def _loss(decision: Decision, plan: Plan) -> RenderableType:
    return joined(text(decision.path), text(f"  {_sides(decision.loss, plan)}, rule {decision.rule}", "dim"))


def _sides(loss: Loss, plan: Plan) -> str:
    counts = ((loss.fork, plan.labels.fork), (loss.upstream, plan.labels.upstream))
    return ", ".join(f"{len(lines):,} of {name}" for lines, name in counts if lines)


def _customizations(plan: Plan) -> _Section | None:
    endangered = sorted((each for each in plan.customizations if not each.survives), key=_open_last)
    if not endangered:
        return None
    surviving = len(plan.customizations) - len(endangered)
    waiting = sum(each.survives is None for each in endangered)
    later = f", {count(waiting, 'depends', 'depend')} on what people decide" if waiting else ""
    title = f"Customizations: {surviving} of {len(plan.customizations)} survive{later}"
    return _Section(title, cut([_customization(each) for each in endangered], MAX_ITEMS))


def _open_last(state: CustomizationState) -> bool:
    return state.survives is None


def _customization(state: CustomizationState) -> RenderableType:
    sign, style = ("?", "yellow") if state.survives is None else ("✗", "red")
    numbers = "".join(f" #{number}" for number in state.pull_requests)
    heading = joined(text(f"{sign} ", style), text(f"{state.name}{numbers}"))
    return Group(heading, *(indented(text(risk, "dim", limit=500)) for risk in state.at_risk))


def _findings(plan: Plan) -> _Section | None:
    if not plan.findings:
        return None
    ranks = list(Severity)
    ranked = sorted(plan.findings, key=lambda finding: ranks.index(finding.severity))
    return _Section("Findings", cut([_finding(each) for each in ranked], 2 * MAX_ITEMS))


def _finding(finding: Finding) -> RenderableType:
    place = f" {finding.path}" if finding.path else ""
    commit = f" {short(finding.commit)}" if finding.commit else ""
    severity = text(finding.severity.value, SEVERITY_STYLE[finding.severity])
    heading = joined(severity, text(f" {finding.rule}{place}{commit}: {finding.message}", limit=1000))
    return Group(heading, *remedy(finding.fix))


def _next(plan: Plan) -> _Section | None:
    every = steps(plan)
    if not every:
        return None
    body = f"forkpolicy plan {_release(plan)}--output markdown=body.md"
    commands = tuple(command(each) for each in (*every[0].commands, body))
    comment = indented(text("# the pull request, and every further command", "dim"))
    return _Section("Next", (*commands, comment), indent=0)
