"""What a content base settles: the conflicts that the same merge has on git's base, and what becomes of each."""

from collections.abc import Iterator
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from ..policy.decisions import Decision
from ..policy.facts import Conflict, ConflictFacts, Entry, FileFacts, Versions
from ..policy.names import CommitId, RepoPath
from ..policy.origins import CONTENT_BASE
from ..policy.ownership import Ownership
from . import oracle
from .evaluation import Evaluation
from .fork import Fork
from .git.scratch import Scratch
from .history import fork_commits_by_path
from .merge import Merge, merge_commits
from .merge_base import BasedMerge
from .merge_store import MergeStore


class OnGitBase(Struct, frozen=True):
    """The merge on git's base, as far as the plan tells of it."""

    conflicts: frozenset[RepoPath]
    """The paths that git leaves unmerged there."""
    is_same: bool
    """Whether it comes to what the merge on the content base comes to."""


def on_git_base(
    fork: Fork, scratch: Scratch, release: CommitId, based: BasedMerge, asked: oracle.Running | None
) -> OnGitBase:
    """The merge on git's base, by git where it was asked, for that is quicker; where the plan uses it, as it is."""
    merge = based.merge
    if not based.uses_content:
        return OnGitBase(frozenset(merge.unmerged), is_same=True)
    if asked is not None:
        with suppress(oracle.CrashedError):
            verdict = asked.finish()
            return OnGitBase(verdict.unmerged, not oracle.compare(merge, verdict))
    other = merge_commits(scratch, fork.production.commit, release, based.git)
    return OnGitBase(frozenset(other.unmerged), _comes_to(merge) == _comes_to(other))


def settled_conflicts(
    fork: Fork, evaluation: Evaluation, on_git: OnGitBase, store: MergeStore, ownership: Ownership
) -> Iterator[Decision]:
    """What merges on the content base and conflicts on git's, path by path; what a rule decides is left to that."""
    based = evaluation.based
    if based.content is None or not based.uses_content:
        return
    decided = {path for decision in evaluation.decisions for path in decision.paths}
    conflicting = {path for conflict in based.merge.conflicts for path in conflict.files}
    settled = sorted(on_git.conflicts - conflicting - decided)
    versions = {path: store.versions(path) for path in settled}
    own = [path for path, each in versions.items() if each.fork != each.base]
    commits = fork_commits_by_path(fork.repo, fork.history, own)
    for path in settled:
        base = based.content.commit
        untouched = base if versions[path].fork and path not in own else None
        facts = ConflictFacts(
            Conflict(path, None, {path: versions[path]}),
            (FileFacts(path, versions[path], untouched=untouched),),
            commits.get(path, ()),
        )
        result = based.merge.changes.get(path, versions[path].fork)
        merged = ownership.merged(facts, result, store)
        yield replace(merged, rule=CONTENT_BASE, base=base, reason=_becomes(fork, versions[path], result))


# Private


def _becomes(fork: Fork, versions: Versions, result: Entry | None) -> str:
    """What becomes of a path, in words that many paths share."""
    if result == versions.upstream:
        name = fork.policy.upstream.name
        return f"no conflict on the content base: it is {'as' if result else 'deleted, as'} in {name}'s release"
    if result == versions.fork:
        return f"no conflict on the content base: what {fork.policy.fork.name} made of it stays"
    return "no conflict on the content base: the changes of both sides combine"


def _comes_to(merge: Merge) -> tuple[object, ...]:
    return {path for conflict in merge.conflicts for path in conflict.files}, merge.changes
