"""Gathers for each check of the gate what it asks about, and lets it judge."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..policy.checks import forbidden_merge, not_a_release, squashed_sync, unreleased_upstream, wrong_base
from ..policy.errors import RepositoryError
from ..policy.findings import Finding
from ..policy.names import CommitId
from .gate_content import commit_formats, marked_files, version_claims
from .gate_facts import Gate
from .gate_policy import changed_policy
from .lost_syncs import LostSyncs
from .selection import select

_REBASED = 20
"""So many commits may be a sync that was rebased; fewer are taken one by one."""


def findings(gate: Gate) -> Iterator[Finding]:
    """What the checks find, in their order. On a mirror upstream's commits are at home: only names are judged."""
    for check in _ANYWHERE if gate.base.role == "mirror" else _CHECKS:
        yield from check(gate)


def _forbidden_merge(gate: Gate) -> Iterator[Finding]:
    release = gate.addition.release
    facts = forbidden_merge.Facts(gate.base, gate.head, release.tag if release else None, tuple(_mirrored(gate)))
    return forbidden_merge.judge(gate.policy, facts)


def _mirrored(gate: Gate) -> Iterator[forbidden_merge.MirrorCommit]:
    """The mirror's commits that head is, or that a push merged; a release's commit is that of the release."""
    addition = gate.addition
    if not addition.upstream:
        return
    candidates: list[tuple[CommitId, CommitId | None]] = [(addition.head, None)]
    if gate.head is None:
        candidates += [(parent, merge.id) for merge in addition.first_parent_merges for parent in merge.parents[1:]]
    for commit, merge in candidates:
        mirror = None if addition.release_at(commit) else addition.mirror_of(commit)
        if mirror is not None:
            yield forbidden_merge.MirrorCommit(commit, mirror, merge)


def _unreleased_upstream(gate: Gate) -> Iterator[Finding]:
    unreleased = gate.addition.unreleased
    first, last = (_described(gate, each) for each in (unreleased[-1], unreleased[0])) if unreleased else (None, None)
    instead = _release_instead(gate) if unreleased else None
    return unreleased_upstream.judge(gate.policy, unreleased_upstream.Facts(len(unreleased), first, last, instead))


def _described(gate: Gate, commit: CommitId) -> unreleased_upstream.UpstreamCommit:
    found = gate.addition.fork.repo.commit(commit)
    return unreleased_upstream.UpstreamCommit(commit, found.subject, f"{found.committed:%Y-%m-%d}")


def _release_instead(gate: Gate) -> str | None:
    """The newest release that base could take."""
    try:
        target = select(gate.addition.fork, None, gate.now)
    except RepositoryError:  # no release is known here
        return None
    return target.release.tag if target.release is not None and target.commit is not None else None


def _wrong_base(gate: Gate) -> Iterator[Finding]:
    return wrong_base.judge(gate.policy, wrong_base.Facts(gate.base, gate.head))


def _squashed_sync(gate: Gate) -> Iterator[Finding]:
    """Each commit by itself; and where there are many, all of them, which may be upstream's made anew."""
    addition = gate.addition
    singles = [each for each in addition.own.values() if not each.is_merge]
    lost = LostSyncs(addition.fork).among(singles)
    found = [squashed_sync.LostSync(commit, 1, str(each)) for commit, each in lost.items()]
    if not lost and not addition.upstream and len(singles) >= _REBASED:
        whole = replace(addition.own[addition.head], parents=addition.merge_bases[:1])
        rebased = LostSyncs(addition.fork).among([whole]).values()
        found += (squashed_sync.LostSync(addition.head, len(singles), str(each)) for each in rebased)
    return squashed_sync.judge(gate.policy, squashed_sync.Facts(tuple(found)))


def _not_a_release(gate: Gate) -> Iterator[Finding]:
    addition = gate.addition
    is_sync = gate.head is None or gate.head.role == "sync"
    merged = [each for each in addition.brought if addition.release_at(each.commit) is None] if is_sync else []
    told = tuple(not_a_release.Merged(each.commit, each.merge) for each in merged)
    return not_a_release.judge(gate.policy, not_a_release.Facts(told, _release_instead(gate) if told else None))


_CHECKS: tuple[Callable[[Gate], Iterator[Finding]], ...] = (
    _forbidden_merge,
    _unreleased_upstream,
    _wrong_base,
    _squashed_sync,
    _not_a_release,
    marked_files,
    version_claims,
    commit_formats,
    changed_policy,
)
_ANYWHERE: tuple[Callable[[Gate], Iterator[Finding]], ...] = (_forbidden_merge, _wrong_base, changed_policy)
