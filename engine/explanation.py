"""Why a path is decided as it is: its facts, and every rule up to the one that decides."""

from msgspec import Struct

from ..policy.decisions import Decision
from ..policy.facts import ConflictFacts, FileFacts, Kind
from ..policy.names import CommitId, RepoPath
from ..policy.origins import ORIGINS
from ..policy.ownership import RuleTrace
from .conflict_facts import file_facts
from .evaluation import Evaluation, ownership_of
from .fork import Fork
from .planner import Request, merging
from .provenance import PolicySource


class Explanation(Struct, frozen=True):
    """One path, seen through the policy."""

    release: str
    """The tag of the release that would be merged."""
    file: FileFacts
    kind: Kind | None
    """How the path conflicts with the release; None where it does not."""
    traces: tuple[RuleTrace, ...]
    decision: Decision | None
    """What the plan decides; None where it leaves the path to git."""
    in_conflict: str
    """The rule that would decide the path if both sides' contents conflicted."""

    @property
    def is_overruled(self) -> bool:
        """Whether the decision is another one than the rule that matches asks for: something stands against that."""
        asked = self.traces[-1].ruling.resolution
        return self.decision is not None and self.decision.resolution is not asked


class RuleExplanation(Struct, frozen=True):
    """What one rule decides in a merge."""

    release: str
    rule: str
    line: int | None
    decisions: tuple[Decision, ...]
    stands_for: str | None = None
    """What the name stands for, where it is no rule of the policy."""


def explain_path(
    fork: Fork, source: PolicySource, release: str, upstream: CommitId, path: RepoPath, *, in_ci: bool
) -> Explanation:
    """Explain one path in the merge of a release.

    Raises:
        RepositoryError: the repository lacks what the merge needs.
    """
    ownership = ownership_of(fork, source.path)
    with merging(fork, source, Request(), upstream, in_ci=in_ci) as merged:
        facts = _conflict_at(merged.evaluation, path)
        renamed = path in merged.evaluation.renamed
        versions = merged.store.versions(path)
    file = _file(facts, path) if facts else file_facts(fork.repo, fork.history, path, versions, renamed=renamed)
    kind = facts.conflict.kind if facts else None
    decision = next((each for each in merged.decisions if path in each.paths), None)
    in_conflict = ownership.explain(file, Kind.CONTENT)[-1].ruling.rule
    return Explanation(release, file, kind, ownership.explain(file, kind), decision, in_conflict)


def explain_rule(
    fork: Fork, source: PolicySource, release: str, upstream: CommitId, rule: str, *, in_ci: bool
) -> RuleExplanation:
    """Explain what a rule, or what stands in a rule's place, decides in the merge of a release.

    Raises:
        RepositoryError: the repository lacks what the merge needs.
    """
    with merging(fork, source, Request(), upstream, in_ci=in_ci) as merged:
        decided = tuple(each for each in merged.decisions if each.rule == rule)
    line = None if rule in ORIGINS else fork.policy.line_of(rule)
    return RuleExplanation(release, rule, line, decided, ORIGINS.get(rule))


def _conflict_at(evaluation: Evaluation, path: RepoPath) -> ConflictFacts | None:
    return next((each for each in evaluation.facts if path in each.conflict.files), None)


def _file(facts: ConflictFacts, path: RepoPath) -> FileFacts:
    return next(each for each in facts.files if each.path == path)
