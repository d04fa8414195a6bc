"""What the checks of the gate ask about files that head changes: customizations, markers, what should be off or exact.

Head changes what it has otherwise than where it left base: what only base changed since then is none of head's.
"""

from collections.abc import Container, Iterator

from ..policy.checks import customization_lost, disabled_file, marker_lost, not_upstream
from ..policy.customizations import Demand, Requirement, requirements
from ..policy.decisions import Resolution
from ..policy.facts import Entry
from ..policy.findings import Finding
from ..policy.guards import markers_of
from ..policy.markers import Marker, is_flagged, lost_marked_lines
from ..policy.models import Policy
from ..policy.names import CommitId, RepoPath
from ..policy.patterns import PathSet
from ..policy.rule_models import Rule
from .disappearance import Disappearance
from .gate_facts import Addition, Gate

_SWITCHED_OFF = (Resolution.DISABLE, Resolution.REMOVE)


def lost_requirements(gate: Gate) -> Iterator[Finding]:
    """`customization-lost`: what base meets, and head met where it left base, and does not any more."""
    addition, known = gate.addition, gate.policy.customizations
    numbers = {each.name: each.pull_requests for each in known}
    broken = [each for each in requirements(known) if _breaks(addition, each)]
    facts = [_broken(addition, each, numbers[each.customization]) for each in broken]
    return customization_lost.judge(gate.policy, customization_lost.Facts(tuple(facts)))


def lost_markers(gate: Gate) -> Iterator[Finding]:
    """`marker-lost`: the marked lines that head took from a file."""
    markers = markers_of(gate.policy)
    lost = _lost_markers(gate.addition, markers) if markers else iter(())
    return marker_lost.judge(gate.policy, marker_lost.Facts(tuple(lost)))


def files_that_are_off(gate: Gate, told: Container[RepoPath]) -> Iterator[Finding]:
    """`disabled-file`, of what rules name by path alone and head adds; the replay tells of what a sync brings."""
    owned = _by_path(gate.policy, _SWITCHED_OFF)
    added = (path for path, entry in gate.addition.changed.items() if entry and not _at_base(gate.addition, path))
    active = (
        disabled_file.Active(path, rule.resolve, rule.name, copy=_copy(rule, path))
        for path in added
        for rule, paths in owned
        if path not in told and paths.matches(path)
    )
    return disabled_file.judge(gate.policy, disabled_file.Facts(tuple(active)))


def exact_paths(gate: Gate, told: Container[RepoPath]) -> Iterator[Finding]:
    """`not-upstream`; where no release is known to be in head, nothing can be said."""
    rules = [rule for rule in gate.policy.ownership.rules if rule.scope == "exact" and rule.paths]
    owned = [(rule, PathSet(rule.paths)) for rule in rules]
    changed = [
        (path, entry, rule)
        for path, entry in (gate.addition.changed.items() if owned else ())
        for rule, paths in owned
        if path not in told and paths.matches(path)
    ]
    return not_upstream.judge(gate.policy, _differing(gate.addition, changed))


# Private


def _breaks(addition: Addition, wanted: Requirement) -> bool:
    where = (addition.base, addition.merge_bases[0], addition.head)
    entries = [_at(addition, each, wanted.path) for each in where]
    if entries[1] == entries[2]:
        return False
    held = [wanted.holds(_content(addition, each)) for each in entries]
    return held[0] and held[1] and not held[2]


def _broken(addition: Addition, wanted: Requirement, numbers: tuple[int, ...]) -> customization_lost.Broken:
    commit = _taken_by(addition, wanted)
    edited = commit is not None and not addition.fork.repo.commit(commit).is_merge
    return customization_lost.Broken(wanted.customization, wanted.path, wanted.wanted, commit, edited, numbers)


def _lost_markers(addition: Addition, markers: tuple[Marker, ...]) -> Iterator[marker_lost.Lost]:
    repo = addition.fork.repo
    changes = repo.changes(repo.tree(addition.merge_bases[0]), repo.tree(addition.head))
    moved = {new.id for _, new in changes.values() if new is not None}
    for path, (old, new) in changes.items():
        if old is None or not old.is_file or old.id in moved:
            continue
        before = repo.read(old.id)
        if not is_flagged(before, markers):
            continue
        lines = lost_marked_lines(before, _content(addition, new), markers)
        still = _content(addition, _at_base(addition, path)) or b""
        lost = tuple(line for line in lines if line.encode("utf-8", "surrogateescape") in still)
        if lost:
            commit = _taken_by(addition, Requirement("", Demand.CONTAIN, path, lost[0]))
            edited = commit is not None and not repo.commit(commit).is_merge
            yield marker_lost.Lost(path, lost, commit, edited)


def _taken_by(addition: Addition, wanted: Requirement) -> CommitId | None:
    """The commit of the fork that broke a requirement."""
    head = addition.at_head
    return Disappearance(head.repo, head.history, addition.head).from_fork(wanted)


def _differing(addition: Addition, changed: list[tuple[RepoPath, Entry | None, Rule]]) -> not_upstream.Facts:
    release = addition.at_head.newest_contained if changed else None
    if release is None:
        return not_upstream.Facts()
    commit = addition.fork.releases[release]
    differing = (
        not_upstream.Differing(path, rule.name, in_release=wanted is not None)
        for path, entry, rule in changed
        if (wanted := _at(addition, commit, path)) != entry
    )
    return not_upstream.Facts(release.tag, tuple(differing))


def _by_path(policy: Policy, resolutions: tuple[Resolution, ...]) -> list[tuple[Rule, PathSet]]:
    """The rules that decide so by path alone."""
    rules = (each for each in policy.ownership.rules if each.resolve in resolutions)
    return [(rule, PathSet(rule.paths)) for rule in rules if rule.paths and rule.when is None]


def _copy(rule: Rule, path: RepoPath) -> RepoPath | None:
    return RepoPath(f"{path}{rule.suffix}") if rule.resolve is Resolution.DISABLE and rule.copy_ != "none" else None


def _at(addition: Addition, commit: CommitId, path: RepoPath) -> Entry | None:
    return addition.fork.repo.entry(addition.fork.repo.tree(commit), path)


def _at_base(addition: Addition, path: RepoPath) -> Entry | None:
    return _at(addition, addition.base, path)


def _content(addition: Addition, entry: Entry | None) -> bytes | None:
    return None if entry is None or entry.is_submodule else addition.fork.repo.read(entry.id)
