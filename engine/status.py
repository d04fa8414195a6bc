"""Where the fork stands: what it is made of, what upstream has that it lacks, what it has not released yet."""

from datetime import datetime

from msgspec import Struct

from ..policy.branches import role_of
from ..policy.errors import RepositoryError
from ..policy.findings import Finding, Severity
from ..policy.names import CommitId, RefName
from .base_findings import is_healed
from .fork import Fork
from .lost_syncs import LostSync, LostSyncs
from .mirror import Mirror, mirrors
from .production_base import content_base_of
from .release_list import ListedTag, ReleaseList, list_releases
from .standing import standing
from .versioning import VersionState, version_state


class Behind(Struct, frozen=True):
    """How far production is behind the newest release."""

    newest: ListedTag
    releases: int
    commits: int
    """Upstream's commits up to that release that production lacks."""
    days: int | None
    """The days between the release that production contains and that one, by their dates; negative where the newer
    one is dated earlier; None where production contains none."""


class PendingSync(Struct, frozen=True):
    """A sync branch that is not merged into production yet."""

    ref: RefName
    commit: CommitId


class Status(Struct, frozen=True):
    """Where the fork stands."""

    checked_out: str | None
    """The branch that is checked out; None for a detached HEAD."""
    production: str
    commit: CommitId
    committed: datetime
    version: VersionState | None
    """None where the policy numbers no versions."""
    releases: ReleaseList
    behind: Behind | None
    """None where production contains the newest release."""
    fork_commits: int
    """The fork's own commits that production carries, merges aside."""
    upstream_ahead: int | None
    """Upstream's commits on the branch that the mirror follows that production lacks; None where it is unknown."""
    followed: str | None
    mirrors: tuple[Mirror, ...]
    lost_syncs: tuple[LostSync, ...]
    healed: frozenset[CommitId]
    """Those of them after which a sync was merged that has what they brought."""
    pending: tuple[PendingSync, ...]
    findings: tuple[Finding, ...]
    standing: tuple[Finding, ...]
    """What production violates: the gate does not hold it against pull requests."""


def fork_status(fork: Fork, policy_path: str, now: datetime) -> Status:
    """Look at everything that tells where the fork stands; the policy belongs to the fork, so its path is asked for.

    Raises:
        RepositoryError: history is damaged.
    """
    repo, tip = fork.repo, fork.production.commit
    version, problems = _version(fork)
    releases = list_releases(fork, now)
    head = repo.head_ref()
    lost = tuple(LostSyncs(fork).among(fork.history.commits.values()).values())
    followed = next((each.follows for each in fork.policy.branches if each.follows), None)
    return Status(
        None if head is None else head.removeprefix("refs/heads/"),
        fork.production.name,
        tip,
        repo.commit(tip).committed,
        version,
        releases,
        _behind(fork, releases),
        sum(not each.is_merge for each in fork.history.commits.values()),
        _ahead(fork, followed),
        followed,
        mirrors(repo, fork.policy),
        lost,
        frozenset(each.commit for each in lost if is_healed(fork, each)),
        _pending(fork),
        (*fork.findings, *releases.findings, *problems),
        standing(fork, policy_path, now.date()),
    )


def _version(fork: Fork) -> tuple[VersionState | None, tuple[Finding, ...]]:
    """The version with what disagrees with it; where nothing tells it, that is a note."""
    if fork.policy.versions is None:
        return None, ()
    try:
        version = version_state(fork, content_base=content_base_of(fork))
    except RepositoryError as error:
        return None, (Finding("unknown-version", Severity.NOTE, error.message, fix=error.hint),)
    return version, version.findings


def _behind(fork: Fork, releases: ReleaseList) -> Behind | None:
    newer = [each for each in releases.newer if each.commit is not None]
    if not newer:
        return None
    newest = newer[0]
    tips = [each for each in (newest.commit,) if each is not None]
    commits = sum(1 for _ in fork.repo.walk(tips, [fork.production.commit]))
    here = next((each.date for each in releases.tags if each.release == releases.contained), None)
    days = (newest.date - here).days if newest.date and here else None
    return Behind(newest, len(newer), commits, days)


def _ahead(fork: Fork, followed: str | None) -> int | None:
    tip = None if followed is None else fork.repo.ref(f"refs/remotes/{followed}")
    return None if tip is None else sum(1 for _ in fork.repo.walk([tip], [fork.production.commit]))


def _pending(fork: Fork) -> tuple[PendingSync, ...]:
    """The sync branches, here or on the fork's remote, whose tips production lacks."""
    repo, policy = fork.repo, fork.policy
    found: dict[CommitId, RefName] = {}
    for prefix in ("refs/heads/", f"refs/remotes/{policy.fork.remote}/"):
        for ref, commit in repo.refs(prefix).items():
            if role_of(ref.removeprefix(prefix), policy.branches).role == "sync":
                found.setdefault(commit, ref)
    tip = fork.production.commit
    return tuple(PendingSync(ref, commit) for commit, ref in found.items() if not repo.is_ancestor(commit, tip))
