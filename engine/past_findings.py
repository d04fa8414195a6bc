"""What history shows beyond single merges: what production took of upstream's, how, and under which version."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from ..policy.checks import squashed_sync, unreleased_upstream
from ..policy.customizations import Requirement, requirements
from ..policy.fields import version_key
from ..policy.findings import Finding, Severity
from ..policy.names import CommitId
from .fork import Fork, fork_at
from .git.repository import Commit
from .lost_syncs import LostSyncs
from .production_line import Arrival, Line
from .sync_merges import SyncMerge
from .version_findings import file_claims, mismatches, tag_claim
from .versioning import Versioning


def past_findings(fork: Fork, syncs: Iterable[SyncMerge], since: datetime | None) -> Iterator[Finding]:
    """Everything that history shows since a day; what some merges brought, of these merges alone."""
    every = tuple(syncs)
    line = Line.of(fork, every)
    yield from _unreleased(fork, line, every)
    yield from _squashed(fork, since)
    yield from _tags(fork, since)
    yield from _customizations(fork, line, since)


# Private


def _is_late(commit: Commit, since: datetime | None) -> bool:
    return since is None or commit.committed >= since


def _unreleased(fork: Fork, line: Line, syncs: Iterable[SyncMerge]) -> Iterator[Finding]:
    """`unreleased-upstream`, at the commit with which each sync came into production."""
    arrivals = dict.fromkeys(line.arrival(each) for each in syncs)
    for arrival in arrivals:
        facts = _unreleased_facts(fork, arrival)
        for each in unreleased_upstream.judge(fork.policy, facts):
            subject = fork.repo.commit(arrival.commit).subject
            message = each.message.replace("head brings", f"{arrival.commit[:10]} ({subject}) brought", 1)
            yield Finding(each.rule, each.severity, message, commit=arrival.commit, fix="merge releases only")


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


def _customizations(fork: Fork, line: Line, since: datetime | None) -> Iterator[Finding]:
    """`customization-lost`, where production lost one and has not got it back."""
    for each in requirements(fork.policy.customizations):
        lost = _last_loss(fork, line, each)
        if lost is None or not _is_late(lost, since):
            continue
        message = (
            f"the customization “{each.customization}” was lost with {lost.id[:10]} of {lost.committed:%Y-%m-%d} "
            f"({lost.subject}), and {fork.production.name} lacks it still: {each.wanted}"
        )
        fix = "restore it, or change the customization in the policy"
        yield Finding("customization-lost", Severity.ERROR, message, each.path, lost.id, fix)


def _last_loss(fork: Fork, line: Line, requirement: Requirement) -> Commit | None:
    """The commit of production's line after which a requirement holds no more; None where it holds, or never did."""
    repo = fork.repo
    after: CommitId | None = None
    for commit in line.commits:
        entry = repo.entry(repo.tree(commit), requirement.path)
        content = None if entry is None or entry.is_submodule else repo.read(entry.id)
        if requirement.holds(content):
            return None if after is None else repo.commit(after)
        after = commit
    return None
