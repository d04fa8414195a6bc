"""A past sync, planned again by today's policy, and what people recorded held against it."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

from msgspec import Struct, field
from msgspec.structs import replace

from ..policy.decisions import Decision
from ..policy.facts import Entry, Kind
from ..policy.names import CommitId, RepoPath, TreeId
from ..policy.ownership import Ownership
from ..policy.releases import Release
from ..policy.verdicts import Side, Verdict, side_of
from .evaluation import Evaluation, evaluate, ownership_of, planned_tree, scratch_for, store_of
from .fork import Fork
from .git.repository import Commit
from .git.scratch import Scratch
from .history import ForkHistory, reachable
from .merge_base import merge_on_base
from .preflight import require_history
from .settled_conflicts import on_git_base, settled_conflicts
from .survival import PlannedTree
from .sync_merges import SyncMerge


class ReplayedPath(Struct, frozen=True):
    """One path that the policy decides, or leaves to people, and what was recorded there."""

    path: RepoPath
    kind: Kind | None
    decision: Decision
    fork: Entry | None
    upstream: Entry | None
    recorded: Entry | None
    verdict: Verdict

    @property
    def side(self) -> Side:
        """Whose entry was recorded."""
        return side_of(self.recorded, self.fork, self.upstream)

    @property
    def is_conflict(self) -> bool:
        """Whether git cannot merge the path by itself, on the base that is used or on its own."""
        return self.kind is not None or self.decision.base is not None


class Replay(Struct, frozen=True, dict=True):
    """A sync merge, evaluated again; to be read while its scratch store is there."""

    fork: Fork
    """As it stood before the merge."""
    sync: SyncMerge
    evaluation: Evaluation
    planned: PlannedTree
    """What the policy makes of the merge."""
    trees: "Trees"
    scratch: Scratch
    ownership: Ownership

    @cached_property
    def paths(self) -> tuple[ReplayedPath, ...]:
        """Every path of every decision, in the order of the plan."""
        return tuple(each for decision in self.evaluation.decisions for each in self.replayed(decision))

    @cached_property
    def settled(self) -> tuple[ReplayedPath, ...]:
        """Every path that conflicts on git's base and not on the content base: people had to settle it."""
        evaluation, sync = self.evaluation, self.sync
        on_git = on_git_base(self.fork, self.scratch, sync.upstream_parent, evaluation.based, None)
        store = store_of(self.fork, self.scratch, sync.upstream_parent, evaluation.based)
        found = settled_conflicts(self.fork, evaluation, on_git, store, self.ownership)
        return tuple(each for decision in found for each in self.replayed(decision))

    def replayed(self, decision: Decision) -> Iterator[ReplayedPath]:
        """Every path of a decision, with what was recorded there."""
        for path in decision.paths:
            recorded = self.recorded(path)
            yield ReplayedPath(
                path,
                decision.kind,
                decision,
                self.fork_entry(path),
                self.upstream_entry(path),
                recorded,
                _verdict(decision, path, recorded),
            )

    def recorded(self, path: RepoPath) -> Entry | None:
        """What the merge recorded at a path."""
        return self.fork.repo.entry(self.trees.recorded, path)

    def fork_entry(self, path: RepoPath) -> Entry | None:
        """The fork's entry at a path."""
        return self.fork.repo.entry(self.trees.fork, path)

    def upstream_entry(self, path: RepoPath) -> Entry | None:
        """Upstream's entry at a path."""
        return self.fork.repo.entry(self.trees.upstream, path)


class Trees(Struct, frozen=True):
    """The trees that meet in a merge, and the one that was recorded."""

    fork: TreeId
    upstream: TreeId
    recorded: TreeId


class PastFork(Fork, frozen=True):
    """The fork as it stood before a sync: it knows of upstream what was known then."""

    own: Mapping[CommitId, Commit] = field(default_factory=dict[CommitId, Commit])
    """The fork's commits of that day, in the order of its history."""
    upstream: tuple[CommitId, ...] = ()
    """The tips of upstream's commits of that day."""
    until: float = float("inf")
    """When the newest of them was committed, in seconds since 1970."""

    @cached_property
    def tips(self) -> tuple[CommitId, ...]:
        """The tips of upstream's commits of that day."""
        return self.upstream

    @cached_property
    def history(self) -> ForkHistory:
        """The fork's own commits of that day: a part of its history, which is walked once."""
        if self.since is None or self.since in self.own:
            return ForkHistory(self.production.commit, self.upstream, self.own)
        return super().history

    @cached_property
    def releases(self) -> dict[Release, CommitId]:
        """Upstream's releases of that day with their commits, newest first."""
        known = self.accepted_tags
        return {each: known[each] for each in sorted(known, reverse=True) if self._is_of_that_day(known[each])}

    def _is_of_that_day(self, commit: CommitId) -> bool:
        return self.repo.commit(commit).committed.timestamp() <= self.until


def fork_before(fork: Fork, sync: SyncMerge) -> Fork:
    """The fork, seen from its side of a sync, with the upstream that this sync and those before it brought."""
    commits = fork.history.commits
    reached = reachable(commits, sync.fork_parent) - reachable(commits, sync.upstream_parent)
    own = {each: commit for each, commit in commits.items() if each in reached}
    stood_on = {parent for commit in own.values() for parent in commit.parents if parent not in own}
    tips = fork.repo.independent({*stood_on, sync.upstream_parent})
    until = max(fork.repo.commit(each).committed.timestamp() for each in tips)
    production = replace(fork.production, name=sync.fork_parent, commit=sync.fork_parent, also=None)
    return PastFork(fork.repo, fork.policy, production, fork.known_upstream, own, tips, until)


@contextmanager
def replaying(fork: Fork, sync: SyncMerge, policy_path: str) -> Generator[Replay, None, None]:
    """Evaluate a sync again; `fork` is the fork in whose history it lies.

    Raises:
        RepositoryError: the two sides share no history, or an object is missing.
    """
    past = fork_before(fork, sync)
    bases = require_history(past.repo, sync.fork_parent, sync.upstream_parent, known=_bases(past, sync))
    with scratch_for(past) as scratch:
        yield _replay(past, scratch, sync, bases, policy_path)


# Private


def _replay(fork: Fork, scratch: Scratch, sync: SyncMerge, bases: tuple[CommitId, ...], policy_path: str) -> Replay:
    based = merge_on_base(fork, scratch, sync.upstream_parent, bases)
    ownership = ownership_of(fork, policy_path)
    evaluation = evaluate(fork, scratch, sync.upstream_parent, based, ownership)
    planned = planned_tree(fork, scratch, evaluation.merge, evaluation.decisions)
    trees = Trees(*map(fork.repo.tree, (sync.fork_parent, sync.upstream_parent, sync.commit)))
    return Replay(fork, sync, evaluation, planned, trees, scratch, ownership)


def _bases(past: Fork, sync: SyncMerge) -> tuple[CommitId, ...]:
    """Git's bases of a sync. What both sides share lies below what the fork stood on: its own commits it has alone."""
    repo, history = past.repo, past.history
    if sync.upstream_parent not in history.upstream or not history.sides:
        return repo.merge_bases(sync.fork_parent, sync.upstream_parent)
    stood_on = repo.independent(history.sides)
    return repo.independent(base for each in stood_on for base in repo.merge_bases(each, sync.upstream_parent))


def _verdict(decision: Decision, path: RepoPath, recorded: Entry | None) -> Verdict:
    if decision.needs_person:
        return Verdict.UNDECIDED
    return Verdict.AGREES if recorded == decision.results.get(path) else Verdict.DISAGREES
