"""Decisions whose results cannot stand in one tree: a file where another decision has a folder."""

from collections.abc import Iterable, Iterator
from itertools import accumulate

from msgspec.structs import replace

from ..policy.decisions import Decision, Resolution
from ..policy.names import RepoPath
from ..policy.wording import quoted


def keep_apart(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """The decisions; those whose files and folders get into each other's way are left for a person, all of them."""
    found = tuple(decisions)
    reasons = dict(_collisions(found))
    if not reasons:
        return found
    return keep_apart(_held_back(each, reasons[each.path]) if each.path in reasons else each for each in found)


# Private


def _collisions(decisions: tuple[Decision, ...]) -> Iterator[tuple[RepoPath, str]]:
    """The decisions that would be carried out and cannot, by their first path, each with the reason."""
    standing = [(path, decision) for decision in decisions for path in _standing(decision)]
    folders = {folder: (path, decision) for path, decision in standing for folder in _folders(path)}
    for path, decision in standing:
        inner, other = folders.get(path, (path, decision))
        if other is not decision:
            reason = f"{quoted(path)} cannot be a file while {quoted(inner)} is there"
            yield from ((each.path, reason) for each in (decision, other) if not each.needs_person)


def _standing(decision: Decision) -> Iterator[RepoPath]:
    """Where a decision leaves something; where a person decides, anywhere."""
    if decision.needs_person:
        yield from decision.paths
    else:
        yield from (path for path, entry in decision.results.items() if entry is not None)


def _folders(path: RepoPath) -> Iterator[str]:
    """Every folder above a path: `a` and `a/b` for `a/b/c`."""
    return accumulate(path.split("/")[:-1], "{}/{}".format)


def _held_back(decision: Decision, reason: str) -> Decision:
    return replace(decision, resolution=Resolution.MANUAL_REVIEW, reason=reason, results={}, draft=None)
