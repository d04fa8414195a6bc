"""Which customizations survive a merge: every requirement of the policy, held against the planned result."""

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from ..policy.customizations import Requirement, content_of, requirements
from ..policy.decisions import Decision
from ..policy.facts import Entry
from ..policy.models import Customization
from ..policy.names import BlobId, RepoPath
from .plan import CustomizationState


class PlannedTree(Struct, frozen=True):
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
        return content_of(entry, self.read)


def customization_states(
    customizations: tuple[Customization, ...], tree: PlannedTree
) -> tuple[CustomizationState, ...]:
    """What the merge does to every customization of the policy."""
    return tuple(_state(each, tree) for each in customizations)


def broken_requirements(customizations: tuple[Customization, ...], tree: PlannedTree) -> Iterator[Requirement]:
    """What customizations ask for and the result does not have, where no person decides."""
    for each in requirements(customizations):
        if not tree.is_open(each.path) and not each.holds(tree.content_after(each.path)):
            yield each


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
