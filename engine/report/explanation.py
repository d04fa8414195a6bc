"""An explanation as text for a terminal, as JSON, as Markdown."""

from collections.abc import Callable, Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from ...policy.conditions import Condition
from ...policy.decisions import Decision
from ...policy.models import Policy
from ...policy.origins import BY_GIT
from ...policy.ownership import RuleTrace
from ..console import Output
from ..escape import code_span, markdown, prose
from ..explanation import Explanation, RuleExplanation
from .document import as_document
from .groups import by_directory
from .json import decision_data
from .layout import MESSAGE, columns, cut, fields, indented, path, render, text
from .words import count, short

Renderers = dict[str, Callable[[], str]]

_MAX_RULES = 40


def path_renderers(explained: Explanation, policy: Policy, file: str, output: Output) -> Renderers:
    """How to render the explanation of a path in every format."""
    return {
        "text": lambda: render(_path(explained, policy, file), output.screen),
        "json": lambda: as_document(_path_data(explained)),
        "markdown": lambda: _path_markdown(explained, file),
    }


def rule_renderers(explained: RuleExplanation, file: str, output: Output) -> Renderers:
    """How to render the explanation of a rule in every format."""
    return {
        "text": lambda: render(_rule(explained, file), output.screen),
        "json": lambda: as_document(_rule_data(explained)),
        "markdown": lambda: _rule_markdown(explained, file),
    }


# A path


def _path(explained: Explanation, policy: Policy, file: str) -> RenderableType:
    heading = path(explained.file.path, "bold").append(f"  {_conflict(explained)}", style="dim")
    verdict = "asks for" if explained.is_overruled else "decides"
    rules = cut([_trace(each, file, verdict) for each in explained.traces], _MAX_RULES, "rules")
    return Group(
        heading,
        indented(fields(_facts(explained, policy))),
        Text(),
        *map(indented, rules),
        *_ending(explained),
    )


def _conflict(explained: Explanation) -> str:
    if explained.kind is None:
        return f"no conflict with {explained.release}"
    return f"{explained.kind} conflict with {explained.release}"


def _facts(explained: Explanation, policy: Policy) -> Iterator[tuple[str, RenderableType]]:
    file, versions = explained.file, explained.file.versions
    yield (
        policy.fork.name,
        text(versions.fork_change or ("no change since the base" if versions.fork else "not there")),
    )
    yield (
        policy.upstream.name,
        text(file.upstream_change or ("no change since the base" if versions.upstream else "not there")),
    )
    if file.untouched:
        yield "untouched", text(f"{policy.upstream.name} had this very entry in {short(file.untouched)}")
    for name, holds in (("fork only", file.fork_only), ("leftover", file.leftover), ("binary", file.binary)):
        if holds:
            yield name, text("yes")


def _trace(trace: RuleTrace, file: str, verdict: str) -> RenderableType:
    sign, style = ("✓", "green") if trace.matched else ("·", "dim")
    place = f"  {file}:{trace.ruling.line}" if trace.ruling.line else ""
    heading = Text(f"{sign} ", style=style).append_text(text(trace.ruling.rule, style if trace.matched else "default"))
    heading.append_text(text(f"{place}{_verdict(trace, verdict)}", "dim"))
    return Group(heading, *(indented(_condition(each), 4) for each in trace.conditions if _worth_telling(trace, each)))


def _verdict(trace: RuleTrace, verdict: str) -> str:
    return f"  {verdict}: {trace.ruling.resolution}" if trace.matched else ""


def _worth_telling(trace: RuleTrace, condition: Condition) -> bool:
    """Of a rule that does not match, only what stands against it."""
    return trace.matched or not condition.holds


def _condition(condition: Condition) -> Text:
    if condition.holds or condition.key == "paths":
        return text(f"{condition.key}: {condition.observed}", "dim")
    return text(f"{condition.key} wants {condition.expected}: {condition.observed}", "dim")


def _ending(explained: Explanation) -> Iterator[RenderableType]:
    decision = explained.decision
    yield Text()
    if decision is None:
        yield text(_left_to_git(explained), "green")
        return
    yield text(_decided(explained, decision), "yellow" if decision.needs_person else "green", MESSAGE)
    for line in decision.at_stake:
        yield indented(text(line, "red"))
    if decision.guidance:
        yield indented(text(decision.guidance, limit=1000))


def _left_to_git(explained: Explanation) -> str:
    """Why nothing is decided: no rule does, or git's merge is what the rule asks for."""
    rule = explained.traces[-1].ruling.rule
    if rule == BY_GIT:
        return f"git merges it by itself; if both sides' contents conflicted, `{explained.in_conflict}` would decide"
    return f"git's merge leaves what `{rule}` asks for already: there is nothing to decide"


def _decided(explained: Explanation, decision: Decision) -> str:
    """The decision; where it is not the matching rule's, who made it."""
    by = f" by {decision.rule}" if decision.rule != explained.traces[-1].ruling.rule else ""
    return f"{decision.resolution}{by}: {decision.reason}"


def _path_data(explained: Explanation) -> dict[str, Any]:
    file = explained.file
    return {
        "schema": "forkpolicy.explanation/1",
        "path": file.path,
        "release": explained.release,
        "kind": explained.kind,
        "facts": {
            "untouched": file.untouched,
            "fork_only": file.fork_only,
            "leftover": file.leftover,
            "binary": file.binary,
            "fork": file.versions.fork_change,
            "upstream": file.upstream_change,
        },
        "rules": [_trace_data(each) for each in explained.traces],
        "decision": decision_data(explained.decision) if explained.decision else None,
    }


def _trace_data(trace: RuleTrace) -> dict[str, Any]:
    return {
        "rule": trace.ruling.rule,
        "line": trace.ruling.line,
        "resolution": trace.ruling.resolution,
        "matched": trace.matched,
        "conditions": [
            {"key": each.key, "holds": each.holds, "expected": each.expected, "observed": each.observed}
            for each in trace.conditions
        ],
    }


def _path_markdown(explained: Explanation, file: str) -> str:
    lines = [f"**{code_span(explained.file.path)}**: {_conflict(explained)}", ""]
    for trace in explained.traces:
        against = "; ".join(f"{each.key}: {each.observed}" for each in trace.conditions if not each.holds)
        does = "asks for" if explained.is_overruled else "decides"
        verdict = f"{does}: {trace.ruling.resolution}" if trace.matched else f"no: {against}"
        lines.append(f"- {code_span(trace.ruling.rule)} {markdown(verdict)}")
    decision = explained.decision
    lines += ["", prose(_decided(explained, decision) if decision else _left_to_git(explained))]
    return "\n".join(lines) + "\n"


# A rule


def _rule(explained: RuleExplanation, file: str) -> RenderableType:
    heading = text(explained.rule, "bold").append(f"  {_place(explained, file)}", style="dim")
    number = count(len(explained.decisions), "path")
    told = indented(text(f"decides {number} with {explained.release}"))
    return Group(heading, told, indented(_paths(explained.decisions), 4))


def _paths(decisions: tuple[Decision, ...]) -> RenderableType:
    """Every path; where they are many, the directories with their counts."""
    if len(decisions) <= _MAX_RULES:
        return columns(((text(each.path), text(each.resolution, "dim")) for each in decisions), right=0)
    rows = by_directory((each.path for each in decisions), _MAX_RULES)
    return columns((text(f"{number:,}", "dim"), text(name)) for name, number in rows)


def _place(explained: RuleExplanation, file: str) -> str:
    """Where the rule stands; of what is no rule, what the name stands for."""
    return f"no rule of the policy: {explained.stands_for}" if explained.stands_for else f"{file}:{explained.line}"


def _rule_data(explained: RuleExplanation) -> dict[str, Any]:
    return {
        "schema": "forkpolicy.explanation/1",
        "rule": explained.rule,
        "line": explained.line,
        "stands_for": explained.stands_for,
        "release": explained.release,
        "decisions": [decision_data(each) for each in explained.decisions],
    }


def _rule_markdown(explained: RuleExplanation, file: str) -> str:
    lines = [f"**{code_span(explained.rule)}** ({markdown(_place(explained, file))})", ""]
    lines += [f"- {_decision(each)}" for each in explained.decisions]
    return "\n".join(lines) + "\n"


def _decision(decision: Decision) -> str:
    return f"{code_span(decision.path)}: {decision.resolution}: {prose(decision.reason)}"
