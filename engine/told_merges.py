"""What git merges by itself and a plan tells all the same: settled conflicts, and lines of the fork's that it drops."""

from collections.abc import Container, Iterator

from msgspec.structs import replace

from ..policy.decisions import Decision
from ..policy.facts import Conflict
from ..policy.names import RepoPath
from ..policy.ownership import Ownership
from ..policy.results import Settled, returned_to_fork
from .clean_merges import file_at
from .conflict_facts import gather_facts
from .evaluation import Evaluation
from .fork import Fork
from .merge import Merge
from .merge_store import MergeStore
from .settled_conflicts import OnGitBase, settled_conflicts


def told_merges(
    fork: Fork, evaluation: Evaluation, on_git: OnGitBase, store: MergeStore, ownership: Ownership
) -> Iterator[Decision]:
    """The merges that are told, path by path; what a rule decides is left to that."""
    settled = tuple(settled_conflicts(fork, evaluation, on_git, store, ownership))
    told = {path for decision in (*evaluation.decisions, *settled) for path in decision.paths}
    yield from settled
    yield from _losing(fork, evaluation.merge, store, ownership, told)


# Private


def _losing(
    fork: Fork, merge: Merge, store: MergeStore, ownership: Ownership, told: Container[RepoPath]
) -> Iterator[Decision]:
    """The files in which the changes of both sides combine, and lines of the fork's are lost by that.

    No other file is read: elsewhere the result is one side's, and the other has the base's.
    """
    combined = (path for path in merge.combined if path in merge.changes and path not in told)
    files = (file_at(merge, store, path) for path in combined)
    losing = [each for each in files if returned_to_fork(_settled(each, merge), store)]
    for facts in gather_facts(fork.repo, fork.history, losing, store.read, look_inside=False) if losing else ():
        decision = ownership.merged(facts, merge.changes[facts.conflict.path], store)
        if decision.loss.fork:  # else the fork never changed it, as its history shows
            yield replace(decision, reason=f"{decision.reason}, and brings back what {fork.policy.fork.name} removed")


def _settled(file: Conflict, merge: Merge) -> Settled:
    return Settled(file.path, file.files[file.path], merge.changes[file.path])
