"""Whether two trees differ much: looked at no further than is asked."""

from collections.abc import Iterator

import pygit2

from ...policy.names import TreeId
from .repository import Repository, unreadable_object


def differ_at(repo: Repository, one: TreeId, other: TreeId, paths: int) -> bool:
    """Whether the contents of two trees differ at so many paths or more.

    Raises:
        RepositoryError: a tree is missing or damaged.
    """
    try:
        found = _differences(repo, pygit2.Oid(hex=one), pygit2.Oid(hex=other))
        return sum(1 for _ in zip(range(paths), found, strict=False)) == paths
    except (KeyError, ValueError, pygit2.GitError) as error:
        raise unreadable_object(other, error) from error


def _differences(repo: Repository, one: pygit2.Oid | None, other: pygit2.Oid | None) -> Iterator[None]:
    """One item for every path whose content differs; None stands for a folder that is not there."""
    before, after = _children(repo, one), _children(repo, other)
    changed = {child for child, _ in before.items() ^ after.items()}
    for name, is_folder in changed:
        if is_folder:
            yield from _differences(repo, before.get((name, True)), after.get((name, True)))
        else:
            yield None


def _children(repo: Repository, tree: pygit2.Oid | None) -> dict[tuple[str | None, bool], pygit2.Oid]:
    """The ids of a folder's entries by name, and whether each is a folder."""
    found = None if tree is None else repo.raw[tree]
    if not isinstance(found, pygit2.Tree):
        return {}
    return {(child.name, isinstance(child, pygit2.Tree)): child.id for child in found}
