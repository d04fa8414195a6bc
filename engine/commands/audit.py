"""`forkpolicy audit`: judge the sync merges made before."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from msgspec import Struct

from ...policy.errors import RepositoryError, UsageError
from ..audit import Order, audit
from ..audit_report import AuditedMerge, Unread
from ..console import Output
from ..fork import Fork
from ..past_syncs import Asked
from ..preflight import Branch
from .session import Options, Session, now

Results = Iterable[AuditedMerge | Unread]


class Request(Struct, frozen=True):
    """What the command line asks for."""

    merges: tuple[str, ...] = ()
    since: datetime | None = None
    fork_parents: tuple[str, ...] = ()
    upstream_parents: tuple[str, ...] = ()
    of_that_day: bool = False
    jobs: int = 1


def run(options: Options, request: Request, output: Output, *, exit_zero: bool = False) -> int:
    """Audit, write what is asked for, and return the exit code: 1 where any finding is an error.

    Raises:
        ForkpolicyError: there is nothing to audit, or nothing to judge it by.
    """
    from ..report.audit import renderers

    session = Session.start(options)
    asked = _asked(request)
    order = Order(asked, request.of_that_day, request.jobs)
    fork = _fork(session, asked)
    report = audit(fork, session.loaded.source, order, now(), _silent if output.quiet else _shown)
    output.write(renderers(report, output))
    return int(report.has_errors and not exit_zero)


# Private


def _asked(request: Request) -> Asked:
    if request.merges and request.since is not None:
        raise UsageError("MERGE and --since do not go together", "name merges, or a day")
    if request.fork_parents and not request.merges:
        raise UsageError(
            "--fork-parent is the fork's side of a merge that is named, and none is",
            "name the merge: forkpolicy audit MERGE --fork-parent REV; or name upstream's side: --upstream-parent REV",
        )
    since = None if request.since is None else request.since.replace(tzinfo=UTC)
    return Asked(request.merges, since, request.fork_parents, request.upstream_parents)


def _fork(session: Session, asked: Asked) -> Fork:
    """The fork; merges that are named need no branch of production."""
    try:
        return session.fork()
    except RepositoryError:
        if not asked.merges:
            raise
        commit = session.repo.resolve(asked.merges[0])
        return Fork(session.repo, session.loaded.policy, Branch(asked.merges[0], commit))


def _silent(results: Results, _total: int) -> Results:
    return results


def _shown(results: Results, total: int) -> Iterator[AuditedMerge | Unread]:
    """The results, with a bar on standard error where that is a terminal."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(results, "replaying", total, console=console, transient=True, disable=not console.is_terminal)
