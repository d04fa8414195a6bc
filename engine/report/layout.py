"""Pieces of a terminal's page: harmless text, names with values, lists that are cut, indentation."""

import re
from collections.abc import Callable, Iterable, Sequence
from io import StringIO
from itertools import zip_longest

from msgspec import Struct
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from ..console import Screen
from ..escape import terminal
from ..invocation import PROGRAMS, Invocation

_SPACES_AT_END = re.compile(r" +$", re.MULTILINE)

MESSAGE = 2000
"""How many characters of a message people get to see."""

NAME_WIDTH = 9
"""The width of the column of names, so that values stand under each other."""

_WIDEST_NAME = 24


def render(content: RenderableType, screen: Screen) -> str:
    """The content as text for a screen, without spaces at line ends; only commands and paths may pass its edge."""
    console = _Page(screen)
    with console.capture() as capture:
        console.print(content, crop=False)
    return _SPACES_AT_END.sub("", capture.get())


def text(value: str, style: str = "", limit: int = 300) -> Text:
    """Text of a repository, harmless; rich's markup in it stays as it is."""
    return Text(terminal(value, limit), style=style, overflow="fold")


def path(value: str, style: str = "") -> Text:
    """A path on one line however narrow the screen is, so that it can be copied."""
    shown = text(value, style)
    shown.overflow = "ignore"
    return shown


def joined(*parts: Text) -> Text:
    """Texts in one line, each in its own style; wrapped or not as the first one is."""
    line = Text(overflow=parts[0].overflow)
    for part in parts:
        line.append_text(part)
    return line


def command(value: str, indent: int = 2, style: str = "") -> RenderableType:
    """A command on one line whatever the width, so that it can be copied."""
    return _Completed(
        value,
        lambda completed: Text(f"{'':{indent}}{terminal(completed, MESSAGE)}", style, no_wrap=True, overflow="ignore"),
    )


def remedy(value: str | None, style: str = "") -> tuple[RenderableType, ...]:
    """What mends something, below it; nothing where nothing is known."""
    if value is None:
        return ()
    return (indented(_Completed(value, lambda completed: _remedy(completed, style))),)


def advice(value: str, style: str = "") -> RenderableType:
    """A sentence with a command in it."""
    return _Completed(value, lambda completed: text(completed, style, MESSAGE))


def indented(content: RenderableType, by: int = 2) -> RenderableType:
    """The content, moved to the right."""
    return _Indented(content, by)


def fields(rows: Iterable[tuple[str, RenderableType]]) -> RenderableType:
    """Names with their values; a name that repeats the one before it is left blank."""
    every = [(terminal(name), value) for name, value in rows]
    width = min(_WIDEST_NAME, max((NAME_WIDTH, *(cell_len(name) for name, _ in every))))
    previous = ["", *(name for name, _ in every)]
    shown = ("" if name == before else name for (name, _), before in zip(every, previous, strict=False))
    return Group(*(_Field(name, value, width) for name, (_, value) in zip(shown, every, strict=True)))


def columns(rows: Iterable[Sequence[RenderableType]], right: int = 1) -> RenderableType:
    """Rows in columns; the first `right` columns stand to the right."""
    every = [list(row) for row in rows]
    table = Table.grid(padding=(0, 2, 0, 0))
    for index in range(max(map(len, every), default=0)):
        table.add_column(justify="right" if index < right else "left", overflow="fold")
    for row in every:
        table.add_row(*row)
    return table


def cut(items: Sequence[RenderableType], limit: int, noun: str = "") -> tuple[RenderableType, ...]:
    """At most `limit` items, and how many more there are; `noun` is their plural."""
    if len(items) <= limit:
        return tuple(items)
    more = len(items) - limit
    shown = noun.removesuffix("s") if more == 1 else noun
    return (*items[:limit], Text(f"… and {more:,} more {shown}".rstrip(), style="dim"))


# Private


def _remedy(value: str, style: str) -> Text:
    """A command stays on one line, a sentence is wrapped."""
    shown = text(f"→ {value}", style, MESSAGE)
    if value.startswith(PROGRAMS):
        shown.no_wrap, shown.overflow = True, "ignore"
    return shown


class _Page(Console):
    """A screen that knows how commands are called where its reader stands."""

    def __init__(self, screen: Screen) -> None:
        super().__init__(
            file=StringIO(),
            width=screen.width,
            color_system="standard" if screen.color else None,
            force_terminal=screen.color,
            highlight=False,
            legacy_windows=False,
        )
        self.invocation = screen.invocation


class _Completed(Struct, frozen=True):
    """Text whose commands are completed when it is laid out: only the screen knows the reader's options."""

    value: str
    show: Callable[[str], Text]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        invocation = console.invocation if isinstance(console, _Page) else Invocation()
        yield self.show(invocation.complete(self.value))


class _Field(Struct, frozen=True):
    """A name beside its value. A table of rich's would cut what has to stay whole."""

    name: str
    value: RenderableType
    width: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        names = Text(self.name, style="dim", overflow="fold").wrap(console, self.width)
        inner = options.update(width=max(1, options.max_width - self.width - 2))
        lines = Segment.split_lines(console.render(self.value, inner))
        for name, line in zip_longest(names, lines, fillvalue=None):
            shown = (name or Text()).copy()
            shown.align("left", self.width + 2)
            yield from shown.render(console)
            yield from line or ()
            yield Segment.line()


class _Indented(Struct, frozen=True):
    """What rich's `Padding` does, but for commands: they stay whole where they are longer than the screen is wide."""

    content: RenderableType
    by: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        inner = options.update(width=max(1, options.max_width - self.by))
        for line in Segment.split_lines(console.render(self.content, inner)):
            yield Segment(" " * self.by)
            yield from line
            yield Segment.line()
