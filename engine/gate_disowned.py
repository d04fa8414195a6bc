"""What the checks of the gate ask about files that head changes and that are not the fork's to have, or to change."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from ..policy.checks import disabled_file, not_upstream
from ..policy.facts import Conflict, Entry, Versions
from ..policy.findings import Finding
from ..policy.names import RepoPath
from ..policy.releases import Release
from ..policy.rule_models import Rule
from .conflict_facts import gather_facts
from .contained import Containment
from .evaluation import ownership_of
from .gate_facts import Addition, Gate
from .glance import NOT_ACTIVE, is_watched
from .lost_syncs import LostSyncs


def disowned_files(gate: Gate, paths: Iterable[RepoPath]) -> Iterator[Finding]:
    """`disabled-file` and `not-upstream`, of paths that head itself changes; the replay tells what a sync brings.

    Where no release is known to be in head, nothing can be said of what has to be exactly upstream's.
    """
    rulings = tuple(_Rulings(gate).of(paths))
    off = (each for each in rulings if each.rule.resolve in NOT_ACTIVE and each.is_new)
    active = (
        disabled_file.Active(each.path, each.rule.resolve, each.rule.name, copy=each.rule.copy_of(each.path))
        for each in off
    )
    yield from disabled_file.judge(gate.policy, disabled_file.Facts(tuple(active)))
    exact = [each for each in rulings if each.rule.scope == "exact"]
    yield from not_upstream.judge(gate.policy, _differing(gate.addition, exact))


class _Ruled(Struct, frozen=True):
    """A file that head changes, with the rule that decides it."""

    path: RepoPath
    entry: Entry | None
    rule: Rule
    is_new: bool
    """Whether head has a file where base has none."""


class _Rulings:
    """Which rule decides a file that head changes. Looking history up is slow, and done once, where it matters."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._rules = {each.name: each for each in gate.policy.ownership.rules if is_watched(each)}

    def of(self, paths: Iterable[RepoPath]) -> Iterator[_Ruled]:
        """The files among some that a rule disables, removes, or wants as upstream has them."""
        addition = self._gate.addition
        asked = {path: addition.changed[path] for path in paths}
        for path, rule in self._deciding(asked):
            is_new = asked[path] is not None and addition.entry(addition.base, path) is None
            yield _Ruled(path, asked[path], rule, is_new)

    def _deciding(self, asked: Mapping[RepoPath, Entry | None]) -> Iterator[tuple[RepoPath, Rule]]:
        head = self._gate.addition.at_head
        ownership = ownership_of(self._gate.addition.fork, self._gate.policy_path or "")
        conflicts = [Conflict(path, None, {path: self._versions(path, entry)}) for path, entry in asked.items()]
        for facts in gather_facts(head.repo, head.history, conflicts, head.repo.read):
            path, ruling = facts.conflict.path, ownership.ruling_on(facts)
            rule = None if ruling is None else self._rules.get(ruling.rule)
            if ruling is not None and rule is not None and path not in ruling.copies([path]):
                yield path, rule

    def _versions(self, path: RepoPath, entry: Entry | None) -> Versions:
        head = self._gate.addition.at_head
        release = head.newest_contained
        upstream = None if release is None else self._gate.addition.entry(head.releases[release], path)
        return Versions(upstream, entry, upstream)


def _release(addition: Addition) -> Release | None:
    """The release that head stands on; None where that is not known, as after a sync that lost its history."""
    head = addition.at_head
    return Containment(head, LostSyncs(head)).at(addition.head).release


def _differing(addition: Addition, exact: list[_Ruled]) -> not_upstream.Facts:
    release = _release(addition) if exact else None
    if release is None:
        return not_upstream.Facts()
    commit = addition.at_head.releases[release]
    found = [(each, addition.entry(commit, each.path)) for each in exact]
    differing = (
        not_upstream.Differing(each.path, each.rule.name, in_release=wanted is not None)
        for each, wanted in found
        if each.entry != wanted
    )
    return not_upstream.Facts(release.tag, tuple(differing))
