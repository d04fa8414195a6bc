"""Searching trees for wanted entries: only folders that lead to a wanted path, and each state of a folder once."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct, field

from ...policy.facts import Entry
from ...policy.names import CommitId, RepoPath, TreeId
from .repository import Repository


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
    return _differing(repo, repo.tree(one), repo.tree(other), paths)


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
        self._known: dict[tuple[int, TreeId | None], tuple[RepoPath, ...]] = {}

    def look(self, commit: CommitId, position: int) -> None:
        """Look at a commit's tree; positions ascend."""
        for path in self._holding(self._index, self._repo.tree(commit)):
            self.positions[path] = position

    def _holding(self, folder: PathIndex, tree: TreeId | None) -> tuple[RepoPath, ...]:
        """The wanted paths under a state of a folder that hold what is wanted; None for no folder."""
        key = (id(folder), tree)
        if key not in self._known:
            self._known[key] = tuple(self._read(folder, tree))
        return self._known[key]

    def _read(self, folder: PathIndex, tree: TreeId | None) -> Iterator[RepoPath]:
        for name, path in folder.files.items():
            if _file(self._repo, tree, name) == self._wanted[path]:
                yield path
        for name, below in folder.folders.items():
            yield from self._holding(below, _folder(self._repo, tree, name))


class _States:
    """Collects what stands at some paths; each state of a folder is read once."""

    def __init__(self, repo: Repository, paths: Iterable[RepoPath]) -> None:
        self.found: dict[RepoPath, dict[Entry, None]] = {path: {} for path in paths}
        self._repo = repo
        self._index = PathIndex.of(self.found)
        self._seen: set[tuple[int, TreeId]] = set()

    def look(self, commit: CommitId) -> None:
        """Take what a commit's tree has."""
        self._visit(self._index, self._repo.tree(commit))

    def _visit(self, folder: PathIndex, tree: TreeId | None) -> None:
        if tree is None or (id(folder), tree) in self._seen:
            return
        self._seen.add((id(folder), tree))
        for name, path in folder.files.items():
            entry = _file(self._repo, tree, name)
            if entry is not None:
                self.found[path][entry] = None
        for name, below in folder.folders.items():
            self._visit(below, _folder(self._repo, tree, name))


class _Search:
    def __init__(self, repo: Repository, wanted: Mapping[RepoPath, Collection[Entry] | None]) -> None:
        self.repo = repo
        self.open = dict(wanted)
        self.index = PathIndex.of(wanted)
        self.seen: set[tuple[int, TreeId]] = set()
        self.found: dict[RepoPath, tuple[CommitId, Entry]] = {}

    def look(self, commit: CommitId) -> None:
        """Match a commit's tree against what is still open."""
        self._visit(self.index, self.repo.tree(commit), commit)

    def _visit(self, folder: PathIndex, tree: TreeId, commit: CommitId) -> None:
        if (id(folder), tree) in self.seen:
            return
        self.seen.add((id(folder), tree))
        for name, path in list(folder.files.items()):
            entry = _file(self.repo, tree, name)
            if entry is not None and self._wants(path, entry):
                self.found[path] = (commit, entry)
                del folder.files[name], self.open[path]
        for name, below in folder.folders.items():
            subtree = _folder(self.repo, tree, name)
            if subtree is not None:
                self._visit(below, subtree, commit)

    def _wants(self, path: RepoPath, entry: Entry) -> bool:
        wanted = self.open[path]
        return wanted is None or entry in wanted


def _brought(repo: Repository, commit: CommitId, paths: PathIndex) -> set[RepoPath]:
    """The paths at which a commit differs from all of its parents."""
    found = repo.commit(commit)
    parents = [repo.tree(parent) for parent in found.parents]
    changed = [_differing(repo, found.tree, parent, paths) for parent in parents or (None,)]
    return changed[0].intersection(*changed[1:])


def _differing(repo: Repository, one: TreeId | None, other: TreeId | None, paths: PathIndex) -> set[RepoPath]:
    differing: set[RepoPath] = set()
    _compare(repo, one, other, paths, differing)
    return differing


def _compare(
    repo: Repository, one: TreeId | None, other: TreeId | None, folder: PathIndex, differing: set[RepoPath]
) -> None:
    """Add the wanted paths at which two states of a folder differ; None stands for a folder that is not there."""
    if one == other:
        return
    for name, path in folder.files.items():
        if _file(repo, one, name) != _file(repo, other, name):
            differing.add(path)
    for name, below in folder.folders.items():
        _compare(repo, _folder(repo, one, name), _folder(repo, other, name), below, differing)


def _file(repo: Repository, tree: TreeId | None, name: str) -> Entry | None:
    """What stands under a name; None for a folder, and for nothing."""
    child = None if tree is None else repo.child(tree, name)
    return child if isinstance(child, Entry) else None


def _folder(repo: Repository, tree: TreeId | None, name: str) -> TreeId | None:
    """The folder of a name; None for a file, and for nothing."""
    child = None if tree is None else repo.child(tree, name)
    return None if isinstance(child, Entry) else child
