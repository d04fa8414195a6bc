"""`forkpolicy explain`: which rule decides a path, and why; or what a rule decides."""

from ...policy.errors import UsageError
from ...policy.names import RepoPath
from ...policy.wording import suggestion
from ..console import Output
from ..explanation import explain_path, explain_rule
from ..fork import Fork
from ..report import explanation as report
from ..selection import select
from .session import Options, Session, in_ci, now


def run(options: Options, subject: str, release: str | None, output: Output) -> int:
    """Explain a rule where the subject is one's name, else a path.

    Raises:
        UsageError: it is neither, or there is no release to hold it against.
    """
    session = Session.start(options)
    fork, source = session.fork(), session.loaded.source
    target = select(fork, release, now())
    if target.release is None:
        raise UsageError(target.refused or "no release is known to explain against", "name a --release")
    tag = target.release.tag
    commit = target.commit or fork.releases[target.release]
    rules = [rule.name for rule in session.loaded.policy.ownership.rules]
    if subject in rules:
        found = explain_rule(fork, source.path, tag, commit, subject, in_ci=in_ci())
        output.write(report.rule_renderers(found, source.path, output))
        return 0
    path = RepoPath(subject.removeprefix("./"))
    explained = explain_path(fork, source.path, tag, commit, path, in_ci=in_ci())
    if explained.file.versions.is_empty:
        raise UsageError(_unknown(fork, path, tag, rules))
    output.write(report.path_renderers(explained, session.loaded.policy, source.path, output))
    return 0


def _unknown(fork: Fork, path: RepoPath, tag: str, rules: list[str]) -> str:
    place = f"neither {fork.production.name} nor {tag} has a file {path}"
    return f"{place}, and no rule has that name: {suggestion(path, rules)}"
