"""Names with `{fields}`, such as tags, filled from values and read back; and dotted version numbers."""

import re
from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field

NUMBER = "(?:0|[1-9][0-9]{0,17})"
"""A number without leading zeros. Tags are written by strangers, so its length has a limit."""

DOTTED = r"[0-9]{1,18}(?:\.[0-9]{1,18})*"
"""A version of dotted numbers: `1.84.0`."""


@dataclass(frozen=True, slots=True)
class Template:
    """Text with `{fields}` that is filled from values, and read back from the whole of a name.

    `fields` has the regular expression of each field that the text may have. `read` and `fill` are inverse.
    Raises ValueError for a text with an `ambiguity`.
    """

    text: str
    fields: InitVar[Mapping[str, str]]
    _regex: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self, fields: Mapping[str, str]) -> None:
        if problem := ambiguity(self.text):
            raise ValueError(f"{self.text!r}: {problem}")
        object.__setattr__(self, "_regex", _compiled(self.text, fields))

    def read(self, name: str) -> dict[str, str] | None:
        """The fields' texts; None where the template does not match the whole name."""
        match = self._regex.fullmatch(name)
        return match.groupdict() if match else None

    def rest(self, name: str) -> str | None:
        """What the template leaves over at the end of a name that starts like it; None where it does not."""
        match = self._regex.match(name)
        return name[match.end() :] if match else None

    def fill(self, values: Mapping[str, str | int]) -> str:
        """The text with every field replaced by its value."""
        return fill(self.text, values)


def fill(text: str, values: Mapping[str, str | int]) -> str:
    """A text with every `{field}` replaced by its value; for texts that nobody has to read back."""
    return _FIELD.sub(lambda match: str(values[match[1]]), text)


def ambiguity(text: str) -> str | None:
    """Why nobody could tell the fields of a template apart again; None where `read` always can."""
    literals, fields = _FIELD.split(text)[::2], _FIELD.findall(text)
    if len(set(fields)) < len(fields):
        return "a field stands in it twice"
    if any(re.fullmatch("[0-9]*", between) for between in literals[1:-1]):
        return "between two fields are only digits, so nobody could tell where the first one ends"
    return None


def version_key(version: str) -> tuple[int, ...]:
    """What dotted versions are ordered by: their numbers; `1.84` and `1.84.0` are equal."""
    numbers = [int(part) for part in version.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


_FIELD = re.compile(r"\{([a-z_]+)\}")


def _compiled(text: str, fields: Mapping[str, str]) -> re.Pattern[str]:
    parts = enumerate(_FIELD.split(text))  # literals and fields by turns
    return re.compile("".join(f"(?P<{part}>{fields[part]})" if i % 2 else re.escape(part) for i, part in parts))
