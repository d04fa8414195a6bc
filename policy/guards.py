"""The guards: what a decision may not lose. They only ever turn a decision into manual review."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .customizations import Requirement, requirements
from .facts import ConflictFacts, Entry
from .markers import BlockMarker, Marker, lost_marked_lines
from .models import MarkerBlock, Policy, Rule
from .names import RepoPath
from .results import Outcome, Read, files_with_results


@dataclass(frozen=True, slots=True)
class Objection:
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

    def customizations(self, paths: tuple[RepoPath, ...]) -> tuple[str, ...]:
        """The names of the customizations that name any of the paths."""
        named = (each.customization for path in paths for each in self._requirements.get(path, ()))
        return tuple(dict.fromkeys(named))

    def objections(self, facts: ConflictFacts, rule: Rule | None, outcome: Outcome, read: Read) -> Iterator[Objection]:
        """Everything that speaks against an automatic result."""
        yield from self._marked(facts, outcome, read)
        yield from self._customized(facts, outcome, read)
        yield from self._lost(rule, outcome)

    def _marked(self, facts: ConflictFacts, outcome: Outcome, read: Read) -> Iterator[Objection]:
        for file in files_with_results(facts):
            fork = file.versions.fork
            if fork is None or file.binary or fork.is_submodule or file.untouched is not None:
                continue
            lost = lost_marked_lines(read(fork.id), _content(outcome.results[file.path], read), self._markers)
            if lost:
                yield Objection(f"{_count(lost, 'marked line')} of {self._fork}'s would be lost", lost)

    def _customized(self, facts: ConflictFacts, outcome: Outcome, read: Read) -> Iterator[Objection]:
        for file in facts.files:
            for requirement in self._requirements.get(file.path, ()):
                before, after = (_content(entry, read) for entry in (file.versions.fork, outcome.results[file.path]))
                if requirement.holds(before) and not requirement.holds(after):
                    reason = f"the customization “{requirement.customization}” would be lost"
                    yield Objection(reason, (requirement.wanted,))

    def _lost(self, rule: Rule | None, outcome: Outcome) -> Iterator[Objection]:
        sides = (
            (self._fork, outcome.loss.fork, rule.may_lose if rule else "none"),
            (self._upstream, outcome.loss.upstream, rule.may_lose_upstream if rule else "all"),
        )
        for side, lost, allowed in sides:
            if allowed == "all":
                continue
            if lost is None:
                yield Objection(f"a change of {side}'s that has no lines (binary, or a submodule) would be lost", ())
                continue
            held = tuple(line for line in lost if not _allowed(line, allowed))
            if held:
                yield Objection(f"{_count(held, 'line')} of {side}'s would be lost", held)


def _allowed(line: str, allowed: tuple[str, ...] | str) -> bool:
    return not isinstance(allowed, str) and any(re.search(pattern, line) for pattern in allowed)


def _content(entry: Entry | None, read: Read) -> bytes | None:
    return None if entry is None or entry.is_submodule else read(entry.id)


def _count(lines: tuple[str, ...], noun: str) -> str:
    return f"{len(lines)} {noun}{'' if len(lines) == 1 else 's'}"
