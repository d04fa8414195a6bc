"""`forkpolicy check`: the gate; 1 where head breaks the policy of base."""

import os
from pathlib import Path

from ..check_report import CheckReport
from ..console import Output, append
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
    """Write every format that is asked for; with annotations, the summary of the step too."""
    from ..report.check import renderers, to_markdown

    output.write(renderers(report, output) | {"github": lambda: _github(report), "sarif": lambda: _sarif(report)})
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and "github" in (output.format, *(name for name, _ in output.files)):
        append(Path(summary), f"### forkpolicy check\n\n{to_markdown(report)}")


def _github(report: CheckReport) -> str:
    from ..report.github import to_annotations

    return to_annotations(report)


def _sarif(report: CheckReport) -> str:
    from ...policy.checks.all import CHECKS
    from ..report.sarif import to_sarif

    return to_sarif(report, CHECKS)
