"""The commands that carry a sync out, from the fetch to the push; every word is quoted."""

from dataclasses import dataclass

from ..escape import shell
from ..plan import Plan, PullRequest, UpstreamSide
from .words import count

MADE_AGAIN = "chore: make generated files again"
"""The message of the commit that has them."""

WORK_TREE = "../sync"
"""Where the commands lay out what is left for people: beside the repository."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, and the commands that do it."""

    title: str
    commands: tuple[str, ...]


def steps(plan: Plan) -> tuple[Step, ...]:
    """What is to be done, in order; nothing where there is nothing to merge."""
    if plan.upstream is None or plan.pull_request is None:
        return ()
    done = _by_people(plan, plan.upstream) if plan.for_people else _by_itself(plan, plan.upstream, plan.pull_request)
    return (*done, _push(plan.labels.fork_remote, plan.pull_request))


def _by_itself(plan: Plan, upstream: UpstreamSide, pull_request: PullRequest) -> tuple[Step, ...]:
    """Nobody is needed: the merge is made, and what is generated is made again on it."""
    merge = Step(f"Make the merge, on {pull_request.branch}", (f"forkpolicy apply --release {shell(upstream.tag)}",))
    if not plan.commands:
        return (merge,)
    again = (f"git switch {shell(pull_request.branch)}", *plan.commands, f"git commit --all -m {shell(MADE_AGAIN)}")
    return merge, Step("Make again what is generated", again)


def _by_people(plan: Plan, upstream: UpstreamSide) -> tuple[Step, ...]:
    """People resolve what is left in a work tree in which all else is done."""
    tag, git = shell(upstream.tag), f"git -C {WORK_TREE}"
    left = count(len(plan.for_people), "path")
    lay_out = Step(
        "Lay the merge out, with all that the policy decides done",
        (f"forkpolicy apply --release {tag} --worktree {WORK_TREE}",),
    )
    resolve = Step(f"Resolve what is left by hand, {left}", (f"{git} status", f"{git} mergetool"))
    again = tuple(f"(cd {WORK_TREE} && {command})" for command in plan.commands)
    finish = Step("Finish the merge", (*again, f"{git} add --all", f"{git} commit"))
    return lay_out, resolve, finish


def _push(remote: str, pull_request: PullRequest) -> Step:
    push = f"git push -u {shell(remote)} {shell(pull_request.branch)}"
    return Step("Push the branch, for the pull request", (push,))
