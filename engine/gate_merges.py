"""What the checks of the gate ask about the syncs that head brings: each is replayed by the policy of base."""

from collections.abc import Iterator

from ..policy.findings import Finding
from .gate_facts import Gate
from .merge_review import review
from .replay import replaying
from .sync_merges import sync_merges


def reviewed_syncs(gate: Gate) -> Iterator[Finding]:
    """`ownership`, `fork-dropped`, `upstream-dropped` and `disabled-file`, of every sync that head brings."""
    addition = gate.addition
    if not addition.upstream:
        return
    repo, head = addition.fork.repo, addition.at_head
    for sync in sync_merges(repo, head.history, addition.base):
        if sync.commit in addition.own:
            with replaying(head, sync, gate.policy_path or "") as replay:
                yield from review(replay, repo.tree(addition.head))
