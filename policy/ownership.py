"""Who decides a conflict: what is built in, then the first rule that matches, then the guards.

`Ownership.decide` turns one conflict's facts into a decision; `Ownership.explain` tells, rule by rule, why.
"""

from collections.abc import Iterable, Iterator
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from .conditions import Condition, Question, applies, conditions
from .decisions import Decision, Loss, Resolution
from .facts import ConflictFacts, Entry, FileFacts, Kind
from .guards import Guards, Objection
from .hunk_results import HunkResult, resolve
from .hunks import merged_mode, merges_by_hunks
from .markers import has_unclosed_block
from .models import Policy, Rule
from .names import RepoPath
from .origins import BUILT_IN, BY_GIT, DEFAULT
from .results import (
    Outcome,
    can_move,
    is_automatic,
    loss_of,
    merge_loss,
    merged_file,
    merged_outcome,
    outcome,
    winner_of,
)
from .rule_paths import RulePaths
from .store import Store


class Ruling(Struct, frozen=True):
    """What a rule, what is built in, or the default says of a path."""

    rule: str
    resolution: Resolution
    reason: str
    source: Rule | None = None
    line: int | None = None

    def copies(self, paths: Iterable[RepoPath]) -> dict[RepoPath, RepoPath]:
        """The disabled copies of files that the ruling disables, each with the name of the active file."""
        if self.resolution is not Resolution.DISABLE or self.source is None:
            return {}
        suffix = self.source.suffix
        active = (RepoPath(path.removesuffix(suffix)) for path in paths)
        return {RepoPath(f"{path}{suffix}"): path for path in active}


class RuleTrace(Struct, frozen=True):
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

    def decide(self, facts: ConflictFacts, store: Store) -> Decision | None:
        """Decide a conflict, or leave it for a person and say why.

        What is no conflict is decided only by rules that always apply; None where none does.
        """
        ruling = self._ruling(facts)
        if ruling.resolution is Resolution.MERGE:
            return None
        if not is_automatic(ruling.resolution):
            return self._left_for_a_person(facts, ruling)
        hunks = self._by_hunks(facts, ruling, store)
        if hunks is not None:
            return self._hunk_decision(facts, ruling, hunks, store)
        result = outcome(facts, ruling.resolution, ruling.source, store)
        objections = tuple(self._guards.objections(ruling.source, result, store))
        return self._decision(facts, ruling, result, objections, loss_of(result, store))

    def has_unclosed_block(self, content: bytes) -> bool:
        """Whether a marked block of a file begins and never ends."""
        return has_unclosed_block(content, self._guards.markers)

    def ruling_on(self, facts: ConflictFacts) -> Ruling | None:
        """What the policy says of what git merges by itself; None where it leaves that to git."""
        ruling = self._ruling(facts)
        return None if ruling.resolution is Resolution.MERGE else ruling

    def disabled_copies(self, paths: Iterable[RepoPath]) -> dict[RepoPath, RepoPath]:
        """The disabled copies that rules own beside the paths, or among them, each with the name of the active file."""
        rules = [rule for rule in self._policy.ownership.rules if rule.resolve is Resolution.DISABLE]
        owners = [(rule.suffix, owner) for rule in rules if (owner := self._paths[rule.name])]
        owned = ((path.removesuffix(suffix), suffix) for path in paths for suffix, owner in owners if owner.match(path))
        return {RepoPath(f"{active}{suffix}"): RepoPath(active) for active, suffix in owned}

    def merged(self, facts: ConflictFacts, result: Entry | None, store: Store) -> Decision:
        """What git merged by itself, told like a decision, with what it drops."""
        outcome = merged_outcome(facts, result)
        return replace(
            self._draft(facts, _BY_GIT),
            resolution=Resolution.MERGE,
            loss=merge_loss(outcome, store),
            results={facts.conflict.path: result},
        )

    def guarded(self, facts: ConflictFacts, result: Entry | None, store: Store) -> Decision | None:
        """What git merged by itself, left for a person where marked lines of the fork's are lost; None elsewhere."""
        outcome = merged_outcome(facts, result)
        objections = tuple(self._guards.against_merge(outcome, store))
        return self._decision(facts, _BY_GIT, outcome, objections, merge_loss(outcome, store)) if objections else None

    def explain(self, file: FileFacts, kind: Kind | None) -> tuple[RuleTrace, ...]:
        """Every rule up to the one that decides a path, each with its conditions."""
        traces: list[RuleTrace] = []
        for trace in self._traces(file, kind):
            traces.append(trace)
            if trace.matched:
                break
        return tuple(traces)

    # Rules

    def _first_match(self, file: FileFacts, kind: Kind | None) -> Ruling:
        """The ruling that `explain` ends with, without the traces that lead there."""
        if file.path in self._protected:
            return self._built_in()
        question = self._question(file, kind)
        for rule in self._policy.ownership.rules:
            if applies(rule, self._paths[rule.name], question):
                return self._of_rule(rule)
        return self._default() if kind else _BY_GIT

    def _question(self, file: FileFacts, kind: Kind | None) -> Question:
        return Question(file, kind, bool(self._guards.customizations((file.path,))))

    def _traces(self, file: FileFacts, kind: Kind | None) -> Iterator[RuleTrace]:
        protected = file.path in self._protected
        yield RuleTrace(self._built_in(), protected, (_is_protected(protected),))
        question = self._question(file, kind)
        for rule in self._policy.ownership.rules:
            judged = tuple(conditions(rule, self._paths[rule.name], question))
            yield RuleTrace(self._of_rule(rule), all(each.holds for each in judged), judged)
        yield RuleTrace(self._default() if kind else _BY_GIT, True, ())

    def _ruling(self, facts: ConflictFacts) -> Ruling:
        """The one ruling for all names of a conflict; where they differ, a person decides."""
        rulings = {file.path: self._first_match(file, facts.conflict.kind) for file in facts.files}
        ruling = rulings[facts.conflict.path]
        if ruling.resolution is Resolution.DISABLE:
            rulings |= dict.fromkeys(rulings.keys() & ruling.copies(facts.conflict.paths), ruling)
        if len({_effect(each) for each in rulings.values()}) > 1:
            named = ", ".join(f"{path} under {each.rule}" for path, each in sorted(rulings.items()))
            return _for_a_person(ruling, f"the names of this conflict fall under different rules: {named}")
        return self._carried_out(facts, ruling)

    def _carried_out(self, facts: ConflictFacts, ruling: Ruling) -> Ruling:
        """A ruling as far as it can be carried out; what cannot goes to a person, with the reason."""
        conflict = facts.conflict
        if conflict.kind is Kind.DIRECTORY_RENAME:
            if ruling.source is None or ruling.source.moves is None:
                return _for_a_person(ruling, "a folder was renamed on one side: a person says where the file belongs")
            if not can_move(conflict):
                return _for_a_person(ruling, "a folder was renamed on one side, and not all files have a place there")
        if conflict.possibly_renamed and is_automatic(ruling.resolution):
            return _for_a_person(ruling, "the deleted file was probably renamed: its changes belong elsewhere")
        return ruling

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

    # Hunks

    def _by_hunks(self, facts: ConflictFacts, ruling: Ruling, store: Store) -> HunkResult | None:
        """A file's conflicting hunks, each given to a side or left; None where the file is decided as a whole."""
        rule, file = ruling.source, merged_file(facts)
        if rule is None or rule.scope != "hunks" or file is None or not merges_by_hunks(facts.conflict, file):
            return None
        merge = store.merge(file.path, file.versions)
        if merge is None:
            return None
        judge = partial(self._guards.hunk_objections, rule)
        untouched = file.untouched is not None
        return resolve(merge, winner_of(ruling.resolution), judge, self._guards.markers, untouched=untouched)

    def _hunk_decision(self, facts: ConflictFacts, ruling: Ruling, hunks: HunkResult, store: Store) -> Decision:
        """A file whose hunks are decided; where some are open, the rest of it is done all the same."""
        mode = merged_mode(facts.conflict.files[facts.conflict.path], winner_of(ruling.resolution))
        returned = tuple(self._guards.return_objections(ruling.source, hunks.returned))
        if hunks.open:
            return replace(
                self._draft(facts, ruling),
                reason="; ".join((hunks.reason, *(each.reason for each in returned))),
                loss=hunks.loss,
                at_stake=(*hunks.at_stake, *(line for each in returned for line in each.at_stake)),
                draft=Entry(mode, store.write(hunks.with_markers())),
            )
        entry = Entry(mode, store.write(hunks.content or b""))
        results = {path: entry if path == facts.conflict.path else None for path in facts.conflict.paths}
        outcome = Outcome(results, ())
        objections = (*returned, *self._guards.against_content(outcome, store))
        return self._decision(facts, ruling, outcome, objections, hunks.loss)

    # Decisions

    def _decision(
        self, facts: ConflictFacts, ruling: Ruling, result: Outcome, objections: tuple[Objection, ...], loss: Loss
    ) -> Decision:
        if not objections:
            return replace(
                self._draft(facts, ruling),
                paths=tuple(sorted(result.results)),
                resolution=ruling.resolution,
                loss=loss,
                results=dict(result.results),
            )
        return replace(
            self._draft(facts, ruling),
            reason="; ".join(dict.fromkeys(each.reason for each in objections)),
            loss=loss,
            at_stake=tuple(line for each in objections for line in each.at_stake),
        )

    def _left_for_a_person(self, facts: ConflictFacts, ruling: Ruling) -> Decision:
        nothing = all(file.untouched for file in facts.files)
        return replace(self._draft(facts, ruling), loss=Loss(() if nothing else None, None))

    def _draft(self, facts: ConflictFacts, ruling: Ruling) -> Decision:
        """What a decision says whatever comes of it."""
        evidence = [file.untouched for file in facts.files]
        return Decision(
            path=facts.conflict.path,
            paths=facts.conflict.paths,
            kind=facts.conflict.kind,
            resolution=Resolution.MANUAL_REVIEW,
            rule=ruling.rule,
            line=ruling.line,
            reason=ruling.reason,
            untouched=evidence[0] if all(evidence) else None,
            loss=Loss(),
            results={},
            guidance=ruling.source.guidance if ruling.source else None,
            customizations=self._guards.customizations(facts.conflict.paths),
            fork_commits=facts.fork_commits,
        )


_BY_GIT = Ruling(BY_GIT, Resolution.MERGE, "git merges it by itself")


def _is_protected(holds: bool) -> Condition:
    return Condition("protected", holds, "part of the policy or of what runs it", "yes" if holds else "no")


def _for_a_person(ruling: Ruling, reason: str) -> Ruling:
    return Ruling(ruling.rule, Resolution.MANUAL_REVIEW, reason, ruling.source, ruling.line)


def _effect(ruling: Ruling) -> tuple[object, ...]:
    """All of a ruling that makes a difference to a file."""
    rule = ruling.source
    if rule is None or ruling.resolution is Resolution.MANUAL_REVIEW:
        return ruling.resolution, "file", None, "none", "all"
    options = (rule.scope, rule.moves, rule.suffix, rule.copy_, rule.command)
    return ruling.resolution, *options, rule.may_lose, rule.may_lose_upstream
