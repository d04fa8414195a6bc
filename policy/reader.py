"""Reads YAML 1.2 text into plain data with the place of every value, and refuses what a policy never needs.

One pass over the parser's events builds data and places. Nothing is ever expanded: an alias is refused where
it stands, so a bomb of them costs no more than its own text.
"""

import re
from collections.abc import Iterator
from typing import Any

from .document import Document, Place, Route, key_of
from .errors import PolicyError, Problem
from .scalars import plain_scalar
from .syntax import place_at
from .wording import quoted
from .yaml_events import Event, Kind, NotYamlError, events

_SURROGATE = re.compile("[\\ud800-\\udfff]")

MAX_BYTES = 1_000_000
"""The largest policy, in bytes."""

MAX_DEPTH = 40
"""The deepest nesting of lists and sections."""


def read(text: bytes, file: str) -> Document:
    """The document in `text`; `file` is the name to show.

    What is refused but can be stepped over (aliases, anchors, tags, duplicate keys, tabs) comes as the
    document's `problems`, so that its content can be judged in the same run.

    Raises:
        PolicyError: with every problem found so far, where reading had to stop.
    """
    reader = _Reader()
    try:
        return reader.document(_decoded(text))
    except _StoppedError as stop:
        raise PolicyError(file, stop.after(reader.problems)) from None


class _StoppedError(Exception):
    """Reading cannot go on."""

    def __init__(self, place: Place, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self._problem = Problem(*place, "", message, hint)

    def after(self, problems: list[Problem]) -> tuple[Problem, ...]:
        """All problems; without this one where another in its line, such as a tab, is the likely cause."""
        explained = any(each.line == self._problem.line for each in problems)
        return tuple(problems) if explained else (*problems, self._problem)


def _decoded(text: bytes) -> str:
    if len(text) > MAX_BYTES:
        raise _StoppedError((1, 1), f"the file has {len(text):,} bytes", f"at most {MAX_BYTES:,} are read")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode("utf-8-sig")
        place = place_at(before, len(before))
        raise _StoppedError(place, "this is not UTF-8", "save the file as UTF-8") from None


class _Reader:
    """Turns events into a document and collects what it refuses."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._document = Document()
        self._block_lines: set[int] = set()
        """Lines inside block scalars: tabs are content there."""

    def document(self, text: str) -> Document:
        """The one document of `text`."""
        try:
            self._stream(events(text))
        except NotYamlError as error:
            raise _StoppedError(error.place, error.message, error.hint) from None
        finally:
            self.problems += self._tabs(text)
        self._document.problems = tuple(self.problems)
        return self._document

    def _stream(self, stream: Iterator[Event]) -> None:
        for start in stream:
            if start.text not in ("", "1.2"):
                message = f"YAML {start.text} is not read"
                self._refuse((1, 1), (), message, "remove the `%YAML` line: a policy is YAML 1.2")
            self._document.data = self._node(next(stream), stream, ())
            break
        if self._document.data is None and not self.problems:
            raise _StoppedError((1, 1), "the file is empty", "`forkpolicy init` writes one to begin with")
        for another in stream:
            raise _StoppedError(another.place, "a second document begins here", "a policy is one document")

    def _node(self, event: Event, stream: Iterator[Event], route: Route) -> Any:
        if len(route) > MAX_DEPTH:
            raise _StoppedError(event.place, f"nested more than {MAX_DEPTH} deep")
        self._properties(event, route)
        self._document.values[route] = event.place
        match event.kind:
            case Kind.SECTION:
                return self._section(stream, route)
            case Kind.LIST:
                return self._list(stream, route)
            case Kind.SCALAR:
                return self._scalar(event, route)
            case _:
                return None

    def _properties(self, event: Event, route: Route) -> None:
        """Refuse what YAML can put before a value, or in its place."""
        if _SURROGATE.search(event.text):
            self._refuse(event.place, route, "the text has half a character", "`\\ud800` to `\\udfff` are none")
        refused = (
            ("alias", "*", event.text if event.kind is Kind.ALIAS else None, "write the value out"),
            ("anchor", "&", event.anchor, "remove it"),
            ("tag", "", event.tag, "remove it"),
        )
        for what, sign, name, remedy in refused:
            if name is not None:
                shown = sign + name
                hint = f"{remedy}; a text that begins with {quoted(shown[0])} needs quotes"
                self._refuse(event.place, route, f"the {what} {quoted(shown)} is not read", hint)

    def _list(self, stream: Iterator[Event], route: Route) -> list[Any]:
        items: list[Any] = []
        while (event := next(stream)).kind is not Kind.END:
            items.append(self._node(event, stream, (*route, len(items))))
        return items

    def _section(self, stream: Iterator[Event], route: Route) -> dict[str, Any]:
        section: dict[str, Any] = {}
        while (event := next(stream)).kind is not Kind.END:
            if event.kind is not Kind.SCALAR:
                raise _StoppedError(event.place, "a key must be a plain word")
            self._properties(event, route)
            inner = (*route, event.text)
            if event.text in section:
                self._repeated(event, stream, inner)
                continue
            self._document.keys[inner] = event.place
            section[event.text] = self._node(next(stream), stream, inner)
        return section

    def _repeated(self, event: Event, stream: Iterator[Event], route: Route) -> None:
        """Refuse a key that was there before, and read its value only for its problems."""
        kept, self._document = self._document, Document()
        message = f"the key {quoted(event.text)} stands here twice, first in line {kept.keys[route][0]}"
        self._refuse(event.place, route, message, "keep one of the two")
        self._node(next(stream), stream, route)
        self._document = kept

    def _scalar(self, event: Event, route: Route) -> Any:
        self._block_lines.update(event.block)
        value = plain_scalar(event.text) if event.plain else event.text
        if not isinstance(value, str):
            self._document.written[route] = event.text
        return value

    def _tabs(self, text: str) -> Iterator[Problem]:
        for number, line in enumerate(text.split("\n"), 1):
            indent = line[: len(line) - len(line.lstrip())]
            if "\t" in indent and line.strip() and number not in self._block_lines:
                column = indent.index("\t") + 1
                yield Problem(number, column, "", "the line is indented with a tab", "indent with spaces")

    def _refuse(self, place: Place, route: Route, message: str, hint: str) -> None:
        self.problems.append(Problem(*place, key_of(route), message, hint))
