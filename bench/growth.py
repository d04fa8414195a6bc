"""Whether the cost of a plan follows the changes: what it takes beyond the smallest plan, to git's commands.

The smallest plan is nearly all start: Python, libgit2, the policy. git starts in a few milliseconds, so no plan of a
tree this small can come near to it, and a ratio that has the start in it says how fast Python starts. git keeps what
its merge wrote, and would find all of it there the next time; that is removed, for a plan keeps nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from .commands import FORKPOLICY
from .measure import Command, by_turns
from .repositories import Subject, generated
from .table import Row

TREES = (1_000, 10_000, 100_000)
CHANGES = (10, 100, 1_000)

_ROUNDS = 9


def rows(directory: Path) -> Iterator[Row]:
    """Trees of different sizes with different numbers of changes.

    Raises:
        CommandError: a measured command failed.
    """
    sizes = [(files, changed) for files in TREES for changed in CHANGES]
    smallest, *others = (generated(directory, *size) for size in sizes)
    for (files, changed), subject in zip(sizes[1:], others, strict=True):
        growth = _measure(smallest, subject)
        name = f"plan, {files:,} files, {changed:,} changed on each side"
        yield Row(name, growth.added / growth.git, 3.0, "x", str(growth))


# Private


@dataclass(frozen=True, slots=True)
class _Growth:
    """Seconds."""

    smallest: float
    added: float
    git: float

    def __str__(self) -> str:
        return f"{self.smallest:.3f} s {self.added:+.3f} s, git {self.git:.3f} s"


def _measure(smallest: Subject, subject: Subject) -> _Growth:
    sequences: list[list[Command]] = [[_plan(smallest)], [_plan(subject)], [*subject.git_commands()]]
    measured = by_turns(sequences, _ROUNDS, subject.forget_merges)
    rounds = [[cost.seconds for cost in costs] for costs in measured]
    return _Growth(
        median(small for small, _, _ in rounds),
        median(plan - small for small, plan, _ in rounds),
        median(git for _, _, git in rounds),
    )


def _plan(subject: Subject) -> Command:
    return subject.plan_command(FORKPOLICY, "auto")
