"""The base of the policy's sections, and what their types say beyond Python's."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A section of the policy: frozen; strict about types; unknown keys are errors.

    Attributes are named as the keys. The text below each is its description, for editors too: it is read from
    the source (`descriptions.py`).
    """


class WrongValueError(ValueError):
    """What is wrong with a value, and what would be right."""

    def __init__(self, wrong: str, right: str | None) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.right = right


class Checked(Struct, frozen=True):
    """In a type: what a value of it must stand. `check` returns it, or raises WrongValueError."""

    check: Callable[[Any], object]


class Parsed(Struct, frozen=True):
    """In a type: how a value is made of what stands in the file; raises WrongValueError."""

    parse: Callable[[object], object]


class OneOf(Struct, frozen=True):
    """In the type of an enumeration: the members that are meant."""

    members: tuple[object, ...]


class Shown(Struct, frozen=True, eq=False):
    """In a type: the part of it that editors are told, as JSON Schema."""

    schema: Mapping[str, object]
