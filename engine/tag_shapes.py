"""The shapes of a repository's tags, to guess which are upstream's releases and which the fork's versions."""

import re
from collections import Counter
from collections.abc import Sequence

RECENT = 20
"""How many of the newest tags tell which scheme is the current one: schemes come and go."""

_VERSION = re.compile(r"(?P<prefix>(?:[\w./+-]*?[^\d.])?)(?P<version>\d+(?:\.\d+)+)(?P<rest>[\w./+-]*)", re.ASCII)
_FORK_PART = re.compile(r"(?P<separator>[^0-9]*[^0-9.]\.?)\d+\.\d+\.\d+")
_PATCH = re.compile(r"(?P<stem>(?:.*[^0-9])?)(?P<patch>\d+)")
_PATCH_WORD = re.compile(r"[.-]?(?:post|patch|p|hotfix)?\.?\{patch\}")
_UNSTABLE = ("alpha", "beta", "canary", "debug", "dev", "draft", "nightly", "pre", "rc", "snapshot", "test")
_UNSTABLE_LETTERS = frozenset({"a", "b", "c", "m"})


def fork_formats(tags: Sequence[str]) -> tuple[str, ...]:
    """The formats of fork versions, such as `v{upstream}-acme.{major}.{minor}.{patch}`; newest tag first."""
    return tuple(dict.fromkeys(found for tag in tags if (found := _fork_format(tag)) is not None))


def release_forms(tags: Sequence[str]) -> tuple[str, ...]:
    """The form that most of the recent stable release tags have, then the forms of its patches.

    `tags` begins with the newest. Empty where no tag looks like a stable release.
    """
    forms = [form for tag in tags if (form := _release_form(tag)) is not None]
    plain = [form for form in forms if "{patch}" not in form][:RECENT]
    if not plain:
        return ()
    usual = Counter(plain).most_common(1)[0][0]
    patches = {form for form in forms if form.startswith(usual) and _PATCH_WORD.fullmatch(form.removeprefix(usual))}
    return (usual, *sorted(patches))


def _fork_format(tag: str) -> str | None:
    found = _VERSION.fullmatch(tag)
    part = _FORK_PART.fullmatch(found["rest"]) if found else None
    if found is None or part is None:
        return None
    return f"{found['prefix']}{{upstream}}{part['separator']}{{major}}.{{minor}}.{{patch}}"


def _release_form(tag: str) -> str | None:
    found = _VERSION.fullmatch(tag)
    if found is None or _fork_format(tag) is not None or _is_unstable(found["prefix"] + found["rest"]):
        return None
    rest = found["rest"]
    if patch := _PATCH.fullmatch(rest):
        rest = f"{patch['stem']}{{patch}}"
    return f"{found['prefix']}{{version}}{rest}"


def _is_unstable(text: str) -> bool:
    words = re.findall("[a-z]+", text.lower())
    return any(word in _UNSTABLE_LETTERS or word.startswith(_UNSTABLE) for word in words)
