"""Where output goes: data to standard output or to files, everything else to standard error."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct, field

from ..policy.errors import ForkpolicyError, UsageError
from .escape import terminal
from .invocation import Invocation

_WIDTH = 100

_STANDARD_OUTPUT = 1

_LONGEST_MESSAGE = 2000
"""How many characters of a message people get to see."""

FORMATS = ("text", "json", "markdown", "github", "sarif")
"""Of every command; most have the first three."""


class Screen(Struct, frozen=True):
    """What text for people is laid out for."""

    width: int
    """In columns."""
    color: bool = False
    invocation: Invocation = field(default=Invocation())
    """What commands need to work where the reader stands."""


class Output(Struct, frozen=True):
    """Where the results of a command go: one format to standard output, any number to files."""

    format: str = "text"
    files: tuple[tuple[str, Path], ...] = ()
    color: str = "auto"
    quiet: bool = False
    invocation: Invocation = field(default=Invocation())

    @property
    def screen(self) -> Screen:
        """What text is laid out for: the terminal's width; without a terminal, 100 columns."""
        return Screen(_columns(), self._has_color, self.invocation)

    @property
    def _has_color(self) -> bool:
        """Whether text for people gets colour: by choice, by NO_COLOR and FORCE_COLOR, else on a terminal only."""
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR"):
            return True
        return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"

    def write(self, renderers: Mapping[str, Callable[[], str]]) -> None:
        """Render everything that is asked for, then write it: nothing is written where something fails.

        Raises:
            UsageError: the command has no such format, or a file cannot be written.
        """
        asked = [self.format, *(name for name, _ in self.files)]
        rendered = {name: _renderer(renderers, name)() for name in dict.fromkeys(asked)}
        for name, path in self.files:
            _write(path, rendered[name])
        if not (self.quiet and self.files):
            text = rendered[self.format]
            sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
            sys.stdout.flush()


def parse_output(text: str) -> tuple[str, Path]:
    """Read the `FORMAT=FILE` of `--output`.

    Raises:
        UsageError: it has another form, or means standard output, which `--format` is for.
    """
    name, equals, path = text.partition("=")
    if not equals or not path or name not in FORMATS:
        raise UsageError(f"--output {text}: it takes FORMAT=FILE, where FORMAT is one of {', '.join(FORMATS)}")
    if path == "-":
        hint = f"for standard output: --format {name}; for a file of that name: --output {name}=./-"
        raise UsageError(f"--output {text}: it writes files, and `-` is none", hint)
    return name, Path(path)


def append(path: Path, text: str) -> None:
    """Add text to the end of a file, such as the summary of a step in GitHub Actions.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def say(message: str) -> None:
    """Tell people something that is no data: one line on standard error."""
    sys.stderr.write(f"{message}\n")


def tell_error(error: ForkpolicyError, invocation: Invocation) -> None:
    """Tell people what went wrong and what mends it, on standard error."""
    for line in error.message.splitlines():
        say(f"forkpolicy: {terminal(line, _LONGEST_MESSAGE)}")
    if error.hint:
        say(f"  to mend it: {terminal(invocation.complete(error.hint), _LONGEST_MESSAGE)}")


def _columns() -> int:
    """The width of the terminal, as COLUMNS or the terminal says; `shutil` says the same and is slow to load."""
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return int(said)
    try:
        return os.get_terminal_size(_STANDARD_OUTPUT).columns or _WIDTH
    except OSError:
        return _WIDTH


def _renderer(renderers: Mapping[str, Callable[[], str]], name: str) -> Callable[[], str]:
    if name not in renderers:
        raise UsageError(f"this command has no format {name}; it has {', '.join(sorted(renderers))}")
    return renderers[name]


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
