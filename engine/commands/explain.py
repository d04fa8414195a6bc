"""`forkpolicy explain`: which rule decides a path, and why; what a rule decides; or what a finding means."""

from ...policy.checks.check import Check
from ...policy.errors import UsageError
from ...policy.names import RepoPath
from ...policy.origins import ORIGINS
from ...policy.wording import suggestion
from ..console import Output
from ..explanation import explain_path, explain_rule
from ..fork import Fork
from ..report import explanation as report
from ..selection import select
from .session import Options, Session, in_ci, now


def run(options: Options, subject: str, release: str | None, output: Output) -> int:
    """Explain a rule or a finding of the gate where the subject is one's name, else a path.

    Raises:
        UsageError: it is none of these, or there is no release to hold it against.
    """
    session = Session.start(options)
    rules = [*(rule.name for rule in session.loaded.policy.ownership.rules), *ORIGINS]
    check = None if subject in rules else _check_named(subject)
    if check is not None:
        return _explain_finding(session, check, output)
    fork, source = session.fork(), session.loaded.source
    target = select(fork, release, now())
    if target.release is None:
        raise UsageError(target.refused or "no release is known to explain against", "name a --release")
    tag = target.release.tag
    commit = target.commit or fork.releases[target.release]
    if subject in rules:
        found = explain_rule(fork, source, tag, commit, subject, in_ci=in_ci())
        output.write(report.rule_renderers(found, source.path, output))
        return 0
    path = RepoPath(subject.removeprefix("./"))
    explained = explain_path(fork, source, tag, commit, path, in_ci=in_ci())
    if explained.file.versions.is_empty:
        raise UsageError(_unknown(fork, path, tag, rules))
    output.write(report.path_renderers(explained, session.loaded.policy, source.path, output))
    return 0


def _check_named(name: str) -> Check | None:
    from ...policy.checks.all import CHECKS

    return next((each for each in CHECKS if each.name == name), None)


def _explain_finding(session: Session, check: Check, output: Output) -> int:
    from ..report.finding import renderers

    output.write(renderers(check, session.loaded.policy, output))
    return 0


def _unknown(fork: Fork, path: RepoPath, tag: str, rules: list[str]) -> str:
    place = f"neither {fork.production.name} nor {tag} has a file {path}"
    return f"{place}, and no rule has that name: {suggestion(path, rules)}"
