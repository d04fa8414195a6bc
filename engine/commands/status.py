"""`forkpolicy status`: where the fork stands."""

from ..console import Output
from ..report import status as report
from ..status import fork_status
from .session import Options, Session, now


def run(options: Options, output: Output) -> int:
    """Tell where the fork stands, on one screen."""
    session = Session.start(options)
    output.write(
        report.renderers(fork_status(session.fork(), session.loaded.source.path, now()), session.loaded.policy, output)
    )
    return 0
