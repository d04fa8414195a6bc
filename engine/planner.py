"""Makes the plan: release, merge, facts, decisions, findings, in that order and with no way back."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from ..policy.decisions import Decision, Resolution
from ..policy.fields import fill
from ..policy.findings import Finding, Severity
from ..policy.models import Policy
from ..policy.names import CommitId
from ..policy.origins import BY_GIT
from ..policy.ownership import Ownership
from ..policy.releases import Release
from . import crosscheck, oracle
from .base_findings import lost_sync_findings, plan_base
from .contained import Contained
from .escape import shell
from .evaluation import Evaluation, evaluate, ownership_of, planned_tree, scratch_for, store_of
from .fork import Fork
from .git.merging import ShortStat
from .git.scratch import Scratch
from .lost_customizations import lost_customizations
from .merge import Merge
from .merge_base import merge_on_base
from .merge_findings import merge_findings
from .merge_store import MergeStore
from .missing import naming_missing_files
from .pending import pending_sync
from .plan import (
    PENDING_SYNC,
    Base,
    CrossCheck,
    CustomizationState,
    ForkSide,
    Labels,
    NextVersion,
    Pending,
    Plan,
    PullRequest,
    Status,
    Summary,
    UpstreamSide,
)
from .preflight import require_history
from .provenance import PolicySource
from .selection import Target, select
from .settled_conflicts import on_git_base
from .survival import customization_states
from .told_merges import told_merges
from .versioning import VersionState, tag_on, version_state


class Request(Struct, frozen=True):
    """What a plan is asked for."""

    release: str | None = None
    cross_check: str = "auto"
    """`auto`: ask git where it is installed; `always`: it must be; `never`."""


def make_plan(fork: Fork, source: PolicySource, request: Request, now: datetime, *, in_ci: bool = False) -> Plan:
    """Plan the merge of a release into the branch that `fork` looks at. The pull request's body is left empty.

    Raises:
        RepositoryError: the repository lacks what the plan needs.
    """
    with planning(fork, source, request, now, in_ci=in_ci) as planned:
        return planned.plan


class Planned(Struct, frozen=True):
    """A plan with the merge that it tells of, in the scratch store that holds what the merge wrote."""

    plan: Plan
    merge: Merge | None = None
    scratch: Scratch | None = None
    """Both None where there is nothing to merge."""


@contextmanager
def planning(
    fork: Fork, source: PolicySource, request: Request, now: datetime, *, in_ci: bool = False
) -> Generator[Planned, None, None]:
    """Plan as `make_plan` does, and keep the scratch store while the block runs.

    Raises:
        RepositoryError: the repository lacks what the plan needs.
    """
    target = select(fork, request.release, now)
    plan = _before_merging(fork, source, target)
    if target.refused is not None or target.release is None or target.commit is None:
        yield Planned(plan)
        return
    with merging(fork, source, request, target.commit, in_ci=in_ci) as merged:
        plan = _with_merge(plan, fork, target.release, merged)
        yield Planned(plan, merged.evaluation.merge, merged.store.scratch)


class Merged(Struct, frozen=True):
    """What the merge of a release comes to, whatever speaks against merging it now."""

    release: CommitId
    base: Base
    evaluation: Evaluation
    store: MergeStore
    counts: ShortStat
    check: CrossCheck
    decisions: tuple[Decision, ...]
    findings: tuple[Finding, ...]
    customizations: tuple[CustomizationState, ...]
    stands_on: CommitId | None
    """The content base, whether the merge stands on it or not, where production holds most of what leads to it."""


@contextmanager
def merging(
    fork: Fork, source: PolicySource, request: Request, release: CommitId, *, in_ci: bool = False
) -> Generator[Merged, None, None]:
    """Merge a commit of upstream's into the branch, decide every path, and keep the scratch store while the block runs.

    Raises:
        RepositoryError: the repository lacks what the merge needs.
    """
    production = fork.production.commit
    bases = require_history(fork.repo, production, release, in_ci=in_ci)
    with naming_missing_files(fork.repo, bases[0], production, release, in_ci=in_ci), scratch_for(fork) as scratch:
        yield _merge(fork, source, scratch, request, release, bases)


def _merge(
    fork: Fork,
    source: PolicySource,
    scratch: Scratch,
    request: Request,
    release: CommitId,
    bases: tuple[CommitId, ...],
) -> Merged:
    """Merge and decide, while git, where it is there, merges and counts beside."""
    production = fork.production.commit
    asked = crosscheck.start(request.cross_check, scratch, production, release)
    counting = oracle.start_shortstat(scratch, bases[0], release)
    based = merge_on_base(fork, scratch, release, bases)
    counting = counting and counting.since(based.bases[0])
    checking, git = asked, asked
    if based.uses_content:
        checking = crosscheck.start(request.cross_check, scratch, production, release, based.bases[0])
        git = asked or oracle.start(scratch, production, release)
    ownership = ownership_of(fork, source.path)
    evaluation = evaluate(fork, scratch, release, based, ownership)
    check = crosscheck.finish(request.cross_check, checking, evaluation.merge)
    on_git = on_git_base(fork, scratch, release, based, git)
    store = store_of(fork, scratch, release, based)
    told = told_merges(fork, evaluation, on_git, store, ownership)
    decisions = crosscheck.apply(check, (*evaluation.decisions, *told))
    tree = planned_tree(fork, scratch, evaluation.merge, decisions)
    return Merged(
        release,
        plan_base(fork, based, on_git),
        evaluation,
        store,
        oracle.shortstat(scratch, based.bases[0], release, counting),
        check,
        decisions,
        (*_merge_findings(fork, scratch, evaluation, ownership, check), *lost_customizations(fork, release, tree)),
        customization_states(fork.policy.customizations, tree),
        based.held,
    )


def _merge_findings(
    fork: Fork, scratch: Scratch, evaluation: Evaluation, ownership: Ownership, check: CrossCheck
) -> Iterator[Finding]:
    """What the merge itself gives reason to say."""
    yield from lost_sync_findings(fork, evaluation.based.lost_syncs)
    yield from crosscheck.findings(check)
    production = fork.repo.tree(fork.production.commit)
    yield from merge_findings(scratch, production, evaluation.merge, evaluation.facts, ownership)


def _before_merging(fork: Fork, source: PolicySource, target: Target) -> Plan:
    """What can be said without a merge."""
    refused = () if target.refused is None else (Finding("refused", Severity.ERROR, target.refused),)
    current = fork.tag(fork.version)
    return Plan(
        policy=source,
        labels=_labels(fork.policy),
        fork=ForkSide(fork.production.name, fork.production.commit, current),
        upstream=_upstream_side(target),
        base=None,
        status=Status.REFUSED if refused else Status.UP_TO_DATE,
        summary=None,
        findings=(*refused, *fork.findings, *target.notes),
        version=NextVersion(current, None),
        contained_release=target.contained.tag if target.contained else None,
    )


def _with_merge(plan: Plan, fork: Fork, release: Release, merged: Merged) -> Plan:
    """The plan with what the merge came to."""
    status = _status(merged.decisions, merged.findings)
    state = _version(fork, release, merged.stands_on)
    contained = state.contained if state else Contained(fork.newest_contained)
    pending = pending_sync(fork, release, merged.release)
    return replace(
        plan,
        base=merged.base,
        status=status,
        summary=_summary(fork, merged),
        decisions=merged.decisions,
        findings=(*plan.findings, *merged.findings, *_pending_findings(pending, release.tag)),
        customizations=merged.customizations,
        version=NextVersion(fork.tag(fork.version), tag_on(fork, release, state), provisional=False),
        pull_request=_pull_request(fork.policy, fork.production.name, release, status),
        cross_check=merged.check,
        checklist=fork.policy.pull_request.checklist,
        commands=_commands(fork.policy, merged.decisions),
        contained_release=contained.release.tag if contained.release else plan.contained_release,
        contained_unknown=contained.unknown,
        pending=pending,
    )


def _commands(policy: Policy, decisions: tuple[Decision, ...]) -> tuple[str, ...]:
    """What makes again the files that are regenerated, each command once, in the policy's order."""
    deciding = {each.rule for each in decisions if each.resolution is Resolution.REGENERATE}
    wanted = (rule.command for rule in policy.ownership.rules if rule.name in deciding and rule.command)
    return tuple(dict.fromkeys(wanted))


def _status(decisions: tuple[Decision, ...], findings: tuple[Finding, ...]) -> Status:
    """A lost customization needs people as much as an open conflict; what git merges by itself is no decision."""
    errors = any(each.severity is Severity.ERROR for each in findings)
    if errors or any(each.needs_person for each in decisions):
        return Status.REVIEW
    return Status.RESOLVED if any(each.rule != BY_GIT for each in decisions) else Status.CLEAN


def _summary(fork: Fork, merged: Merged) -> Summary:
    production, repo = fork.production.commit, fork.repo
    return Summary(
        upstream_commits=sum(1 for _ in repo.walk([merged.release], [production])),
        fork_commits=sum(1 for _ in repo.walk([production], [merged.release])),
        files_changed=merged.counts.files,
        insertions=merged.counts.insertions,
        deletions=merged.counts.deletions,
    )


def _version(fork: Fork, release: Release, content_base: CommitId | None) -> VersionState | None:
    """The fork's version before the sync; None where the policy numbers none."""
    return None if fork.formats is None else version_state(fork, content_base=content_base, towards=release)


def _pull_request(policy: Policy, base: str, release: Release, status: Status) -> PullRequest:
    wanted = policy.pull_request
    values = {"tag": release.tag, "version": release.version}
    state = wanted.labels.conflicts if status is Status.REVIEW else wanted.labels.clean
    return PullRequest(
        branch=fill(wanted.branch, values),
        base=base,
        title=fill(wanted.title, values),
        labels=(*wanted.labels.always, *state),
        draft=wanted.draft,
        body="",
        when_open=wanted.when_open,
    )


def _pending_findings(pending: Pending | None, tag: str) -> tuple[Finding, ...]:
    """A note where the sync branch is there already."""
    if pending is None:
        return ()
    holds = "this sync" if pending.holds_this_sync else "something else than this sync"
    message = f"the sync branch {pending.branch} is there already ({pending.ref}) and holds {holds}"
    fix = f"forkpolicy plan {shell(tag)} --onto {shell(pending.branch)}"
    return (Finding(PENDING_SYNC, Severity.NOTE, message, fix=fix if pending.holds_this_sync else None),)


def _labels(policy: Policy) -> Labels:
    fork, upstream = policy.fork, policy.upstream
    return Labels(fork.name, upstream.name, fork.repository, upstream.repository, fork.remote)


def _upstream_side(target: Target) -> UpstreamSide | None:
    if target.release is None or target.commit is None:
        return None
    return UpstreamSide(target.release.tag, target.commit, target.release.version)
