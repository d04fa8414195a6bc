"""The judge's errors about a policy, in the words of the person who writes YAML."""

import re
from collections.abc import Callable, Iterator
from typing import Any, get_args

from msgspec.structs import fields
from pydantic_core import ErrorDetails

from .descriptions import descriptions, keys
from .document import Document, Route, key_of
from .errors import Problem
from .judge import FORMS, errors
from .models import Policy
from .section import Section
from .wording import choices, quoted, suggestion

_A_SECTION = "a section"
_YES = frozenset(("yes", "on", "y"))
_NO = frozenset(("no", "off", "n"))


def complaints(document: Document) -> Iterator[Problem]:
    """One problem for each error that is new.

    What has no value at all was already said; and a list counts as empty where its items are wrong.
    """
    for details in errors(document.data, Policy):
        follows = details["type"] == "too_short" and details["input"]
        if details["input"] is not None and not follows:
            yield _problem(details, document)


def _problem(details: ErrorDetails, document: Document) -> Problem:
    route: Route = tuple(step for step in details["loc"] if step not in FORMS)
    if details["type"] == "extra_forbidden":
        return Problem(*document.place_of_key(route), key_of(route), "unknown key", _known_keys(route))
    if details["type"] == "missing":
        *section, key = route
        place = document.place(tuple(section))
        return Problem(*place, key_of(tuple(section)), f"{quoted(key)} is missing", _purpose(route))
    message, hint = _SENTENCES.get(details["type"], _unforeseen)(details, route, document)
    return Problem(*document.place(route), key_of(route), message, hint)


_Sentence = tuple[str, str | None]


def _own(details: ErrorDetails, route: Route, document: Document) -> _Sentence:
    context = _context(details)
    return context["wrong"], context["right"]


def _word(details: ErrorDetails, route: Route, document: Document) -> _Sentence:
    expected = str(_context(details)["expected"])
    known = re.findall(r"'([^']*)'", expected) or [expected]
    given = details["input"]
    more = ", or a list of regular expressions" if "(word)" in details["loc"] else ""
    if expected in known and isinstance(given, str):
        return "must be a number, not text", f"write {quoted(expected)}, without quotes"
    if isinstance(given, str | int | float):
        written = document.written.get(route, str(given))
        return f"{quoted(written)} is not known here", suggestion(written, known) + more
    return f"must be a word, not {_kind(given)}", f"it can be {choices(known)}{more}"


def _string(details: ErrorDetails, route: Route, document: Document) -> _Sentence:
    written = document.written.get(route)
    hint = f'put it in quotes: "{written}"' if written else None
    return f"must be text, not {_kind(details['input'])}", hint


def _number(details: ErrorDetails, route: Route, document: Document) -> _Sentence:
    return f"must be a whole number, not {_kind(details['input'])}", None


def _boolean(details: ErrorDetails, route: Route, document: Document) -> _Sentence:
    given = str(details["input"]).lower()
    meant = "`true`" if given in _YES else "`false`" if given in _NO else "`true` or `false`"
    return f"must be `true` or `false`, not {_kind(details['input'])}", f"write {meant}"


def _list(details: ErrorDetails, route: Route, document: Document) -> _Sentence:
    kind = _kind(details["input"])
    written = document.written.get(route, details["input"])
    return f"must be a list, not {kind}", None if kind == _A_SECTION else f"write {quoted(f'[{written}]')}"


def _section(details: ErrorDetails, route: Route, document: Document) -> _Sentence:
    model = _model_at(route)
    hint = f"its keys can be {choices(keys(model))}" if model else "write `key: value` pairs"
    return f"must be a section, not {_kind(details['input'])}", hint


def _empty(details: ErrorDetails, route: Route, document: Document) -> _Sentence:
    return "must not be empty", "put something into the list, or leave the key out where it may be missing"


def _too_small(details: ErrorDetails, route: Route, document: Document) -> _Sentence:
    return f"{quoted(details['input'])} is too small", f"at least {_context(details)['ge']}"


def _too_large(details: ErrorDetails, route: Route, document: Document) -> _Sentence:
    return f"{quoted(details['input'])} is too large", f"at most {_context(details)['le']}"


def _unforeseen(details: ErrorDetails, route: Route, document: Document) -> _Sentence:
    return details["msg"], None


_SENTENCES: dict[str, Callable[[ErrorDetails, Route, Document], _Sentence]] = {
    "policy": _own,
    "literal_error": _word,
    "enum": _word,
    "string_type": _string,
    "int_type": _number,
    "bool_type": _boolean,
    "tuple_type": _list,
    "model_type": _section,
    "dict_type": _section,
    "too_short": _empty,
    "greater_than_equal": _too_small,
    "less_than_equal": _too_large,
}


def _context(details: ErrorDetails) -> dict[str, Any]:
    return details.get("ctx", {})


def _kind(value: object) -> str:
    match value:
        case bool():
            return quoted(str(value).lower())
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return _A_SECTION


def _known_keys(route: Route) -> str | None:
    model = _model_at(route[:-1])
    return suggestion(str(route[-1]), keys(model)) if model else None


def _purpose(route: Route) -> str | None:
    model = _model_at(route[:-1])
    description = descriptions(model).get(str(route[-1])) if model else None
    return description and description[0].lower() + description[1:].removesuffix(".")


def _model_at(route: Route) -> type[Section] | None:
    """The model that describes the section at a route; None where any key may stand."""
    model: type[Section] | None = Policy
    for key in route:
        if isinstance(key, str) and model is not None:
            attribute = keys(model).get(key)
            model = _model_in(_types(model)[attribute]) if attribute else None
    return model


def _types(model: type[Section]) -> dict[str, Any]:
    return {each.name: each.type for each in fields(model)}


def _model_in(annotation: Any) -> type[Section] | None:
    """The first model inside a type."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next((found for each in get_args(annotation) if (found := _model_in(each))), None)
