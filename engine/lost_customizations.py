"""What a plan says of customizations that its result lacks: what brought them, what took them, and where to look."""

from collections.abc import Iterator

from msgspec import Struct

from ..policy.customizations import Demand, Requirement
from ..policy.findings import Finding, Severity
from ..policy.models import Customization
from ..policy.names import CommitId, RepoPath
from .disappearance import Disappearance
from .fork import Fork
from .history import pull_requests
from .survival import PlannedTree, broken_requirements

RULE = "customization-lost"


def lost_customizations(fork: Fork, release: CommitId, tree: PlannedTree) -> Iterator[Finding]:
    """An error for every requirement that the result breaks, whether this merge breaks it or the fork does already."""
    past = Disappearance(fork.repo, fork.history, release)
    by_name = {each.name: each for each in fork.policy.customizations}
    for requirement in broken_requirements(fork.policy.customizations, tree):
        lost = _look_up(past, requirement, by_name[requirement.customization], tree)
        message = f"{_what(lost)}{_origin(lost)}; {_cause(fork, lost)}{_move(fork, lost)}"
        yield Finding(RULE, Severity.ERROR, message, path=requirement.path, commit=lost.taken_by, fix=_fix(lost))


# Private


class _Lost(Struct, frozen=True):
    """A requirement that does not hold, with what history says about it."""

    requirement: Requirement
    customization: Customization
    held: bool
    """Whether production meets it, so that this merge is what breaks it."""
    taken_by: CommitId | None
    moved_to: RepoPath | None


def _look_up(past: Disappearance, requirement: Requirement, customization: Customization, tree: PlannedTree) -> _Lost:
    path = requirement.path
    held = requirement.holds(tree.content_before(path))
    is_gone = requirement.demand is not Demand.NOT_CONTAIN and tree.content_after(path) is None
    taken_by = past.by_upstream(path) if held else past.from_fork(requirement)
    return _Lost(requirement, customization, held, taken_by, past.moved_to(path) if is_gone else None)


def _what(lost: _Lost) -> str:
    when = "would be lost by this merge" if lost.held else "is missing already"
    return f"the customization “{lost.customization.name}” {when}: {lost.requirement.wanted}"


def _origin(lost: _Lost) -> str:
    brought = ", ".join(f"#{number}" for number in lost.customization.pull_requests)
    return f" (it came with {brought})" if brought else ""


def _cause(fork: Fork, lost: _Lost) -> str:
    """Which commit took it, with its subject; a merge that upstream's change goes into takes nothing by itself."""
    if lost.taken_by is None:
        return "a rule of the policy takes it" if lost.held else f"{fork.policy.fork.name} never had it on this branch"
    number = pull_requests(fork.history).get(lost.taken_by)
    subject = fork.repo.commit(lost.taken_by).subject
    merged = f" of #{number}" if number and f"#{number}" not in subject else ""
    side = f"{fork.policy.upstream.name}'s " if lost.held else ""
    return f"{side}{lost.taken_by[:10]}{merged} took it: `{subject}`"


def _move(fork: Fork, lost: _Lost) -> str:
    if lost.moved_to is None:
        return ""
    return f"; {fork.policy.upstream.name} renamed {lost.requirement.path} to {lost.moved_to}"


def _fix(lost: _Lost) -> str:
    if lost.moved_to is not None:
        return f"see that the change is in {lost.moved_to}, and name that path in the policy"
    return "restore it on the sync branch, or change the customization in the policy"
