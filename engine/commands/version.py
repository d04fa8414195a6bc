"""`forkpolicy version`: the fork's version, what makes it, and upstream's releases."""

from pathlib import Path

from ...policy.errors import UsageError
from ...policy.findings import Finding, Severity
from ..console import Output, say
from ..escape import terminal
from ..fork import Fork
from ..production_base import content_base_of
from ..versioning import Versioning, VersionState, version_state
from .session import Options, Session, now


def run_current(options: Options, output: Output) -> int:
    """Print the tag of the newest fork release in production; nothing where there is none yet."""
    fork = Session.start(options).fork()
    if output.format == "text":
        tagged = Versioning(fork).tagged
        if not tagged:
            say(f"{fork.production.name} has no release of the fork in its history yet")
        output.write({"text": lambda: tagged[0].tag if tagged else ""})
        return 0
    return _tell(_state(fork), output)


def run_next(options: Options, output: Output) -> int:
    """Print the tag of the version to release next, alone; where nothing is to be released, the current one."""
    state = _state(Session.start(options).fork())
    if not state.is_due:
        say(f"there is nothing to release: {state.tag} stands")
    if output.format == "text" and not output.files:
        _tell_findings(state.findings, output)
        output.write({"text": lambda: state.tag})
        return 0
    return _tell(state, output, state.tag)


def run_explain(options: Options, revisions: str | None, output: Output) -> int:
    """Print every commit of a range and what it does to the version."""
    return _tell(_state(Session.start(options).fork(), revisions), output)


def _state(fork: Fork, revisions: str | None = None) -> VersionState:
    """The version of a range; without one, of what production really stands on."""
    return version_state(fork, revisions, content_base_of(fork) if revisions is None else None)


def run_check(options: Options, tag: str, output: Output) -> int:
    """Say whether a tag is the version that follows; 1 where it is not."""
    from ..report.version import check_renderers
    from ..version_check import check_tag

    findings = check_tag(Session.start(options).fork(), tag)
    output.write(check_renderers(tag, findings, output))
    return int(_has_errors(findings))


def run_releases(options: Options, host: Path | None, output: Output) -> int:
    """List upstream's tags, newest first, each with what it is and why.

    Raises:
        UsageError: the host's list cannot be read.
    """
    from ..release_list import list_releases, read_host_releases
    from ..report.releases import renderers

    published = None if host is None else read_host_releases(_read(host), str(host))
    found = list_releases(Session.start(options).fork(), now(), published)
    output.write(renderers(found, output))
    return 0


def _tell(state: VersionState, output: Output, tag: str | None = None) -> int:
    from ..report.version import state_renderers

    renderers = state_renderers(state, output)
    output.write(renderers if tag is None else {**renderers, "text": lambda: tag})
    return 0


def _tell_findings(findings: tuple[Finding, ...], output: Output) -> None:
    """What people should know, on standard error: standard output has the tag alone."""
    for each in findings:
        say(f"{each.severity}: {terminal(each.message, 1000)}")
        if each.fix:
            say(f"  to mend it: {terminal(output.invocation.complete(each.fix), 1000)}")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error


def _has_errors(findings: tuple[Finding, ...]) -> bool:
    return any(each.severity is Severity.ERROR for each in findings)
