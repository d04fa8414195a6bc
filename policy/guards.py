"""The guards: what a decision may not lose. They only ever turn a decision into manual review."""

import re
from collections.abc import Container, Iterator

from msgspec import Struct

from .customizations import Requirement, content_of, requirements
from .decisions import Loss
from .loss import is_binary
from .markers import BlockMarker, Marker, lost_marked_lines
from .models import MarkerBlock, Policy, Rule
from .names import RepoPath
from .results import Outcome, loss_of
from .store import Store


class Objection(Struct, frozen=True):
    """Why a guard leaves a conflict for a person, and what is at stake."""

    reason: str
    at_stake: tuple[str, ...]


class Guards:
    """The guards of one policy: markers, customizations and what rules may lose."""

    def __init__(self, policy: Policy) -> None:
        self._fork = policy.fork.name
        self._upstream = policy.upstream.name
        self._markers: tuple[Marker, ...] = tuple(
            BlockMarker(each.begin, each.end) if isinstance(each, MarkerBlock) else each
            for each in policy.ownership.markers
        )
        self._requirements: dict[RepoPath, list[Requirement]] = {}
        for requirement in requirements(policy.customizations):
            self._requirements.setdefault(requirement.path, []).append(requirement)

    @property
    def markers(self) -> tuple[Marker, ...]:
        """What flags the fork's own lines."""
        return self._markers

    def customizations(self, paths: tuple[RepoPath, ...]) -> tuple[str, ...]:
        """The names of the customizations that name any of the paths."""
        named = (each.customization for path in paths for each in self._requirements.get(path, ()))
        return tuple(dict.fromkeys(named))

    def against_content(self, outcome: Outcome, store: Store) -> Iterator[Objection]:
        """Everything that speaks against a content as a whole, its lines aside."""
        yield from self._customized(outcome, store)

    def against_merge(self, outcome: Outcome, store: Store) -> Iterator[Objection]:
        """What speaks against what git merged by itself: only lines that the fork marked; the rest is the merge's."""
        yield from self._marked(outcome, store)

    def objections(self, rule: Rule | None, outcome: Outcome, store: Store) -> Iterator[Objection]:
        """Everything that speaks against an automatic result."""
        yield from self._marked(outcome, store)
        yield from self._customized(outcome, store)
        yield from self._lost(rule, loss_of(outcome.guarded, store), self._deleters(outcome.guarded))

    def hunk_objections(self, rule: Rule | None, marked: tuple[str, ...], loss: Loss) -> Iterator[Objection]:
        """Everything that speaks against giving one hunk to a side: the fork's marked lines, and all that it loses."""
        yield from self._lost_marks(marked)
        yield from self._lost(rule, loss)

    def return_objections(self, rule: Rule | None, returned: Loss) -> Iterator[Objection]:
        """What speaks against a merged text in which lines stand again that a side had removed."""
        yield from self._lost(rule, returned, (self._fork, self._upstream))

    def _deleters(self, outcome: Outcome) -> tuple[str, ...]:
        """The sides that have none of the files any more: what they lose is what comes back."""
        versions = [each.versions for each in outcome.settled]
        deleted = (
            (self._fork, not any(each.fork for each in versions)),
            (self._upstream, not any(each.upstream for each in versions)),
        )
        return tuple(side for side, has_none in deleted if has_none)

    def _marked(self, outcome: Outcome, store: Store) -> Iterator[Objection]:
        for file in outcome.settled:
            fork = file.versions.fork
            if fork is None or fork.is_submodule or file.untouched:
                continue
            content = store.read(fork.id)
            if not is_binary(content):
                lost = lost_marked_lines(content, content_of(file.result, store.read), self._markers)
                yield from self._lost_marks(lost)

    def _lost_marks(self, lost: tuple[str, ...]) -> Iterator[Objection]:
        if lost:
            yield Objection(f"{_count(lost, 'marked line')} of {self._fork}'s would be lost", lost)

    def _customized(self, outcome: Outcome, store: Store) -> Iterator[Objection]:
        for path, result in outcome.results.items():
            for requirement in self._requirements.get(path, ()):
                before, after = (content_of(entry, store.read) for entry in (store.entry("fork", path), result))
                if requirement.holds(before) and not requirement.holds(after):
                    reason = f"the customization “{requirement.customization}” would be lost"
                    yield Objection(reason, (requirement.wanted,))

    def _lost(self, rule: Rule | None, loss: Loss, removers: Container[str] = ()) -> Iterator[Objection]:
        """What the rule does not let go; what a side among the `removers` loses had been taken out by it."""
        sides = (
            (self._fork, loss.fork, rule.may_lose if rule else "none"),
            (self._upstream, loss.upstream, rule.may_lose_upstream if rule else "all"),
        )
        for side, lost, allowed in sides:
            if allowed == "all":
                continue
            if lost is None:
                yield Objection(f"a change of {side}'s that has no lines (binary, or a submodule) would be lost", ())
                continue
            held = tuple(line for line in lost if not _allowed(line, allowed))
            if held:
                lines = _count(held, "line")
                back = f"{lines} that {side} removed would come back"
                yield Objection(back if side in removers else f"{lines} of {side}'s would be lost", held)


def _allowed(line: str, allowed: tuple[str, ...] | str) -> bool:
    return not isinstance(allowed, str) and any(re.search(pattern, line) for pattern in allowed)


def _count(lines: tuple[str, ...], noun: str) -> str:
    return f"{len(lines)} {noun}{'' if len(lines) == 1 else 's'}"
