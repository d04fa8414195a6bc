"""What the checks of the gate ask about upstream's commits: whether they are released, and how they came."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from ..policy.checks import not_a_release, squashed_sync, unreleased_upstream
from ..policy.errors import RepositoryError
from ..policy.findings import Finding
from ..policy.names import CommitId
from .gate_facts import REBASED, Addition, Gate
from .lost_syncs import LostSyncs
from .selection import select

_PICKED = re.compile(r"^\(cherry picked from commit ([0-9a-f]{40})\)$", re.MULTILINE)


def unreleased_commits(gate: Gate) -> Iterator[Finding]:
    """`unreleased-upstream`."""
    unreleased = gate.addition.unreleased
    picked = tuple(_picked(gate.addition)) if gate.policy.check.cherry_picks == "forbid" else ()
    facts = unreleased_upstream.Facts(
        len(unreleased),
        _described(gate.addition, unreleased[-1]) if unreleased else None,
        _described(gate.addition, unreleased[0]) if unreleased else None,
        _release_instead(gate) if unreleased or picked else None,
        picked,
    )
    return unreleased_upstream.judge(gate.policy, facts)


def squashed_syncs(gate: Gate) -> Iterator[Finding]:
    """`squashed-sync`: each commit by itself; and where there are many, all of them, which may be a rebase."""
    addition = gate.addition
    lost = LostSyncs(addition.fork).among(addition.singles)
    found = [squashed_sync.LostSync(commit, 1, str(each)) for commit, each in lost.items()]
    if not lost and not addition.upstream and len(addition.singles) >= REBASED:
        whole = replace(addition.own[addition.head], parents=addition.merge_bases[:1])
        rebased = LostSyncs(addition.fork).among([whole]).values()
        found += (squashed_sync.LostSync(addition.head, len(addition.singles), str(each)) for each in rebased)
    return squashed_sync.judge(gate.policy, squashed_sync.Facts(tuple(found)))


def merged_without_release(gate: Gate) -> Iterator[Finding]:
    """`not-a-release`."""
    brought = (each for each in gate.addition.brought if gate.addition.release_at(each.commit) is None)
    told = tuple(not_a_release.Merged(each.commit, each.merge) for each in brought)
    return not_a_release.judge(gate.policy, not_a_release.Facts(told, _release_instead(gate) if told else None))


# Private


def _described(addition: Addition, commit: CommitId) -> unreleased_upstream.UpstreamCommit:
    found = addition.fork.repo.commit(commit)
    return unreleased_upstream.UpstreamCommit(commit, found.subject, f"{found.committed:%Y-%m-%d}")


def _release_instead(gate: Gate) -> str | None:
    """The newest release that base could take."""
    try:
        target = select(gate.addition.fork, None, gate.now)
    except RepositoryError:  # no release is known here
        return None
    return target.release.tag if target.release is not None and target.commit is not None else None


def _picked(addition: Addition) -> Iterator[tuple[CommitId, unreleased_upstream.UpstreamCommit]]:
    """The fork's commits that repeat an unreleased one of upstream's: by what they say, or by author and subject."""
    fork = addition.fork
    unreleased = [*map(fork.repo.commit, fork.repo.walk(fork.tips, [addition.base, *fork.releases.values()]))]
    ids = {each.id for each in unreleased}
    alike = {(each.author_email, each.subject): each.id for each in unreleased}
    for commit in reversed(addition.singles):
        said = _PICKED.search(commit.message)
        named = CommitId(said[1]) if said else None
        origin = named if named in ids else alike.get((commit.author_email, commit.subject))
        if origin is not None:
            yield commit.id, _described(addition, origin)
