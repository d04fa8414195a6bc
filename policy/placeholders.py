"""Texts with placeholders: release tags, the fork's version format, a branch or title to make."""

import re
from collections.abc import Callable, Collection

from .fields import ambiguity
from .value_checks import NOT_IN_REFS, not_empty, wrong
from .wording import quoted

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def template(known: Collection[str], needed: Collection[str] = (), *, ref: bool = False) -> Callable[[str], str]:
    """A check: every placeholder is `known`, and those `needed` are there.

    A text that needs placeholders is read back, too, so it must be clear where each one ends. With `ref`,
    what is made must be usable as a branch's or tag's name.
    """

    def check(value: str) -> str:
        names = _placeholders(not_empty(value))
        _check_known(names, known)
        for name in needed:
            if name not in names:
                raise wrong(f"{quoted(value)} lacks `{{{name}}}`", f"it needs {_braced(needed)}")
        if needed and (problem := ambiguity(value)):
            raise wrong(f"{quoted(value)} cannot be read back: {problem}", "put text between placeholders")
        if ref and NOT_IN_REFS.search(_PLACEHOLDER.sub("x", value)):
            raise wrong(f"{quoted(value)} makes no valid git ref", "no spaces, no `..`, none of `~^:?*[\\`")
        return value

    return check


def _placeholders(value: str) -> list[str]:
    if set("{}") & set(_PLACEHOLDER.sub("", value)):
        raise wrong(f"the braces of {quoted(value)} do not pair", "a placeholder is written `{version}`")
    return _PLACEHOLDER.findall(value)


def _check_known(names: list[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise wrong(f"the placeholder {quoted(f'{{{name}}}')} is not known", f"there are {_braced(known)}")


def _braced(names: Collection[str]) -> str:
    return ", ".join(quoted(f"{{{name}}}") for name in sorted(names))
