"""Looks for a content base and its lost syncs, and does nothing else: what a plan spends on it.

usage: python -m bench.base_search GIT_DIR POLICY RELEASE [--load-only]
"""

import sys
from pathlib import Path

from forkpolicy.engine.content_base import ContentSearch
from forkpolicy.engine.fork import Fork
from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.lost_syncs import lost_syncs_towards
from forkpolicy.policy.loader import load


def main(git_dir: str, policy: str, tag: str, *options: str) -> int:
    """Search; with `--load-only`, stop before that, after everything that a plan reads in any case."""
    fork = Fork.of(Repository.open(Path(git_dir)), load(Path(policy).read_bytes(), policy))
    release = fork.repo.resolve(tag)
    bases = fork.repo.merge_bases(fork.history.tip, release)
    if "--load-only" not in options:
        search = ContentSearch(fork.repo, fork.history, release, bases[0])
        found = search.find(fork.releases.values())
        lost = lost_syncs_towards(fork.repo, fork.history, search.line.commits, search.likely()[-1])
        search.reverted(found, lost)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
