"""Who decides a conflict: what is built in, then the first rule that matches, then the guards.

`Ownership.decide` turns one conflict's facts into a decision; `Ownership.explain` tells, rule by rule, why.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .conditions import Condition, Question, conditions
from .decisions import Decision, Loss, Resolution
from .facts import ConflictFacts, FileFacts, Kind
from .guards import Guards, Objection
from .models import Policy, Rule
from .names import RepoPath
from .results import Outcome, Read, outcome, side_of
from .rule_paths import RulePaths

BUILT_IN = "built-in"
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a rule, what is built in, or the default says of a path."""

    rule: str
    resolution: Resolution
    reason: str
    source: Rule | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """One rule held against one path: whether it matches, and each condition with what was observed."""

    ruling: Ruling
    matched: bool
    conditions: tuple[Condition, ...]


class Ownership:
    """The ownership rules of one policy, ready to decide.

    Args:
        policy: the policy.
        protected: paths that belong to the fork whatever the rules say: the policy, its schema, its templates
            and the workflows that run forkpolicy.
    """

    def __init__(self, policy: Policy, protected: frozenset[RepoPath] = frozenset()) -> None:
        self._policy = policy
        self._protected = protected
        self._paths = {rule.name: RulePaths.of(rule) for rule in policy.ownership.rules}
        self._guards = Guards(policy)

    def decide(self, facts: ConflictFacts, read: Read) -> Decision:
        """Decide one conflict, or leave it for a person and say why."""
        ruling = self._ruling(facts)
        side = side_of(ruling.resolution)
        if side is None:
            return self._decision(facts, ruling, None)
        result = outcome(facts, side, read)
        objections = tuple(self._guards.objections(facts, ruling.source, result, read))
        return self._decision(facts, ruling, result, objections)

    def explain(self, file: FileFacts, kind: Kind | None) -> tuple[RuleTrace, ...]:
        """Every rule up to the one that decides a path, each with its conditions."""
        traces: list[RuleTrace] = []
        for trace in self._traces(file, kind):
            traces.append(trace)
            if trace.matched:
                break
        return tuple(traces)

    # Rules

    def _traces(self, file: FileFacts, kind: Kind | None) -> Iterator[RuleTrace]:
        protected = file.path in self._protected
        yield RuleTrace(self._built_in(), protected, (_is_protected(protected),))
        question = Question(file, kind, bool(self._guards.customizations((file.path,))))
        for rule in self._policy.ownership.rules:
            judged = tuple(conditions(rule, self._paths[rule.name], question))
            yield RuleTrace(self._of_rule(rule), all(each.holds for each in judged), judged)
        yield RuleTrace(self._default(), True, ())

    def _ruling(self, facts: ConflictFacts) -> Ruling:
        """The one ruling for all names of a conflict; where they differ, a person decides."""
        rulings = {file.path: self.explain(file, facts.conflict.kind)[-1].ruling for file in facts.files}
        ruling = rulings[facts.conflict.path]
        if len({_effect(each) for each in rulings.values()}) > 1:
            named = ", ".join(f"{path} under {each.rule}" for path, each in sorted(rulings.items()))
            return _for_a_person(ruling, f"the names of this conflict fall under different rules: {named}")
        return self._carried_out(facts, ruling)

    def _carried_out(self, facts: ConflictFacts, ruling: Ruling) -> Ruling:
        """A ruling as far as it can be carried out; what cannot goes to a person, with the reason."""
        conflict = facts.conflict
        if conflict.kind is Kind.DIRECTORY_RENAME:
            return _for_a_person(ruling, _why_not_moved(ruling))
        if ruling.resolution is Resolution.MANUAL_REVIEW:
            return ruling
        if conflict.possibly_renamed:
            return _for_a_person(ruling, "the deleted file was probably renamed: its changes belong elsewhere")
        missing = _not_carried_out_yet(ruling)
        return ruling if missing is None else _for_a_person(ruling, _not_yet(missing))

    def _of_rule(self, rule: Rule) -> Ruling:
        resolution = Resolution(rule.resolve)
        reason = rule.reason or self._default_reason(rule.name, resolution)
        return Ruling(rule.name, resolution, reason, rule, self._policy.line_of(rule.name))

    def _default_reason(self, name: str, resolution: Resolution) -> str:
        does = {
            Resolution.KEEP_FORK: f"keeps {self._policy.fork.name}'s",
            Resolution.ACCEPT_UPSTREAM: f"accepts {self._policy.upstream.name}'s",
            Resolution.DISABLE: "disables it",
            Resolution.REMOVE: "removes it",
            Resolution.REGENERATE: "has it made again",
        }
        return f"`{name}` {does.get(resolution, 'leaves it for a person')}"

    def _built_in(self) -> Ruling:
        reason = "the policy and what runs it belong to the fork"
        return Ruling(BUILT_IN, Resolution.KEEP_FORK, reason)

    def _default(self) -> Ruling:
        resolution = Resolution(self._policy.ownership.default)
        return Ruling(DEFAULT, resolution, "no rule matches")

    # Decisions

    def _decision(
        self,
        facts: ConflictFacts,
        ruling: Ruling,
        result: Outcome | None,
        objections: tuple[Objection, ...] = (),
    ) -> Decision:
        held_back = result is None or bool(objections)
        reason = "; ".join(dict.fromkeys(each.reason for each in objections)) or ruling.reason
        evidence = [file.untouched for file in facts.files]
        return Decision(
            path=facts.conflict.path,
            paths=facts.conflict.paths,
            kind=facts.conflict.kind,
            resolution=Resolution.MANUAL_REVIEW if held_back else ruling.resolution,
            rule=ruling.rule,
            line=ruling.line,
            reason=reason,
            untouched=evidence[0] if all(evidence) else None,
            loss=result.loss if result else Loss(() if all(evidence) else None, None),
            results=dict(result.results) if result and not held_back else {},
            guidance=ruling.source.guidance if ruling.source else None,
            customizations=self._guards.customizations(facts.conflict.paths),
            fork_commits=facts.fork_commits,
            at_stake=tuple(line for each in objections for line in each.at_stake),
        )


def _is_protected(holds: bool) -> Condition:
    return Condition("protected", holds, "part of the policy or of what runs it", "yes" if holds else "no")


def _for_a_person(ruling: Ruling, reason: str) -> Ruling:
    return Ruling(ruling.rule, Resolution.MANUAL_REVIEW, reason, ruling.source, ruling.line)


def _effect(ruling: Ruling) -> tuple[object, ...]:
    """All of a ruling that makes a difference to a file."""
    rule = ruling.source
    if rule is None or ruling.resolution is Resolution.MANUAL_REVIEW:
        return ruling.resolution, "conflicts", "file", "none", "all"
    return ruling.resolution, rule.applies, rule.scope, rule.may_lose, rule.may_lose_upstream


def _not_carried_out_yet(ruling: Ruling) -> str | None:
    """The part of a rule that this version only reads, as the policy writes it."""
    rule = ruling.source
    if ruling.resolution in (Resolution.DISABLE, Resolution.REMOVE, Resolution.REGENERATE):
        return f"resolve: {ruling.resolution}"
    if rule is not None and rule.scope != "file":
        return f"scope: {rule.scope}"
    if rule is not None and rule.applies != "conflicts":
        return f"applies: {rule.applies}"
    return None


def _why_not_moved(ruling: Ruling) -> str:
    """Why a person decides about a renamed folder."""
    if ruling.source is not None and ruling.source.moves is not None:
        return _not_yet(f"moves: {ruling.source.moves}")
    return "a folder was renamed on one side: a person says where the file belongs"


def _not_yet(part: str) -> str:
    return f"`{part}` is not carried out by this version yet"
