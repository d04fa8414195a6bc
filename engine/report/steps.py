"""The commands that carry a sync out by hand, from a fresh clone to the push; every word is quoted."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...policy.decisions import Decision, Resolution
from ...policy.names import RepoPath
from ..escape import shell
from ..plan import Plan, PullRequest, UpstreamSide
from .groups import all_paths
from .words import count, resolution_words, short

MAX_PATHS = 10
"""How many paths a command names; more are taken from the plan's JSON."""

MAX_PATH_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, and the commands that do it."""

    title: str
    commands: tuple[str, ...]


def steps(plan: Plan) -> tuple[Step, ...]:
    """What is to be done, in order; nothing where there is nothing to merge."""
    if plan.upstream is None or plan.pull_request is None:
        return ()
    if plan.base is not None and plan.base.used == "content":
        return (_carry_out(plan, plan.upstream),)
    start = _start(plan, plan.upstream, plan.pull_request)
    return (start, *_taken(plan, plan.upstream), *_by_hand(plan), _finish(plan.pull_request))


def _carry_out(plan: Plan, upstream: UpstreamSide) -> Step:
    """What stands on a content base cannot be done by hand: git's own merge does not know that base."""
    worktree = " --worktree ../sync" if plan.for_people else ""
    return Step(
        "Carry the plan out; `git merge` would stand on the older base",
        ("git fetch --all --tags", f"forkpolicy apply --release {shell(upstream.tag)}{worktree}"),
    )


def _start(plan: Plan, upstream: UpstreamSide, pull_request: PullRequest) -> Step:
    branch = shell(pull_request.branch)
    return Step(
        f"Merge the release into a branch from {plan.fork.branch}",
        (
            "git fetch --all --tags",
            f"git switch -c {branch} {short(plan.fork.commit)}",
            f"git merge --no-ff --no-commit {shell(upstream.tag)}",
        ),
    )


def _taken(plan: Plan, upstream: UpstreamSide) -> tuple[Step, ...]:
    """The steps that record what the policy decided, one for each side that wins something."""
    sources = {Resolution.ACCEPT_UPSTREAM: shell(upstream.tag), Resolution.KEEP_FORK: "HEAD"}
    found: list[Step] = []
    for resolution, source in sources.items():
        chosen = [each for each in plan.decisions if each.resolution is resolution]
        if chosen:
            words = resolution_words(resolution, plan.labels)
            title = f"Record what the policy decided: {words}, {count(len(chosen), 'conflict')}"
            found.append(Step(title, _record(source, chosen, resolution, upstream)))
    return tuple(found)


def _record(source: str, chosen: list[Decision], resolution: Resolution, upstream: UpstreamSide) -> tuple[str, ...]:
    """One command for the paths that have a result, one for those that disappear: `restore` refuses them."""
    git = "git --literal-pathspecs"
    results = [item for each in chosen for item in each.results.items()]
    present = sorted(path for path, entry in results if entry)
    gone = sorted(path for path, entry in results if entry is None)
    restore = f"{git} restore --source={source} --staged --worktree"
    remove = f"{git} rm --quiet --ignore-unmatch"
    return (
        *_on_paths(restore, present, _listed(resolution, "!=", upstream)),
        *_on_paths(remove, gone, _listed(resolution, "==", upstream)),
    )


def _listed(resolution: Resolution, comparison: str, upstream: UpstreamSide) -> str:
    """The command that lists the paths of a resolution whose result is, or is not, null."""
    query = (
        f'.decisions[] | select(.resolution == "{resolution.value}") | .results'
        f" | to_entries[] | select(.value {comparison} null) | .key"
    )
    return f"forkpolicy plan {shell(upstream.tag)} --format json |\n  jq -r '{query}'"


def _on_paths(command: str, paths: Sequence[RepoPath], listed: str) -> tuple[str, ...]:
    """The command on the paths themselves, or on what another command lists where they are too many."""
    if not paths:
        return ()
    if len(paths) <= MAX_PATHS and all(len(path) <= MAX_PATH_LENGTH for path in paths):
        return (f"{command} -- {' '.join(map(shell, paths))}",)
    return (f"{listed} |\n  {command} --pathspec-from-file=-",)


def _by_hand(plan: Plan) -> tuple[Step, ...]:
    if not plan.for_people:
        return ()
    paths = all_paths(plan.for_people)
    shown = [path for path in paths[:MAX_PATHS] if len(path) <= MAX_PATH_LENGTH]
    title = f"Resolve what is left by hand, {count(len(plan.for_people), 'conflict')}"
    if len(shown) < len(paths):
        return (Step(title, ("git diff --name-only --diff-filter=U", "git mergetool")),)
    names = " ".join(map(shell, shown))
    return (Step(title, (f"git mergetool -- {names}", f"git add --all -- {names}")),)


def _finish(pull_request: PullRequest) -> Step:
    return Step(
        "Commit the merge and push the branch",
        ("git commit", f"git push -u origin {shell(pull_request.branch)}"),
    )
