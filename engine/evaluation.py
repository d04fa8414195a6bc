"""A merge, evaluated: what conflicts, what is known about it, and what the policy decides."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from ..policy.decisions import Decision
from ..policy.facts import ConflictFacts
from ..policy.names import CommitId, RepoPath
from ..policy.ownership import Ownership
from .conflict_facts import gather_facts
from .enforcement import Enforcement
from .fork import Fork
from .git.scratch import Scratch, scratch_store
from .merge import Merge, merge_commits
from .merge_store import MergeStore
from .protection import protected_paths
from .survival import PlannedTree

_ATTRIBUTES = RepoPath(".gitattributes")


@dataclass(frozen=True)
class Evaluation:
    """The merge of one upstream commit into the fork's branch, path by path."""

    merge: Merge
    facts: tuple[ConflictFacts, ...]
    decisions: tuple[Decision, ...]


@contextmanager
def scratch_for(fork: Fork) -> Iterator[Scratch]:
    """A scratch store in which merges see what a person's would: production's root attributes."""
    repo = fork.repo
    attributes = repo.entry(repo.tree(fork.production.commit), _ATTRIBUTES)
    with scratch_store(repo.objects_dir, repo.read(attributes.id) if attributes else None) as scratch:
        yield scratch


def ownership_of(fork: Fork, policy_path: str) -> Ownership:
    """The policy's ownership rules, with what is built in for this fork."""
    tree = fork.repo.tree(fork.production.commit)
    return Ownership(fork.policy, protected_paths(fork.repo, tree, fork.policy, policy_path))


def evaluate(
    fork: Fork, scratch: Scratch, upstream: CommitId, bases: tuple[CommitId, ...], ownership: Ownership
) -> Evaluation:
    """Merge an upstream commit into the fork's branch, in the scratch store, and decide every path that needs it."""
    repo, production = fork.repo, fork.production.commit
    merge = merge_commits(scratch, production, upstream, bases)
    store = MergeStore(scratch, *(repo.tree(commit) for commit in (bases[0], production, upstream)))
    enforcement = Enforcement(fork.policy, ownership, merge, store)
    asked = (*merge.conflicts, *enforcement.candidates())
    copies = ownership.disabled_copies(path for conflict in asked for path in conflict.files)
    facts = gather_facts(repo, fork.history, asked, store.read, copies)
    decisions = tuple(_decide(ownership, facts, enforcement))
    return Evaluation(merge, facts, decisions)


def _decide(ownership: Ownership, facts: tuple[ConflictFacts, ...], enforcement: Enforcement) -> Iterator[Decision]:
    """One decision for every path: a rule that disables a file decides its copy along with it."""
    decided: set[RepoPath] = set()
    for each in facts:
        if decided.issuperset(each.conflict.files):
            continue
        decision = ownership.decide(each, enforcement.store)
        if decision is not None and enforcement.is_worth_telling(decision):
            decided.update(decision.paths)
            yield decision


def planned_tree(fork: Fork, scratch: Scratch, merge: Merge, decisions: tuple[Decision, ...]) -> PlannedTree:
    """What the merge will leave at any path; to be read while the scratch store is there."""
    repo = scratch.repository
    return PlannedTree(partial(repo.entry, repo.tree(fork.production.commit)), merge.changes, decisions, repo.read)
