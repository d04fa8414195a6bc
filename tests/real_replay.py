"""Replays the real merge commits of a repository's history, and compares every merge with git's own.

usage: python tests/real_replay.py GIT_DIR [--limit N] [--jobs N]

GIT_DIR needs every blob of the merges' changed files: of the real fork, use what `real/prepare … after` lays out.
Exits with 1 if a difference went unreported, or fewer than --least merges could be replayed.
"""

import argparse
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from forkpolicy.engine import oracle
from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.git.scratch import scratch_store
from forkpolicy.engine.merge import merge_commits
from forkpolicy.policy.errors import RepositoryError
from forkpolicy.policy.facts import Kind
from forkpolicy.policy.names import CommitId

LEAST = 1000
RENAMES = {Kind.RENAME_RENAME, Kind.RENAME_DELETE, Kind.RENAME_ADD, Kind.DIRECTORY_RENAME}


@dataclass(frozen=True)
class Replay:
    """How one merge went; `error` tells why it could not be replayed."""

    merge: CommitId
    conflicts: int = 0
    agree: bool = True
    differing: int = 0
    """Paths that differ, all of them reported by the comparison."""
    in_renames: int = 0
    """Those of them that belong to a conflict with a rename."""
    error: str | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Replay the merges and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("git_dir", type=Path)
    parser.add_argument("--limit", type=int, help="replay so many merges only, spread over history")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--least", type=int, default=LEAST, help="how many must be replayed")
    options = parser.parse_args(arguments)
    merges = _merges(options.git_dir)
    if options.limit:
        merges = merges[:: max(1, len(merges) // options.limit)][: options.limit]
    with ProcessPoolExecutor(options.jobs) as pool:
        chunks = [merges[start::64] for start in range(64)]
        replays = [each for some in pool.map(_replay_all, [options.git_dir] * 64, chunks) for each in some]
    _print_table(replays)
    return 0 if sum(1 for each in replays if not each.error) >= min(options.least, options.limit or LEAST) else 1


# Private


def _merges(git_dir: Path) -> list[CommitId]:
    """Every commit with two parents, newest first."""
    command = ["git", f"--git-dir={git_dir}", "rev-list", "--all", "--min-parents=2", "--max-parents=2"]
    return [
        CommitId(line) for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    ]


def _replay_all(git_dir: Path, merges: Sequence[CommitId]) -> list[Replay]:
    repository = Repository.open(git_dir)
    return [_replay(repository, merge) for merge in merges]


def _replay(repository: Repository, commit: CommitId) -> Replay:
    fork, upstream = repository.commit(commit).parents
    with scratch_store(repository.objects_dir) as scratch:
        running = oracle.start(scratch, fork, upstream)
        if running is None:
            raise SystemExit("this needs git 2.38 or newer")
        try:
            merge = merge_commits(scratch, fork, upstream)
        except RepositoryError as error:
            return Replay(commit, error=_reason(error))
        finally:
            running.wait()
        verdict = running.finish()
    differing = set(oracle.compare(merge, verdict))
    renamed = {path for each in merge.conflicts if each.kind in RENAMES for path in each.files}
    return Replay(commit, len(merge.conflicts), not differing, len(differing), len(differing & renamed))


def _reason(error: RepositoryError) -> str:
    return "share no history" if "share no history" in error.message else "object missing"


def _print_table(replays: Sequence[Replay]) -> None:
    done = [each for each in replays if not each.error]
    rows = {
        "merges": len(replays),
        "  replayed": len(done),
        "  agree with git": sum(each.agree for each in done),
        "  differ, and the comparison says so": sum(not each.agree for each in done),
        "conflicts": sum(each.conflicts for each in done),
        "differing paths": sum(each.differing for each in done),
        "  of them in conflicts with renames": sum(each.in_renames for each in done),
    }
    rows |= {
        f"  not replayed: {why}": count for why, count in Counter(each.error for each in replays if each.error).items()
    }
    for what, count in rows.items():
        print(f"{what:<40}{count:>8,}")
    for each in done:
        if not each.agree:
            print(f"    {each.merge}: {each.differing} of {each.conflicts} conflicts")


if __name__ == "__main__":
    sys.exit(main())
