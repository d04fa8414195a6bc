"""`forkpolicy notes`: the release notes of the fork."""

from ..console import Output
from ..release_notes import release_notes
from ..report import notes as report
from .session import Options, Session


def run(options: Options, revisions: str | None, output: Output) -> int:
    """Write the notes of what followed the last release, or of a range."""
    session = Session.start(options)
    notes = release_notes(session.fork(), session.loaded, revisions)
    output.write(report.renderers(notes, session.loaded.policy, session.loaded.templates()))
    return 0
