"""`forkpolicy check`: the gate; 1 where head breaks the policy of base."""

import os

from ..check_report import CheckReport
from ..console import Output
from ..event import read_event
from ..fork import Fork
from ..gate import judge
from ..gate_ends import Asked, Ends, find_ends
from ..git.repository import Repository
from ..policy_source import LoadedPolicy, load_policy, load_trusted_policy
from ..preflight import Branch, open_repository
from .session import Options, in_ci, now

__all__ = ["Asked", "run"]


def run(options: Options, asked: Asked, output: Output, *, exit_zero: bool = False) -> int:
    """Judge what head adds to base, write what is asked for, and return the exit code.

    Raises:
        ForkpolicyError: there is nothing to judge, or nothing to judge it by.
    """
    repo = open_repository(options.directory)
    ends = find_ends(repo, asked, read_event(os.environ))
    loaded = _load(repo, options, ends)
    base = Branch(ends.base.name, ends.base.commit)
    report = judge(Fork(repo, loaded.policy, base), loaded.source, ends, now(), in_ci=in_ci())
    _write(report, output)
    return 0 if exit_zero or report.status == "passed" else 1


def _load(repo: Repository, options: Options, ends: Ends) -> LoadedPolicy:
    """The policy of base, unless the command line names another commit, or a file that head cannot have brought."""
    if options.policy_ref is not None:
        return load_policy(repo, options.policy, options.policy_ref)
    return load_trusted_policy(repo, options.policy, ends.base.commit)


def _write(report: CheckReport, output: Output) -> None:
    from ..report.check import renderers

    output.write(renderers(report, output))
