"""What the checks of the gate ask about the fork's work in files that head changes: customizations, and marked lines.

Head changes what it has otherwise than where it left base: what only base changed since then is none of head's.
"""

from collections.abc import Iterator

from ..policy.checks import customization_lost, marker_lost
from ..policy.customizations import Demand, Requirement, content_of, requirements
from ..policy.findings import Finding
from ..policy.guards import Guards
from ..policy.markers import Marker, lost_marked_lines
from ..policy.names import CommitId
from .gate_facts import Addition, Gate


def lost_requirements(gate: Gate) -> Iterator[Finding]:
    """`customization-lost`: what base meets, and head met where it left base, and does not any more."""
    addition, known = gate.addition, gate.policy.customizations
    numbers = {each.name: each.pull_requests for each in known}
    broken = [each for each in requirements(known) if _breaks(addition, each)]
    facts = [_broken(addition, each, numbers[each.customization]) for each in broken]
    return customization_lost.judge(gate.policy, customization_lost.Facts(tuple(facts)))


def lost_markers(gate: Gate) -> Iterator[Finding]:
    """`marker-lost`: the marked lines that head took from a file."""
    markers = Guards(gate.policy).markers
    lost = _lost_markers(gate.addition, markers) if markers else iter(())
    return marker_lost.judge(gate.policy, marker_lost.Facts(tuple(lost)))


# Private


def _breaks(addition: Addition, wanted: Requirement) -> bool:
    where = (addition.base, addition.merge_bases[0], addition.head)
    entries = [addition.entry(each, wanted.path) for each in where]
    if entries[1] == entries[2]:
        return False
    held = [wanted.holds(content_of(each, addition.fork.repo.read)) for each in entries]
    return held[0] and held[1] and not held[2]


def _broken(addition: Addition, wanted: Requirement, numbers: tuple[int, ...]) -> customization_lost.Broken:
    commit = _taken_by(addition, wanted)
    edited = commit is not None and not addition.fork.repo.commit(commit).is_merge
    return customization_lost.Broken(wanted.customization, wanted.path, wanted.wanted, commit, edited, numbers)


def _lost_markers(addition: Addition, markers: tuple[Marker, ...]) -> Iterator[marker_lost.Lost]:
    repo = addition.fork.repo
    moved = {new.id for _, new in addition.since_base.values() if new is not None}
    for path, (old, new) in addition.since_base.items():
        if old is None or not old.is_file or old.id in moved:
            continue
        lines = lost_marked_lines(repo.read(old.id), content_of(new, repo.read), markers)
        still = content_of(addition.entry(addition.base, path), repo.read) or b""
        lost = tuple(line for line in lines if line.encode("utf-8", "surrogateescape") in still)
        if lost:
            commit = _taken_by(addition, Requirement("", Demand.CONTAIN, path, lost[0]))
            edited = commit is not None and not repo.commit(commit).is_merge
            yield marker_lost.Lost(path, lost, commit, edited)


def _taken_by(addition: Addition, wanted: Requirement) -> CommitId | None:
    """The commit of the fork that broke a requirement."""
    from .disappearance import Disappearance

    head = addition.at_head
    return Disappearance(head.repo, head.history, addition.head).from_fork(wanted)
