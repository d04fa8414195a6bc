"""What a template gets: a plan as plain data, the contract's fields first, then what is ready to be shown.

docs/templates.md lists the names.
"""

from collections.abc import Iterable
from pathlib import Path

from msgspec.structs import replace

from ...policy.decisions import Decision
from ...policy.findings import Finding, Severity
from ..decision_log import policy_name
from ..invocation import Invocation
from ..plan import LOST_SYNC, PENDING_SYNC, Plan
from ..policy_source import DEFAULT_NAME
from .document import Data
from .groups import RuleGroup, by_directory, by_folder, by_rule, deleted, lost, untold
from .json import as_data
from .steps import steps
from .words import resolution_words, short, status_words, subject

MAX_FILES = 30
"""How many files for people are told in full, and how many losses."""

MAX_LINES = 8
"""How many lines, commits or directories stand under one file or rule."""


def template_data(plan: Plan) -> Data:
    """The data of every template: dictionaries, lists, strings and numbers only."""
    # A body that told of its own branch would change as soon as the branch is pushed.
    others = tuple(each for each in plan.findings if each.rule not in (LOST_SYNC, PENDING_SYNC))
    data = as_data(plan)
    return data | {
        "policy": data["policy"] | {"path": policy_name(plan)},
        "labels": {
            "fork": plan.labels.fork,
            "upstream": plan.labels.upstream,
            "fork_repository": plan.labels.fork_repository,
            "upstream_repository": plan.labels.upstream_repository,
        },
        "status_words": status_words(plan),
        "people": _cut([_for_person(each) for each in plan.for_people], MAX_FILES)
        | {
            "directories": _directories(plan.for_people),
            "rest": [
                {"path": folder, "names": list(names)}
                for folder, names in by_folder(each.path for each in plan.for_people[MAX_FILES:])
            ],
            "conflicts": sum(each.is_conflict for each in plan.for_people),
        },
        "settled": _cut((_settled(group) for group in by_rule(plan.settled)), MAX_LINES) | {"paths": len(plan.settled)},
        "lost_syncs": _findings(each for each in plan.findings if each.rule == LOST_SYNC),
        "automatic": [_group(group, plan) for group in by_rule(plan.automatic)],
        "losses": _losses((*plan.automatic, *plan.merged)),
        "customization_groups": _customizations(plan),
        "problems": _findings(each for each in others if each.severity is not Severity.NOTE),
        "notes": _findings(each for each in others if each.severity is Severity.NOTE),
        "steps": [{"title": each.title, "lines": _lines(each.commands, plan)} for each in steps(_unbegun(plan))],
    }


def _unbegun(plan: Plan) -> Plan:
    """The plan as if its branch were not there yet, for the same reason."""
    return replace(plan, pending=None)


def _lines(commands: tuple[str, ...], plan: Plan) -> list[str]:
    """The lines of commands for whoever has the repository, wherever that lies, and the policy in it."""
    name = policy_name(plan)
    is_elsewhere = name != plan.policy.path
    policy = None if is_elsewhere or name == DEFAULT_NAME else Path(name)
    invocation = Invocation(policy=policy, policy_ref=plan.policy.ref)
    return [line for command in commands for line in invocation.complete(command).split("\n")]


def _cut(items: Iterable[object], limit: int) -> Data:
    """A list to show: at most `limit` items, how many there are, and how many are not shown."""
    every = list(items)
    return {"shown": every[:limit], "total": len(every), "more": max(0, len(every) - limit)}


def _for_person(decision: Decision) -> Data:
    return {
        "path": decision.path,
        "other_paths": [path for path in decision.paths if path != decision.path],
        "kind": decision.kind.value if decision.kind else "no conflict",
        "rule": decision.rule,
        "line": decision.line,
        "reason": decision.reason,
        "guidance": decision.guidance,
        "customizations": list(decision.customizations),
        "untouched": decision.untouched and short(decision.untouched),
        "fork_commits": _cut(
            (
                {
                    "commit": each.commit,
                    "short": short(each.commit),
                    "subject": subject(each),
                    "pull_request": each.pull_request,
                }
                for each in decision.fork_commits
            ),
            MAX_LINES,
        ),
        "at_stake": _cut(decision.at_stake, MAX_LINES),
    }


def _group(group: RuleGroup, plan: Plan) -> Data:
    """The decisions of one rule: in words, with its files, and with its directories where they are many."""
    return {
        "words": resolution_words(group.resolution, plan.labels),
        "resolution": group.resolution.value,
        "rule": group.rule,
        "line": group.line,
        "reason": group.reason,
        "count": len(group.decisions),
        "untouched": sum(each.untouched is not None for each in group.decisions),
        "deleted": deleted(group.decisions),
        "files": _cut((_automatic(each) for each in group.decisions), 2 * MAX_FILES),
        "directories": _directories(group.decisions),
    }


def _settled(group: RuleGroup) -> Data:
    """What becomes of some paths that the content base settles."""
    return {
        "count": len(group.decisions),
        "reason": group.reason,
        "directories": _directories(group.decisions),
        "files": _cut((each.path for each in group.decisions), MAX_FILES),
    }


def _directories(decisions: Iterable[Decision]) -> list[Data]:
    return [
        {"path": name, "count": number} for name, number in by_directory((each.path for each in decisions), MAX_LINES)
    ]


def _automatic(decision: Decision) -> Data:
    return {
        "path": decision.path,
        "deleted": deleted([decision]).partition(" ")[2],
        "kind": decision.kind.value if decision.kind else "no conflict",
        "untouched": decision.untouched and short(decision.untouched),
    }


def _losses(decisions: tuple[Decision, ...]) -> Data:
    """What the automatic decisions drop, and at how many paths that cannot be told in lines."""
    losing = [each for each in decisions if lost(each.loss)]
    return _cut((_loss(each) for each in losing), MAX_FILES) | {
        "fork": sum(len(each.loss.fork or ()) for each in losing),
        "upstream": sum(len(each.loss.upstream or ()) for each in losing),
        "untold": sum(untold(each.loss) for each in decisions),
    }


def _loss(decision: Decision) -> Data:
    return {
        "path": decision.path,
        "rule": decision.rule,
        "fork": _cut(decision.loss.fork or (), MAX_LINES),
        "upstream": _cut(decision.loss.upstream or (), MAX_LINES),
    }


def _customizations(plan: Plan) -> Data:
    """The customizations by what the merge does to them; None in the contract is `open` here."""
    states = as_data(plan)["customizations"]
    names = {True: "surviving", False: "at_risk", None: "open"}
    return {name: [each for each in states if each["survives"] is key] for key, name in names.items()}


def _findings(findings: Iterable[Finding]) -> Data:
    return _cut(
        (
            {
                "rule": each.rule,
                "severity": each.severity.value,
                "message": each.message,
                "path": each.path,
                "commit": each.commit and short(each.commit),
                "fix": each.fix,
            }
            for each in findings
        ),
        MAX_FILES,
    )
