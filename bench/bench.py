"""Prints how fast and how small forkpolicy is, beside the bars that it has to keep (DESIGN.md, section 9).

Every time is a ratio of whole processes, measured by turns in this run: it means the same on any machine.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .measure import Command, CommandError, Comparison, Cost, compare, cost_of
from .repositories import Subject, generated, real_fork

FORKPOLICY = str(Path(sys.executable).with_name("forkpolicy"))
PYTHON_START = [sys.executable, "-c", "import pygit2, pydantic, ruamel.yaml, click, pathspec"]
TREES = (1_000, 10_000, 100_000)
CHANGES = (10, 100, 1_000)
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `bar` is the most that `value` may be."""

    what: str
    value: float
    bar: float
    unit: str
    detail: str

    def __str__(self) -> str:
        """The line as printed."""
        mark = "ok  " if self.value <= self.bar else "OVER"
        figure, bar = f"{self.value:.2f} {self.unit}", f"{self.bar:g} {self.unit}"
        return f"{mark} {self.what:<44} {figure:>10}  at most {bar:<7} {self.detail}"


def main() -> int:
    """Print the table; 1 only where a command failed, since a slow machine is not a broken one."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--snapshot", type=Path, help="a git directory that holds CartoDB/litellm")
    snapshot: Path | None = parser.parse_args().snapshot
    try:
        with tempfile.TemporaryDirectory(prefix="forkpolicy-bench-") as directory:
            for row in _rows(Path(directory), snapshot):
                print(row, flush=True)
    except (CommandError, subprocess.CalledProcessError) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def _rows(directory: Path, snapshot: Path | None) -> Iterator[Row | str]:
    yield _start_up()
    if snapshot is None:
        yield "     the real fork: skipped, `make bench SNAPSHOT=…` names a git directory that holds it"
    else:
        yield from _real(real_fork(snapshot, directory))
        squashed = real_fork(snapshot, directory, "v1.81.0-stable")
        yield _base_search(squashed)
        yield _topic_check(squashed)
    yield from _growth(directory)


def _start_up() -> Row:
    reference = [sys.executable, "-c", "import click, importlib.metadata"]
    both = compare([[FORKPOLICY, "--version"]], [reference], rounds=15)
    return Row("start-up, --version", both.ratio, 1.5, "x", _seconds(both))


def _real(subject: Subject) -> Iterator[Row]:
    git = subject.git_commands()
    peak = 0
    for cross_check, bar in (("never", 1.5), ("always", 2.0)):
        both = compare([subject.plan_command(FORKPOLICY, cross_check)], git, rounds=7)
        peak = max(peak, both.subject.peak)
        yield Row(f"plan, the real fork, --cross-check {cross_check}", both.ratio, bar, "x", _seconds(both))
    yield Row("plan, the real fork, peak of memory", peak / MEGABYTE, 300, "MB", "")


def _topic_check(subject: Subject) -> Row:
    """The gate over ten commits of the fork's own, beside git's look at them and Python's start."""
    ends = f"{subject.production}~10", subject.production
    both = compare([subject.check_command(FORKPOLICY, *ends)], [*subject.log_commands(*ends), PYTHON_START], rounds=9)
    return Row("check, ten commits of the real fork", both.ratio, 1.5, "x", _seconds(both))


def _base_search(subject: Subject) -> Row:
    """What the search for the content base adds to a plan after a squashed sync, beside git's own merge there."""
    merge_tree = subject.git_commands()[:1]
    both = compare([subject.base_search_command()], merge_tree, rounds=5)
    seconds = both.subject.seconds - cost_of([[*subject.base_search_command(), "--load-only"]]).seconds
    detail = f"{seconds:.3f} s to {both.reference.seconds:.3f} s"
    return Row("content base, to git merge-tree", seconds / both.reference.seconds, 1.0, "x", detail)


def _growth(directory: Path) -> Iterator[Row | str]:
    yield "     growth, less Python's start: no generated repository is large enough to hide it"
    start = _median_start()
    for files in TREES:
        for changed in CHANGES:
            yield _generated(generated(directory, files, changed), f"{files:,} files, {changed:,} changed", start)


def _generated(subject: Subject, what: str, start: Cost) -> Row:
    plan: list[Command] = [subject.plan_command(FORKPOLICY, "auto")]
    both = compare(plan, subject.git_commands(), rounds=3)
    ratio = (both.subject.seconds - start.seconds) / both.reference.seconds
    return Row(f"plan, {what} on each side", ratio, 3.0, "x", f"{_seconds(both)}, {both.ratio:.1f} x with it")


def _median_start() -> Cost:
    costs = sorted((cost_of([PYTHON_START]) for _ in range(9)), key=lambda each: each.seconds)
    return costs[len(costs) // 2]


def _seconds(both: Comparison) -> str:
    return f"{both.subject.seconds:.3f} s to {both.reference.seconds:.3f} s"


if __name__ == "__main__":
    sys.exit(main())
