"""A tolerant view of a document: asking for what is not there, or is of another type, gives an empty node."""

from collections.abc import Iterator
from typing import Any, TypeGuard

from msgspec import Struct

from .document import Document, Route, key_of
from .errors import Problem


class Node(Struct, frozen=True):
    """A value of the document, or nothing."""

    document: Document
    route: Route = ()
    value: Any = None

    @classmethod
    def root(cls, document: Document) -> "Node":
        """The whole document."""
        return cls(document, (), document.data)

    def __getitem__(self, key: str) -> "Node":
        """The value under a key of a section."""
        section = self.value if _is_section(self.value) else {}
        return Node(self.document, (*self.route, key), section.get(key))

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of a section."""
        return tuple(self.value) if _is_section(self.value) else ()

    def __iter__(self) -> Iterator["Node"]:
        """The items of a list."""
        items = self.value if _is_list(self.value) else []
        return (Node(self.document, (*self.route, index), item) for index, item in enumerate(items))

    def __bool__(self) -> bool:
        """Whether anything is given, `false` included; empty lists and sections are nothing."""
        return self.value is not None and self.value not in ("", [], {})

    @property
    def text(self) -> str:
        """The value where it is text; else nothing."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def line(self) -> int:
        """The line of the value."""
        return self.document.place(self.route)[0]

    def problem(self, message: str, hint: str | None = None) -> Problem:
        """A problem at this node, or at what encloses it where it is not there."""
        return Problem(*self.document.place(self.route), key_of(self.route), message, hint)


def _is_section(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)
