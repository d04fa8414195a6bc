"""`forkpolicy doctor`: whether the repository is usable, and what mends it."""

from ...policy.errors import RepositoryError
from ...policy.findings import Finding
from ...policy.names import CommitId
from ...policy.releases import Release, ReleaseRules
from .. import oracle
from ..base_findings import unhealed_syncs
from ..console import Output
from ..doctor import History, doctor
from ..git.repository import Repository
from ..mirror import mirrors
from ..preflight import Expected
from ..report import doctor as report
from .session import Options, Session, in_ci


def run(options: Options, output: Output) -> int:
    """Look at everything that planning depends on, tell it, and return 4 where something stops it."""
    session = Session.start(options)
    repo, policy = session.repo, session.loaded.policy
    rules = ReleaseRules(policy.releases.schemes, policy.releases.deny)
    history = History(_newest(repo, rules), mirrors(repo, policy), _lost_syncs(session))
    diagnosis = doctor(repo, Expected.of(policy), history, git=oracle.installed_version(), in_ci=in_ci())
    output.write(
        {
            "text": lambda: report.to_text(diagnosis, output.screen),
            "json": lambda: report.to_json(diagnosis),
            "markdown": lambda: report.to_markdown(diagnosis),
        }
    )
    return diagnosis.exit_code


def _lost_syncs(session: Session) -> tuple[Finding, ...]:
    """The lost syncs that nothing has healed; none where the branch or its history cannot be read: that is told."""
    try:
        return unhealed_syncs(session.fork())
    except RepositoryError:
        return ()


def _newest(repo: Repository, rules: ReleaseRules) -> CommitId | None:
    """The commit of the newest release; None where none is known."""
    tags = repo.tags(lambda tag: isinstance(rules.read(tag), Release))
    newest = rules.releases(tags)[:1]
    return tags[newest[0].tag] if newest else None
