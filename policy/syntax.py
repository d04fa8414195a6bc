"""Says in plain words what ruamel's scanner and parser could not read."""

import re
from typing import Any

from .document import Place
from .wording import harmless, quoted

_BEYOND_UNICODE = re.compile(r"\\U(?!000|0010)[0-9A-Fa-f]{8}")

_Explanation = tuple[Place, str, str | None]

_SENTENCES = {
    "mapping values are not allowed": (
        "a `: ` cannot stand here",
        "quote a text that has `: ` in it, or indent the line like the one above",
    ),
    "sequence entries are not allowed": (
        "a list cannot begin here",
        "begin it on a line of its own, or write `[a, b]`",
    ),
    "unknown escape character": (
        "this is no escape that double quotes know",
        r"use single quotes, as in '\d+', or write `\\`",
    ),
    "expected <block end>": (
        "this does not continue what stands above",
        "check the indentation, and the quotes and brackets of the line",
    ),
    "found incompatible YAML document": (
        "this version of YAML is not read",
        "remove the `%YAML` line: a policy is YAML 1.2",
    ),
    "expected '<document start>'": (
        "this does not continue what stands above",
        "check the indentation",
    ),
}
"""By a part of ruamel's problem: what is wrong there, and what would be right."""

_OPENINGS = {
    "could not find expected ':'": ("a key without `:`", "write `key: value`"),
    "found unexpected end of stream": ("the quote that opens here is never closed", "close it"),
    "found unexpected document separator": ("the quote that opens here is never closed", "close it"),
    "expected ',' or": ("the bracket that opens here is not closed", "close it, or put commas inside"),
}
"""The same, where the wrong begins earlier: ruamel's context has the place."""


def explain_syntax(text: str, error: Any) -> _Explanation:
    """The place of a YAMLError in `text`, what is wrong, and what would be right."""
    problem = getattr(error, "problem", None)
    if problem is None:
        hint = "in double quotes it can be written as an escape"
        return place_at(text, error.position), f"the character U+{error.character:04X} is not allowed", hint
    for part, (message, hint) in _OPENINGS.items():
        if part in problem:
            return _place(error.context_mark), message, hint
    for part, (message, hint) in _SENTENCES.items():
        if part in problem:
            return _place(error.problem_mark), message, hint
    return _unusual(error, problem)


def explain_number(text: str) -> _Explanation:
    """The same where a number is too large: an escape's, or the YAML version's."""
    escape = _BEYOND_UNICODE.search(text)
    place = place_at(text, escape.start()) if escape else (1, 1)
    return place, "no character and no version has such a number", "the last character is `\\U0010FFFF`"


def place_at(text: str, index: int) -> Place:
    """Line and column of a character, counted from 1."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _place(mark: Any) -> Place:
    return mark.line + 1, mark.column + 1


def _unusual(error: Any, problem: str) -> _Explanation:
    mark = error.problem_mark
    if "cannot start any token" in problem:
        character: str = mark.buffer[mark.pointer]
        if character == "\t":
            return _place(mark), "a tab cannot stand here", "use spaces"
        return _place(mark), f"a value cannot begin with {quoted(character)}", "put it in quotes"
    if error.context in ("while scanning an alias", "while scanning an anchor"):
        message = "a text cannot begin with `*` or `&`, which have a meaning of their own"
        return _place(error.context_mark), message, "put it in quotes"
    return _place(mark), f"this is not YAML: {harmless(problem)}", None
