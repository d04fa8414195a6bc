"""YAML's parsing events; the one place that knows ruamel.yaml.

ruamel has two parsers. Its own, in Python, says best what is wrong and where; libyaml reads a policy of 300 lines in
1 ms instead of 25, as much as all else that loads a policy. So libyaml reads what both take alike, and whatever it
refuses, or a policy may not have, is read again by ruamel's own: every message comes from one parser.
"""

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from .document import Place
from .syntax import explain_number, explain_syntax


class Kind(Enum):
    """What an event says."""

    DOCUMENT = "a document begins"
    SECTION = "a mapping begins"
    LIST = "a sequence begins"
    SCALAR = "a scalar"
    ALIAS = "an alias"
    END = "a mapping or a sequence ends"


class Event(Struct, frozen=True):
    """One event, with what a policy needs of it."""

    kind: Kind
    place: Place
    text: str = ""
    """A scalar's content; an alias's name; the document's YAML version where one is named."""
    plain: bool = False
    """The scalar is written without quotes."""
    block: range = range(0)
    """The lines of a block scalar's content."""
    anchor: str | None = None
    tag: str | None = None


class NotYamlError(Exception):
    """The text is not YAML: where, why, and what would be right."""

    def __init__(self, place: Place, message: str, hint: str | None) -> None:
        super().__init__(message)
        self.place = place
        self.message = message
        self.hint = hint


def events(text: str) -> Iterator[Event]:
    """The events of a text.

    Raises:
        NotYamlError: while they are read, where the text is not YAML.
    """
    return iter(quick_events(text) or thorough_events(text))


def quick_events(text: str) -> tuple[Event, ...] | None:
    """The events that libyaml finds, where they are sure to be the thorough ones; None where they are not."""
    if _ODD.search(text) or text.count("[") + text.count("{") > _MAX_BRACKETS:
        return None
    try:
        found = tuple(_read(text, pure=False))
    except (YAMLError, ValueError, OverflowError):
        return None
    is_section = [event.kind for event in found[1:2]] == [
        Kind.SECTION
    ]  # no policy is less, and what is, reads in two ways
    return None if not is_section or any(map(_is_refused, found)) else found


def thorough_events(text: str) -> Iterator[Event]:
    """The events that ruamel's own parser finds, in any text.

    Raises:
        NotYamlError: while they are read, where the text is not YAML.
    """
    try:
        yield from _read(text, pure=True)
    except YAMLError as error:
        raise NotYamlError(*explain_syntax(text, error)) from None
    except (ValueError, OverflowError):  # ruamel passes on what `chr` and `int` say to absurd numbers
        raise NotYamlError(*explain_number(text)) from None


# Private

_ODD = re.compile(
    r"""[^\n -~\xa0-\u2027\u202a-\ufefe\uff00-\U0010ffff]  # tabs, controls, other line breaks than LF
    | ^%  # directives
    | [|>][-+0-9]*[#]  # a comment that touches the sign of a block
    | ["'\]}]:\S  # a key in quotes or brackets whose value touches it
    """,
    re.MULTILINE | re.VERBOSE,
)
"""What the two parsers may read differently."""

_MAX_BRACKETS = 1_000
"""libyaml's time grows with the square of how deeply lists and sections in brackets are nested."""


def _is_refused(event: Event) -> bool:
    """Whether a policy may not have it; for a value that is not there, the two parsers name different places."""
    empty = event.plain and not event.text
    return empty or event.kind is Kind.ALIAS or event.anchor is not None or event.tag is not None


def _read(text: str, *, pure: bool) -> Iterator[Event]:
    parser: Any = YAML(typ="safe", pure=pure)
    for raw in parser.parse(text):
        kind = _KINDS.get(raw.__class__)
        if kind is not None:
            yield _event(kind, raw)


_KINDS: dict[type, Kind] = {
    DocumentStartEvent: Kind.DOCUMENT,
    MappingStartEvent: Kind.SECTION,
    SequenceStartEvent: Kind.LIST,
    ScalarEvent: Kind.SCALAR,
    AliasEvent: Kind.ALIAS,
    MappingEndEvent: Kind.END,
    SequenceEndEvent: Kind.END,
}


def _event(kind: Kind, raw: Any) -> Event:
    place = raw.start_mark.line + 1, raw.start_mark.column + 1
    match kind:
        case Kind.SCALAR:
            return _scalar(place, raw)
        case Kind.ALIAS:
            return Event(kind, place, raw.anchor)
        case Kind.SECTION | Kind.LIST:
            return Event(kind, place, anchor=raw.anchor, tag=_tag(raw))
        case Kind.DOCUMENT:
            return Event(kind, place, ".".join(str(part) for part in raw.version or ()))
        case _:
            return Event(kind, place)


def _scalar(place: Place, raw: Any) -> Event:
    block = range(raw.start_mark.line + 2, raw.end_mark.line + 1) if raw.style in ("|", ">") else range(0)
    return Event(Kind.SCALAR, place, raw.value, not raw.style, block, raw.anchor, _tag(raw))


def _tag(raw: Any) -> str | None:
    return None if raw.tag is None else str(raw.tag).replace("tag:yaml.org,2002:", "!!")
