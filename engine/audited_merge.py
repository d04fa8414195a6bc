"""One sync merge of the past: replayed, and looked into for what its replay does not tell."""

from collections.abc import Iterator, Set

from msgspec.structs import replace

from ..policy.checks import conflict_markers
from ..policy.facts import Entry
from ..policy.findings import Finding, Severity
from ..policy.names import CommitId, RepoPath
from .audit_report import AuditedMerge
from .fork import Fork
from .left_to_git import left_to_git
from .merge_review import review
from .path_merge import PathMerge
from .preflight import Branch
from .replay import Replay, replaying
from .sync_merges import SyncMerge

EVIL_MERGE = "evil-merge"
"""The rule of findings about changes that a merge made where nothing conflicted."""


def audit_merge(fork: Fork, sync: SyncMerge, policy_path: str) -> AuditedMerge:
    """Replay a sync merge by the fork's policy; `fork` may be seen from anywhere.

    Raises:
        RepositoryError: an object is missing, or the two sides share no history.
    """
    commit = fork.repo.commit(sync.commit)
    with replaying(seen_from(fork, sync.commit), sync, policy_path) as replay:
        based = replay.evaluation.based
        reviewed = tuple(review(replay, replay.trees.recorded))
        return AuditedMerge(
            sync,
            commit.subject,
            f"{commit.committed:%Y-%m-%d}",
            _release(replay),
            based.content.commit if based.content is not None and based.uses_content else None,
            (*replay.paths, *replay.settled, *left_to_git(replay)),
            (*reviewed, *_marked(replay), *_evil(replay, {each.path for each in reviewed})),
        )


def seen_from(fork: Fork, commit: CommitId) -> Fork:
    """The fork, in whose history a commit lies; seen from that where it is not on the fork's branch."""
    if commit in fork.history.commits:
        return fork
    return replace(fork, production=Branch(commit, commit))


# Private


def _release(replay: Replay) -> str | None:
    """The newest release that the merge brought."""
    repo, sync = replay.fork.repo, replay.sync
    brought = set(repo.walk([sync.upstream_parent], [sync.fork_parent]))
    return next((release.tag for release, commit in replay.fork.releases.items() if commit in brought), None)


def _marked(replay: Replay) -> Iterator[Finding]:
    """`conflict-markers`, in what neither side has."""
    facts: list[tuple[RepoPath, int]] = []
    for path, recorded in _made_by_hand(replay):
        line = None
        if recorded is not None and recorded.is_file and recorded != replay.upstream_entry(path):
            line = conflict_markers.marker_line(replay.fork.repo.read(recorded.id))
        if line is not None:
            facts.append((path, line))
    for each in conflict_markers.judge(replay.fork.policy, conflict_markers.Facts(tuple(facts))):
        yield replace(each, commit=replay.sync.commit)


def _evil(replay: Replay, reviewed: Set[RepoPath | None]) -> Iterator[Finding]:
    """What was recorded of neither side, where git merges by itself, no rule decides, and nothing else is found."""
    told = {each.path for each in (*replay.paths, *replay.settled)} | reviewed
    for path, recorded in _made_by_hand(replay):
        fork, upstream = replay.fork_entry(path), replay.upstream_entry(path)
        if path in told or recorded == upstream or recorded in _on_git_base(replay, path):
            continue
        what = "deleted" if recorded is None else "changed" if fork or upstream else "added"
        message = f"{path} was {what} in the merge itself: neither side has it so, and nothing conflicted there"
        fix = "make such a change in a commit of its own, where people see it"
        yield Finding(EVIL_MERGE, Severity.WARNING, message, path, replay.sync.commit, fix)


def _made_by_hand(replay: Replay) -> Iterator[tuple[RepoPath, Entry | None]]:
    """What was recorded neither as the fork has it nor as the merge leaves it by itself."""
    merged = replay.evaluation.merge.changes
    changes = replay.fork.repo.changes(replay.trees.fork, replay.trees.recorded)
    return ((path, recorded) for path, (fork, recorded) in changes.items() if recorded != merged.get(path, fork))


def _on_git_base(replay: Replay, path: RepoPath) -> tuple[Entry | None, ...]:
    """What the merge leaves at a path on git's bases, where another was used: people had git's."""
    based, sync = replay.evaluation.based, replay.sync
    if not based.uses_content:
        return ()
    merge = PathMerge(replay.scratch, sync.fork_parent, sync.upstream_parent)
    return tuple(merge.on(base, path).entry for base in based.git)
