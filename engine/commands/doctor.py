"""`forkpolicy doctor`: whether the repository is usable, and what mends it."""

from ...policy.models import Policy
from ...policy.names import CommitId
from ...policy.releases import Release, ReleaseRules
from .. import oracle
from ..console import Output
from ..doctor import doctor
from ..git.repository import Repository
from ..preflight import Expected
from ..report import doctor as report
from .session import Options, Session, in_ci


def run(options: Options, output: Output) -> int:
    """Look at everything that planning depends on, tell it, and return 4 where something stops it."""
    session = Session.start(options)
    rules = ReleaseRules(session.loaded.policy.releases.schemes, session.loaded.policy.releases.deny)
    diagnosis = doctor(
        session.repo,
        _expected(session.loaded.policy, rules),
        git=oracle.installed_version(),
        release=_newest(session.repo, rules),
        in_ci=in_ci(),
    )
    output.write(
        {
            "text": lambda: report.render_doctor(diagnosis, color=output.has_color, width=output.width),
            "json": lambda: report.to_json(diagnosis),
            "markdown": lambda: report.to_markdown(diagnosis),
        }
    )
    return diagnosis.exit_code


def _expected(policy: Policy, rules: ReleaseRules) -> Expected:
    """What a policy expects of the repository."""
    named = [name for branch in policy.branches for name in branch.names if "*" not in name]
    return Expected(
        fork_remote=policy.fork.remote,
        upstream_remote=policy.upstream.remote,
        upstream_url=f"https://github.com/{policy.upstream.repository}.git",
        branches=(policy.production, *(name for name in named if name != policy.production)),
        is_release=lambda tag: isinstance(rules.read(tag), Release),
    )


def _newest(repo: Repository, rules: ReleaseRules) -> CommitId | None:
    """The commit of the newest release; None where none is known."""
    tags = repo.tags(lambda tag: isinstance(rules.read(tag), Release))
    newest = rules.releases(tags)[:1]
    return tags[newest[0].tag] if newest else None
