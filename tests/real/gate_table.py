"""Judges every first-parent commit of a fork's production by the gate, as if its push or pull request had met it.

usage: python tests/real/gate_table.py GIT_DIR POLICY [--branch NAME] [--since DATE] [--commits]

Prints how many commits each finding would have stopped, told or warned about; with --commits, every error too. A pull
request's head is its merge's second parent, under the name that the merge's subject gives; a squashed one, and what
was pushed, is judged as a push. Today's policy and today's tags are used for all of them. docs/check.md has the table.
"""

import argparse
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from forkpolicy.engine.check_report import CheckReport
from forkpolicy.engine.fork import Fork
from forkpolicy.engine.gate import judge
from forkpolicy.engine.gate_ends import End, Ends
from forkpolicy.engine.policy_source import LoadedPolicy, load_policy
from forkpolicy.engine.preflight import Branch, open_repository
from forkpolicy.policy.errors import RepositoryError
from forkpolicy.policy.findings import Severity
from forkpolicy.policy.heads import NamedBranch
from forkpolicy.policy.names import CommitId

_PULL_REQUEST = re.compile(r"Merge pull request #(?P<number>\d+) from [^/]+/(?P<branch>\S+)")


@dataclass(frozen=True)
class Step:
    """One commit of production's line, with what the gate would have been asked."""

    commit: CommitId
    subject: str
    base: CommitId
    head: CommitId
    branch: str | None

    @property
    def is_pull_request(self) -> bool:
        """Whether it came as the merge of a pull request."""
        return self.branch is not None


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the commits and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("git_dir", type=Path)
    parser.add_argument("policy", type=Path)
    parser.add_argument("--branch", help="the branch to look at; production by default")
    parser.add_argument("--since", default="2025-08-01")
    parser.add_argument("--commits", action="store_true", help="print every error")
    options = parser.parse_args(arguments)
    repo = open_repository(options.git_dir)
    loaded = load_policy(repo, options.policy, None)
    branch = options.branch or loaded.policy.production
    judged = [(step, _judge(options.git_dir, loaded, branch, step)) for step in _steps(options, branch)]
    _print_table(judged)
    if options.commits:
        _print_errors(judged)
    return 0


# Private


def _steps(options: argparse.Namespace, branch: str) -> Iterator[Step]:
    command = ["git", f"--git-dir={options.git_dir}", "log", "--first-parent", f"--since={options.since}"]
    log = subprocess.run([*command, "--format=%H %P%x09%s", branch], capture_output=True, text=True, check=True)
    for line in log.stdout.splitlines():
        ids, _, subject = line.partition("\t")
        commit, *parents = map(CommitId, ids.split())
        request = _PULL_REQUEST.match(subject)
        is_request = request is not None and len(parents) == 2
        head = parents[1] if is_request else commit
        yield Step(commit, subject, parents[0], head, request["branch"] if request and is_request else None)


def _judge(git_dir: Path, loaded: LoadedPolicy, branch: str, step: Step) -> CheckReport | str:
    """The report; where nothing can be judged, why."""
    repo = open_repository(git_dir)
    head = None if step.branch is None else NamedBranch(step.branch)
    ends = Ends(End(step.base, NamedBranch(branch)), End(step.head, head))
    fork = Fork(repo, loaded.policy, Branch(branch, step.base))
    try:
        return judge(fork, loaded.source, ends, datetime.now(UTC))
    except RepositoryError as error:
        return error.message


def _print_table(judged: list[tuple[Step, CheckReport | str]]) -> None:
    reports = [each for _, each in judged if isinstance(each, CheckReport)]
    failed = sum(1 for each in reports if each.status == "failed")
    requests = sum(1 for step, _ in judged if step.is_pull_request)
    print(f"{len(judged)} commits, {requests} of them pull requests; {failed} would have failed")
    print(f"{len(judged) - len(reports)} could not be judged\n")
    commits: Counter[tuple[str, Severity]] = Counter()
    findings: Counter[tuple[str, Severity]] = Counter()
    for report in reports:
        told = [(each.rule, each.severity) for each in report.findings]
        findings.update(told)
        commits.update(set(told))
    print("| finding | severity | commits | findings |\n|---|---|---|---|")
    for (rule, severity), number in sorted(commits.items(), key=lambda each: (list(Severity).index(each[0][1]), each)):
        print(f"| `{rule}` | {severity} | {number} | {findings[rule, severity]} |")


def _print_errors(judged: list[tuple[Step, CheckReport | str]]) -> None:
    for step, report in judged:
        if isinstance(report, str):
            print(f"\n{step.commit[:10]} {step.subject[:70]}\n  not judged: {report}")
            continue
        errors = [each for each in report.findings if each.severity is Severity.ERROR]
        if errors:
            print(f"\n{step.commit[:10]} {step.subject[:70]}")
        for each in errors:
            print(f"  {each.rule}: {each.message[:200]}")


if __name__ == "__main__":
    sys.exit(main())
