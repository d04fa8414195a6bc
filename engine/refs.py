"""The branch that carries a sync: what it holds, measured against a plan's result, and moving it.

This is the one way to refs: `git/references.py` below it does the comparing and swapping.
"""

import re
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from ..policy.branches import role_of
from ..policy.errors import RefusedError, UsageError
from ..policy.hunks import LABELS
from ..policy.models import Policy
from ..policy.names import CommitId, RefName, TreeId
from .decision_log import FOLDER, LEFT
from .escape import shell
from .git import references
from .git.health import common_dir
from .git.identity import Identity
from .git.linked import head_of, is_bare, linked_git_dirs, work_tree_of
from .git.repository import Repository
from .plan import Plan
from .result import Result

_MARKER = re.compile(f"^<<<<<<< {LABELS.fork}\r?$".encode(), re.MULTILINE)


class Holds(StrEnum):
    """What a sync branch holds."""

    NOTHING = "nothing"
    """It is not there, or stands on production with nothing of its own."""
    DRAFT = "draft"
    """The merge, with something left for people that still shows conflict markers."""
    MERGE = "merge"
    """The merge as planned, finished by people where something was left."""
    OTHER = "other"


class SyncBranch(Struct, frozen=True):
    """A branch as it was found."""

    name: str
    ref: RefName
    commit: CommitId | None
    holds: Holds
    later: int = 0
    """How many commits follow the merge."""


def branch_name(plan: Plan, policy: Policy, asked: str | None) -> str:
    """The branch to carry the sync: the one that was asked for, else the policy's.

    Raises:
        UsageError: the name is none, or it is production's or the mirror's, which no sync may move.
    """
    assert plan.pull_request is not None  # noqa: S101  # the plan has a merge
    name = asked or plan.pull_request.branch
    if not references.is_branch_name(name):
        raise UsageError(f"{name} is no name for a branch", "git help check-ref-format says what is")
    role = role_of(name, policy.branches).role
    if role in ("production", "mirror") or name == plan.fork.branch:
        raise UsageError(f"{name} is the {role} branch: a sync is made beside it", "name another: --branch NAME")
    return name


def look_at(repo: Repository, name: str, result: Result, store: Repository) -> SyncBranch:
    """Find out what a branch holds; `store` reads the result's objects, too."""
    ref = RefName(f"refs/heads/{name}")
    commit = repo.ref(ref)
    production, _ = result.parents
    if commit in (None, production):
        return SyncBranch(name, ref, commit, Holds.NOTHING)
    line = list(repo.walk([commit], [production], first_parent=True))
    for later, each in enumerate(line):
        if repo.commit(each).parents == result.parents and _agrees(store, repo.tree(each), result):
            marked = _has_markers(repo, repo.tree(commit), result)
            return SyncBranch(name, ref, commit, Holds.DRAFT if marked else Holds.MERGE, later)
    return SyncBranch(name, ref, commit, Holds.OTHER)


def move(repo: Repository, branch: SyncBranch, target: CommitId, who: Identity, message: str) -> None:
    """Point a branch at a commit, if it is still where it was found.

    Raises:
        RefusedError: it moved, it is checked out somewhere, or another ref is in its way.
        RepositoryError: it is locked, or cannot be written.
    """
    require_not_checked_out(repo, branch)
    references.swap(repo, branch.ref, branch.commit, target, who, message)


def require_not_checked_out(repo: Repository, branch: SyncBranch) -> None:
    """Nothing where no work tree stands on the branch: moving it would turn its files into changes.

    Raises:
        RefusedError: one does.
    """
    if (place := checked_out_in(repo, branch.ref)) is not None:
        raise RefusedError(f"{branch.name} is checked out in {place}", f"git -C {shell(str(place))} switch --detach")


def checked_out_in(repo: Repository, ref: RefName) -> Path | None:
    """The work tree in which a branch is checked out; None where it is in none."""
    common = common_dir(repo)
    main = [] if is_bare(repo) else [common]
    for git_dir in (*main, *linked_git_dirs(repo)):
        if head_of(git_dir) == ref:
            return work_tree_of(git_dir)
    return None


# Private


def _agrees(store: Repository, tree: TreeId, result: Result) -> bool:
    """Whether a tree is the result's, but for what people decide and for forkpolicy's own files."""
    differing = store.changes(result.tree, tree)
    return all(path in result.open or path.startswith(f"{FOLDER}/") for path in differing)


def _has_markers(repo: Repository, tree: TreeId, result: Result) -> bool:
    listed = [path for path, _ in repo.files_in(tree, LEFT)]
    entries = (repo.entry(tree, path) for path in (*result.open, *listed))
    return any(entry and entry.is_file and _MARKER.search(repo.read(entry.id)) for entry in entries)
