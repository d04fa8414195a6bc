"""What a plan says about its base: which one, why, and the lost syncs behind it with the repair."""

from collections.abc import Iterable, Iterator

from ..policy.findings import Finding, Severity
from .fork import Fork
from .lost_syncs import LostSync, LostSyncs
from .merge_base import BasedMerge
from .plan import LOST_SYNC, Base
from .settled_conflicts import OnGitBase

REPAIR = (
    "merge the next sync with a merge commit: with the release as its second parent, git sees upstream's history "
    "again; then allow merge commits only in {branch}'s branch protection, so that no sync is squashed"
)


def plan_base(fork: Fork, based: BasedMerge, on_git: OnGitBase) -> Base:
    """The base as the plan tells of it; a content base that changes nothing is not worth a word."""
    unmerged = len(based.merge.unmerged)
    wanted = fork.policy.merge.base == "content"
    if based.content is None or (based.uses_content and on_git.is_same and not wanted):
        return Base(based.git, None, "git", len(on_git.conflicts), unmerged)
    used = "content" if based.uses_content else "git"
    return Base(based.git, based.content.commit, used, len(on_git.conflicts), unmerged, based.why)


def lost_sync_findings(fork: Fork, lost_syncs: Iterable[LostSync]) -> Iterator[Finding]:
    """A note for each lost sync, in words for whoever has never heard of one."""
    for lost in lost_syncs:
        yield Finding(
            LOST_SYNC,
            Severity.NOTE,
            lost_sync_message(fork, lost),
            commit=lost.commit,
            fix=REPAIR.format(branch=fork.production.name),
        )


def unhealed_syncs(fork: Fork) -> tuple[Finding, ...]:
    """The lost syncs of the branch after which no sync was merged that has what they brought.

    Raises:
        RepositoryError: history is incomplete.
    """
    lost = LostSyncs(fork).among(fork.history.commits.values())
    return tuple(lost_sync_findings(fork, (each for each in lost.values() if not is_healed(fork, each))))


def is_healed(fork: Fork, lost: LostSync) -> bool:
    """Whether a sync was merged since that has what a lost one brought."""
    return any(fork.repo.is_ancestor(lost.upstream, side) for side in fork.history.sides)


def lost_sync_message(fork: Fork, lost: LostSync) -> str:
    """What a lost sync is, and what follows from it."""
    subject = fork.repo.commit(lost.commit).subject
    return (
        f"`{subject}` took {lost} over, but it was squashed or rebased: no commit of upstream's is its parent, so git "
        f"does not know that {fork.production.name} has them, and merges on an older base"
    )
