"""Makes a policy of plain data, and says no more than that it cannot: `judge.py` says why, and takes longer.

Both go by the same sections: a value that one of them takes, the other takes too.
"""

from collections.abc import Callable, Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin

import msgspec
from msgspec.structs import fields

from .section import Checked, OneOf, Section, WrongValueError
from .value_checks import TimeSpan, parse_duration

SectionT = TypeVar("SectionT", bound=Section)


def convert(data: object, section: type[SectionT]) -> SectionT | None:
    """A section of plain data; None where anything about it is wrong."""
    try:
        converted = msgspec.convert(data, section, dec_hook=_parsed)
        _check_section(converted)
    except (msgspec.ValidationError, WrongValueError, UnicodeError):
        return None
    return converted


# Private

_Check = Callable[[Any], object]


def _parsed(kind: type, value: object) -> object:
    if kind is not TimeSpan:
        raise NotImplementedError(f"no policy has a {kind.__name__}")
    return parse_duration(value)


def _check_section(section: Section) -> None:
    for name, check in _checks(type(section)):
        check(getattr(section, name))


@cache
def _checks(section: type[Section]) -> tuple[tuple[str, _Check], ...]:
    """The attributes of a section whose types ask for more than a type can say, each with what checks it."""
    found = ((each.name, _check_of(each.type)) for each in fields(section))
    return tuple((name, check) for name, check in found if check is not None)


def _check_of(kind: Any) -> _Check | None:
    """What checks the values of a type; None where msgspec has said all."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _in_turn(_check_of(arguments[0]), *map(_check_in, arguments[1:]))
    if origin in (Union, UnionType):
        return _by_class({_class_of(each): _check_of(each) for each in arguments})
    if origin is tuple:
        return _of_each(_check_of(arguments[0]))
    if origin is Mapping:
        of_each = _of_each(_check_of(arguments[1]))
        return of_each and (lambda mapping: of_each(mapping.values()))
    return _check_section if isinstance(kind, type) and issubclass(kind, Section) else None


def _check_in(annotation: object) -> _Check | None:
    match annotation:
        case Checked(check=check):
            return check
        case OneOf(members=members):
            return lambda value: _one_of(value, members)
        case _:
            return None


def _one_of(value: object, members: tuple[object, ...]) -> None:
    if value not in members:
        raise WrongValueError("not one of them", None)


def _in_turn(*checks: _Check | None) -> _Check | None:
    there = [check for check in checks if check is not None]
    return (lambda value: [check(value) for check in there]) if there else None


def _of_each(check: _Check | None) -> _Check | None:
    return check and (lambda values: [check(value) for value in values])


def _by_class(checks: Mapping[type, _Check | None]) -> _Check | None:
    """The checks of alternatives, which are told apart by what class their values have."""
    if not any(checks.values()):
        return None

    def check_one(value: object) -> None:
        check = next((check for kind, check in checks.items() if isinstance(value, kind)), None)
        if check is not None:
            check(value)

    return check_one


def _class_of(kind: Any) -> type[Any]:
    origin = get_origin(kind)
    if origin is Annotated:
        return _class_of(get_args(kind)[0])
    if origin is Literal:
        word: object = get_args(kind)[0]
        return type(word)
    return cast("type[Any]", origin or kind)
