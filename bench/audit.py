"""How fast past merges are audited, beside git alone on the same merges, and how much memory that takes.

usage: python -m bench.audit GIT_DIR RECORDED POLICY [--limit N]

GIT_DIR holds a fork; RECORDED is a gzipped file of one merge a line: JSON with `merge`, `fork` and `upstream`.
"""

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from .commands import FORKPOLICY
from .measure import CommandError, compare
from .table import Row, memory

JOBS = 2
MERGES = 60
SLOWEST = 0.8
"""So many merges a second, at least, for each that a loop of `git merge-tree` makes."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the rows; 1 only where a command failed."""
    parser = argparse.ArgumentParser(prog="bench.audit", description=__doc__)
    parser.add_argument("git_dir", type=Path)
    parser.add_argument("recorded", type=Path)
    parser.add_argument("policy", type=Path)
    parser.add_argument("--limit", type=int, default=MERGES, help="so many merges, spread over history")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="forkpolicy-bench-") as directory:
            for row in rows(Path(directory), options.git_dir, options.recorded, options.policy, options.limit):
                print(row, flush=True)
    except (CommandError, subprocess.CalledProcessError) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def rows(directory: Path, git_dir: Path, recorded: Path, policy: Path, limit: int = MERGES) -> Iterator[Row]:
    """Time and memory of the audit of some recorded merges; `directory` is a place to work in.

    Raises:
        CommandError: the audit failed.
        subprocess.CalledProcessError: the git directory does not hold the fork.
    """
    merges = _merges(recorded, limit)
    place = _lay_out(directory / "fork.git", git_dir, merges[0]["merge"])
    merges = [each for each in merges if _can_merge(place, each)]
    both = compare([_audit(place, policy, merges)], _git(place, merges), rounds=1)
    detail = f"{len(merges)} merges: {both.subject.seconds:.1f} s, git {both.reference.seconds:.1f} s"
    yield Row(f"audit, {JOBS} processes, to git merge-tree in a loop", both.ratio, 1 / SLOWEST, "x", detail)
    yield memory("audit, peak of the largest process's memory", both.subject.peak, 500)


def _merges(recorded: Path, limit: int) -> list[dict[str, str]]:
    with gzip.open(recorded, "rt") as lines:
        every = [json.loads(line) for line in lines]
    return every[:: max(1, -(-len(every) // limit))]


def _lay_out(place: Path, git_dir: Path, tip: str) -> Path:
    """A repository with the fork's objects and one branch, none of upstream's; what git merges is written there."""
    subprocess.run(["git", "init", "--quiet", "--bare", str(place)], check=True)
    (place / "objects/info/alternates").write_text(f"{git_dir.resolve() / 'objects'}\n")
    subprocess.run(["git", f"--git-dir={place}", "update-ref", "refs/heads/main", tip], check=True)
    return place


def _can_merge(place: Path, merge: dict[str, str]) -> bool:
    """Whether git can merge at all: a snapshot lacks its largest files."""
    [command] = _git(place, [merge])
    return subprocess.run(command, capture_output=True, check=False).returncode in (0, 1)


def _audit(place: Path, policy: Path, merges: Sequence[dict[str, str]]) -> list[str]:
    command = [FORKPOLICY, "-C", str(place), "--policy", str(policy), "audit", *(each["merge"] for each in merges)]
    sides = [f"--upstream-parent={each['upstream']}" for each in merges]
    return [*command, *sides, "--jobs", str(JOBS), "--exit-zero", "--format", "json"]


def _git(place: Path, merges: Sequence[dict[str, str]]) -> list[list[str]]:
    command = ["git", f"--git-dir={place}", "merge-tree", "--write-tree"]
    return [[*command, each["fork"], each["upstream"]] for each in merges]


if __name__ == "__main__":
    sys.exit(main())
