"""A plan that was saved as JSON: carried out only while refs, policy and decisions are what they were."""

import json
from pathlib import Path
from typing import Any

from msgspec import Struct

from ..policy.errors import RefusedError, RepositoryError, UsageError
from ..policy.models import Policy
from ..policy.names import CommitId
from .git.repository import Repository
from .plan import Plan
from .preflight import resolve_branch
from .provenance import PolicySource
from .report.json import SCHEMA, as_data


class SavedPlan(Struct, frozen=True):
    """What a saved plan stands on, and what it decides."""

    file: Path
    branch: str
    production: CommitId
    tag: str
    release: CommitId
    policy_sha256: str
    decides: object
    """The base and the results of every path, as plain data."""


def read_plan(file: Path) -> SavedPlan:
    """Read what `plan --format json` printed.

    Raises:
        UsageError: the file cannot be read, is no plan, or is one with nothing to carry out.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if data["schema"] != SCHEMA:
            raise UsageError(f"{file} is {data['schema']!r}, not {SCHEMA}", _MAKE_ONE)
        if data["base"] is None:
            raise UsageError(f"{file} is a plan with nothing to merge: it is {data['status']}", _MAKE_ONE)
        return _saved(file, data)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}", _MAKE_ONE) from error
    except (ValueError, TypeError, LookupError) as error:
        raise UsageError(f"{file} is no plan: {error}", _MAKE_ONE) from error


def require_unmoved(saved: SavedPlan, repo: Repository, policy: Policy, source: PolicySource) -> None:
    """Nothing where production, the release and the policy are what the plan was made for.

    Raises:
        RefusedError: something moved; it says what, all at once.
    """
    moved = [
        _moved(saved.branch, saved.production, _production(repo, saved.branch, policy)),
        _moved(saved.tag, saved.release, repo.ref(f"refs/tags/{saved.tag}")),
        _moved(f"the policy {source.path}", saved.policy_sha256, source.sha256),
    ]
    _refuse(saved, [each for each in moved if each])


def require_same(saved: SavedPlan, plan: Plan) -> None:
    """Nothing where a plan made now decides what the saved one does.

    Raises:
        RefusedError: it does not; the saved one was edited, or another version of forkpolicy or git made it.
    """
    if _decides(as_data(plan)) != saved.decides:
        _refuse(saved, ["the same refs and policy are decided otherwise now"])


# Private

_MAKE_ONE = "make one: forkpolicy plan --output json=plan.json"


def _saved(file: Path, data: dict[str, Any]) -> SavedPlan:
    return SavedPlan(
        file,
        str(data["fork"]["branch"]),
        CommitId(data["fork"]["commit"]),
        str(data["upstream"]["tag"]),
        CommitId(data["upstream"]["commit"]),
        data["policy"]["sha256"],
        _decides(data),
    )


def _decides(data: dict[str, Any]) -> object:
    results = [(each["path"], each["paths"], each["resolution"], each["results"]) for each in data["decisions"]]
    # as JSON has it: a tuple and a list are the same there
    return json.loads(json.dumps([data["base"]["git"], data["base"]["content"], data["base"]["used"], results]))


def _production(repo: Repository, branch: str, policy: Policy) -> CommitId | None:
    try:
        return resolve_branch(repo, branch, policy.fork.remote).commit
    except RepositoryError:
        return None


def _moved(name: str, before: str, now: str | None) -> str | None:
    if before == now:
        return None
    return f"{name} was {before[:12]} and is {'gone' if now is None else now[:12]}"


def _refuse(saved: SavedPlan, reasons: list[str]) -> None:
    if reasons:
        listed = "\n".join(f"  {each}" for each in reasons)
        raise RefusedError(f"{saved.file} is out of date:\n{listed}", f"plan again: forkpolicy plan {saved.tag}")
