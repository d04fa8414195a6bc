"""Pieces of a terminal's page: harmless text, names with values, lists that are cut, indentation."""

import re
from collections.abc import Iterable, Sequence
from io import StringIO

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..escape import terminal

_SPACES_AT_END = re.compile(r" +$", re.MULTILINE)

NAME_WIDTH = 9
"""The width of the column of names, so that values stand under each other."""


def render(content: RenderableType, width: int, *, color: bool) -> str:
    """The content as text for `width` columns, without spaces at line ends; only commands may be longer."""
    console = Console(
        file=StringIO(),
        width=width,
        color_system="standard" if color else None,
        force_terminal=color,
        highlight=False,
        legacy_windows=False,
    )
    with console.capture() as capture:
        console.print(content, crop=False)
    return _SPACES_AT_END.sub("", capture.get())


def text(value: str, style: str = "", limit: int = 300) -> Text:
    """Text of a repository, harmless; rich's markup in it stays as it is."""
    return Text(terminal(value, limit), style=style, overflow="fold")


def joined(*parts: Text) -> Text:
    """Texts in one line, each in its own style."""
    line = Text(overflow="fold")
    for part in parts:
        line.append_text(part)
    return line


def command(value: str) -> Text:
    """A command on one line whatever the width, so that it can be copied."""
    return Text(f"  {terminal(value, 1000)}", no_wrap=True, overflow="ignore")


def indented(content: RenderableType, by: int = 2) -> RenderableType:
    """The content, moved to the right."""
    return Padding(content, (0, 0, 0, by))


def fields(rows: Iterable[tuple[str, RenderableType]]) -> RenderableType:
    """Names with their values; a name that repeats the one before it is left blank."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(min_width=NAME_WIDTH, style="dim", overflow="fold", max_width=24)
    table.add_column(overflow="fold")
    previous = ""
    for name, value in rows:
        table.add_row(Text("" if name == previous else terminal(name)), value)
        previous = name
    return table


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
    """At most `limit` items, and how many more there are."""
    if len(items) <= limit:
        return tuple(items)
    more = len(items) - limit
    return (*items[:limit], Text(f"… and {more:,} more{' ' + noun if noun else ''}", style="dim"))
