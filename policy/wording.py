"""How messages about a policy show values, choices and the name that was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST_VALUE = 60


def quoted(value: object) -> str:
    """A value of the policy in backticks, as `harmless` shows it."""
    text = harmless(str(value))
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def harmless(text: str) -> str:
    """A text of the policy for a terminal: cut when long, and what does not print as an escape."""
    if len(text) > _LONGEST_VALUE:
        text = text[: _LONGEST_VALUE - 1] + "…"
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def shell_word(path: str) -> str:
    """A path as one word of a shell: in a command to copy it stays what it is, whatever its name holds."""
    is_plain = bool(path) and all(each.isalnum() or each in "-_./@+," for each in path)
    return path if is_plain else "'" + path.replace("'", "'\\''") + "'"


def choices(names: Iterable[str]) -> str:
    """The sorted names, as a choice: "`a`, `b` or `c`"."""
    *others, last = (quoted(each) for each in sorted(names))
    return f"{', '.join(others)} or {last}" if others else last


def suggestion(word: str, names: Iterable[str]) -> str:
    """What would be right in place of `word`: the name that was probably meant, and all choices."""
    known = sorted(names)
    close = get_close_matches(word.lower(), known, n=1) if len(known) > 1 else []
    meant = f"did you mean {quoted(close[0])}? " if close else ""
    return f"{meant}it can be {choices(known)}"
