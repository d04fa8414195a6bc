"""Holds what a sync recorded against its replay: against the policy, the fork's changes dropped, upstream's dropped.

What a later commit put right is no finding: `final` is the tree that counts in the end.
"""

from collections.abc import Iterator

from ..policy.checks import disabled_file, fork_dropped, ownership, upstream_dropped
from ..policy.findings import Finding
from ..policy.names import TreeId
from .against_policy import AgainstPolicy
from .dropped_work import DroppedWork
from .recorded import Recording
from .replay import Replay


def review(replay: Replay, final: TreeId) -> Iterator[Finding]:
    """The findings of `ownership`, `fork-dropped`, `upstream-dropped` and `disabled-file` on one sync."""
    recording, policy = Recording(replay, final), replay.fork.policy
    against = AgainstPolicy(recording)
    dropped = DroppedWork(recording, against)
    yield from ownership.judge(policy, ownership.Facts(tuple(against.recorded())))
    yield from fork_dropped.judge(policy, fork_dropped.Facts(tuple(dropped.of_fork())))
    yield from upstream_dropped.judge(policy, upstream_dropped.Facts(tuple(dropped.of_upstream())))
    yield from disabled_file.judge(policy, disabled_file.Facts(tuple(against.active())))
