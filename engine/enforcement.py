"""Ownership of what git merges by itself: the paths that rules decide whether or not they conflict."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from ..policy.decisions import Decision, Resolution
from ..policy.facts import Change, Conflict, ConflictFacts, Entry, FileFacts, Versions
from ..policy.models import Policy, Rule
from ..policy.names import RepoPath
from ..policy.ownership import Ownership, Ruling
from ..policy.results import outcome
from ..policy.rule_paths import RulePaths
from .clean_merges import file_at
from .conflict_facts import has_binary
from .merge import Merge
from .merge_store import MergeStore
from .upstream_renames import renamed_by_upstream

_WHOLE_TREE = (Resolution.DISABLE, Resolution.REMOVE)
"""Resolutions that hold for every file of the result, whether or not upstream changed it."""


class Enforcement(Struct, frozen=True, dict=True):
    """Finds the paths without a conflict that a rule decides all the same."""

    policy: Policy
    ownership: Ownership
    merge: Merge
    store: MergeStore

    @cached_property
    def renamed(self) -> frozenset[RepoPath]:
        """The new names of files that upstream renamed, where a rule asks whether upstream added them.

        A file that was renamed into a rule's paths was not what the rule is about before: there it is new.
        """
        asking = (
            each for each in self.policy.ownership.rules if each.when and Change.ADDED in (each.when.upstream or ())
        )
        owners = (RulePaths.of(each) for each in asking)
        return frozenset(name for owner in owners for name in renamed_by_upstream(self.store, owner))

    def candidates(self) -> tuple[Conflict, ...]:
        """What git merges by itself and a rule decides, in the form of conflicts without a kind."""
        taken = {path for conflict in self.merge.conflicts for path in conflict.files}
        paths = sorted(self._paths() - taken)
        return tuple(
            each for path in paths for each in self._if_told(Conflict(path, None, {path: self._versions(path)}))
        )

    def _if_told(self, conflict: Conflict) -> Iterator[Conflict]:
        """The conflict, where the policy may have something to tell about it, whatever history says."""
        for facts in self._first_looks(conflict):
            ruling = self.ownership.ruling_on(facts)
            if ruling is not None and self._would_tell(facts, ruling):
                yield self._with_copies(conflict, ruling)
                return
        if self._loses_marks(conflict.path):
            yield file_at(self.merge, self.store, conflict.path)

    def _loses_marks(self, path: RepoPath) -> bool:
        """Whether git's merge of a file that the fork changed drops or changes lines that it marked."""
        if path not in self._perhaps_marked or self.merge.changes.get(path) is None:
            return False
        merged = file_at(self.merge, self.store, path)
        files = tuple(FileFacts(each, versions) for each, versions in merged.files.items())
        return self.ownership.guarded(ConflictFacts(merged, files), self.clean_result(path), self.store) is not None

    @cached_property
    def _perhaps_marked(self) -> frozenset[RepoPath]:
        """Where the files that the fork changed stand after the merge; nowhere where the policy has no markers."""
        if not self.policy.ownership.markers:
            return frozenset()
        changed = self.store.scratch.repository.changes(self.store.base, self.store.fork)
        return frozenset(self.merge.upstream_renames.get(path, path) for path in changed)

    def _first_looks(self, conflict: Conflict) -> Iterator[ConflictFacts]:
        """The facts without history: of a file that only the fork has, upstream may have had it once, or never."""
        yield self._look(conflict, had_upstream=True)
        if any(map(_is_forks_alone, conflict.files.values())):
            yield self._look(conflict, had_upstream=False)

    def _look(self, conflict: Conflict, *, had_upstream: bool) -> ConflictFacts:
        files: list[FileFacts] = []
        for path, versions in conflict.files.items():
            alone = _is_forks_alone(versions) and not had_upstream
            leftover = versions.fork is not None and versions.upstream is None and not alone
            binary = self.policy.asks_for_binary and has_binary(versions, self.store.read)
            renamed = path in self.renamed
            files.append(FileFacts(path, versions, binary, None, alone, leftover, renamed))
        return ConflictFacts(conflict, tuple(files))

    def _would_tell(self, facts: ConflictFacts, ruling: Ruling) -> bool:
        """Whether a ruling asks for something, or leaves anything else than git would: most leave just that."""
        if ruling.resolution in (Resolution.MANUAL_REVIEW, Resolution.REGENERATE):
            return True
        return not self._is_gits(outcome(facts, ruling.resolution, ruling.source, self.store).results)

    def _with_copies(self, conflict: Conflict, ruling: Ruling) -> Conflict:
        """A file that is disabled, together with its disabled copy."""
        copies = {path: self._versions(path) for path in ruling.copies(conflict.files)}
        return replace(conflict, files={**copies, **conflict.files}) if copies else conflict

    def clean_result(self, path: RepoPath) -> Entry | None:
        """What git's own merge leaves at a path that does not conflict."""
        return self.merge.changes[path] if path in self.merge.changes else self.store.entry("fork", path)

    def is_worth_telling(self, decision: Decision) -> bool:
        """Whether a decision is about a conflict, asks for something, or leaves anything else than git would."""
        if decision.is_conflict or not decision.results or decision.resolution is Resolution.REGENERATE:
            return True
        return not self._is_gits(decision.results)

    def _is_gits(self, results: Mapping[RepoPath, Entry | None]) -> bool:
        """Whether this is what git would leave."""
        return all(self.clean_result(path) == entry for path, entry in results.items())

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
            paths.update(self._owned_of_fork(whole))
        return paths

    def _owned_of_fork(self, rules: Iterable[Rule]) -> Iterator[RepoPath]:
        """The fork's files that a rule owns; looked for only where its patterns lead."""
        for owner in _owners(rules):
            for place in owner.places:
                files = self.store.scratch.repository.files_at(self.store.fork, place)
                yield from (path for path in files if owner.match(path) is not None)

    def _versions(self, path: RepoPath) -> Versions:
        """A path's three versions, from what is known to have changed: looking each up takes longer."""
        changes, store = self.store.scratch.repository.changes, self.store
        of_upstream, of_fork = changes(store.base, store.upstream), changes(store.base, store.fork)
        if path not in of_upstream and path not in of_fork:
            return Versions(*[store.entry("base", path)] * 3)
        base, upstream = of_upstream[path] if path in of_upstream else (of_fork[path][0],) * 2
        return Versions(base, of_fork[path][1] if path in of_fork else base, upstream)


def _is_forks_alone(versions: Versions) -> bool:
    return versions.fork is not None and versions.base is None and versions.upstream is None


def _owners(rules: Iterable[Rule]) -> tuple[RulePaths, ...]:
    return tuple(owner for rule in rules if (owner := RulePaths.of(rule)))


def _owned(rules: Iterable[Rule], paths: Iterable[RepoPath]) -> Iterator[RepoPath]:
    owners = _owners(rules)
    return (path for path in paths if any(owner.match(path) is not None for owner in owners))
