"""What an audit found, in every format; as JSON by the contract `forkpolicy.audit/1` (DESIGN.md, section 7)."""

from ...policy.backtest import Backtest, Candidate, Score
from ..audit_report import AuditedMerge, AuditReport, Unread
from ..console import Output
from ..replay import ReplayedPath
from .audit_markdown import to_markdown
from .audit_text import to_text
from .check import waived_data
from .document import Data, as_document, finding_data
from .json import decision_data
from .version import Renderers

SCHEMA = "forkpolicy.audit/1"


def renderers(report: AuditReport, output: Output) -> Renderers:
    """How to render the report in every format."""
    return {
        "text": lambda: to_text(report, output.screen),
        "json": lambda: as_document(as_data(report)),
        "markdown": lambda: to_markdown(report),
    }


def as_data(report: AuditReport) -> Data:
    """The report as plain data, in the order of the contract; what the contract does not have comes last."""
    backtest, policy = report.backtest, report.policy
    return {
        "schema": SCHEMA,
        "merges": [_merge(each) for each in report.merges],
        "rules": [{"rule": each.name, **_score(each)} for each in backtest.by_rule],
        "findings": [finding_data(each) for each in report.findings],
        "summary": _summary(report, backtest),
        "policy": {"path": policy.path, "ref": policy.ref, "sha256": policy.sha256},
        "branch": report.branch,
        "idle_rules": list(backtest.idle),
        "candidates": [_candidate(each) for each in backtest.candidates],
        "waived": [waived_data(each) for each in report.waived],
        "unread": [_unread(each) for each in report.unread],
    }


# Private


def _merge(merge: AuditedMerge) -> Data:
    sync = merge.sync
    return {
        "commit": sync.commit,
        "fork_parent": sync.fork_parent,
        "upstream_parent": sync.upstream_parent,
        "release": merge.release,
        "paths": [_path(each) for each in merge.paths],
        "date": merge.day,
        "subject": merge.subject,
        "content_base": merge.base,
    }


def _path(path: ReplayedPath) -> Data:
    return {
        "path": path.path,
        "kind": path.kind and path.kind.value,
        "decision": decision_data(path.decision),
        "recorded": path.recorded and path.recorded.id,
        "side": path.side.value,
        "verdict": path.verdict.value,
    }


def _summary(report: AuditReport, backtest: Backtest) -> Data:
    """The conflicts alone: what rules decide without one is counted with the rules."""
    baselines = (backtest.nobody, backtest.repeating, backtest.repeating_as_often)
    names = ("everything_to_a_person", "repeat_the_last", "repeat_the_last_as_often")
    return {
        "merges": len(report.merges),
        "conflicts": len(backtest.conflicts),
        **_score(backtest.total),
        "coverage": backtest.total.coverage,
        "agreement": backtest.total.agreement,
        "baselines": {
            name: {**_score(each), "coverage": each.coverage, "agreement": each.agreement}
            for name, each in zip(names, baselines, strict=True)
        },
    }


def _score(score: Score) -> Data:
    return {
        "decided": score.decided,
        "agrees": score.agrees,
        "disagrees": score.disagrees,
        "undecided": score.undecided,
    }


def _candidate(candidate: Candidate) -> Data:
    recorded = {side.value: number for side, number in candidate.recorded.items()}
    return {"path": candidate.path, "conflicts": candidate.conflicts, "recorded": recorded}


def _unread(unread: Unread) -> Data:
    return {"commit": unread.sync.commit, "why": unread.why}
