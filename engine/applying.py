"""Carrying a plan out: the merge commit on the sync branch, or what a person needs to make it. Never a push.

Everything is read and put together first, then objects are written, read back and compared, and last of all one ref
moves. Whoever is killed on the way leaves the repository as it was.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ..policy.customizations import content_of, requirements
from ..policy.errors import RefusedError, RepositoryError
from ..policy.names import CommitId
from .escape import shell
from .exclusive import only_one
from .fork import Fork
from .git.identity import Identities
from .git.repository import Repository
from .git.scratch import Scratch
from .git.storing import put_commit, store_blob, store_tree
from .merge import Merge
from .merge_message import merge_message
from .plan import Plan, Status
from .planner import Planned
from .refs import Holds, SyncBranch, branch_name, checked_out_in, look_at, move
from .result import Result, make_result
from .worktree import laid_out_in, lay_out


class Order(Struct, frozen=True):
    """How a plan is to be carried out."""

    branch: str | None = None
    """Another name for the sync branch than the policy's."""
    worktree: Path | None = None
    """Where to lay out what is left for people."""
    with_markers: bool = False
    """Commit what is left with its conflict markers."""
    force_with_lease: bool = False
    """Replace a sync branch that holds something else, if nobody moves it meanwhile."""


class Outcome(StrEnum):
    """How it ended."""

    NOTHING = "nothing"
    """There is nothing to merge."""
    REFUSED = "refused"
    MERGED = "merged"
    DRAFTED = "drafted"
    """Committed with conflict markers."""
    LAID_OUT = "laid-out"
    PEOPLE = "people"
    """People are needed, and nothing was written."""
    ALREADY = "already"
    """It was done before."""


class Applied(Struct, frozen=True):
    """What came of carrying a plan out."""

    plan: Plan
    outcome: Outcome
    branch: SyncBranch | None = None
    """The sync branch as it was found."""
    commit: CommitId | None = None
    """Where the sync branch stands now."""
    worktree: Path | None = None
    elsewhere: CommitId | None = None
    """Where the fork remote's branch of the same name stands, if it is not at `commit`."""
    home: Path | None = None
    """The repository's own work tree; None where it is bare."""
    checked_out: Path | None = None
    """The work tree in which the sync branch is checked out; None where it is in none."""

    @property
    def exit_code(self) -> int:
        """0 where the work is done, now or before; 1 where it takes people or was refused."""
        return int(self.outcome in (Outcome.REFUSED, Outcome.PEOPLE))


class Merging(Struct, frozen=True):
    """A plan with its merge, and what carrying it out needs."""

    fork: Fork
    plan: Plan
    merge: Merge
    scratch: Scratch
    who: Callable[[], Identities]
    templates: Mapping[str, str]


def carry_out(
    fork: Fork, planned: Planned, order: Order, who: Callable[[], Identities], templates: Mapping[str, str]
) -> Applied:
    """Carry a plan out, while the scratch store of its merge is there.

    `who` is asked only where a commit is made; `templates` has the fork's own, as text by name.

    Raises:
        RefusedError: the branch holds other work, moved, or is checked out; another run is at work.
        RepositoryError: something cannot be written, or is not what was planned when it is read back.
        UsageError: the branch's name or the directory cannot be used.
    """
    plan = planned.plan
    if planned.merge is None or planned.scratch is None:
        return Applied(plan, Outcome.REFUSED if plan.status is Status.REFUSED else Outcome.NOTHING)
    merging = Merging(fork, plan, planned.merge, planned.scratch, who, templates)
    result = make_result(plan, planned.merge, planned.scratch, mark=order.with_markers)
    name = branch_name(plan, fork.policy, order.branch)
    with only_one(fork.repo):
        return _with_surroundings(fork, _carry_out(merging, order, result, name))


# Private


def _carry_out(merging: Merging, order: Order, result: Result, name: str) -> Applied:
    repo, plan = merging.fork.repo, merging.plan
    branch = look_at(repo, name, result, merging.scratch.repository)
    place = laid_out_in(repo, branch.ref, result)
    applied = Applied(plan, Outcome.ALREADY, branch, branch.commit, place)
    if (outcome := _outcome_before(branch, place, order)) is not None:
        return replace(applied, outcome=outcome)
    if branch.holds is Holds.OTHER and not order.force_with_lease:
        raise _other_work(branch)
    if plan.status is Status.REVIEW and not order.with_markers:
        return _for_a_person(merging, order, result, applied)
    outcome = Outcome.DRAFTED if plan.status is Status.REVIEW else Outcome.MERGED
    return replace(applied, outcome=outcome, commit=_commit(merging, branch, result))


def _outcome_before(branch: SyncBranch, place: Path | None, order: Order) -> Outcome | None:
    """How it ended where an earlier run, or a person after it, did the work already; None where it is to be done.

    Raises:
        RefusedError: the earlier run left it for people in the other way.
    """
    if branch.holds is Holds.MERGE:
        return Outcome.ALREADY
    if place is not None:
        if order.with_markers:
            raise _laid_out_instead(place)
        return Outcome.ALREADY if order.worktree else Outcome.PEOPLE
    if branch.holds is not Holds.DRAFT or order.force_with_lease:
        return None
    if order.worktree:
        raise _draft_instead(branch, order.worktree)
    return Outcome.ALREADY if order.with_markers else Outcome.PEOPLE


def _for_a_person(merging: Merging, order: Order, result: Result, applied: Applied) -> Applied:
    """Lay the merge out where that is asked for; else only say that people are needed."""
    if order.worktree is None or applied.branch is None:
        return replace(applied, outcome=Outcome.PEOPLE)
    directory = order.worktree.resolve()
    _lay_out(merging, directory, applied.branch, result)
    return replace(applied, outcome=Outcome.LAID_OUT, commit=result.parents[0], worktree=directory)


def _commit(merging: Merging, branch: SyncBranch, result: Result) -> CommitId:
    """Objects first, then what was written is read back, then the ref moves."""
    repo, who = merging.fork.repo, merging.who()
    message = merge_message(merging.plan, merging.templates)
    store_tree(merging.scratch, repo, result.tree)
    commit = put_commit(repo, result.tree, result.parents, who, message)
    _require_as_planned(merging, commit, result)
    move(repo, branch, commit, who.committer, f"forkpolicy apply: {message.partition(chr(10))[0]}")
    return commit


def _lay_out(merging: Merging, directory: Path, branch: SyncBranch, result: Result) -> None:
    repo, who = merging.fork.repo, merging.who()
    store_tree(merging.scratch, repo, result.tree)
    for versions in result.unmerged.values():
        for entry in (versions.base, versions.fork, versions.upstream):
            if entry is not None and not entry.is_submodule:
                store_blob(merging.scratch, repo, entry.id)
    lay_out(repo, directory, branch, result, merge_message(merging.plan, merging.templates), who.committer)


def _require_as_planned(merging: Merging, commit: CommitId, result: Result) -> None:
    """Nothing where the commit, read anew, is what the plan says and every surviving customization is in it."""
    repo = Repository.open(merging.fork.repo.git_dir)
    written = repo.commit(commit)
    before, after = repo.tree(result.parents[0]), written.tree
    changes = {path: new for path, (_, new) in repo.changes(before, after).items()}
    wrong = [path for path in changes.keys() | result.changes.keys() if changes.get(path) != result.changes.get(path)]
    wrong += [path for path, entry in changes.items() if entry and not entry.is_submodule and not repo.has(entry.id)]
    surviving = {each.name for each in merging.plan.customizations if each.survives}
    for each in requirements(merging.fork.policy.customizations):
        entry = repo.entry(after, each.path)
        if each.customization in surviving and not each.holds(content_of(entry, repo.read)):
            wrong.append(each.path)
    if wrong or written.parents != result.parents:
        raise RepositoryError(
            f"what was written is not what was planned, at {sorted(wrong)[:5]}; no ref was moved",
            "this is a bug, or the disk is failing: git fsck",
        )


def _laid_out_instead(place: Path) -> RefusedError:
    there = shell(str(place))
    return RefusedError(
        f"this merge is laid out in {place} already, for a person to finish",
        f"finish it: git -C {there} status; or give that up first: git worktree remove --force {there}",
    )


def _draft_instead(branch: SyncBranch, directory: Path) -> RefusedError:
    name, there = shell(branch.name), shell(str(directory))
    return RefusedError(
        f"{branch.name} ({(branch.commit or '')[:12]}) holds this merge as a draft with conflict markers already",
        f"finish the draft: git worktree add {there} {name}; or give it up, and lay the merge out in its place: "
        f"forkpolicy apply --worktree {there} --force-with-lease",
    )


def _other_work(branch: SyncBranch) -> RefusedError:
    at = (branch.commit or "")[:12]
    return RefusedError(
        f"the branch {branch.name} is there ({at}) and holds something else than this plan",
        "look at it first; then another name: --branch NAME, or replace it: --force-with-lease",
    )


def _with_surroundings(fork: Fork, applied: Applied) -> Applied:
    if applied.branch is None:
        return applied
    repo, branch = fork.repo, applied.branch
    remote = repo.ref(f"refs/remotes/{fork.policy.fork.remote}/{branch.name}")
    return replace(
        applied,
        elsewhere=None if remote == applied.commit else remote,
        home=repo.work_tree,
        checked_out=checked_out_in(repo, branch.ref),
    )
