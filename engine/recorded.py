"""What a sync recorded, file by file: beside the versions that met in it, and what stands there in the end."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from ..policy.decisions import Decision
from ..policy.facts import Entry, Versions
from ..policy.names import RepoPath, TreeId
from .git.repository import Repository
from .replay import Replay


class RecordedFile(Struct, frozen=True):
    """One file, under whatever names base, fork and upstream have it."""

    path: RepoPath
    """Where git's own merge leaves it."""
    fork_path: RepoPath
    """Where the fork has it."""
    names: tuple[RepoPath, ...]
    """Every name it has, its path first."""
    versions: Versions
    recorded: Entry | None
    """What the sync recorded: at the path, else at another of the names."""
    final: Entry | None
    """What stands there in the end."""


class Recording(Struct, frozen=True, dict=True):
    """A sync as people recorded it; `final` is the tree that counts in the end. To be read beside its replay."""

    replay: Replay
    final: TreeId

    @property
    def repo(self) -> Repository:
        """Reads everything, the base too, which may be the merge of several."""
        return self.replay.scratch.repository

    @cached_property
    def decisions(self) -> Mapping[RepoPath, Decision]:
        """What the policy decides, or leaves to people, by path."""
        return {path: decision for decision in self.replay.evaluation.decisions for path in decision.paths}

    @cached_property
    def anew(self) -> Mapping[RepoPath, tuple[Entry | None, Entry | None]]:
        """Where the sync recorded something else than the fork had: that, and what it recorded."""
        return self.repo.changes(self.replay.trees.fork, self.replay.trees.recorded)

    @property
    def unlike_git(self) -> Iterator[RepoPath]:
        """The paths at which git's own merge leaves something else than the sync recorded."""
        merged = self.replay.evaluation.merge.changes
        yield from (path for path, (fork, recorded) in self.anew.items() if recorded != merged.get(path, fork))
        yield from (path for path in merged if path not in self.anew)

    def clean(self, path: RepoPath) -> Entry | None:
        """What git's own merge leaves at a path without a conflict."""
        changes = self.replay.evaluation.merge.changes
        return changes[path] if path in changes else self.replay.fork_entry(path)

    def is_mended(self, path: RepoPath, recorded: Entry | None) -> bool:
        """Whether something else than was recorded stands at a path in the end."""
        return self.final != self.replay.trees.recorded and self.repo.entry(self.final, path) != recorded

    def versions(self, path: RepoPath) -> Versions:
        """What the base and both sides have at a path, whatever was renamed."""
        base = self.repo.entry(self.replay.evaluation.merge.base, path)
        return Versions(base, self.replay.fork_entry(path), self.replay.upstream_entry(path))

    def files_changed_by_fork(self) -> Iterator[RecordedFile]:
        """The files that the fork had changed, where the sync recorded something else."""
        own = self.repo.changes(self.replay.evaluation.merge.base, self.replay.trees.fork)
        return self._files(path for path in self.anew if path in own)

    def files_left_alone(self) -> Iterator[RecordedFile]:
        """The files that git's own merge changes, where the sync recorded what the fork had, be it under a new name."""
        renamed = {*self._new_names, *self._new_names.values()}
        merged = self.replay.evaluation.merge.changes
        return self._files(path for path in merged if path not in self.anew or path in renamed)

    # Private

    def _files(self, paths: Iterable[RepoPath]) -> Iterator[RecordedFile]:
        """The files that have these names, each once."""
        return map(self._file, dict.fromkeys(self._new_names.get(path, path) for path in paths))

    def _file(self, path: RepoPath) -> RecordedFile:
        base, fork, upstream = self._names_of(path)
        at = self.repo.entry
        trees = self.replay.trees
        versions = Versions(
            at(self.replay.evaluation.merge.base, base), at(trees.fork, fork), at(trees.upstream, upstream)
        )
        names = tuple(dict.fromkeys((path, base, fork, upstream)))
        recorded, final = (self._first(tree, names) for tree in (trees.recorded, self.final))
        return RecordedFile(path, fork, names, versions, recorded, final)

    def _first(self, tree: TreeId, names: tuple[RepoPath, ...]) -> Entry | None:
        return next((entry for name in names if (entry := self.repo.entry(tree, name)) is not None), None)

    def _names_of(self, path: RepoPath) -> tuple[RepoPath, RepoPath, RepoPath]:
        """The base's, the fork's and upstream's name of a file; merges know only those of files that were renamed."""
        return self.replay.evaluation.merge.names(path) if path in self._new_names.values() else (path, path, path)

    @cached_property
    def _new_names(self) -> Mapping[RepoPath, RepoPath]:
        merge = self.replay.evaluation.merge
        return {**merge.fork_renames, **merge.upstream_renames}
