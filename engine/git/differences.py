"""How far two trees differ, no further than is asked."""

from collections.abc import Iterator

import pygit2

from ...policy.names import TreeId
from .repository import Repository, unreadable_object


def differ_at(repo: Repository, one: TreeId, other: TreeId, paths: int) -> bool:
    """Whether two trees differ at so many paths or more; looked at until that is clear.

    Raises:
        RepositoryError: a tree is missing or damaged.
    """
    try:
        found = _differences(repo, pygit2.Oid(hex=one), pygit2.Oid(hex=other))
        return sum(1 for _ in zip(range(paths), found, strict=False)) == paths
    except (KeyError, ValueError, pygit2.GitError) as error:
        raise unreadable_object(other, error) from error


def _differences(repo: Repository, one: pygit2.Oid | None, other: pygit2.Oid | None) -> Iterator[None]:
    """One item for every path that differs; None stands for a folder that is not there."""
    if one == other:
        return
    before, after = _entries(repo, one), _entries(repo, other)
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        folders = [each[1] if each is not None and each[0] == 0o040000 else None for each in (old, new)]
        yield from _differences(repo, *folders)
        if any(each is not None and each[0] != 0o040000 for each in (old, new)):
            yield None


def _entries(repo: Repository, tree: pygit2.Oid | None) -> dict[str, tuple[int, pygit2.Oid]]:
    found = None if tree is None else repo.raw[tree]
    return {str(each.name): (int(each.filemode), each.id) for each in found} if isinstance(found, pygit2.Tree) else {}
