"""What came of carrying a plan out, as text and as JSON: `forkpolicy.apply/1`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from ...policy.decisions import Decision
from ...policy.findings import Severity
from ...policy.hunks import LABELS
from ..applying import Applied, Outcome
from ..console import Screen
from ..decision_log import log_path
from ..escape import shell
from ..plan import Plan
from ..refs import Holds, SyncBranch
from .document import Data, as_document
from .layout import command, cut, fields, indented, joined, path, render, text
from .steps import MADE_AGAIN, WORK_TREE, by_hand, stage_again
from .words import count, short

SCHEMA = "forkpolicy.apply/1"

MAX_FILES = 40
"""How many files for people are listed."""


def to_json(applied: Applied) -> str:
    """The outcome as a document."""
    plan, branch = applied.plan, applied.branch
    data: Data = {
        "schema": SCHEMA,
        "outcome": applied.outcome.value,
        "release": plan.upstream.tag if plan.upstream else None,
        "branch": branch.name if branch else None,
        "commit": applied.commit,
        "before": branch.commit if branch else None,
        "worktree": str(applied.worktree) if applied.worktree else None,
        "decision_log": log_path(plan.upstream.tag) if plan.upstream and branch else None,
        "left": [each.path for each in plan.for_people],
        "steps": list(steps(applied)),
        "checklist": list(plan.checklist) if branch else [],
    }
    return as_document(data)


def to_text(applied: Applied, screen: Screen) -> str:
    """The outcome for a screen: what was done, what is left, what to type next."""
    return render(Group(*_sections(applied)), screen)


def steps(applied: Applied) -> tuple[str, ...]:
    """The commands that finish the sync, in order; they work from the repository's folder."""
    plan, branch = applied.plan, applied.branch
    if branch is None or plan.upstream is None:
        return ()
    if applied.outcome is Outcome.PEOPLE and applied.commit is None:
        again = f"forkpolicy apply --release {shell(plan.upstream.tag)}"
        return f"{again} --worktree {WORK_TREE}", f"{again} --with-markers"
    push = f"git push -u {shell(plan.labels.fork_remote)} {shell(branch.name)}"
    return (*_finishing(applied, branch), push)


# Private


def _finishing(applied: Applied, branch: SyncBranch) -> tuple[str, ...]:
    """What makes a finished merge of what is there."""
    plan = applied.plan
    if applied.worktree is not None:
        git = f"git -C {shell(str(applied.worktree))}"
        left = by_hand(git) if _is_left(plan) else ()
        return (*left, *_inside(applied.worktree, plan.commands), *stage_again(plan, git), f"{git} commit")
    is_draft = branch.holds is Holds.DRAFT or applied.outcome is Outcome.DRAFTED
    if not is_draft and (branch.later or not plan.commands):
        return ()
    switch, git, place = _checked_out(applied, branch)
    again = _inside(place, plan.commands)
    if is_draft:
        return (*switch, f"{git} grep -n '^<<<<<<< {LABELS.fork}'", *again, f"{git} commit --all")
    return (*switch, *again, f"{git} commit --all -m {shell(MADE_AGAIN)}")


def _checked_out(applied: Applied, branch: SyncBranch) -> tuple[tuple[str, ...], str, Path]:
    """What checks the branch out, if that takes something; git there; and the place."""
    if applied.checked_out is not None:
        return (), f"git -C {shell(str(applied.checked_out))}", applied.checked_out
    if applied.home is not None:
        return (f"git switch {shell(branch.name)}",), "git", applied.home
    return (f"git worktree add {WORK_TREE} {shell(branch.name)}",), f"git -C {WORK_TREE}", Path(WORK_TREE)


def _inside(place: Path, commands: Sequence[str]) -> tuple[str, ...]:
    """Commands of the policy, which work in a work tree, run there."""
    return tuple(f"(cd {shell(str(place))} && {each})" for each in commands)


def _sections(applied: Applied) -> Iterator[RenderableType]:
    plan = applied.plan
    title = f"{plan.labels.upstream} {plan.upstream.tag}" if plan.upstream else plan.fork.branch
    yield text(title, "bold")
    yield indented(fields(_facts(applied)))
    if applied.outcome in _LISTS_WHAT_IS_LEFT and _is_left(plan):
        yield from _titled("Left for people", cut(list(_left(plan)), MAX_FILES, "files"))
    if applied.outcome is Outcome.REFUSED:
        yield from _titled("Refused", [text(each.message) for each in plan.findings if each.severity is Severity.ERROR])
    if every := steps(applied):
        nothing_yet = applied.outcome is Outcome.PEOPLE and applied.commit is None
        title = "Two ways to go on: in a work tree, or with conflict markers on the branch" if nothing_yet else "Next"
        yield from _titled(title, [command(each) for each in every], indent=0)
        if plan.checklist and not nothing_yet:
            yield from _titled("Then check", [text(f"- {each}") for each in plan.checklist])


_LISTS_WHAT_IS_LEFT = (Outcome.PEOPLE, Outcome.LAID_OUT, Outcome.DRAFTED)


def _titled(title: str, lines: Sequence[RenderableType], indent: int = 2) -> Iterator[RenderableType]:
    yield Text()
    yield Text(title, style="bold")
    yield indented(Group(*lines), indent)


def _facts(applied: Applied) -> Iterator[tuple[str, Text]]:
    yield "outcome", Text(_words(applied), style="green" if applied.exit_code == 0 else "yellow")
    if applied.branch is None:
        return
    yield "branch", text(applied.branch.name)
    if applied.commit is not None:
        yield "commit", text(_place(applied))
    if applied.worktree is not None:
        yield "work tree", text(str(applied.worktree))
    if applied.plan.upstream and applied.outcome in (Outcome.MERGED, Outcome.DRAFTED, Outcome.LAID_OUT):
        yield "log", text(log_path(applied.plan.upstream.tag))
    if applied.elsewhere is not None:
        yield "remote", text(f"its branch of this name stands at {short(applied.elsewhere)}: look before you push")


def _place(applied: Applied) -> str:
    before = applied.branch.commit if applied.branch else None
    replaced = before not in (None, applied.commit)
    return short(applied.commit or "") + (f", in place of {short(before or '')}" if replaced else "")


def _words(applied: Applied) -> str:
    left = count(len(applied.plan.for_people), "path is", "paths are")
    later = applied.branch.later if applied.branch else 0
    return {
        Outcome.NOTHING: "up to date, nothing to merge",
        Outcome.REFUSED: "refused",
        Outcome.MERGED: "merged, nothing is left for people",
        Outcome.DRAFTED: f"a draft is committed, {left} left for people with conflict markers",
        Outcome.LAID_OUT: f"laid out, {left} left for people",
        Outcome.PEOPLE: f"{left} left for people",
        Outcome.ALREADY: "done already" + (f", {count(later, 'commit')} on top" if later else ""),
    }[applied.outcome]


def _is_left(plan: Plan) -> bool:
    return bool(plan.for_people or _errors(plan))


def _errors(plan: Plan) -> list[RenderableType]:
    errors = (each for each in plan.findings if each.severity is Severity.ERROR)
    return [text(each.message, "red", limit=500) for each in errors]


def _left(plan: Plan) -> Iterator[RenderableType]:
    yield from (_file(each) for each in plan.for_people)
    yield from _errors(plan)


def _file(decision: Decision) -> RenderableType:
    kind = decision.kind.value if decision.kind else "merges, but waits for a person"
    heading = joined(path(decision.path, "bold yellow"), text(f"  {kind}", "dim"))
    guidance = [text(" ".join(decision.guidance.split()), limit=500)] if decision.guidance else []
    return Group(heading, *(indented(each) for each in (text(decision.reason, limit=300), *guidance)))
