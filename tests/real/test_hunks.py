"""The merge of lines on the real fork: a thousand files that both sides changed, against `git merge-file`."""

import os
import subprocess
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.git.scratch import Scratch, scratch_store
from forkpolicy.engine.hunks import merge_file_hunks
from forkpolicy.policy.facts import Entry, Versions
from forkpolicy.policy.hunks import HunkMerge
from forkpolicy.policy.names import BlobId, RepoPath
from tests.texts import merge_file

REAL = os.environ.get("FORKPOLICY_REAL")
TRIPLES = 1000
MOST_OF_ONE_MERGE = 150
"""So that not all are from one merge."""

pytestmark = pytest.mark.skipif(REAL is None, reason="needs the real fork: make real SNAPSHOT=…")


def test_real_files_merge_as_git_merges_them(tmp_path: Path) -> None:
    repository = Path(REAL or "") / "after"
    with scratch_store(Repository.open(repository).objects_dir) as scratch:
        merges = list(islice(texts_changed_on_both_sides(repository, scratch), TRIPLES))
    assert len(merges) == TRIPLES
    assert sum(len(merge.regions) for merge in merges) > TRIPLES / 2
    for merge in merges:
        triple = (merge.base, merge.fork, merge.upstream)
        assert merge.with_markers(zealous=False) == merge_file(tmp_path, triple, "--diff3")


def texts_changed_on_both_sides(repository: Path, scratch: Scratch) -> Iterator[HunkMerge]:
    """Each text's merge, once, newest merge of the history first."""
    seen: set[Versions] = set()
    for merge in git(repository, "rev-list", "--merges", "carto/main"):
        new = [each for each in changed_on_both_sides(repository, merge) if each not in seen]
        for versions in new[:MOST_OF_ONE_MERGE]:
            seen.add(versions)
            if merged := merge_file_hunks(scratch, RepoPath("file"), versions):
                yield merged


def changed_on_both_sides(repository: Path, merge: str) -> Iterator[Versions]:
    """The versions of every file that both sides of a merge changed, or added, in different ways."""
    bases = git(repository, "merge-base", f"{merge}^1", f"{merge}^2")
    if not bases:
        return
    fork, upstream = (changes(repository, bases[0], f"{merge}^{parent}") for parent in (1, 2))
    for path in sorted(fork.keys() & upstream.keys()):
        (base, mine), (_, other) = fork[path], upstream[path]
        if mine != other:
            yield Versions(base, mine, other)


def changes(repository: Path, before: str, after: str) -> dict[str, tuple[Entry | None, Entry]]:
    """The entries before and after of every regular file that was changed or added."""
    done: dict[str, tuple[Entry | None, Entry]] = {}
    for line in git(repository, "diff-tree", "-r", "--no-renames", "--no-abbrev", "--diff-filter=AM", before, after):
        facts, path = line.split("\t")
        old_mode, new_mode, old, new, _ = facts.lstrip(":").split()
        entries = entry(old_mode, old), entry(new_mode, new)
        if entries[1] and all(each is None or each.is_file for each in entries):
            done[path] = (entries[0], entries[1])
    return done


def entry(mode: str, blob: str) -> Entry | None:
    return Entry(int(mode, 8), BlobId(blob)) if int(mode, 8) else None


def git(repository: Path, *arguments: str) -> list[str]:
    done = subprocess.run(["git", "-C", repository, *arguments], check=False, stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()
