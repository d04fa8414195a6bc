"""Replays many merges, in several processes where that is asked for."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ..policy.errors import ForkpolicyError
from ..policy.models import Policy
from ..policy.names import CommitId
from .audit_report import AuditedMerge, Unread
from .audited_merge import audit_merge
from .fork import Fork
from .git.repository import Repository
from .git.termination import exit_on_sigterm
from .policy_source import load_policy
from .preflight import Branch
from .sync_merges import SyncMerge


class Job(Struct, frozen=True):
    """What every process needs to know; plain values, so that it can be sent to one."""

    git_dir: Path
    policy: Policy
    policy_path: str
    branch: Branch
    known_upstream: tuple[CommitId, ...] = ()
    of_that_day: bool = False
    """Judge every merge by the policy that the fork's side had."""

    def fork(self, repo: Repository) -> Fork:
        """The fork that is judged."""
        return Fork(repo, self.policy, self.branch, self.known_upstream)


def audit_merges(job: Job, fork: Fork, syncs: Sequence[SyncMerge], jobs: int) -> Iterator[AuditedMerge | Unread]:
    """Replay merges, in the order given; `fork` is that of the job, opened already."""
    if jobs == 1 or len(syncs) < 2:
        yield from (_audit(job, fork, each) for each in syncs)
        return
    processes = ProcessPoolExecutor(min(jobs, len(syncs)), initializer=_start, initargs=(job,))
    with exit_on_sigterm(), processes as pool:  # leaving it waits for the processes, which else would go on alone
        yield from pool.map(_audit_there, syncs)


# Private


def _audit(job: Job, fork: Fork, sync: SyncMerge) -> AuditedMerge | Unread:
    """A merge that cannot be read is told, and stops no other."""
    try:
        return audit_merge(
            _of_that_day(fork, sync, job.policy_path) if job.of_that_day else fork, sync, job.policy_path
        )
    except ForkpolicyError as error:
        return Unread(sync, error.message)


def _of_that_day(fork: Fork, sync: SyncMerge, policy_path: str) -> Fork:
    """The fork with the policy that its side of a merge had."""
    return replace(fork, policy=load_policy(fork.repo, Path(policy_path), sync.fork_parent).policy)


class _Process:
    """What a process keeps from one merge to the next: the fork, and all that was looked up in it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.fork = job.fork(Repository.open(job.git_dir))


_processes: list[_Process] = []
"""This process, once it was started to replay merges."""


def _start(job: Job) -> None:
    _processes.append(_Process(job))


def _audit_there(sync: SyncMerge) -> AuditedMerge | Unread:
    process = _processes[-1]
    return _audit(process.job, process.fork, sync)
