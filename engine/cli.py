"""The command line: options and arguments, exit codes, and nothing else. The only module that imports click.

Commands import what they need when they run: `forkpolicy --version` must not wait for libgit2.
"""

import gc
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from ..policy.errors import ForkpolicyError

if TYPE_CHECKING:
    from datetime import datetime

    from .console import Output
    from .invocation import Invocation

EXIT_BUG = 70
EXIT_INTERRUPTED = 130

_ALLOCATIONS_BETWEEN_COLLECTIONS = 100_000


class Options(Struct, frozen=True):
    """The options that every command shares."""

    directory: Path
    policy: Path | None
    policy_ref: str | None
    color: str
    quiet: bool
    verbose: bool

    @property
    def invocation(self) -> "Invocation":
        """What commands that are printed need to have, too."""
        from .invocation import Invocation

        return Invocation(self.directory, self.policy, self.policy_ref)


class _Group(click.Group):
    """Lists commands in the order of a maintainer's day."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; an expected failure is told, with the options that the user gave in what mends it."""
        try:
            return super().invoke(ctx)
        except ForkpolicyError as error:
            from .console import tell_error

            tell_error(error, ctx.obj.invocation)
            return error.exit_code


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    from importlib.metadata import version

    click.echo(f"forkpolicy {version('forkpolicy')}")
    ctx.exit()


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-C", "directory", metavar="DIR", type=click.Path(path_type=Path), default=Path(), help="Work in DIR.")
@click.option("--policy", metavar="FILE", type=click.Path(path_type=Path), help="The policy (carto-fork.yaml).")
@click.option("--policy-ref", metavar="REV", help="Take policy and templates from a commit, not from files.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
@click.option("-q", "--quiet", is_flag=True, help="Only data, and errors.")
@click.option("-v", "--verbose", is_flag=True, help="Say more; show tracebacks of bugs.")
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show it.")
@click.pass_context
def cli(
    ctx: click.Context,
    directory: Path,
    policy: Path | None,
    policy_ref: str | None,
    color: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Rules for long-lived forks, from one file, evaluated against the repository.

    \b
    exit codes: 0 good; 1 the policy is violated, or people are needed where the command asks;
    2 usage; 3 the policy is invalid; 4 the repository cannot be used; 70 a bug; 130 interrupted
    """  # noqa: D301  # click reads a backspace, not a backslash
    ctx.obj = Options(directory, policy, policy_ref, color, quiet, verbose)


_FORMAT = click.option(
    "--format", "format_", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True
)
_CHECK_FORMAT = click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "markdown", "github", "sarif"]),
    default="text",
    show_default=True,
    help="github: annotations, and the summary of the step.",
)
_OUTPUT = click.option(
    "--output", "outputs", metavar="FORMAT=FILE", multiple=True, help="Write a file too; repeatable."
)


@cli.command()
@click.argument("release", required=False)
@click.option("--onto", metavar="BRANCH", help="Plan onto another branch than production.")
@click.option(
    "--cross-check",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Compare with git merge-tree.",
)
@click.option("--detailed-exitcode", is_flag=True, help="0 up to date, 10 a sync that needs nobody, 11 people needed.")
@_FORMAT
@_OUTPUT
@click.pass_obj
def plan(
    options: Options,
    release: str | None,
    onto: str | None,
    cross_check: str,
    detailed_exitcode: bool,
    format_: str,
    outputs: tuple[str, ...],
) -> int:
    """Say what merging the next stable upstream RELEASE will do. Writes nothing to the repository."""
    from .commands import plan as command

    request = command.Request(release, cross_check)
    return command.run(options, request, _output(options, format_, outputs), onto, detailed_exitcode)


@cli.command()
@click.option("--base", metavar="REV", help="What head is to be merged into; in GitHub Actions, the event's base.")
@click.option("--head", metavar="REV", help="What is judged; in GitHub Actions, the event's head.")
@click.option("--base-name", metavar="BRANCH", help="The base branch, where REV does not name it.")
@click.option("--head-name", metavar="BRANCH", help="The head branch, where REV does not name it.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found, so that a later step can tell it.")
@_CHECK_FORMAT
@_OUTPUT
@click.pass_obj
def check(
    options: Options,
    base: str | None,
    head: str | None,
    base_name: str | None,
    head_name: str | None,
    exit_zero: bool,
    format_: str,
    outputs: tuple[str, ...],
) -> int:
    """Say whether what HEAD adds to BASE keeps to the policy of BASE: 1 where it does not."""
    from .commands import check as command

    asked = command.Asked(base, head, base_name, head_name)
    return command.run(options, asked, _output(options, format_, outputs), exit_zero=exit_zero)


@cli.command("pre-push", hidden=True)
@click.pass_obj
def pre_push(options: Options) -> int:
    """Run the gate before a push, as a hook of pre-commit."""
    from .commands import pre_push as command

    return command.run(options, _output(options, "text", ()))


@cli.command()
@click.argument("plan", type=click.Path(path_type=Path), required=False)
@click.option("--release", help="The release to plan for; the newest by default.")
@click.option("--branch", metavar="NAME", help="Another name for the sync branch than the policy's.")
@click.option("--worktree", metavar="DIR", type=click.Path(path_type=Path), help="Lay out what is left for people.")
@click.option("--with-markers", is_flag=True, help="Commit what is left with its conflict markers, as a draft.")
@click.option("--force-with-lease", is_flag=True, help="Replace a sync branch that holds something else.")
@click.option(
    "--cross-check",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Compare with git merge-tree.",
)
@_FORMAT
@_OUTPUT
@click.pass_obj
def apply(
    options: Options,
    plan: Path | None,
    release: str | None,
    branch: str | None,
    worktree: Path | None,
    with_markers: bool,
    force_with_lease: bool,
    cross_check: str,
    format_: str,
    outputs: tuple[str, ...],
) -> int:
    """Carry out a PLAN saved as JSON, or one made now: the merge commit on the sync branch. Never pushes."""
    from .commands import apply as command

    what = command.What(plan, release, cross_check)
    order = command.Order(branch, worktree, with_markers, force_with_lease)
    return command.run(options, what, order, _output(options, format_, outputs))


@cli.command()
@click.argument("merges", metavar="[MERGE…]", nargs=-1)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only what was committed since a day.")
@click.option("--all", "all_", is_flag=True, help="Every sync merge of production; so it is without MERGE and --since.")
@click.option("--fork-parent", "fork_parents", metavar="REV", multiple=True, help="The fork's side of a MERGE.")
@click.option(
    "--upstream-parent",
    "upstream_parents",
    metavar="REV",
    multiple=True,
    help="A commit of upstream's, such as its side of a merge; needed where no upstream ref is here. Repeatable.",
)
@click.option("--policy-then", is_flag=True, help="Judge each merge by the policy that its fork's side had.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="How many processes replay merges.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@_FORMAT
@_OUTPUT
@click.pass_obj
def audit(
    options: Options,
    merges: tuple[str, ...],
    since: "datetime | None",
    all_: bool,
    fork_parents: tuple[str, ...],
    upstream_parents: tuple[str, ...],
    policy_then: bool,
    jobs: int,
    exit_zero: bool,
    format_: str,
    outputs: tuple[str, ...],
) -> int:
    """Judge the sync merges made before: replay them, and hold what was recorded against what the policy decides."""
    from .commands import audit as command

    if all_ and (merges or since):
        raise click.UsageError("--all goes with neither MERGE nor --since")
    request = command.Request(merges, since, fork_parents, upstream_parents, policy_then, jobs)
    return command.run(options, request, _output(options, format_, outputs), exit_zero=exit_zero)


@cli.command()
@click.argument("subject", metavar="PATH|RULE|FINDING")
@click.option("--release", help="The release to explain against; the newest by default.")
@_FORMAT
@click.pass_obj
def explain(options: Options, subject: str, release: str | None, format_: str) -> int:
    """Say which rule decides a PATH, and why those before it do not; what a RULE decides; what a FINDING means."""
    from .commands import explain as command

    return command.run(options, subject, release, _output(options, format_, ()))


@cli.command()
@click.option("--handbook", metavar="FILE", type=click.Path(path_type=Path), help="Check its generated blocks too.")
@_FORMAT
@click.pass_obj
def validate(options: Options, handbook: Path | None, format_: str) -> int:
    """Check the policy: its structure, its examples, and its rules against the repository."""
    from .commands import validate as command

    return command.run(options, _output(options, format_, ()), handbook)


@cli.command()
@_FORMAT
@click.pass_obj
def doctor(options: Options, format_: str) -> int:
    """Say whether the repository is usable, and what mends it where it is not."""
    from .commands import doctor as command

    return command.run(options, _output(options, format_, ()))


@cli.command()
@click.option("--force", is_flag=True, help="Replace a policy that is there.")
@click.pass_obj
def init(options: Options, force: bool) -> int:
    """Write a commented policy from what the repository shows, and its schema beside it."""
    from .commands import init as command

    return command.run(options, force)


@cli.command()
def schema() -> int:
    """Print the policy's JSON Schema."""
    from .commands import schema as command

    return command.run()


@cli.command()
@click.argument("directory", metavar="[DIR]", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def demo(options: Options, directory: Path | None) -> int:
    """Make a small fork with every kind of conflict in DIR, and plan its sync."""
    from .commands import demo as command

    return command.run(_output(options, "text", ()), directory)


@cli.group("version", cls=_Group)
def version_() -> None:
    """The fork's version: current, next, explain, check; and upstream's releases."""


@version_.command()
@_FORMAT
@click.pass_obj
def current(options: Options, format_: str) -> int:
    """Print the newest release of the fork in production."""
    from .commands import version as command

    return command.run_current(options, _output(options, format_, ()))


@version_.command("next")
@_FORMAT
@_OUTPUT
@click.pass_obj
def next_(options: Options, format_: str, outputs: tuple[str, ...]) -> int:
    """Print the tag of the version to release next; the current one where nothing is to be released."""
    from .commands import version as command

    return command.run_next(options, _output(options, format_, outputs))


@version_.command("explain")
@click.argument("revisions", metavar="[FROM..TO]", required=False)
@_FORMAT
@_OUTPUT
@click.pass_obj
def explain_version(options: Options, revisions: str | None, format_: str, outputs: tuple[str, ...]) -> int:
    """List the commits since the last release, or in FROM..TO, and what each does to the version."""
    from .commands import version as command

    return command.run_explain(options, revisions, _output(options, format_, outputs))


@version_.command("check")
@click.argument("tag")
@_FORMAT
@click.pass_obj
def check_version(options: Options, tag: str, format_: str) -> int:
    """Say whether TAG is the version that follows: exit code 1 where it is not."""
    from .commands import version as command

    return command.run_check(options, tag, _output(options, format_, ()))


@version_.command()
@click.option(
    "--releases",
    "host",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="What the host publishes: gh release list --json tagName,isDraft,isPrerelease,publishedAt",
)
@_FORMAT
@click.pass_obj
def releases(options: Options, host: Path | None, format_: str) -> int:
    """List upstream's newest tags, whether each is a release, and why not."""
    from .commands import version as command

    return command.run_releases(options, host, _output(options, format_, ()))


@cli.command()
@click.argument("revisions", metavar="[FROM..TO]", required=False)
@_FORMAT
@_OUTPUT
@click.pass_obj
def notes(options: Options, revisions: str | None, format_: str, outputs: tuple[str, ...]) -> int:
    """Write the release notes of what followed the last release, or of FROM..TO."""
    from .commands import notes as command

    return command.run(options, revisions, _output(options, format_, outputs))


@cli.command()
@_FORMAT
@_OUTPUT
@click.pass_obj
def status(options: Options, format_: str, outputs: tuple[str, ...]) -> int:
    """Say where the fork stands: releases, versions, what it carries, what is pending."""
    from .commands import status as command

    return command.run(options, _output(options, format_, outputs))


@cli.command()
@click.argument("template", metavar="slack|handbook|TEMPLATE")
@click.option("--into", metavar="FILE", type=click.Path(path_type=Path), help="handbook: write the blocks into FILE.")
@click.option(
    "--event",
    type=click.Choice(["created", "conflicts", "up-to-date", "failed"]),
    help="slack: what happened; by default, what the plan says.",
)
@click.option("--release", metavar="TAG", help="The release to plan for; the newest by default.")
@click.option("--link", metavar="URL", help="slack: the pull request.")
@click.option("--run-link", metavar="URL", help="slack: the workflow's run.")
@click.option("--message", metavar="TEXT", help="slack: what people should know, such as why it failed.")
@click.pass_obj
def render(
    options: Options,
    template: str,
    into: Path | None,
    event: str | None,
    release: str | None,
    link: str | None,
    run_link: str | None,
    message: str | None,
) -> int:
    """Render a template: a Slack message, the blocks of a handbook, or any other with a plan's data."""
    from .commands import render as command

    request = command.Request(template, into, release, event, link, run_link, message)
    return command.run(options, request, _output(options, "text", ()))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; expected failures are told, bugs are owned up to."""
    verbose = "-v" in arguments or "--verbose" in arguments
    try:
        result = cli.main(args=list(arguments), prog_name="forkpolicy", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("forkpolicy: interrupted", err=True)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # the reader went away; keep the interpreter from failing again when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001
        return _own_up(error, verbose)


def main() -> None:
    """The entry point of the `forkpolicy` command."""
    # A command lives for a second and leaves few cycles: looking for them all the while, and once more at the end,
    # takes longer than reading a history.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may know fewer characters than are printed
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # no plugin has a say in what a policy means
    gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS)
    status = run(sys.argv[1:])
    gc.freeze()
    sys.exit(status)


def _output(options: Options, format_: str, outputs: tuple[str, ...]) -> "Output":
    from .console import Output, parse_output

    return Output(
        format_, tuple(parse_output(each) for each in outputs), options.color, options.quiet, options.invocation
    )


def _own_up(error: Exception, verbose: bool) -> int:
    import traceback

    if verbose:
        traceback.print_exception(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    click.echo(
        f"forkpolicy: this is a bug: {type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})\n"
        "  please report it with the output of: forkpolicy -v …",
        err=True,
    )
    return EXIT_BUG
