"""The backtest: how much of the work of past merges a policy would have done, how often right, beside two baselines."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Literal

from msgspec import Struct

from .facts import Entry
from .names import CommitId, RepoPath
from .origins import DEFAULT
from .verdicts import Side, Verdict, side_of

_OFTEN = 2
"""A path that conflicted in so many merges without a rule is a candidate for one."""


class Trial(Struct, frozen=True):
    """One path of one past merge: what was decided for it, and what people recorded."""

    merge: CommitId
    path: RepoPath
    rule: str
    """Who decides: a rule's name, or one of `origins`."""
    verdict: Verdict
    fork: Entry | None
    upstream: Entry | None
    recorded: Entry | None
    is_conflict: bool = True
    """Whether git could not merge the path by itself, on its own base."""

    @property
    def side(self) -> Side:
        """Whose entry people recorded."""
        return side_of(self.recorded, self.fork, self.upstream)


class Score(Struct, frozen=True):
    """How many paths were decided, and how many of them as people did."""

    name: str
    """A rule's name, or a baseline's."""
    decided: int = 0
    agrees: int = 0
    undecided: int = 0
    """Left for a person."""

    @property
    def disagrees(self) -> int:
        """The decided paths that people recorded otherwise."""
        return self.decided - self.agrees

    @property
    def agreement(self) -> float | None:
        """The share of what was decided that people decided alike; None where nothing was."""
        return self.agrees / self.decided if self.decided else None

    @property
    def coverage(self) -> float | None:
        """The share that was decided; None where there was nothing to decide."""
        every = self.decided + self.undecided
        return self.decided / every if every else None


class Candidate(Struct, frozen=True):
    """A path that conflicts again and again and that no rule decides."""

    path: RepoPath
    conflicts: int
    recorded: Mapping[Side, int]
    """What people recorded, most often first."""


class Backtest(Struct, frozen=True, dict=True):
    """A policy on trial: every path of the merges, the oldest merge first; and the names of the policy's rules."""

    trials: Sequence[Trial]
    rules: Sequence[str] = ()
    before: Sequence[Trial] = ()
    """The paths of older merges: they are not scored, but what people recorded there may be repeated."""

    @cached_property
    def conflicts(self) -> tuple[Trial, ...]:
        """The paths that git could not merge by itself."""
        return tuple(each for each in self.trials if each.is_conflict)

    @cached_property
    def total(self) -> Score:
        """The policy, on the conflicts."""
        return _score("policy", self.conflicts)

    @cached_property
    def by_rule(self) -> tuple[Score, ...]:
        """Each that decided or left anything, conflict or not: the policy's rules in its order, then the others."""
        trials: dict[str, list[Trial]] = {}
        for each in self.trials:
            trials.setdefault(each.rule, []).append(each)
        order = [*(name for name in self.rules if name in trials), *sorted(trials.keys() - set(self.rules))]
        return tuple(_score(name, trials[name]) for name in order)

    @cached_property
    def idle(self) -> tuple[str, ...]:
        """The rules that no path ever fell to."""
        used = {each.rule for each in self.trials}
        return tuple(name for name in self.rules if name not in used)

    @cached_property
    def nobody(self) -> Score:
        """The baseline "everything to a person"."""
        return Score("everything to a person", undecided=len(self.conflicts))

    @cached_property
    def repeating(self) -> Score:
        """The baseline "repeat what was recorded last time for this path"."""
        return _repeating(self._repeats)

    @cached_property
    def repeating_as_often(self) -> Score:
        """The same where it decides no more paths than the policy: those first that were recorded alike longest."""
        surest = sorted((each for each in self._repeats if each.hit is not None), key=lambda each: -each.streak)
        score = _repeating(surest[: self.total.decided])
        return Score(score.name, score.decided, score.agrees, len(self.conflicts) - score.decided)

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """The paths that conflicted in several merges and have no rule, most conflicts first."""
        sides: dict[RepoPath, Counter[Side]] = {}
        for each in self.conflicts:
            if each.rule == DEFAULT:
                sides.setdefault(each.path, Counter())[each.side] += 1
        found = (Candidate(path, each.total(), dict(each.most_common())) for path, each in sides.items())
        often = (each for each in found if each.conflicts >= _OFTEN)
        return tuple(sorted(often, key=lambda each: (-each.conflicts, each.path)))

    @cached_property
    def _repeats(self) -> tuple["_Repeat", ...]:
        streaks: dict[RepoPath, _Streak] = {}
        repeats: list[_Repeat] = []
        earlier = [each for each in self.before if each.is_conflict]
        for each in (*earlier, *self.conflicts):
            last = streaks.get(each.path)
            repeats.append(_Repeat(None if last is None else _hits(last.choice, each), last.length if last else 0))
            choice = _choice(each)
            streaks[each.path] = _Streak(choice, last.length + 1 if last and last.choice == choice else 1)
        return tuple(repeats[len(earlier) :])


# Private

_Choice = Literal["fork", "upstream"] | None
"""The side that was chosen; None for a blend, which cannot be repeated."""


class _Streak(Struct, frozen=True):
    choice: _Choice
    length: int


class _Repeat(Struct, frozen=True):
    hit: bool | None
    """Whether repeating the last choice comes to what was recorded; None where there is nothing to repeat."""
    streak: int


def _choice(trial: Trial) -> _Choice:
    """The side that people chose; a deletion is the choice of the side that lacks the file."""
    if trial.recorded == trial.upstream:
        return "upstream"
    return "fork" if trial.recorded == trial.fork else None


def _hits(choice: _Choice, trial: Trial) -> bool | None:
    if choice is None:
        return None
    return trial.recorded == (trial.fork if choice == "fork" else trial.upstream)


def _repeating(repeats: Iterable[_Repeat]) -> Score:
    hits = [each.hit for each in repeats]
    return Score("repeat the last", sum(hit is not None for hit in hits), hits.count(True), hits.count(None))


def _score(name: str, trials: Iterable[Trial]) -> Score:
    verdicts = Counter(each.verdict for each in trials)
    agrees, disagrees = verdicts[Verdict.AGREES], verdicts[Verdict.DISAGREES]
    return Score(name, agrees + disagrees, agrees, verdicts[Verdict.UNDECIDED])
