"""The patterns of the policy: paths as in `.gitignore`, and branch names."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile

from msgspec import Struct
from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from .names import RepoPath


@dataclass(frozen=True, slots=True)
class PathSet:
    """The paths that a list of gitignore patterns matches (https://git-scm.com/docs/gitignore).

    The last pattern that matches a path decides, `!` takes paths out again, and a folder's pattern matches
    all that is below it. Raises ValueError for a pattern that `path_pattern_problem` objects to.
    """

    patterns: tuple[str, ...]
    _compiled: "_Compiled" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_compiled", _compiled_paths(self.patterns))

    @property
    def places(self) -> tuple[RepoPath, ...]:
        """Where to look for paths of the set: each of them is one of these, or below one; "" is the root."""
        return tuple(dict.fromkeys(_place(each) for each in self.patterns if not each.startswith("!")))

    def matches(self, path: RepoPath) -> bool:
        """Whether the path is in the set."""
        return self.match(path) is not None

    def match(self, path: RepoPath) -> str | None:
        """The pattern that put the path into the set; None where the path is not in it."""
        # most paths match no pattern at all, and pathspec takes its time to say so
        if not any(pattern.search(path) for pattern in self._compiled.including):
            return None
        result = self._compiled.spec.check_file(path)
        return self.patterns[result.index] if result.include and result.index is not None else None


def path_pattern_problem(pattern: str) -> str | None:
    """What is wrong with a gitignore pattern, in words; None for one that `PathSet` reads as git does."""
    body = pattern.removeprefix("!")
    if not body.strip("/"):
        return "it is empty and matches nothing"
    if pattern.startswith("#"):
        return r"it is a comment; write `\#` for a name that starts with `#`"
    if body != body.strip() or any(character in body for character in "\r\n\0"):
        return "it starts or ends with white space, or has a line break"
    if any(part in ("", ".", "..") for part in body.removeprefix("/").removesuffix("/").split("/")):
        return "it has an empty, `.` or `..` part, which no path in a repository has"
    if "***" in body:
        return "it has three stars in a row; `*` stops at a slash, `**` does not"
    return _bracket_problem(body)


class RefPatterns(Struct, frozen=True):
    """Branch names by pattern: `*` stops at `/`, `**` does not; anything else is literal, case included."""

    patterns: tuple[str, ...]

    def matches(self, name: str) -> bool:
        """Whether one of the patterns matches the whole name."""
        return self.match(name) is not None

    def match(self, name: str) -> str | None:
        """The first pattern that matches the whole name; None where none does."""
        return next((each for each in self.patterns if _compiled_ref(each).fullmatch(name)), None)


_BRACKET = re.compile(r"\\.|\[[!^]?+(?P<set>\][^\]]*|[^\]]+)\]", re.DOTALL)
_SPECIAL = re.compile(r"[*?\[\\]")
_REGEX_BRACKET = re.compile(r"\\.|\[\^/\]|\[(?P<not>\^?)(?P<set>\]?[^\]]*)\]", re.DOTALL)


class _GitPattern(GitIgnoreSpecPattern):
    """pathspec's pattern, mended where git reads one differently."""

    __slots__ = ()

    @classmethod
    def pattern_to_regex(cls, pattern: str) -> tuple[str | None, bool | None]:  # type: ignore[override]
        if pattern.endswith("/**/"):  # folders at any depth below, not the files directly below
            pattern = pattern[:-1] + "/*/"
        regex, include = super().pattern_to_regex(pattern)
        if regex is None:
            return regex, include
        if regex.endswith("|$)"):  # `$` would also match before a line break, which may end a path
            regex = regex.removesuffix("|$)") + r"|\Z)"
        return f"(?s:{_REGEX_BRACKET.sub(_git_bracket, regex)})", include


class _Compiled(Struct, frozen=True):
    """A list of patterns, ready to match."""

    spec: GitIgnoreSpec
    including: tuple[re.Pattern[str], ...]
    """The patterns that put paths into the set."""


def _place(pattern: str) -> RepoPath:
    """What a pattern's paths have in common: its parts up to the first that is no literal name."""
    if "/" not in pattern.removesuffix("/"):
        return RepoPath("")
    parts = pattern.strip("/").split("/")
    return RepoPath("/".join(takewhile(lambda part: not _SPECIAL.search(part), parts)))


def _git_bracket(match: re.Match[str]) -> str:
    """A bracket expression as git reads it: no slash, and `[`, `&`, `|`, `~` mean themselves."""
    if match["set"] is None:
        return match[0]
    return f"(?!/)[{match['not']}{_literal_set(match['set'])}]"


def _literal_set(characters: str) -> str:
    return re.sub(r"[][&|~]", r"\\\g<0>", characters)


def _bracket_problem(pattern: str) -> str | None:
    """What is wrong with the bracket expressions of a pattern, and with its backslashes."""
    rest = _BRACKET.sub("", pattern)
    if "[" in rest:
        return r"a `[` is never closed; write `\[` for the character"
    if rest.endswith("\\"):
        return "it ends with a backslash"
    for match in _BRACKET.finditer(pattern):
        inside = match["set"]
        if match[0] == r"\/":
            return "a backslash stands before a slash, which needs none"
        if inside and ("\\" in inside or "/" in inside or "[:" in inside):
            return r"a bracket expression has a backslash, a slash or a class such as `[:alpha:]`"
        if inside and not _is_set(inside):
            return f"the range `[{inside}]` goes backwards"
    return None


def _is_set(characters: str) -> bool:
    try:
        re.compile(f"[^{_literal_set(characters)}]")
    except re.error:
        return False
    return True


@lru_cache(maxsize=1024)
def _compiled_paths(patterns: tuple[str, ...]) -> _Compiled:
    for each in patterns:
        if problem := path_pattern_problem(each):
            raise ValueError(f"{each!r}: {problem}")
    regexes = (regex for regex, include in map(_GitPattern.pattern_to_regex, patterns) if regex and include)
    return _Compiled(GitIgnoreSpec.from_lines(patterns, _GitPattern), tuple(map(re.compile, regexes)))


@lru_cache(maxsize=1024)
def _compiled_ref(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*?)", pattern)
    regex = {"**": ".*", "*": "[^/]*"}
    return re.compile("".join(regex.get(part, re.escape(part)) for part in parts), re.DOTALL)
