"""A YAML document as plain data, with the place of every key and value."""

import re
from typing import Any

from msgspec import Struct, field

from .errors import Problem
from .wording import harmless

Route = tuple[str | int, ...]
"""The way to a value: `("ownership", "rules", 2, "resolve")`."""

Place = tuple[int, int]
"""Line and column, counted from 1."""

_WORD = re.compile(r"[\w$-]+")


class Document(Struct):
    """What was read: dicts with text keys, lists, and scalars of YAML's core schema."""

    data: Any = None
    values: dict[Route, Place] = field(default_factory=dict[Route, Place])
    """Where every value begins."""
    keys: dict[Route, Place] = field(default_factory=dict[Route, Place])
    """Where the key of every value in a section begins."""
    written: dict[Route, str] = field(default_factory=dict[Route, str])
    """Numbers, booleans and nulls as they were written: `1.10`."""
    problems: tuple[Problem, ...] = ()
    """What was refused while reading could go on."""

    def place(self, route: Route) -> Place:
        """Where an editor's user looks for a value: at a scalar; at the key that opens a list or a section.

        A route that leads nowhere has the place of what encloses it.
        """
        while route not in self.values and route:
            route = route[:-1]
        if isinstance(self.at(route), dict | list):
            return self.place_of_key(route)
        return self.values[route]

    def place_of_key(self, route: Route) -> Place:
        """Where the key of a value begins; items of lists, and the document, begin with themselves."""
        return self.keys.get(route) or self.values[route]

    def at(self, route: Route) -> Any:
        """The value at a route that leads somewhere."""
        value = self.data
        for step in route:
            value = value[step]
        return value


def key_of(route: Route) -> str:
    """A route as people write it: `ownership.rules[2].resolve`."""
    return "".join(_step(each) for each in route).removeprefix(".")


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{harmless(step)}" if _WORD.fullmatch(step) else f'["{harmless(step)}"]'
