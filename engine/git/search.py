"""Searching trees for wanted entries: only folders that lead to a wanted path, and each state of a folder once."""

from collections.abc import Collection, Iterable, Iterator, Mapping

import pygit2
from msgspec import Struct, field

from ...policy.facts import Entry
from ...policy.names import BlobId, CommitId, RepoPath
from .repository import Repository, unreadable_object


class PathIndex(Struct):
    """Paths arranged as git arranges them: by folder."""

    folders: dict[str, "PathIndex"] = field(default_factory=dict[str, "PathIndex"])
    files: dict[str, RepoPath] = field(default_factory=dict[str, RepoPath])

    @classmethod
    def of(cls, paths: Iterable[RepoPath]) -> "PathIndex":
        """Arrange paths."""
        root = cls()
        for path in paths:
            *folders, name = path.split("/")
            place = root
            for folder in folders:
                place = place.folders.setdefault(folder, cls())
            place.files[name] = path
        return root


def find_entries(
    repo: Repository, commits: Iterable[CommitId], wanted: Mapping[RepoPath, Collection[Entry] | None]
) -> dict[RepoPath, tuple[CommitId, Entry]]:
    """For every path the first of the commits that has one of the wanted entries there, and which; None wants any."""
    search = _Search(repo, wanted)
    for commit in commits:
        if not search.open:
            break
        search.look(commit)
    return search.found


def find_introductions(
    repo: Repository, commits: Iterable[CommitId], wanted: Mapping[RepoPath, Collection[Entry | None]]
) -> dict[RepoPath, tuple[CommitId, Entry | None]]:
    """For every path the first of the commits that brought one of the wanted entries, and which: no parent had it.

    None stands for nothing at the path: a deletion brings it.
    """
    index, still_open = PathIndex.of(wanted), set(wanted)
    found: dict[RepoPath, tuple[CommitId, Entry | None]] = {}
    for commit in commits:
        if not still_open:
            break
        for path in _brought(repo, commit, index) & still_open:
            entry = repo.entry(repo.tree(commit), path)
            if entry in wanted[path]:
                found[path] = commit, entry
                still_open.remove(path)
    return found


def find_states(
    repo: Repository, commits: Iterable[CommitId], paths: Iterable[RepoPath]
) -> dict[RepoPath, tuple[Entry, ...]]:
    """For every path the different entries that the commits have there, in the order of the commits."""
    states = _States(repo, paths)
    for commit in commits if states.found else ():
        states.look(commit)
    return {path: tuple(entries) for path, entries in states.found.items()}


def differing_entries(repo: Repository, one: CommitId, other: CommitId, paths: PathIndex) -> set[RepoPath]:
    """The paths at which two commits have different entries, or only one of them has any."""
    return _differing(repo, _commit(repo, one).tree_id, _commit(repo, other).tree_id, paths)


class LastHeld:
    """For every wanted path: where in a series of trees its wanted entry, or absence, was last there.

    Trees are looked at one after another, each with its position. A state of a folder is read once: when it comes
    again, a dictionary answers, so the cost follows the changes of the folders that lead to a wanted path.
    """

    def __init__(self, repo: Repository, wanted: Mapping[RepoPath, Entry | None]) -> None:
        self.positions: dict[RepoPath, int] = {}
        self._repo = repo
        self._wanted = wanted
        self._index = PathIndex.of(wanted)
        self._known: dict[tuple[int, pygit2.Oid | None], tuple[RepoPath, ...]] = {}

    def look(self, commit: CommitId, position: int) -> None:
        """Look at a commit's tree; positions ascend."""
        for path in self._holding(self._index, _commit(self._repo, commit).tree_id):
            self.positions[path] = position

    def _holding(self, folder: PathIndex, tree_id: pygit2.Oid | None) -> tuple[RepoPath, ...]:
        """The wanted paths under a state of a folder that hold what is wanted; None for no folder."""
        key = (id(folder), tree_id)
        if key not in self._known:
            self._known[key] = tuple(self._read(folder, tree_id))
        return self._known[key]

    def _read(self, folder: PathIndex, tree_id: pygit2.Oid | None) -> Iterator[RepoPath]:
        tree = None if tree_id is None else _tree(self._repo, tree_id)
        for name, path in folder.files.items():
            if _entry(_child(tree, name)) == self._wanted[path]:
                yield path
        for name, below in folder.folders.items():
            yield from self._holding(below, _folder_id(_child(tree, name)))


class _States:
    """Collects what stands at some paths; each state of a folder is read once."""

    def __init__(self, repo: Repository, paths: Iterable[RepoPath]) -> None:
        self.found: dict[RepoPath, dict[Entry, None]] = {path: {} for path in paths}
        self._repo = repo
        self._index = PathIndex.of(self.found)
        self._seen: set[tuple[int, pygit2.Oid]] = set()

    def look(self, commit: CommitId) -> None:
        """Take what a commit's tree has."""
        self._visit(self._index, _commit(self._repo, commit).tree_id)

    def _visit(self, folder: PathIndex, tree_id: pygit2.Oid | None) -> None:
        if tree_id is None or (id(folder), tree_id) in self._seen:
            return
        self._seen.add((id(folder), tree_id))
        tree = _tree(self._repo, tree_id)
        for name, path in folder.files.items():
            entry = _entry(_child(tree, name))
            if entry is not None:
                self.found[path][entry] = None
        for name, below in folder.folders.items():
            self._visit(below, _folder_id(_child(tree, name)))


class _Search:
    def __init__(self, repo: Repository, wanted: Mapping[RepoPath, Collection[Entry] | None]) -> None:
        self.repo = repo
        self.open = dict(wanted)
        self.index = PathIndex.of(wanted)
        self.seen: set[tuple[int, pygit2.Oid]] = set()
        self.found: dict[RepoPath, tuple[CommitId, Entry]] = {}

    def look(self, commit: CommitId) -> None:
        """Match a commit's tree against what is still open."""
        self._visit(self.index, _commit(self.repo, commit).tree_id, commit)

    def _visit(self, folder: PathIndex, tree_id: pygit2.Oid, commit: CommitId) -> None:
        if (id(folder), tree_id) in self.seen:
            return
        self.seen.add((id(folder), tree_id))
        tree = _tree(self.repo, tree_id)
        for name, path in list(folder.files.items()):
            entry = _entry(_child(tree, name))
            if entry is not None and self._wants(path, entry):
                self.found[path] = (commit, entry)
                del folder.files[name], self.open[path]
        for name, below in folder.folders.items():
            below_id = _folder_id(_child(tree, name))
            if below_id is not None:
                self._visit(below, below_id, commit)

    def _wants(self, path: RepoPath, entry: Entry) -> bool:
        wanted = self.open[path]
        return wanted is None or entry in wanted


def _entry(child: pygit2.Object | None) -> Entry | None:
    """A tree's child as an entry; None for a folder, and for nothing."""
    file = _file(child)
    return None if file is None else Entry(int(file.filemode), BlobId(str(file.id)))


def _brought(repo: Repository, commit: CommitId, paths: PathIndex) -> set[RepoPath]:
    """The paths at which a commit differs from all of its parents."""
    raw = _commit(repo, commit)
    parents = [_commit(repo, parent).tree_id for parent in raw.parent_ids]
    changed = [_differing(repo, raw.tree_id, parent, paths) for parent in parents or (None,)]
    return changed[0].intersection(*changed[1:])


def _differing(repo: Repository, one: pygit2.Oid | None, other: pygit2.Oid | None, paths: PathIndex) -> set[RepoPath]:
    differing: set[RepoPath] = set()
    _compare(repo, one, other, paths, differing)
    return differing


def _compare(
    repo: Repository,
    one: pygit2.Oid | None,
    other: pygit2.Oid | None,
    folder: PathIndex,
    differing: set[RepoPath],
) -> None:
    """Add the wanted paths at which two states of a folder differ; None stands for a folder that is not there."""
    if one == other:
        return
    first, second = (None if each is None else _tree(repo, each) for each in (one, other))
    for name, path in folder.files.items():
        if _differ(_file(_child(first, name)), _file(_child(second, name))):
            differing.add(path)
    for name, below in folder.folders.items():
        _compare(repo, _folder_id(_child(first, name)), _folder_id(_child(second, name)), below, differing)


def _commit(repo: Repository, commit: CommitId | pygit2.Oid) -> pygit2.Commit:
    found = _object(repo, commit)
    assert isinstance(found, pygit2.Commit)  # noqa: S101  # ids of other types never get the name CommitId
    return found


def _tree(repo: Repository, tree_id: pygit2.Oid) -> pygit2.Tree:
    found = _object(repo, tree_id)
    assert isinstance(found, pygit2.Tree)  # noqa: S101  # its mode in the tree above says so
    return found


def _object(repo: Repository, object_id: pygit2.Oid | str) -> pygit2.Object:
    try:
        return repo.raw[object_id]
    except (KeyError, ValueError, pygit2.GitError) as error:
        raise unreadable_object(str(object_id), error) from error


def _child(tree: pygit2.Tree | None, name: str) -> pygit2.Object | None:
    return tree[name] if tree is not None and name in tree else None


def _file(child: pygit2.Object | None) -> pygit2.Object | None:
    return None if isinstance(child, pygit2.Tree) else child


def _differ(one: pygit2.Object | None, other: pygit2.Object | None) -> bool:
    if one is None or other is None:
        return one is not other
    return one.id != other.id or one.filemode != other.filemode


def _folder_id(child: pygit2.Object | None) -> pygit2.Oid | None:
    return child.id if isinstance(child, pygit2.Tree) else None
