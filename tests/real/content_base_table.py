"""Replays the sync merges of a fork on git's base and on the content base, and compares both with what was recorded.

usage: python tests/real/content_base_table.py GIT_DIR RECORDED [--limit N] [--paths]

GIT_DIR holds the fork; RECORDED is a gzipped file of one merge a line: JSON with `merge`, `date`, `fork`, `upstream`
(its two sides) and `previous_upstream` (the upstream side of the sync before, or null). The columns are counts of
paths. docs/decisions/0005-content-base.md has the tables. Exits with 1 where `auto` agrees less often than `git`.
"""

import argparse
import gzip
import json
import re
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from forkpolicy.engine.base_review import doubtful_paths
from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.git.scratch import Scratch, scratch_store
from forkpolicy.engine.history import fork_history
from forkpolicy.engine.merge import Merge, merge_commits
from forkpolicy.engine.merge_base import BasedMerge, Merging, merge_on_chosen_base
from forkpolicy.policy.errors import RepositoryError
from forkpolicy.policy.facts import Entry
from forkpolicy.policy.names import CommitId, RepoPath

LARGE = 100 * 1024 * 1024
"""The size that a file is given of which the snapshot has only the name."""


@dataclass(frozen=True)
class Recorded:
    """A merge that people made."""

    merge: CommitId
    date: str
    fork: CommitId
    upstream: CommitId


@dataclass(frozen=True)
class Settled:
    """One path that comes out otherwise on the content base than on git's, and than people recorded it."""

    path: RepoPath
    verdict: str
    untouched: bool
    doubt: str | None


@dataclass(frozen=True)
class Row:
    """One merge on both bases."""

    recorded: Recorded
    based: BasedMerge
    counts: Counter[str]
    told: tuple[Settled, ...] = ()

    def __str__(self) -> str:
        """The merge's line in the table."""
        content = self.based.content
        if content is None:
            return f"{self.recorded.date} {self.recorded.merge[:10]} git's base"
        used = "content" if self.based.uses_content else f"git: {self.based.why}"
        counts = ", ".join(f"{name} {number}" for name, number in self.counts.items())
        where = f"{self.recorded.date} {self.recorded.merge[:10]} {content.origin} {content.commit[:10]}"
        return f"{where} ({used}): {counts}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Replay the merges and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("git_dir", type=Path)
    parser.add_argument("recorded", type=Path)
    parser.add_argument("--limit", type=int, help="replay so many merges only, spread over history")
    parser.add_argument("--paths", action="store_true", help="name the paths of a used base that differ")
    options = parser.parse_args(arguments)
    repo = Repository.open(options.git_dir)
    merges, upstream = read_recorded(repo, options.recorded)
    step = -(-len(merges) // (options.limit or len(merges)))
    rows: list[Row] = []
    for row in replay(repo, merges[::step], upstream):
        rows.append(row)
        if row.based.content is not None:
            print(row, flush=True)
            print_paths(row.told if options.paths and row.based.uses_content else ())
    return print_sum(len(merges[::step]), rows)


def read_recorded(repo: Repository, file: Path) -> tuple[list[Recorded], tuple[CommitId, ...]]:
    """The merges, and every commit that is known to be upstream's."""
    with gzip.open(file, "rt") as lines:
        data = [json.loads(line) for line in lines]
    sides = {each[name] for each in data for name in ("upstream", "previous_upstream") if each[name]}
    merges = [Recorded(each["merge"], each["date"], each["fork"], each["upstream"]) for each in data]
    return merges, tuple(sorted(CommitId(each) for each in sides if repo.has(each)))


def replay(repo: Repository, merges: Iterable[Recorded], upstream: tuple[CommitId, ...]) -> Iterator[Row]:
    """Every merge; a snapshot lacks its largest files, of which a merge asks no more than the size."""
    for each in merges:
        with scratch_store(repo.objects_dir) as scratch:
            try:
                yield with_stand_ins(scratch, lambda: compared(scratch, repo, each, upstream))  # noqa: B023
            except RepositoryError as error:
                print(f"{each.date} {each.merge[:10]} skipped: {error}", file=sys.stderr)


def with_stand_ins(scratch: Scratch, compare: Callable[[], Row]) -> Row:
    """Compare, with an empty stand-in for every object that turns out to be missing.

    Raises:
        RepositoryError: something else is wrong, or contents are asked for.
    """
    try:
        return compare()
    except RepositoryError as error:
        missing = re.search(r"[0-9a-f]{40}", error.message)
        file = scratch.git_dir / "objects" / missing[0][:2] / missing[0][2:] if missing else None
        if file is None or file.exists():
            raise
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(zlib.compress(b"blob %d\0" % LARGE))
    return with_stand_ins(scratch, compare)


def compared(scratch: Scratch, repo: Repository, recorded: Recorded, upstream: tuple[CommitId, ...]) -> Row:
    """One merge on both bases, path by path."""
    history = fork_history(repo, recorded.fork, (recorded.upstream, *upstream), None)
    bases = repo.merge_bases(recorded.fork, recorded.upstream)
    based = merge_on_chosen_base(scratch, Merging(repo, history, recorded.upstream, bases))
    if based.content is None:
        return Row(recorded, based, Counter())
    doubts = doubtful_paths(scratch, history, recorded.upstream, based)
    on_git = merge_commits(scratch, recorded.fork, recorded.upstream, bases)
    on_content = merge_commits(scratch, recorded.fork, recorded.upstream, (based.content.commit,))
    table = Table(repo, recorded, on_git, on_content, doubts)
    return Row(recorded, based, table.counts(), tuple(table.otherwise(based.content.commit)))


@dataclass(frozen=True)
class Table:
    """Two merges of the same commits on different bases, held against the commit that people recorded."""

    repo: Repository
    recorded: Recorded
    on_git: Merge
    on_content: Merge
    doubts: Mapping[RepoPath, str]

    def counts(self) -> Counter[str]:
        """How many paths conflict on either base, and how many of those that stop come out as recorded."""
        counts = Counter({"git": len(conflicts(self.on_git)), "content": len(conflicts(self.on_content))})
        counts["new"] = len(conflicts(self.on_content) - conflicts(self.on_git))
        for path in self.stopped():
            told = "to people" if path in self.doubts else ""
            counts[f"{'same' if self.agrees(self.on_content, path) else 'other'} {told}".strip()] += 1
        for path in self.clean_on_both():
            counts[self.verdict(path)] += path not in self.doubts
        return counts

    def otherwise(self, base: CommitId) -> Iterator[Settled]:
        """The paths that do not come out as recorded."""
        for path in (*self.stopped(), *self.clean_on_both()):
            if not self.agrees(self.on_content, path):
                untouched = self.entry(base, path) == self.entry(self.recorded.fork, path)
                verdict = self.verdict(path) if path not in conflicts(self.on_git) else "other"
                yield Settled(path, verdict, untouched, self.doubts.get(path))

    def stopped(self) -> list[RepoPath]:
        """The paths that conflict on git's base and merge on the content base."""
        return sorted(conflicts(self.on_git) - conflicts(self.on_content))

    def clean_on_both(self) -> list[RepoPath]:
        """The paths that merge on both bases, with different results."""
        open_paths = conflicts(self.on_git) | conflicts(self.on_content)
        every = (self.on_git.changes.keys() | self.on_content.changes.keys()) - open_paths
        return sorted(path for path in every if self.result(self.on_git, path) != self.result(self.on_content, path))

    def verdict(self, path: RepoPath) -> str:
        """Which base comes nearer to what was recorded, of a path that merges on both."""
        if self.agrees(self.on_content, path):
            return "better"
        return "worse" if self.agrees(self.on_git, path) else "neither"

    def agrees(self, merge: Merge, path: RepoPath) -> bool:
        """Whether a merge leaves what people recorded."""
        return self.result(merge, path) == self.entry(self.recorded.merge, path)

    def result(self, merge: Merge, path: RepoPath) -> Entry | None:
        """What a merge leaves at a path."""
        return merge.changes[path] if path in merge.changes else self.entry(self.recorded.fork, path)

    def entry(self, commit: CommitId, path: RepoPath) -> Entry | None:
        """What a commit has at a path."""
        return self.repo.entry(self.repo.tree(commit), path)


def conflicts(merge: Merge) -> frozenset[RepoPath]:
    """Every path of a merge's conflicts."""
    return frozenset(path for conflict in merge.conflicts for path in conflict.files)


def print_paths(told: Iterable[Settled]) -> None:
    """The paths that do not come out as recorded, one a line."""
    for each in told:
        holds = "the fork's is the base's" if each.untouched else "the fork's is its own"
        print(f"    {each.verdict:8} {each.path} ({holds}){f': {each.doubt}' if each.doubt else ''}")


def print_sum(asked: int, rows: Sequence[Row]) -> int:
    """The sums over the merges whose plan stands on the content base; 1 where `auto` lost agreements."""
    used = [row for row in rows if row.based.uses_content]
    total = sum((row.counts for row in used), Counter[str]())
    same = sum(row.based.content is None for row in rows)
    gained = total["same"] + total["better"] - total["worse"]
    print(f"\n{asked} merges, {len(rows)} replayed; {same} stand on git's base, {len(used)} on the content base")
    print(", ".join(f"{name} {number}" for name, number in total.items()) or "nothing changes")
    print(f"agreements with what was recorded, auto over git: {gained:+}")
    return 0 if gained >= 0 else 1


if __name__ == "__main__":
    sys.exit(main())
