"""Reading a repository: refs, commits, trees, blobs and walks. Nothing here writes."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import cast

import pygit2
from msgspec import Struct
from pygit2.enums import ObjectType, SortMode

from ...policy.errors import MissingObjectError, RepositoryError
from ...policy.facts import Entry
from ...policy.names import BlobId, CommitId, RefName, RepoPath, TreeId
from .trees import Trees

# As in git: what is read is not hashed once more, which would take a sixth of a plan's time; `git fsck` does that.
pygit2.settings.enable_strict_hash_verification(False)
# A pack is mapped piece by piece, and what was not read for long is let go: by default all of it stays in memory.
pygit2.settings.mwindow_size = 64 * 1024 * 1024
pygit2.settings.mwindow_mapped_limit = 256 * 1024 * 1024


class Commit(Struct, frozen=True):
    """A commit, as far as the engine asks for it."""

    id: CommitId
    tree: TreeId
    parents: tuple[CommitId, ...]
    message: str
    author_name: str
    author_email: str
    committed: datetime

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.strip().partition("\n")[0].strip()

    @property
    def is_merge(self) -> bool:
        """Whether the commit has two parents or more."""
        return len(self.parents) > 1


_COMMITS_REMEMBERED = 1 << 17
"""Some 600 bytes each: a long range of the fork's commits is gone through more than once."""


class Repository:
    """A repository to read from; every object it names is addressed by full id."""

    def __init__(self, raw: pygit2.Repository, below: "Repository | None" = None) -> None:
        """`below` is one whose objects this one sees, too: what is compared there is remembered there."""
        self.raw = raw
        self._below = below
        self._trees = Trees(raw)
        self.commit = lru_cache(maxsize=_COMMITS_REMEMBERED)(self._commit)
        self.changes = lru_cache(maxsize=16)(self._changes)
        self._walkers: list[pygit2.Walker] = []
        self._ancestor_of: dict[CommitId, CommitId] = {}
        """Commits, each with one that it is known to be an ancestor of."""
        self._independent = lru_cache(maxsize=64)(self._walk_independent)

    @classmethod
    def open(cls, path: Path) -> "Repository":
        """Open the repository that `path` lies in.

        Raises:
            RepositoryError: there is none, or libgit2 cannot read its format or may not trust its owner.
        """
        found = _discover(path)
        try:
            return cls(pygit2.Repository(found))
        except (pygit2.GitError, KeyError) as error:
            raise _cannot_open(path, error) from error

    # Where things lie

    @property
    def git_dir(self) -> Path:
        """The git directory."""
        return Path(self.raw.path)

    @property
    def objects_dir(self) -> Path:
        """The object store, shared by all work trees of the repository."""
        common = self.git_dir / "commondir"
        base = self.git_dir / common.read_text().strip() if common.exists() else self.git_dir
        return base.resolve() / "objects"

    @property
    def work_tree(self) -> Path | None:
        """The work tree's root; None for a bare repository."""
        return None if self.raw.is_bare else Path(self.raw.workdir)

    @property
    def is_shallow(self) -> bool:
        """Whether history was cut off by `--depth`."""
        return self.raw.is_shallow

    @property
    def config(self) -> pygit2.Config:
        """The repository's configuration, user and system included."""
        return self.raw.config

    # Refs

    def refs(self, prefix: str, wanted: Callable[[str], bool] = lambda _: True) -> dict[RefName, CommitId]:
        """Every ref under a prefix that leads to a commit, tags peeled, sorted by name.

        `wanted` is asked with what follows the prefix, before the ref is read.
        """
        names = sorted(
            name for name in self.raw.references if name.startswith(prefix) and wanted(name.removeprefix(prefix))
        )
        peeled = ((RefName(name), self._peel(name)) for name in names)
        return {name: commit for name, commit in peeled if commit is not None}

    def tags(self, wanted: Callable[[str], bool] = lambda _: True) -> dict[str, CommitId]:
        """Every tag's short name with the commit it leads to."""
        found = self.refs("refs/tags/", wanted)
        return {name.removeprefix("refs/tags/"): commit for name, commit in found.items()}

    def remotes(self) -> dict[str, str]:
        """Every remote's name and URL."""
        return {remote.name: remote.url or "" for remote in self.raw.remotes if remote.name}

    def ref(self, name: str) -> CommitId | None:
        """The commit that a full ref name leads to; None where there is no such ref."""
        return self._peel(name)

    def head_ref(self) -> RefName | None:
        """The branch that HEAD names, unborn or not; None where HEAD is detached."""
        target = self.raw.lookup_reference("HEAD").target
        return RefName(target) if isinstance(target, str) else None

    def resolve(self, revision: str) -> CommitId:
        """The commit that a revision names: a ref, a tag, an id, `name~2`.

        Raises:
            RepositoryError: nothing of that name leads to a commit here.
        """
        try:
            found = self.raw.revparse_single(revision).peel(pygit2.Commit)
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise RepositoryError(
                f"there is no commit `{revision}` in this repository",
                "fetch it, or check the name: git fetch --all --tags",
            ) from error
        return CommitId(str(found.id))

    def find(self, revision: str) -> CommitId | None:
        """The commit that a revision names; None where there is none."""
        try:
            return self.resolve(revision)
        except RepositoryError:
            return None

    def tagged_at(self, tag: str) -> datetime:
        """When a tag was made: the date of an annotated tag, else its commit's."""
        target = self.raw.revparse_single(f"refs/tags/{tag}")
        tagger = target.tagger if isinstance(target, pygit2.Tag) else None  # old tags have none
        if tagger:
            return datetime.fromtimestamp(tagger.time, UTC)
        return self.commit(CommitId(str(target.peel(pygit2.Commit).id))).committed

    # Objects

    def has(self, object_id: str) -> bool:
        """Whether the object store has an object."""
        return object_id in self.raw.odb

    def tree(self, commit: CommitId) -> TreeId:
        """A commit's tree."""
        return self.commit(commit).tree

    def entry(self, tree: TreeId, path: RepoPath) -> Entry | None:
        """What a tree holds at a path; None for nothing, and for a folder."""
        try:
            found = self._tree(tree)[path]
        except KeyError:
            return None
        except pygit2.GitError as error:
            raise unreadable_object(tree, error) from error
        if found.type == ObjectType.TREE:
            return None
        return Entry(int(found.filemode), BlobId(str(found.id)))

    def read(self, blob: BlobId) -> bytes:
        """A blob's content.

        Raises:
            RepositoryError: the object store lacks it, or it is damaged.
        """
        try:
            found = self.raw[blob]
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise unreadable_object(blob, error) from error
        return found.data if isinstance(found, pygit2.Blob) else b""

    def files(self, tree: TreeId) -> Iterator[tuple[RepoPath, Entry]]:
        """Every file of a tree with its full path, in git's order."""
        try:
            yield from _files(self._tree(tree), "")
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise unreadable_object(tree, error) from error

    def files_at(self, tree: TreeId, place: RepoPath) -> Iterator[RepoPath]:
        """The file at a place of a tree, or all below the folder there; nothing where nothing is; "" is the root."""
        if place and self.entry(tree, place) is not None:
            yield place
            return
        files = self.files_in(tree, place) if place else self.files(tree)
        yield from (path for path, _ in files)

    def files_in(self, tree: TreeId, folder: RepoPath) -> Iterator[tuple[RepoPath, Entry]]:
        """Every file below one folder of a tree, with its full path; nothing where there is no such folder."""
        try:
            found = self._tree(tree)[folder]
        except KeyError:
            return
        if isinstance(found, pygit2.Tree):
            yield from _files(found, f"{folder}/")

    def differences(self, one: TreeId, other: TreeId) -> Iterator[tuple[RepoPath, Entry | None, Entry | None]]:
        """Every path at which two trees differ with its entry in either, in git's order; renames are not looked for."""
        try:
            yield from self._trees.differences(bytes.fromhex(one), bytes.fromhex(other))
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise unreadable_object(other, error) from error

    def distance(self, one: TreeId, other: TreeId) -> int:
        """The number of paths at which two trees differ, `len(changes(…))`; faster where they are many."""
        if one == other:
            return 0
        try:
            return self._trees.distance(bytes.fromhex(one), bytes.fromhex(other))
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise unreadable_object(other, error) from error

    def differ_at(self, one: TreeId, other: TreeId, paths: int) -> bool:
        """Whether two trees differ at so many paths or more, looked at no further than that."""
        return len(tuple(islice(self.differences(one, other), paths))) == paths

    # History

    def walk(
        self,
        include: Iterable[CommitId],
        exclude: Iterable[CommitId] = (),
        *,
        topological: bool = False,
        first_parent: bool = False,
        until: datetime | None = None,
    ) -> Iterator[CommitId]:
        """Commits reachable from `include` and not from `exclude`, newest first.

        With `topological`, no commit comes before all of its children; with `until`, those committed later are
        passed over.

        Raises:
            RepositoryError: a commit is missing (a shallow or broken repository).
        """
        order = SortMode.TOPOLOGICAL | SortMode.TIME if topological else SortMode.NONE
        # a walker that is used again has the commits that it parsed before: nine of ten walks get cheap
        walker = self._walkers.pop() if self._walkers else self.raw.walk(None)
        try:
            walker.reset()
            walker.sort(order)
            starts = [(commit, walker.push) for commit in include] + [(commit, walker.hide) for commit in exclude]
            # libgit2 takes them as they come: from the newest on it stops early, as git does, and needs no sorting
            for commit, start in sorted(starts, key=lambda each: self._time(each[0]), reverse=True):
                start(commit)
            if first_parent:
                walker.simplify_first_parent()
            latest = math.inf if until is None else until.timestamp()
            for each in walker:
                if each.commit_time <= latest:
                    yield CommitId(str(each.id))
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise self._broken_history(error) from error
        finally:
            self._walkers.append(walker)

    def is_ancestor(self, ancestor: CommitId, descendant: CommitId) -> bool:
        """Whether one commit is, or is reachable from, another.

        Raises:
            RepositoryError: a commit between the two is missing or damaged.
        """
        try:
            return ancestor == descendant or self.raw.descendant_of(descendant, ancestor)
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise self._broken_history(error) from error

    def merge_bases(self, one: CommitId, other: CommitId) -> tuple[CommitId, ...]:
        """All best common ancestors, sorted by id; empty for unrelated histories (`git merge-base --all`)."""
        alone = set(self.walk([one], [other]))
        if one not in alone:
            return (one,)
        return self.independent({parent for each in alone for parent in self.commit(each).parents} - alone)

    def independent(self, commits: Iterable[CommitId]) -> tuple[CommitId, ...]:
        """Those of the commits that are no ancestors of others among them, sorted by id."""
        asked = set(commits)
        candidates = frozenset(each for each in asked if self._ancestor_of.get(each) not in asked)
        return tuple(candidates) if len(candidates) < 2 else self._independent(candidates)

    # Private

    def _walk_independent(self, candidates: frozenset[CommitId]) -> tuple[CommitId, ...]:
        """Most are ancestors of the newest, which is remembered: who looks into many merges asks of the same again."""
        newest = max(candidates, key=self._time)
        aside = candidates.intersection(self.walk(candidates, [newest]))
        self._ancestor_of |= dict.fromkeys(candidates - aside - {newest}, newest)
        if not aside:
            return (newest,)
        rest = {newest, *aside}
        parents = {parent for each in rest for parent in self.commit(each).parents}
        return tuple(sorted(rest.intersection(self.walk(rest, parents))))

    def _broken_history(self, error: Exception) -> RepositoryError:
        hint = "git fetch --unshallow" if self.is_shallow else "git fsck; git fetch --refetch"
        return RepositoryError(f"history is incomplete: {error}", hint)

    def _time(self, commit: CommitId) -> int:
        return self.raw[commit].peel(pygit2.Commit).commit_time

    def _peel(self, name: str) -> CommitId | None:
        try:
            return CommitId(str(self.raw.lookup_reference(name).peel(pygit2.Commit).id))
        except (KeyError, ValueError, pygit2.GitError):
            return None

    def _tree(self, tree: TreeId) -> pygit2.Tree:
        try:
            found = self.raw[tree]
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise unreadable_object(tree, error) from error
        assert isinstance(found, pygit2.Tree)  # noqa: S101  # ids of other types never get the name TreeId
        return found

    def _commit(self, commit: CommitId) -> Commit:
        try:
            raw = self.raw[commit]
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise unreadable_object(commit, error) from error
        assert isinstance(raw, pygit2.Commit)  # noqa: S101
        parents = cast("list[pygit2.Oid]", raw.parent_ids)  # pygit2 annotates no type that could be looped over
        return Commit(
            commit,
            TreeId(str(raw.tree_id)),
            tuple(CommitId(str(parent)) for parent in parents),
            raw.raw_message.decode("utf-8", "replace"),
            raw.author.raw_name.decode("utf-8", "replace"),
            raw.author.raw_email.decode("utf-8", "replace"),
            datetime.fromtimestamp(raw.commit_time, UTC),
        )

    def _changes(self, before: TreeId, after: TreeId) -> Mapping[RepoPath, tuple[Entry | None, Entry | None]]:
        """The paths at which two trees differ, each with its entry in either; the last comparisons are remembered."""
        if self._below is not None and self._below.has(before) and self._below.has(after):
            return self._below.changes(before, after)
        return {path: (old, new) for path, old, new in self.differences(before, after)}


BRING_BACK = "in a partial clone: git fetch --refetch --no-filter; otherwise see: git fsck"
"""What to do where an object is missing."""


def missing_object(object_id: str) -> MissingObjectError:
    """The error for an object that the store lacks: a partial clone, or damage."""
    return MissingObjectError(f"object {object_id} is missing from this repository", BRING_BACK)


def unreadable_object(object_id: str, error: Exception) -> RepositoryError:
    """The error for an object of which it, or one below it, is missing or damaged, as `error` says."""
    named = re.search(r"(?:no match for id \(|^')([0-9a-f]{40})", str(error))
    if named or isinstance(error, KeyError):
        return missing_object(named[1] if named else object_id)
    cause = str(error).removeprefix(f"{object_id}: ")
    return RepositoryError(f"object {object_id}, or one below it, is damaged: {cause}", "git fsck; git fetch --refetch")


def _discover(path: Path) -> str:
    try:
        found = pygit2.discover_repository(str(path))
    except (pygit2.GitError, KeyError) as error:
        raise _cannot_open(path, error) from error
    if found is None:
        raise RepositoryError(f"{path} is not in a git repository", "name one: forkpolicy -C DIR …")
    return found


def _cannot_open(path: Path, error: Exception) -> RepositoryError:
    return RepositoryError(f"{path}: libgit2 cannot open the repository: {error}")


def _files(tree: pygit2.Tree, prefix: str) -> Iterator[tuple[RepoPath, Entry]]:
    for child in tree:
        path = f"{prefix}{child.name}"
        if isinstance(child, pygit2.Tree):
            yield from _files(child, f"{path}/")
        else:
            yield RepoPath(path), Entry(int(child.filemode), BlobId(str(child.id)))
