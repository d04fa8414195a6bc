"""Templates: Jinja2 in its sandbox, on plain data, every value escaped for where it goes. Only this uses Jinja2.

A template is named after its file in `templates/`: `pull_request` is `pull_request.md.j2`, which is Markdown;
`merge_message` is `merge_message.txt.j2`, whose values only become harmless lines. A fork replaces any of them
by its own text, which may include the others.
"""

import os
import sys
import traceback
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import suppress
from functools import cache, partial
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound
from jinja2 import TemplateError as JinjaError
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ..policy.errors import ForkpolicyError
from . import escape

MAX_OUTPUT = 1_000_000
"""How many characters one rendering may give."""

MAX_RANGE = 10_000
"""How many numbers `range` may give in one rendering, all calls together."""

_ESCAPES_BY_SUFFIX: dict[str, Callable[[str], str]] = {
    ".md.j2": escape.markdown,
    ".txt.j2": escape.one_line,
    ".json.j2": escape.slack,
}
_DIRECTORY = Path(__file__).parent.parent / "templates"
# fmt: off
_FILTERS = (
    "abs", "batch", "count", "d", "default", "dictsort", "first", "groupby", "int", "items", "join",
    "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "replace",
    "reverse", "round", "select", "selectattr", "slice", "sort", "string", "sum", "title", "trim",
    "truncate", "unique", "upper",
)
# fmt: on
_GROWING_METHODS = frozenset({"center", "expandtabs", "format", "format_map", "ljust", "rjust", "zfill"})


class TemplateError(ForkpolicyError):
    """A template cannot be rendered: `template NAME:LINE: what is wrong`."""

    exit_code = 3


def template_names() -> tuple[str, ...]:
    """The names of the templates that a fork can replace."""
    return tuple(sorted(_files()))


def render(name: str, data: Mapping[str, object], overrides: Mapping[str, str]) -> str:
    """Render a template with plain data; `overrides` has the fork's own templates, as text by name.

    Raises TemplateError where the template is wrong, uses what is not there, or does too much.
    """
    environment = _Sandbox(name, overrides)
    try:
        return _limited(name, environment.get_template(name).generate(data))
    except TemplateNotFound as error:
        raise TemplateError(f"there is no template {error.name}", _choices()) from error
    except TemplateSyntaxError as error:
        raise TemplateError(f"template {error.name}:{error.lineno}: {error.message}") from error
    except RecursionError as error:
        raise TemplateError(f"template {name}: it includes itself") from error
    except (JinjaError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise TemplateError(f"{_place(name, error)}: {error}") from error


class _Safe(str):
    """Text that is Markdown already. Whatever is made from it is plain text again, and escaped again."""

    __slots__ = ()


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2 without what could make much from little, and with a way to print values that suits the template."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, name: str, overrides: Mapping[str, str]) -> None:
        super().__init__(
            loader=_Loader(overrides),
            bytecode_cache=_Compiled(overrides, _suffix_of(name)),
            undefined=StrictUndefined,
            finalize=partial(_finalize, _ESCAPES_BY_SUFFIX[_suffix_of(name)]),
            trim_blocks=True,
            lstrip_blocks=True,
            cache_size=-1,
            optimized=False,  # every template is rendered once: folding constants takes longer than it saves
        )
        self.filters = {name: self.filters[name] for name in _FILTERS} | _ESCAPES
        self.globals = {"range": _Range()}

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Whether a template may use an attribute: none that pads text to any length it likes."""
        growing = isinstance(obj, str) and attr in _GROWING_METHODS
        return not growing and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: object) -> None:
        """Nothing: Jinja2's own `format` pads to any length, so the method stays unsafe."""

    def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
        """Calculate with small whole numbers only: `"x" * 1000000000` is one line of a template."""
        if not (isinstance(left, int) and isinstance(right, int)) or operator == "**":
            raise SecurityError(f"{operator} is for numbers only, and ** is not there")
        return left * right if operator == "*" else left % right


class _Loader(BaseLoader):
    """The fork's templates first, then the package's."""

    def __init__(self, overrides: Mapping[str, str]) -> None:
        self._overrides = overrides

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        """The text of a template, and how messages call it."""
        source = self._overrides.get(template)
        if source is None:
            source = _packaged(template)
        if source is None:
            raise TemplateNotFound(template)
        return source, f"template {template}", None


class _Compiled(BytecodeCache):
    """The package's templates as code, kept where Python keeps its modules' unless it is told to keep none.

    Compiling all that a pull request needs takes longer than filling it in. What a fork brings is never kept.
    """

    def __init__(self, overrides: Container[str], kind: str) -> None:
        self._overrides = overrides
        self._kind = kind.split(".")[1]  # constants are made harmless when compiled, so each kind has its own

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The name: it tells the package's template from a fork's."""
        return name

    def get_source_checksum(self, source: str) -> str:
        """What tells one text from another; a fork's may have half characters."""
        return sha256(source.encode(errors="surrogatepass")).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take the code that is kept; what was made of another text, or by another Jinja2 or Python, is not taken."""
        if (path := self._path(bucket)) is not None:
            with suppress(OSError), path.open("rb") as file:
                bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code, where that is possible."""
        if (path := self._path(bucket)) is None or sys.dont_write_bytecode:
            return
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(f".{os.getpid()}")
            draft.write_bytes(bucket.bytecode_to_string())
            draft.replace(path)

    def _path(self, bucket: Bucket) -> Path | None:
        if bucket.key in self._overrides or bucket.key not in _files():
            return None
        return Path(cache_from_source(_files()[bucket.key], optimization=self._kind)).with_suffix(".jinja")


class _Range:
    """`range` with one budget for a whole rendering: nested loops cannot multiply without end."""

    def __init__(self) -> None:
        self._left = MAX_RANGE

    def __call__(self, *bounds: int) -> range:
        numbers = range(*bounds)
        self._left -= len(numbers)
        if self._left < 0:
            raise SecurityError(f"range gives at most {MAX_RANGE} numbers in one rendering")
        return numbers


@cache
def _files() -> dict[str, Path]:
    """Every template of the package by its name."""
    return {path.name.removesuffix(end): path for end in _ESCAPES_BY_SUFFIX for path in _DIRECTORY.glob(f"*{end}")}


@cache
def _packaged(name: str) -> str | None:
    return _files()[name].read_text(encoding="utf-8") if name in _files() else None


def _suffix_of(name: str) -> str:
    """What kind of text a template is; a fork's own, which replaces none, is Markdown."""
    return "".join(_files()[name].suffixes) if name in _files() else ".md.j2"


def _finalize(make_harmless: Callable[[str], str], value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, _Safe) else make_harmless(str(value))


def _limited(name: str, chunks: Iterator[str]) -> str:
    parts: list[str] = []
    left = MAX_OUTPUT
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise TemplateError(f"template {name}: it gives more than {MAX_OUTPUT} characters")
        parts.append(chunk)
    return "".join(parts)


def _place(name: str, error: Exception) -> str:
    """Where a template failed: Jinja2 puts the template's own lines into the traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename}:{frame.lineno}" for frame in frames if frame.filename.startswith("template ")]
    return places[-1] if places else f"template {name}"


def _choices() -> str:
    return f"the templates are {', '.join(template_names())}"


def _safe(value: object) -> str:
    return _Safe(str(value).encode(errors="backslashreplace").decode())


def _code(value: object) -> str:
    return _Safe(escape.code_span(str(value)))


def _fenced(value: object) -> str:
    return _Safe(escape.fenced(str(value)))


def _html(value: object) -> str:
    return _Safe(escape.html(str(value)))


def _json(value: object) -> str:
    return _Safe(escape.json_string(str(value)))


def _markdown(value: object, repository: str | None = None) -> str:
    return _Safe(escape.markdown(str(value), repository))


def _mermaid(value: object) -> str:
    return _Safe(escape.mermaid(str(value)))


def _number(value: int) -> str:
    return _Safe(f"{value:,}")


def _prose(value: object) -> str:
    return _Safe(escape.prose(str(value)))


def _url(value: object) -> str:
    return _Safe(escape.url(str(value)))


_ESCAPES = {
    "code": _code,
    "fenced": _fenced,
    "html": _html,
    "json": _json,
    "markdown": _markdown,
    "mermaid": _mermaid,
    "number": _number,
    "prose": _prose,
    "safe": _safe,
    "url": _url,
}
