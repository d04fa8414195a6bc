"""Prints how fast and how small forkpolicy is, beside the bars that it has to keep (DESIGN.md, section 9).

Every time is a ratio of whole processes, measured by turns in this run: it means the same on any machine.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from . import audit, growth, versions
from .commands import FORKPOLICY, PYTHON_START
from .measure import CommandError, compare, cost_of
from .repositories import ROOT, Subject, real_fork
from .table import Row, memory, ratio


def main() -> int:
    """Print the table; 1 only where a command failed, since a slow machine is not a broken one."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--snapshot", type=Path, help="a git directory that holds CartoDB/litellm")
    parser.add_argument("--glitch", type=Path, help="a git directory that holds glitch-soc/mastodon")
    parser.add_argument("--recorded", type=Path, help="a folder with its merges, glitch-soc.jsonl.gz")
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="forkpolicy-bench-") as directory:
            place = Path(directory)
            for row in chain(_rows(place, options.snapshot), _audit(place, options.glitch, options.recorded)):
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
        yield from _after_a_squashed_sync(squashed)
        yield _topic_check(squashed)
        yield from versions.real(snapshot, directory)
    yield versions.growth(directory)
    yield from growth.rows(directory)


def _start_up() -> Row:
    reference = [sys.executable, "-c", "import click, importlib.metadata"]
    return ratio("start-up, --version", compare([[FORKPOLICY, "--version"]], [reference], rounds=15), 1.5)


def _real(subject: Subject) -> Iterator[Row]:
    git = subject.git_commands()
    peak = 0
    for cross_check, bar in (("never", 1.5), ("always", 2.0)):
        both = compare([subject.plan_command(FORKPOLICY, cross_check)], git, rounds=7)
        peak = max(peak, both.subject.peak)
        yield ratio(f"plan, the real fork, --cross-check {cross_check}", both, bar)
    yield memory("plan, the real fork, peak of memory", peak, 300)


def _topic_check(subject: Subject) -> Row:
    """The gate over ten commits of the fork's own, beside git's look at them and Python's start."""
    ends = f"{subject.production}~10", subject.production
    both = compare([subject.check_command(FORKPOLICY, *ends)], [*subject.log_commands(*ends), PYTHON_START], rounds=9)
    return ratio("check, ten commits of the real fork", both, 1.5)


def _after_a_squashed_sync(subject: Subject) -> Iterator[Row]:
    """What the search for the content base adds to a plan, beside git's own merge there; and that plan's memory."""
    merge_tree = subject.git_commands()[:1]
    both = compare([subject.base_search_command()], merge_tree, rounds=5)
    added = both.subject.seconds - cost_of([[*subject.base_search_command(), "--load-only"]]).seconds
    # git takes two seconds for that merge, and the search may add one
    detail = f"{added:.3f} s to {both.reference.seconds:.3f} s"
    yield Row("content base after a squashed sync, to git merge-tree", added / both.reference.seconds, 0.5, "x", detail)
    peak = cost_of([subject.plan_command(FORKPOLICY, "never")]).peak
    yield memory("plan after a squashed sync, peak of memory", peak, 300)


def _audit(directory: Path, glitch: Path | None, recorded: Path | None) -> Iterator[Row | str]:
    """The real fork has four syncs, one of them of 900 conflicts: this one has hundreds, most of them small."""
    if glitch is None or recorded is None:
        yield "     the audit: skipped, `make bench GLITCH=… RECORDED=…` names a fork of many merges and their list"
        return
    policy = ROOT / "docs/examples/glitch-soc/carto-fork.yaml"
    yield from audit.rows(directory, glitch, recorded / "glitch-soc.jsonl.gz", policy)


if __name__ == "__main__":
    sys.exit(main())
