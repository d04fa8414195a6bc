"""The order in which commits count: chronological, and never a commit before its parents."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from msgspec import Struct

from .names import CommitId


class Node(Struct, frozen=True):
    """A commit as its order depends on it: its parents, in their order, and its committer's date."""

    parents: Sequence[CommitId]
    date: datetime


def chronological(tip: CommitId, nodes: Mapping[CommitId, Node]) -> list[CommitId]:
    """The commits among `nodes` that are reachable from `tip` through them, oldest first.

    It is git's `--date-order` (https://git-scm.com/docs/git-log), reversed: of the commits whose children are
    all told, the youngest is next, and of those with equal dates the one that was reached first. So it depends
    on topology and dates, never on object ids.
    """
    children = _children(tip, nodes)
    arrival = count()  # settles equal dates
    ready = [(0.0, next(arrival), tip)] if tip in nodes else []
    order: list[CommitId] = []
    while ready:
        _, _, commit = heappop(ready)
        order.append(commit)
        for parent in _parents(commit, nodes):
            children[parent] -= 1
            if not children[parent]:
                heappush(ready, (-nodes[parent].date.timestamp(), next(arrival), parent))
    return order[::-1]


def _children(tip: CommitId, nodes: Mapping[CommitId, Node]) -> dict[CommitId, int]:
    """How many children each commit has among those reachable from `tip`."""
    counts: dict[CommitId, int] = {tip: 0}
    waiting = [tip] if tip in nodes else []
    while waiting:
        for parent in _parents(waiting.pop(), nodes):
            if parent not in counts:
                counts[parent] = 0
                waiting.append(parent)
            counts[parent] += 1
    return counts


def _parents(commit: CommitId, nodes: Mapping[CommitId, Node]) -> list[CommitId]:
    return [parent for parent in dict.fromkeys(nodes[commit].parents) if parent in nodes]
