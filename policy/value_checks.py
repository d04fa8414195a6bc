"""The checks of single values: each returns what it was given, parsed where it can be, or raises `wrong`."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from .patterns import path_pattern_problem
from .section import WrongValueError
from .wording import harmless, quoted

NOT_IN_REFS = re.compile(r"[\s~^:?\[\\\x00-\x1f\x7f]|\.\.|//|@\{|^[/-]|[/.]$|\.lock$")
"""What `git check-ref-format` forbids in a name, `*` apart."""

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
"""The units of durations."""

_DURATION = re.compile(r"([0-9]{1,6})([mhdw])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class TimeSpan(timedelta):
    """A time that the policy gives as a number and a unit."""


def wrong(message: str, right: str | None = None) -> WrongValueError:
    """The error for a value: what is wrong with it, and what would be right."""
    return WrongValueError(message, right)


def not_empty(value: str) -> str:
    """Text with something in it."""
    if not value.strip():
        raise wrong("must not be empty")
    return value


def matching(form: str, what: str, right: str) -> Callable[[str], str]:
    """A check: the whole text has this form."""
    compiled = re.compile(form)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise wrong(f"{quoted(value)} is not {what}", right)
        return value

    return check


def parse_duration(value: object) -> object:
    """The time that `3d` says."""
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        units = ", ".join(f"`{short}` for {name}" for short, name in UNITS.items())
        raise wrong(f"{quoted(value)} is not a duration", f"write a number and a unit, as in `3d`: {units}")
    return TimeSpan(**{UNITS[match[2]]: int(match[1])})


def write_duration(value: timedelta) -> str:
    """A time as `parse_duration` reads it."""
    minutes = int(value.total_seconds()) // 60
    for unit, size in (("d", 24 * 60), ("h", 60)):
        if minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


def parse_date(value: object) -> object:
    """The day that `2025-11-12` says."""
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise wrong(f"{quoted(value)} is not a date", "write year, month and day, as in `2025-11-12`")


def check_pattern(value: str) -> str:
    """A gitignore pattern that can match something."""
    if problem := path_pattern_problem(not_empty(value)):
        wrong_part, _, right = problem.partition("; ")
        raise wrong(f"the pattern {quoted(value)} cannot be used: {wrong_part}", right or None)
    return value


def check_regex(value: str) -> str:
    """A regular expression of Python's `re`."""
    try:
        re.compile(not_empty(value))
    except re.error as error:
        raise wrong(
            f"{quoted(value)} is not a regular expression: {harmless(str(error))}", "see Python's `re`"
        ) from None
    return value


def check_version_regex(value: str) -> str:
    """A regular expression with a group `version`."""
    if "version" not in re.compile(check_regex(value)).groupindex:
        raise wrong("the regular expression does not say where the version stands", "put `(?P<version>…)` around it")
    return value


def check_path(value: str) -> str:
    """One path from the repository's root."""
    parts = not_empty(value).split("/")
    if value.startswith("/"):
        raise wrong(f"{quoted(value)} begins with `/`", f"paths begin at the repository's root: {quoted(value[1:])}")
    if "" in parts or "." in parts or ".." in parts or "\\" in value:
        raise wrong(f"{quoted(value)} is not a path of the repository", "write it as git does: `docs/guide.md`")
    if "*" in value:
        raise wrong(f"{quoted(value)} is a pattern", "name one file")
    return value


def check_branch_pattern(value: str) -> str:
    """A branch name, or a pattern for branch names."""
    if NOT_IN_REFS.search(not_empty(value)):
        raise wrong(f"{quoted(value)} is not a branch name, nor a pattern for one", "as in `main`, `feature/*`, `**`")
    if value.startswith("refs/"):
        short = value.removeprefix("refs/heads/")
        raise wrong(f"{quoted(value)} is a full ref name", f"write the branch's own name: {quoted(short)}")
    return value


def check_branch(value: str) -> str:
    """The name of one branch."""
    if "*" in check_branch_pattern(value):
        raise wrong(f"{quoted(value)} is a pattern", "name one branch")
    return value
