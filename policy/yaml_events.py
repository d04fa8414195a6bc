"""YAML's parsing events; the one place that knows ruamel.yaml.

Its pure parser is used even where a C parser is installed: both would mean two dialects, with different
places and messages, to save some 20 ms for a policy of 300 lines.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Event:
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
    parser: Any = YAML(typ="safe", pure=True)
    try:
        for raw in parser.parse(text):
            kind = _KINDS.get(raw.__class__)
            if kind is not None:
                yield _event(kind, raw)
    except YAMLError as error:
        raise NotYamlError(*explain_syntax(text, error)) from None
    except (ValueError, OverflowError):  # ruamel passes on what `chr` and `int` say to absurd numbers
        raise NotYamlError(*explain_number(text)) from None


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
    return Event(Kind.SCALAR, place, raw.value, raw.style is None, block, raw.anchor, _tag(raw))


def _tag(raw: Any) -> str | None:
    return None if raw.tag is None else str(raw.tag).replace("tag:yaml.org,2002:", "!!")
