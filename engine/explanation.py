"""Why a path is decided as it is: its facts, and every rule up to the one that decides."""

from dataclasses import dataclass

from ..policy.decisions import Decision
from ..policy.facts import ConflictFacts, FileFacts, Kind
from ..policy.names import CommitId, RepoPath
from ..policy.ownership import RuleTrace
from .conflict_facts import file_facts
from .evaluation import Evaluation, evaluate, ownership_of, scratch_for, store_of
from .fork import Fork
from .merge_base import merge_on_base
from .preflight import require_history


@dataclass(frozen=True, slots=True)
class Explanation:
    """One path, seen through the policy."""

    release: str
    """The tag of the release that would be merged."""
    file: FileFacts
    kind: Kind | None
    """How the path conflicts with the release; None where it does not."""
    traces: tuple[RuleTrace, ...]
    decision: Decision | None
    """What the plan decides; None where the path does not conflict."""


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """What one rule decides in a merge."""

    release: str
    rule: str
    line: int | None
    decisions: tuple[Decision, ...]


def explain_path(
    fork: Fork, policy_path: str, release: str, upstream: CommitId, path: RepoPath, *, in_ci: bool
) -> Explanation:
    """Explain one path in the merge of a release.

    Raises:
        RepositoryError: the repository lacks what the merge needs.
    """
    bases = require_history(fork.repo, fork.production.commit, upstream, in_ci=in_ci)
    ownership = ownership_of(fork, policy_path)
    with scratch_for(fork) as scratch:
        based = merge_on_base(fork, scratch, upstream, bases)
        evaluation = evaluate(fork, scratch, upstream, based, ownership)
        versions = store_of(fork, scratch, upstream, based).versions(path)
    facts = _conflict_at(evaluation, path)
    renamed = path in evaluation.renamed
    file = _file(facts, path) if facts else file_facts(fork.repo, fork.history, path, versions, renamed=renamed)
    kind = facts.conflict.kind if facts else None
    decision = next((each for each in evaluation.decisions if path in each.paths), None)
    return Explanation(release, file, kind, ownership.explain(file, kind), decision)


def explain_rule(
    fork: Fork, policy_path: str, release: str, upstream: CommitId, rule: str, *, in_ci: bool
) -> RuleExplanation:
    """Explain what a rule decides in the merge of a release.

    Raises:
        RepositoryError: the repository lacks what the merge needs.
    """
    bases = require_history(fork.repo, fork.production.commit, upstream, in_ci=in_ci)
    with scratch_for(fork) as scratch:
        based = merge_on_base(fork, scratch, upstream, bases)
        evaluation = evaluate(fork, scratch, upstream, based, ownership_of(fork, policy_path))
    decided = tuple(each for each in evaluation.decisions if each.rule == rule)
    return RuleExplanation(release, rule, fork.policy.line_of(rule), decided)


def _conflict_at(evaluation: Evaluation, path: RepoPath) -> ConflictFacts | None:
    return next((each for each in evaluation.facts if path in each.conflict.files), None)


def _file(facts: ConflictFacts, path: RepoPath) -> FileFacts:
    return next(each for each in facts.files if each.path == path)
