"""Attributes that change how git merges a file in a work tree, and that the merge here cannot follow."""

from collections.abc import Iterable

from msgspec import Struct

from ..policy.names import RepoPath, TreeId
from .directory_renames import parents
from .git.merging import custom_driver
from .git.scratch import Scratch

_NAME = ".gitattributes"


class AttributeHazard(Struct, frozen=True):
    """A path whose contents were merged as text although attributes may say otherwise."""

    path: RepoPath
    file: RepoPath
    """The attributes file that may say so."""
    driver: str | None
    """The custom merge driver; None where the file, below the root, was not read."""


def attribute_hazards(
    scratch: Scratch, production: TreeId, combined: Iterable[RepoPath]
) -> tuple[AttributeHazard, ...]:
    """The paths, of those where both sides changed the contents, that a work tree might merge otherwise.

    The scratch store has production's root attributes only, and runs no custom driver.
    """
    found: list[AttributeHazard] = []
    for path in combined:
        if driver := custom_driver(scratch, path):
            found.append(AttributeHazard(path, RepoPath(_NAME), driver))
        nested = (RepoPath(f"{folder}/{_NAME}") for folder in parents(path))
        found += [AttributeHazard(path, each, None) for each in nested if _is_file(scratch, production, each)]
    return tuple(found)


def _is_file(scratch: Scratch, tree: TreeId, path: RepoPath) -> bool:
    entry = scratch.repository.entry(tree, path)
    return entry is not None and entry.is_file
