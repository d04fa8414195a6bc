"""Conflicts as people meet them: every name that one conflict involves, in one group."""

from collections.abc import Iterable

from ..policy.facts import Conflict, Kind, Versions
from ..policy.names import RepoPath
from .threeway import Slot, ThreeWay

_PRECEDENCE = (
    Kind.DIRECTORY_RENAME,
    Kind.FILE_DIRECTORY,
    Kind.RENAME_RENAME,
    Kind.RENAME_ADD,
    Kind.RENAME_DELETE,
    Kind.SUBMODULE,
    Kind.SYMLINK,
    Kind.MODE,
    Kind.MODIFY_DELETE,
    Kind.ADD_ADD,
    Kind.CONTENT,
)
"""Where several kinds meet in one group, the first of these is the group's."""

_OF_ONE_FILE = frozenset({Kind.CONTENT, Kind.ADD_ADD, Kind.MODE, Kind.SYMLINK, Kind.SUBMODULE})
_NOTHING = Versions(None, None, None)


def group_conflicts(merge: ThreeWay) -> tuple[Conflict, ...]:
    """The conflicts of a merge, sorted by path; conflicts that share a name, or a renamed directory, are one."""
    conflicting = sorted(path for path, merged in merge.merged.items() if merged.kind)
    groups = _connected((path, _ties(merge.slots[path])) for path in conflicting)
    return tuple(sorted((_conflict(merge, paths) for paths in groups), key=lambda conflict: conflict.path))


# Private


def _ties(slot: Slot) -> set[str]:
    """What ties a slot to others: its names, and its renamed directory, which no file can be called like."""
    return {*slot.names, f"{slot.directory}/"} if slot.directory else set(slot.names)


def _connected(items: Iterable[tuple[RepoPath, set[str]]]) -> list[list[RepoPath]]:
    """Paths that are tied to one another, directly or through others."""
    group_of: dict[str, int] = {}
    members: dict[int, tuple[list[RepoPath], set[str]]] = {}
    for number, (path, ties) in enumerate(items):
        paths, names = [path], set(ties)
        for met in {group_of[each] for each in ties if each in group_of}:
            more_paths, more_names = members.pop(met)
            paths, names = more_paths + paths, names | more_names
        members[number] = paths, names
        group_of.update(dict.fromkeys(names, number))
    return [paths for paths, _ in members.values()]


def _conflict(merge: ThreeWay, paths: list[RepoPath]) -> Conflict:
    slots = [merge.slots[path] for path in paths]
    kinds: dict[RepoPath, Kind] = {path: kind for path in paths if (kind := merge.merged[path].kind)}
    main = min(
        paths,
        key=lambda path: (
            _PRECEDENCE.index(kinds[path]),
            merge.original.get(path, _NOTHING).base is None,
            path,
        ),
    )
    kind = kinds[main]
    names = sorted(set[RepoPath]().union(*(slot.names for slot in slots)))
    files = {name: merge.original.get(name, _NOTHING) for name in names}
    followed = len(slots) == 1 and len(names) > 1 and slots[0].followed and kind in _OF_ONE_FILE
    if followed:
        files = dict.fromkeys(names, slots[0].versions)
    moves = {old: new for old, new in merge.moves.items() if kind is Kind.DIRECTORY_RENAME and old in files}
    return Conflict(main, kind, files, any(slot.possibly_renamed for slot in slots), followed, moves)
