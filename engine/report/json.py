"""A plan as JSON: the contract `forkpolicy.plan/1` (DESIGN.md, section 7; docs/plan.schema.json).

Fields are added, never renamed or removed. The text is ASCII: what a path or a subject holds stays as it is,
and no escape sequence or direction override reaches a terminal.
"""

from ...policy.decisions import Decision
from ...policy.facts import ForkCommit
from ..plan import Base, CustomizationState, Plan, PullRequest, blob_of
from .document import Data, as_document, finding_data

SCHEMA = "forkpolicy.plan/1"

TEXT_LIMIT = 2000
"""How many characters of a commit's subject, or of a line at stake, go into the document."""


def to_json(plan: Plan) -> str:
    """The plan's document."""
    return as_document(as_data(plan))


def as_data(plan: Plan) -> Data:
    """The plan as plain data, in the order of the contract; what the contract does not have comes last."""
    return {
        "schema": SCHEMA,
        "policy": {"path": plan.policy.path, "ref": plan.policy.ref, "sha256": plan.policy.sha256},
        "fork": {"branch": plan.fork.branch, "commit": plan.fork.commit, "version": plan.fork.version},
        "upstream": _upstream(plan),
        "base": _base(plan.base) if plan.base else None,
        "status": plan.status.value,
        "summary": _summary(plan),
        "decisions": [decision_data(each) for each in plan.decisions],
        "findings": [finding_data(each) for each in plan.findings],
        "version": _version(plan),
        "pull_request": _pull_request(plan.pull_request) if plan.pull_request else None,
        "cross_check": {
            "engine": plan.cross_check.engine,
            "agrees": plan.cross_check.agrees,
            "differences": list(plan.cross_check.differences),
        },
        "customizations": [_customization(each) for each in plan.customizations],
        "contained_release": plan.contained_release,
        "contained_unknown": plan.contained_unknown,
        "checklist": list(plan.checklist),
        "commands": list(plan.commands),
    }


def _upstream(plan: Plan) -> Data | None:
    side = plan.upstream
    return {"tag": side.tag, "commit": side.commit, "version": side.version} if side else None


def _base(base: Base) -> Data:
    return {
        "git": list(base.git),
        "content": base.content,
        "used": base.used,
        "conflicts_on_git_base": base.conflicts_on_git_base,
        "conflicts": base.conflicts,
        "why": base.why,
    }


def _summary(plan: Plan) -> Data | None:
    summary = plan.summary
    if summary is None:
        return None
    return {
        "upstream_commits": summary.upstream_commits,
        "fork_commits": summary.fork_commits,
        "files_changed": summary.files_changed,
        "insertions": summary.insertions,
        "deletions": summary.deletions,
        "conflicts": len(plan.conflicts),
        "resolutions": {resolution.value: number for resolution, number in plan.resolutions.items()},
    }


def decision_data(decision: Decision) -> Data:
    """A decision by the contract."""
    return {
        "path": decision.path,
        "paths": list(decision.paths),
        "kind": decision.kind and decision.kind.value,
        "resolution": decision.resolution.value,
        "rule": decision.rule,
        "line": decision.line,
        "reason": decision.reason,
        "evidence": {"untouched": decision.untouched, "base": decision.base},
        "loss": {"fork": _number_of(decision.loss.fork), "upstream": _number_of(decision.loss.upstream)},
        "result": blob_of(decision),
        "guidance": decision.guidance,
        "customizations": list(decision.customizations),
        "fork_commits": [_commit(each) for each in decision.fork_commits],
        "results": {path: entry.id if entry else None for path, entry in decision.results.items()},
        "at_stake": [line[:TEXT_LIMIT] for line in decision.at_stake],
    }


def _number_of(lines: tuple[str, ...] | None) -> int | None:
    return None if lines is None else len(lines)


def _commit(commit: ForkCommit) -> Data:
    return {
        "commit": commit.commit,
        "subject": commit.subject[:TEXT_LIMIT],
        "pull_request": commit.pull_request,
    }


def _version(plan: Plan) -> Data | None:
    version = plan.version
    if version is None:
        return None
    return {"current": version.current, "next": version.next, "provisional": version.provisional}


def _pull_request(pull_request: PullRequest) -> Data:
    return {
        "branch": pull_request.branch,
        "base": pull_request.base,
        "title": pull_request.title,
        "labels": list(pull_request.labels),
        "draft": pull_request.draft,
        "body": pull_request.body,
        "when_open": pull_request.when_open,
    }


def _customization(state: CustomizationState) -> Data:
    return {
        "name": state.name,
        "survives": state.survives,
        "pull_requests": list(state.pull_requests),
        "paths": list(state.paths),
        "at_risk": list(state.at_risk),
    }
