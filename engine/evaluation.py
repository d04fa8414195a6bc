"""A merge, evaluated: what conflicts, what is known about it, and what the policy decides."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import partial

from msgspec import Struct

from ..policy.decisions import Decision
from ..policy.facts import ConflictFacts
from ..policy.names import CommitId, RepoPath
from ..policy.ownership import Ownership
from .base_review import doubtful_paths, hold_back
from .collisions import keep_apart
from .conflict_facts import OtherNames, gather_facts
from .enforcement import Enforcement
from .fork import Fork
from .git.scratch import Scratch, scratch_store
from .merge import Merge
from .merge_base import BasedMerge
from .merge_store import MergeStore
from .protection import protected_paths
from .survival import PlannedTree

_ATTRIBUTES = RepoPath(".gitattributes")


class Evaluation(Struct, frozen=True):
    """The merge of one upstream commit into the fork's branch, path by path."""

    based: BasedMerge
    facts: tuple[ConflictFacts, ...]
    decisions: tuple[Decision, ...]
    renamed: frozenset[RepoPath] = frozenset()
    """The new names of files that upstream renamed, as far as rules ask for what it added."""

    @property
    def merge(self) -> Merge:
        """The merge itself."""
        return self.based.merge


@contextmanager
def scratch_for(fork: Fork) -> Generator[Scratch, None, None]:
    """A scratch store in which merges see what a person's would: production's root attributes.

    A symbolic link is none: git follows none in `.gitattributes` (`git help attributes`, "NOTES").
    """
    repo = fork.repo
    attributes = repo.entry(repo.tree(fork.production.commit), _ATTRIBUTES)
    content = repo.read(attributes.id) if attributes and attributes.is_file else None
    with scratch_store(repo.objects_dir, content, below=repo) as scratch:
        yield scratch


def ownership_of(fork: Fork, policy_path: str) -> Ownership:
    """The policy's ownership rules, with what is built in for this fork."""
    tree = fork.repo.tree(fork.production.commit)
    return Ownership(fork.policy, protected_paths(fork.repo, tree, fork.policy, policy_path))


def evaluate(fork: Fork, scratch: Scratch, upstream: CommitId, based: BasedMerge, ownership: Ownership) -> Evaluation:
    """Decide every path of the merge of an upstream commit into the fork's branch that needs it."""
    store = store_of(fork, scratch, upstream, based)
    enforcement = Enforcement(fork.policy, ownership, based.merge, store)
    asked = (*based.merge.conflicts, *enforcement.candidates())
    copies = ownership.disabled_copies(path for conflict in asked for path in conflict.files)
    names = OtherNames(copies, enforcement.renamed)
    look_inside = fork.policy.asks_for_binary
    facts = gather_facts(fork.repo, fork.history, asked, store.read, names, look_inside=look_inside)
    doubts = doubtful_paths(scratch, fork.history, upstream, based)
    decisions = keep_apart(hold_back(_decide(ownership, facts, enforcement), doubts, fork.policy))
    return Evaluation(based, facts, decisions, enforcement.renamed)


def store_of(fork: Fork, scratch: Scratch, upstream: CommitId, based: BasedMerge) -> MergeStore:
    """The policy's window on a merge."""
    return MergeStore(scratch, based.merge.base, *(fork.repo.tree(each) for each in (fork.production.commit, upstream)))


def _decide(ownership: Ownership, facts: tuple[ConflictFacts, ...], enforcement: Enforcement) -> Iterator[Decision]:
    """One decision for every path: a rule that disables a file decides its copy along with it."""
    decided: set[RepoPath] = set()
    for each in facts:
        if decided.issuperset(each.conflict.files):
            continue
        store, path = enforcement.store, each.conflict.path
        decision = ownership.decide(each, store) or ownership.guarded(each, enforcement.clean_result(path), store)
        if decision is not None and enforcement.is_worth_telling(decision):
            decided.update(decision.paths)
            yield decision


def planned_tree(fork: Fork, scratch: Scratch, merge: Merge, decisions: tuple[Decision, ...]) -> PlannedTree:
    """What the merge will leave at any path; to be read while the scratch store is there."""
    repo = scratch.repository
    return PlannedTree(partial(repo.entry, repo.tree(fork.production.commit)), merge.changes, decisions, repo.read)
