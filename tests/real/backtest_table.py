"""Scores a policy on the sync merges that people made after a day, beside both baselines.

usage: python tests/real/backtest_table.py GIT_DIR RECORDED POLICY DAY [--jobs N] [--with-refs]

GIT_DIR holds the fork; RECORDED is a gzipped file of one merge a line: JSON with `merge`, `date`, `fork`, `upstream`
(its two sides) and `paths` (what conflicted). Merges before DAY are not scored; the baseline may repeat what people
recorded in them. Plain commit ids are all that is told of upstream; with --with-refs the same is told by refs, as after
a fetch. docs/audit.md has the tables.
"""

import argparse
import gzip
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from forkpolicy.engine.audit_report import AuditedMerge
from forkpolicy.engine.audited_merge import audit_merge
from forkpolicy.engine.fork import Fork
from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.policy_source import load_file
from forkpolicy.engine.preflight import Branch
from forkpolicy.engine.report.audit_words import share
from forkpolicy.engine.sync_merges import SyncMerge
from forkpolicy.policy.backtest import Backtest, Score, Trial
from forkpolicy.policy.errors import RepositoryError
from forkpolicy.policy.names import CommitId, RepoPath
from forkpolicy.policy.origins import DEFAULT
from forkpolicy.policy.verdicts import Verdict

Recorded = dict[str, Any]


@dataclass(frozen=True)
class Setting:
    """What every process needs to know."""

    git_dir: Path
    policy: Path
    tip: CommitId
    upstream: tuple[CommitId, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Score the policy and print the table, and every disagreement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("git_dir", type=Path)
    parser.add_argument("recorded", type=Path)
    parser.add_argument("policy", type=Path)
    parser.add_argument("day")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--with-refs", action="store_true")
    options = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        merges = read_recorded(options.recorded)
        setting = lay_out(Path(folder) / "fork.git", options.git_dir, merges, options.policy, options.with_refs)
        late = [each for each in merges if each["date"] >= options.day]
        with ProcessPoolExecutor(options.jobs) as pool:
            audited = [each for each in pool.map(partial(replay, setting), late) if each is not None]
        before = (trial for each in merges if each["date"] < options.day for trial in as_recorded(setting, each))
        rules = tuple(rule.name for rule in load_file(options.policy).policy.ownership.rules)
        trials = tuple(trial for each in audited for trial in each.trials())
        print_table(len(late), audited, Backtest(trials, rules, tuple(before)))
    return 0


def read_recorded(file: Path) -> list[Recorded]:
    """The merges, oldest first."""
    with gzip.open(file, "rt") as lines:
        return sorted((json.loads(line) for line in lines), key=lambda each: each["date"])


def lay_out(place: Path, git_dir: Path, merges: Sequence[Recorded], policy: Path, with_refs: bool) -> Setting:
    """A repository with the fork's objects and no refs but those of upstream that are asked for."""
    subprocess.run(["git", "init", "--quiet", "--bare", str(place)], check=True)
    (place / "objects/info/alternates").write_text(f"{git_dir.resolve() / 'objects'}\n")
    repo = Repository.open(place)
    sides = sorted({each["upstream"] for each in merges if repo.has(each["upstream"])})
    if with_refs:
        updates = "".join(f"update refs/remotes/upstream/{number} {each}\n" for number, each in enumerate(sides))
        command = ["git", f"--git-dir={place}", "update-ref", "--stdin"]
        subprocess.run(command, input=updates, text=True, check=True)
    known = () if with_refs else tuple(map(CommitId, sides))
    return Setting(place, policy, CommitId(merges[-1]["merge"]), known)


def replay(setting: Setting, recorded: Recorded) -> AuditedMerge | None:
    """One merge; a snapshot lacks its largest files, of which a merge asks no more than the size."""
    sync = SyncMerge(CommitId(recorded["merge"]), CommitId(recorded["fork"]), CommitId(recorded["upstream"]))
    while True:
        try:
            return audit_merge(fork_of(setting), sync, "carto-fork.yaml")
        except RepositoryError as error:
            missing = re.search(r"[0-9a-f]{40}", error.message)
            if missing is None or not stand_in(setting.git_dir, missing[0]):
                print(f"{recorded['date']} {recorded['merge'][:10]} skipped: {error}", file=sys.stderr)
                return None


@cache
def fork_of(setting: Setting) -> Fork:
    """The fork, looked at once in a process."""
    policy = load_file(setting.policy).policy
    return Fork(Repository.open(setting.git_dir), policy, Branch(setting.tip, setting.tip), setting.upstream)


def stand_in(git_dir: Path, blob: str) -> bool:
    """Write an empty blob in a missing one's place; False where there is one already."""
    file = git_dir / "objects" / blob[:2] / blob[2:]
    if file.exists():
        return False
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(zlib.compress(b"blob 0\0"))
    return True


def as_recorded(setting: Setting, recorded: Recorded) -> Iterator[Trial]:
    """The conflicts of a merge that is not scored: what stood on both sides, and what people made of it."""
    repo = Repository.open(setting.git_dir)
    trees = [repo.tree(CommitId(recorded[side])) for side in ("fork", "upstream", "merge")]
    for path in (RepoPath(each["path"]) for each in recorded["paths"]):
        fork, upstream, made = (repo.entry(tree, path) for tree in trees)
        yield Trial(CommitId(recorded["merge"]), path, DEFAULT, Verdict.UNDECIDED, fork, upstream, made)


def print_table(asked: int, audited: Sequence[AuditedMerge], test: Backtest) -> None:
    """The scores, by rule too, and every disagreement."""
    print(f"{len(audited)} of {asked} merges, {len(test.conflicts)} conflicting paths")
    baselines = (
        ("this policy", test.total),
        ("everything to a person", test.nobody),
        ("repeat the last", test.repeating),
    )
    for name, score in (*baselines, ("repeat the last, its surest", test.repeating_as_often)):
        print_score(name, score)
    for each in test.by_rule:
        print_score(f"  {each.name}", each)
    print_disagreements(audited)


def print_score(name: str, score: Score) -> None:
    """One line of the table."""
    of = score.decided + score.undecided
    print(
        f"{name:28} decided {score.decided:4} of {of:4} ({share(score.coverage):>7}), agrees {score.agrees:4}"
        f" ({share(score.agreement):>7})"
    )


def print_disagreements(audited: Iterable[AuditedMerge]) -> None:
    """What people recorded otherwise."""
    for merge in audited:
        for each in merge.paths:
            if each.verdict is Verdict.DISAGREES:
                print(f"  {merge.day} {merge.sync.commit[:10]} {each.decision.rule}: {each.path} recorded {each.side}")


if __name__ == "__main__":
    sys.exit(main())
