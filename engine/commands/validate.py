"""`forkpolicy validate`: the policy's structure, its examples, and its rules against the repository's files."""

from pathlib import Path

from ...policy.errors import RepositoryError
from ...policy.findings import Finding, Severity
from ...policy.lint import Files, lint
from ..console import Output, say
from ..fork import Fork
from ..policy_source import LoadedPolicy, load_file
from ..report import findings as report
from .session import Options, Session


def run(options: Options, output: Output, page: Path | None = None) -> int:
    """Tell what is doubtful about the policy; 1 where one of its examples fails, or a block of a page is outdated.

    Raises:
        PolicyError: the policy is invalid.
    """
    loaded, files = _load(options)
    found = (*lint(loaded.policy, files), *(() if page is None else _outdated(page, loaded)))
    place = loaded.source.path
    output.write(
        {
            "text": lambda: report.to_text(found, place, _verdict(found), output.screen),
            "json": lambda: report.to_json("forkpolicy.validate/1", found),
            "markdown": lambda: report.to_markdown(found, place),
        }
    )
    return int(any(each.severity is Severity.ERROR for each in found))


def _load(options: Options) -> tuple[LoadedPolicy, Files | None]:
    """The policy, and the files to hold it against; none where there is no usable repository."""
    try:
        session = Session.start(options)
    except RepositoryError as error:
        if options.policy is None or options.policy_ref is not None:
            raise
        say(f"forkpolicy: the rules are not held against a repository: {error.message}")
        return load_file(options.policy), None
    try:
        return session.loaded, _files(session.fork())
    except RepositoryError as error:
        say(f"forkpolicy: the rules are not held against production: {error.message}")
        return session.loaded, None


def _outdated(page: Path, loaded: LoadedPolicy) -> tuple[Finding, ...]:
    from ..handbook import blocks, outdated, read_page  # Jinja2 is slow to import

    return tuple(outdated(read_page(page), str(page), blocks(loaded.policy, loaded.templates())))


def _files(fork: Fork) -> Files:
    repo = fork.repo
    production = dict(repo.files(repo.tree(fork.production.commit)))
    newest = next(iter(fork.releases.values()), None)
    return Files(production, dict(repo.files(repo.tree(newest))) if newest else {})


def _verdict(found: tuple[Finding, ...]) -> str:
    errors = sum(each.severity is Severity.ERROR for each in found)
    if errors:
        return f"{errors} {'error' if errors == 1 else 'errors'}"
    return "valid" if not found else f"valid, with {len(found)} thing{'' if len(found) == 1 else 's'} to look at"
