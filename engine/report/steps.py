"""The commands that carry a sync out, from the fetch to the push; every word is quoted."""

from msgspec import Struct

from ...policy.decisions import Resolution
from ..escape import shell
from ..plan import Plan, PullRequest
from .words import count

MADE_AGAIN = "chore: make generated files again"
"""The message of the commit that has them."""

WORK_TREE = "../sync"
"""Where the commands lay out what is left for people: beside the repository."""


class Step(Struct, frozen=True):
    """One thing to do, and the commands that do it."""

    title: str
    commands: tuple[str, ...]


def steps(plan: Plan) -> tuple[Step, ...]:
    """What is to be done, in order; nothing where there is nothing to merge."""
    if plan.upstream is None or plan.pull_request is None:
        return ()
    branch = _branch(plan, plan.pull_request)
    other = "" if branch == plan.pull_request.branch else f" --branch {shell(branch)}"
    merge = f"forkpolicy apply --release {shell(plan.upstream.tag)}{other}"
    done = _by_people(plan, merge) if plan.for_people else _by_itself(plan, merge, branch)
    push = f"git push -u {shell(plan.labels.fork_remote)} {shell(branch)}"
    return (*done, Step("Push the branch, for the pull request", (push,)))


def by_hand(git: str) -> tuple[str, ...]:
    """What resolves what is left: a merge tool, which leaves no copies behind, or any editor; then what git knows."""
    return f"{git} status", f"{git} -c mergetool.keepBackup=false mergetool", f"{git} add --update"


def stage_again(plan: Plan, git: str) -> tuple[str, ...]:
    """Staging what the policy's commands made again, by name: git need not know it yet."""
    regenerated = (each for each in plan.decisions if each.resolution is Resolution.REGENERATE)
    paths = " ".join(shell(path) for each in regenerated for path in each.paths)
    return (f"{git} add -- {paths}",) if paths else ()


# Private


def _branch(plan: Plan, pull_request: PullRequest) -> str:
    """The policy's branch, or a free name where that one holds something else: `apply` overwrites nobody's work."""
    taken = plan.pending is not None and not plan.pending.holds_this_sync
    return plan.pending.free_name if plan.pending and taken else pull_request.branch


def _by_itself(plan: Plan, merge: str, branch: str) -> tuple[Step, ...]:
    """Nobody is needed: the merge is made, and what is generated is made again on it."""
    made = Step(f"Make the merge, on {branch}", (merge,))
    if not plan.commands:
        return (made,)
    again = (f"git switch {shell(branch)}", *plan.commands, f"git commit --all -m {shell(MADE_AGAIN)}")
    return made, Step("Make again what is generated", again)


def _by_people(plan: Plan, merge: str) -> tuple[Step, ...]:
    """People resolve what is left in a work tree in which all else is done."""
    git = f"git -C {WORK_TREE}"
    left = count(len(plan.for_people), "path")
    lay_out = Step("Lay the merge out, with all that the policy decides done", (f"{merge} --worktree {WORK_TREE}",))
    resolve = Step(f"Resolve what is left by hand, {left}", by_hand(git))
    again = tuple(f"(cd {WORK_TREE} && {command})" for command in plan.commands)
    finish = Step("Finish the merge", (*again, *stage_again(plan, git), f"{git} commit"))
    return lay_out, resolve, finish
