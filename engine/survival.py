"""Which customizations survive a merge: every requirement of the policy, held against the planned result."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..policy.customizations import Requirement, requirements
from ..policy.decisions import Decision
from ..policy.facts import Entry
from ..policy.findings import Finding, Severity
from ..policy.models import Customization
from ..policy.names import BlobId, RepoPath
from .plan import CustomizationState


@dataclass(frozen=True)
class PlannedTree:
    """What a merge will leave at any path, as far as it is decided."""

    fork: Callable[[RepoPath], Entry | None]
    """The fork's entries."""
    changes: Mapping[RepoPath, Entry | None]
    """What git merges by itself, where that is not the fork's."""
    decisions: tuple[Decision, ...]
    read: Callable[[BlobId], bytes]

    def content_before(self, path: RepoPath) -> bytes | None:
        """The fork's file; None where there is none."""
        return self._content(self.fork(path))

    def content_after(self, path: RepoPath) -> bytes | None:
        """The file after the merge; None where there is none. Not to be asked where a person decides."""
        for decision in self.decisions:
            if path in decision.results:
                return self._content(decision.results[path])
        return self._content(self.changes[path] if path in self.changes else self.fork(path))

    def is_open(self, path: RepoPath) -> bool:
        """Whether a person decides what stands at the path."""
        return any(path in decision.paths and decision.needs_person for decision in self.decisions)

    def _content(self, entry: Entry | None) -> bytes | None:
        return None if entry is None or entry.is_submodule else self.read(entry.id)


def customization_states(
    customizations: tuple[Customization, ...], tree: PlannedTree
) -> tuple[CustomizationState, ...]:
    """What the merge does to every customization of the policy."""
    return tuple(_state(each, tree) for each in customizations)


def customization_findings(customizations: tuple[Customization, ...], tree: PlannedTree) -> tuple[Finding, ...]:
    """An error for every requirement that the result breaks, a warning for those that the fork breaks already."""
    found: list[Finding] = []
    by_name = {each.name: each for each in customizations}
    for requirement in requirements(customizations):
        if tree.is_open(requirement.path) or requirement.holds(tree.content_after(requirement.path)):
            continue
        found.append(_lost(requirement, by_name[requirement.customization], tree))
    return tuple(found)


def _lost(requirement: Requirement, customization: Customization, tree: PlannedTree) -> Finding:
    held = requirement.holds(tree.content_before(requirement.path))
    brought = ", ".join(f"#{number}" for number in customization.pull_requests)
    origin = f" (it came with {brought})" if brought else ""
    when = "would be lost by this merge" if held else "is missing already"
    return Finding(
        "customization-lost",
        Severity.ERROR if held else Severity.WARNING,
        f"the customization “{customization.name}” {when}: {requirement.wanted}{origin}",
        path=requirement.path,
        fix="restore it on the sync branch, or change the customization in the policy",
    )


def _state(customization: Customization, tree: PlannedTree) -> CustomizationState:
    own = tuple(requirements((customization,)))
    paths = tuple(dict.fromkeys(each.path for each in own))
    waiting = [each for each in own if tree.is_open(each.path)]
    broken = [each for each in own if not tree.is_open(each.path) and not each.holds(tree.content_after(each.path))]
    survives = False if broken else None if waiting else True
    return CustomizationState(
        customization.name,
        survives,
        customization.pull_requests,
        paths,
        tuple(each.wanted for each in (*broken, *waiting)),
    )
