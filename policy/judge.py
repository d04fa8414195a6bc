"""All that is wrong with a policy's data, and what editors are told: pydantic, on models made of the sections.

A good policy needs neither, and pydantic takes longer to start than most commands take: nothing imports this before
something is wrong (`conversion.py`). The only module that imports pydantic.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from msgspec import Meta
from msgspec.structs import FieldInfo, fields
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Strict,
    Tag,
    ValidationError,
    WithJsonSchema,
    create_model,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from .section import Checked, OneOf, Parsed, Section, Shown, WrongValueError
from .value_checks import TimeSpan, write_duration

FORMS = frozenset(("(word)", "(list)", "(line)", "(block)"))
"""Steps in an error's place for the alternatives of a value; they are no keys."""


def errors(data: object, section: type[Section]) -> list[ErrorDetails]:
    """Everything that is wrong with a section's data; nothing where it can be converted."""
    try:
        _model(section).model_validate(data)
    except ValidationError as error:
        return error.errors(include_url=False)
    return []


def json_schema(section: type[Section], ref_template: str) -> dict[str, Any]:
    """What a section looks like, as JSON Schema."""
    return _model(section).model_json_schema(by_alias=True, ref_template=ref_template)


# Private


@cache
def _model(section: type[Section]) -> type[BaseModel]:
    """A model that takes what a section takes."""
    found: dict[str, Any] = {each.name: (_type(each.type), _field(each)) for each in fields(section)}
    return create_model(
        section.__name__, __config__=ConfigDict(strict=True, extra="forbid"), __doc__=section.__doc__, **found
    )


def _field(each: FieldInfo) -> Any:
    alias = each.encode_name if each.encode_name != each.name else None
    if each.required:
        return Field(alias=alias)
    return Field(default=_default(each), alias=alias)


def _default(each: FieldInfo) -> object:
    """A default as it would stand in the file."""
    default = each.default_factory() if callable(each.default_factory) else each.default
    if isinstance(default, TimeSpan):
        return write_duration(default)
    return _model(type(default))() if isinstance(default, Section) else default


def _type(kind: Any) -> Any:
    """A type of a section as pydantic wants it."""
    if get_origin(kind) is None:
        return _class(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _annotated(arguments[0], arguments[1:])
    if origin in (Union, UnionType):
        return _union(arguments)
    if origin is tuple:
        return _of(tuple, _type(arguments[0]), ...)
    return _of(dict, str, _type(arguments[1])) if origin is Mapping else kind


def _class(kind: Any) -> Any:
    if issubclass(kind, Section):
        return _model(kind)
    if issubclass(kind, Enum):
        return Annotated[kind, Strict(False)]
    return timedelta if kind is TimeSpan else kind


def _of(kind: Any, *arguments: Any) -> Any:
    """A list or a section of any keys, of YAML's own kinds of them."""
    return Annotated[kind[arguments], Strict(False)]


def _annotated(kind: Any, annotations: Iterable[object]) -> Any:
    for each in annotations:
        if isinstance(each, OneOf):
            return Literal[each.members]
    found = _type(kind)
    for each in annotations:
        for annotation in _annotations(each):
            found = Annotated[found, annotation]
    return found


def _annotations(each: object) -> Iterator[object]:
    match each:
        case Checked(check=check):
            yield AfterValidator(_telling(check))
        case Parsed(parse=parse):
            yield BeforeValidator(_telling(parse))
        case Shown(schema=schema):
            yield WithJsonSchema(dict(schema))
        case Meta(ge=least, le=most, min_length=shortest):
            yield Field(ge=least, le=most, min_length=shortest)
        case _:
            raise NotImplementedError(f"no section says {each!r} in a type")


def _telling(check: Callable[[Any], object]) -> Callable[[Any], object]:
    """A check whose complaints pydantic collects, in its words."""

    def told(value: object) -> object:
        try:
            return check(value)
        except WrongValueError as error:
            raise PydanticCustomError("policy", "{wrong}", {"wrong": error.wrong, "right": error.right}) from None

    return told


def _union(kinds: tuple[Any, ...]) -> Any:
    some = [kind for kind in kinds if kind is not NoneType]
    union = _type(some[0]) if len(some) == 1 else _told_apart(some)
    return union | None if len(some) < len(kinds) else union


def _told_apart(kinds: Iterable[Any]) -> Any:
    """Alternatives by the form of what is there, so that only the one that is meant complains."""
    by_form = {_form(kind): kind for kind in kinds}
    scalar = next(form for form in by_form if form in ("(word)", "(line)"))

    def form_of(value: object) -> str:
        form = "(list)" if isinstance(value, list) else "(block)" if isinstance(value, dict) else scalar
        return form if form in by_form else scalar

    tagged = tuple(Annotated[_type(kind), Tag(form)] for form, kind in by_form.items())
    return Annotated[Union[tagged], Discriminator(form_of)]  # noqa: UP007


def _form(kind: Any) -> str:
    bare = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if isinstance(bare, type) and issubclass(bare, Section):
        return "(block)"
    origin: object = get_origin(bare)
    return "(list)" if origin is tuple else "(word)" if origin is Literal else "(line)"
