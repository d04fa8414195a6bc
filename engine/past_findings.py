"""What history shows beyond single merges: what production took of upstream's, how, and under which version."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from ..policy.checks import customization_lost, squashed_sync, unreleased_upstream
from ..policy.customizations import content_of, requirements
from ..policy.fields import version_key
from ..policy.findings import Finding
from ..policy.names import CommitId
from .arrivals import Arrival, arrivals
from .disappearance import Disappearance
from .fork import Fork, fork_at
from .git.repository import Commit
from .lost_syncs import LostSyncs
from .sync_merges import SyncMerge
from .version_findings import file_claims, mismatches, tag_claim
from .versioning import Versioning


def past_findings(fork: Fork, syncs: Sequence[SyncMerge], since: datetime | None) -> Iterator[Finding]:
    """Everything that history shows since a day; what syncs brought, of these syncs alone."""
    yield from _unreleased(fork, syncs)
    yield from _squashed(fork, since)
    yield from _tags(fork, since)
    yield from _customizations(fork, since)


# Private


def _is_late(commit: Commit, since: datetime | None) -> bool:
    return since is None or commit.committed >= since


def _unreleased(fork: Fork, syncs: Sequence[SyncMerge]) -> Iterator[Finding]:
    """`unreleased-upstream`, at the commit with which each sync came into production."""
    for arrival in arrivals(fork, syncs):
        for each in unreleased_upstream.judge(fork.policy, _unreleased_facts(fork, arrival)):
            who = f"{arrival.commit[:10]} ({fork.repo.commit(arrival.commit).subject})"
            message = each.message.replace("head brings", f"{who} brought", 1)
            yield replace(each, message=message, commit=arrival.commit, fix="merge releases only")


def _unreleased_facts(fork: Fork, arrival: Arrival) -> unreleased_upstream.Facts:
    """What came of upstream's that no release of that day had; nothing where no release of that day is known."""
    repo, released = fork.repo, tuple(_releases_of_that_day(fork, arrival.commit))
    if not released:
        return unreleased_upstream.Facts(0)
    beyond = repo.walk([arrival.commit], [arrival.before, *released])
    found = [each for each in beyond if fork.history.is_upstream(each)]
    first, last = (_described(fork, each) for each in (found[-1], found[0])) if found else (None, None)
    return unreleased_upstream.Facts(len(found), first, last)


def _releases_of_that_day(fork: Fork, commit: CommitId) -> Iterator[CommitId]:
    """The releases that were out when the fork made a commit.

    Most tags have no date of their own, and a release is often tagged long after its commit was made. So one that is
    newer than the version that the commit's own tree names was not out, whatever its commit's date; unless the commit
    contains it.
    """
    committed, rules = fork.repo.commit(commit).committed, fork.policy.versions
    named = file_claims(fork_at(fork, commit), rules) if rules is not None else ()
    newest = max((version_key(each.version) for each in named), default=None)
    for release, tagged in fork.releases.items():
        if fork.repo.commit(tagged).committed > committed:
            continue
        is_out = newest is None or version_key(release.version) <= newest
        if is_out or fork.repo.is_ancestor(tagged, commit):
            yield tagged


def _described(fork: Fork, commit: CommitId) -> unreleased_upstream.UpstreamCommit:
    found = fork.repo.commit(commit)
    return unreleased_upstream.UpstreamCommit(commit, found.subject, f"{found.committed:%Y-%m-%d}")


def _squashed(fork: Fork, since: datetime | None) -> Iterator[Finding]:
    """`squashed-sync`, for every lost sync."""
    lost = LostSyncs(fork).among(each for each in fork.history.commits.values() if _is_late(each, since))
    facts = tuple(squashed_sync.LostSync(commit, 1, str(each)) for commit, each in lost.items())
    return squashed_sync.judge(fork.policy, squashed_sync.Facts(facts))


def _tags(fork: Fork, since: datetime | None) -> Iterator[Finding]:
    """Fork versions that name an upstream release which history rules out; where it cannot tell, nothing is said."""
    if fork.formats is None:
        return
    versioning = Versioning(fork)
    late = [each for each in versioning.tagged if _is_late(fork.repo.commit(each.commit), since)]
    judged = (
        (tag_claim(each.tag, each.version, each.commit), versioning.denies(each.commit, each.version.upstream))
        for each in late
    )
    yield from mismatches(judged)


def _customizations(fork: Fork, since: datetime | None) -> Iterator[Finding]:
    """`customization-lost`: what production once had, and lacks: which commit took it, and when."""
    repo, tip = fork.repo, fork.production.commit
    past = Disappearance(repo, fork.history, tip)
    brought = {each.name: each.pull_requests for each in fork.policy.customizations}
    for each in requirements(fork.policy.customizations):
        holds = each.holds(content_of(repo.entry(repo.tree(tip), each.path), repo.read))
        commit = None if holds else past.from_fork(each)
        taken_by = None if commit is None else repo.commit(commit)
        if taken_by is None or not _is_late(taken_by, since):
            continue
        numbers, edited = brought[each.customization], not taken_by.is_merge
        lost = customization_lost.Broken(each.customization, each.path, each.wanted, taken_by.id, edited, numbers)
        for finding in customization_lost.judge(fork.policy, customization_lost.Facts((lost,))):
            when = (
                f"since {taken_by.committed:%Y-%m-%d} ({taken_by.subject}), and {fork.production.name} lacks it still"
            )
            yield replace(finding, message=f"{finding.message}; {when}")
