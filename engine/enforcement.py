"""Ownership of what git merges by itself: the paths that rules decide whether or not they conflict."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..policy.decisions import Decision, Resolution
from ..policy.facts import Conflict, ConflictFacts, Entry, FileFacts, Versions
from ..policy.models import Policy, Rule
from ..policy.names import RepoPath
from ..policy.ownership import Ownership, Ruling
from ..policy.rule_paths import RulePaths
from .merge import Merge
from .merge_store import MergeStore

_WHOLE_TREE = (Resolution.DISABLE, Resolution.REMOVE)
"""Resolutions that hold for every file of the result, whether or not upstream changed it."""


@dataclass(frozen=True)
class Enforcement:
    """Finds the paths without a conflict that a rule decides all the same."""

    policy: Policy
    ownership: Ownership
    merge: Merge
    store: MergeStore

    def candidates(self) -> tuple[Conflict, ...]:
        """What git merges by itself and a rule decides, in the form of conflicts without a kind."""
        taken = {path for conflict in self.merge.conflicts for path in conflict.files}
        found: list[Conflict] = []
        for path in sorted(self._paths() - taken):
            if path not in taken:
                conflict = self._as_conflict(path)
                ruling = self.ownership.ruling_on(_first_look(conflict))
                if ruling is not None:
                    conflict = self._with_copies(conflict, ruling)
                    found.append(conflict)
                taken.update(conflict.files)
        return tuple(found)

    def _with_copies(self, conflict: Conflict, ruling: Ruling) -> Conflict:
        """A file that is disabled, together with its disabled copy."""
        copies = {path: self._versions(path) for path in ruling.copies(conflict.files)}
        return replace(conflict, files={**copies, **conflict.files}) if copies else conflict

    def combined(self) -> tuple[Conflict, ...]:
        """What both sides changed and git merged without a conflict."""
        conflicting = {path for conflict in self.merge.conflicts for path in conflict.files}
        return tuple(self._as_conflict(path) for path in self.merge.combined if path not in conflicting)

    def clean_result(self, path: RepoPath) -> Entry | None:
        """What git's own merge leaves at a path that does not conflict."""
        return self.merge.changes[path] if path in self.merge.changes else self.store.entry("fork", path)

    def is_worth_telling(self, decision: Decision) -> bool:
        """Whether a decision is about a conflict, asks for something, or leaves anything else than git would."""
        if decision.is_conflict or not decision.results or decision.resolution is Resolution.REGENERATE:
            return True
        return any(self.clean_result(path) != entry for path, entry in decision.results.items())

    def _paths(self) -> set[RepoPath]:
        """Every path that a rule may decide: what upstream changed, what the merge changes, what must equal."""
        repo, store = self.store.scratch.repository, self.store
        paths = {*repo.changes(store.base, store.upstream), *self.merge.changes}
        rules = [rule for rule in self.policy.ownership.rules if rule.paths]
        exact = [rule for rule in rules if rule.scope == "exact"]
        if exact:
            paths.update(_owned(exact, repo.changes(store.fork, store.upstream)))
        whole = [rule for rule in rules if rule.resolve in _WHOLE_TREE and rule.applies == "always"]
        if whole:
            paths.update(_owned(whole, (path for path, _ in repo.files(store.fork))))
        return paths

    def _as_conflict(self, path: RepoPath) -> Conflict:
        """A path with its three versions; with both names where a side renamed the file."""
        for renames in (self.merge.fork_renames, self.merge.upstream_renames):
            for old, new in renames.items():
                if path in (old, new):
                    versions = self._renamed(old, new)
                    return Conflict(new, None, {old: versions, new: versions}, follows_rename=True)
        return Conflict(path, None, {path: self._versions(path)})

    def _versions(self, path: RepoPath) -> Versions:
        return Versions(*(self.store.entry(side, path) for side in ("base", "fork", "upstream")))

    def _renamed(self, old: RepoPath, new: RepoPath) -> Versions:
        before, after = self._versions(old), self._versions(new)
        return Versions(before.base, after.fork or before.fork, after.upstream or before.upstream)


def _first_look(conflict: Conflict) -> ConflictFacts:
    """The facts that the trees alone tell; history may tell that upstream had a path before."""
    files = conflict.files.items()
    return ConflictFacts(
        conflict, tuple(FileFacts(path, each, fork_only=_is_forks_alone(each)) for path, each in files)
    )


def _is_forks_alone(versions: Versions) -> bool:
    return versions.fork is not None and versions.base is None and versions.upstream is None


def _owned(rules: Iterable[Rule], paths: Iterable[RepoPath]) -> Iterator[RepoPath]:
    owners = [owner for rule in rules if (owner := RulePaths.of(rule))]
    return (path for path in paths if any(owner.match(path) is not None for owner in owners))
