"""`forkpolicy apply`: carry a plan out."""

import os
from functools import partial
from pathlib import Path

from msgspec import Struct

from ...policy.errors import UsageError
from ..applying import Applied, Order, carry_out
from ..console import Output
from ..escape import shell
from ..git.identity import identities
from ..git.repository import Repository
from ..planner import Request, planning
from ..report import applied as report
from ..saved_plan import SavedPlan, read_plan, require_same, require_unmoved
from .session import Options, Session, in_ci, now

__all__ = ["Order", "What", "run"]


class What(Struct, frozen=True):
    """What to carry out: a saved plan, or one that is made now."""

    plan: Path | None = None
    release: str | None = None
    """The release to plan for; the newest where neither is named."""
    cross_check: str = "auto"


def run(options: Options, what: What, order: Order, output: Output) -> int:
    """Carry the plan out, tell it, and return the exit code.

    Raises:
        UsageError: options contradict each other, or the saved plan is none.
        RefusedError: things moved since the plan was saved, or somebody's work would be overwritten.
    """
    if what.plan and what.release:
        raise UsageError("a saved plan has its release: leave --release out")
    if order.worktree and order.with_markers:
        raise UsageError("--worktree and --with-markers are two ways to leave work for people: choose one")
    applied = _applied(options, what, order)
    output.write(
        {
            "text": lambda: report.to_text(applied, output.screen),
            "json": lambda: report.to_json(applied),
        }
    )
    return applied.exit_code


def _saved(file: Path, repo: Repository) -> SavedPlan:
    """The saved plan; a release in its place is an easy mistake: `plan` takes one there."""
    if not file.exists() and repo.ref(f"refs/tags/{file}") is not None:
        raise UsageError(
            f"{file} is a tag, and no file with a saved plan", f"forkpolicy apply --release {shell(str(file))}"
        )
    return read_plan(file)


def _applied(options: Options, what: What, order: Order) -> Applied:
    session = Session.start(options)
    saved = _saved(what.plan, session.repo) if what.plan else None
    if saved:
        require_unmoved(saved, session.repo, session.loaded.policy, session.loaded.source)
    fork, moment = session.fork(saved.branch if saved else None), now()
    request = Request(saved.tag if saved else what.release, what.cross_check)
    with planning(fork, session.loaded.source, request, moment, in_ci=in_ci()) as planned:
        if saved:
            require_same(saved, planned.plan)
        who = partial(identities, session.repo, os.environ, moment)
        return carry_out(fork, planned, order, who, session.loaded.templates())
