"""Searching trees for wanted entries: only folders that lead to a wanted path, and each state of a folder once."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import pygit2
from pygit2.enums import ObjectType

from ...policy.facts import Entry
from ...policy.names import BlobId, CommitId, RepoPath
from .repository import Repository


@dataclass(slots=True)
class PathIndex:
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


def differing_entries(repo: Repository, one: CommitId, other: CommitId, paths: PathIndex) -> set[RepoPath]:
    """The paths at which two commits have different entries, or only one of them has any."""
    differing: set[RepoPath] = set()
    _compare(repo, _tree_id(repo, one), _tree_id(repo, other), paths, differing)
    return differing


class _Search:
    def __init__(self, repo: Repository, wanted: Mapping[RepoPath, Collection[Entry] | None]) -> None:
        self.repo = repo
        self.open = dict(wanted)
        self.index = PathIndex.of(wanted)
        self.seen: set[tuple[int, pygit2.Oid]] = set()
        self.found: dict[RepoPath, tuple[CommitId, Entry]] = {}

    def look(self, commit: CommitId) -> None:
        """Match a commit's tree against what is still open."""
        self._visit(self.index, _tree_id(self.repo, commit), commit)

    def _visit(self, folder: PathIndex, tree_id: pygit2.Oid, commit: CommitId) -> None:
        if (id(folder), tree_id) in self.seen:
            return
        self.seen.add((id(folder), tree_id))
        tree = self.repo.raw[tree_id]
        if not isinstance(tree, pygit2.Tree):
            return
        for name, path in list(folder.files.items()):
            entry = _entry(tree[name]) if name in tree else None
            if entry is not None and self._wants(path, entry):
                self.found[path] = (commit, entry)
                del folder.files[name], self.open[path]
        for name, below in folder.folders.items():
            if name in tree:
                self._visit(below, tree[name].id, commit)

    def _wants(self, path: RepoPath, entry: Entry) -> bool:
        wanted = self.open[path]
        return wanted is None or entry in wanted


def _entry(child: pygit2.Object) -> Entry | None:
    """A tree's child as an entry; None for a folder."""
    if child.type == ObjectType.TREE:
        return None
    return Entry(int(child.filemode), BlobId(str(child.id)))


def _tree_id(repo: Repository, commit: CommitId) -> pygit2.Oid:
    raw = repo.raw[commit]
    assert isinstance(raw, pygit2.Commit)  # noqa: S101  # ids of other types never get the name CommitId
    return raw.tree_id


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
    trees = [_tree(repo, each) for each in (one, other)]
    for name, path in folder.files.items():
        first, second = (_child(tree, name) for tree in trees)
        if first != second:
            differing.add(path)
    for name, below in folder.folders.items():
        ids = [_folder_id(_child(tree, name)) for tree in trees]
        _compare(repo, ids[0], ids[1], below, differing)


def _tree(repo: Repository, tree_id: pygit2.Oid | None) -> pygit2.Tree | None:
    found = None if tree_id is None else repo.raw[tree_id]
    return found if isinstance(found, pygit2.Tree) else None


def _child(tree: pygit2.Tree | None, name: str) -> tuple[int, pygit2.Oid] | None:
    if tree is None or name not in tree:
        return None
    child = tree[name]
    return int(child.filemode), child.id


def _folder_id(child: tuple[int, pygit2.Oid] | None) -> pygit2.Oid | None:
    return child[1] if child is not None and child[0] == 0o040000 else None
