"""Text of a repository, made harmless where it lands: Markdown, terminals, shells, logs, diagrams.

Paths, branch names and commit subjects are written by strangers. Every function here takes such a text and
gives back one line that shows what it says and does nothing else: no mention, no link, no escape sequence.

GitHub looks for mentions, issue numbers and links in the *rendered* text, so a backslash or an entity does
not stop them. A zero-width space inside does (Renovate and Dependabot do the same), and so does a code span.
"""

import json
import re
from urllib.parse import quote

CUT = "…"
"""Stands for what was cut."""

_ZERO_WIDTH = "\u200b"
_SURROGATE_BYTES = range(0xDC80, 0xDD00)
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")

# GitHub runs a command where a line of a log starts with `::name …::`, and where `##[name]` stands anywhere.
# Wrapping can move any word to the start of a line, so the shape is broken wherever it stands.
_COMMAND = re.compile(r"::(?=[A-Za-z][\w-]*(?:\s[^:]*)?::)|##(?=\[)")

_TOKEN = re.compile(
    r"(?P<url>(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}://\S+)"
    r"|(?P<commit>(?<!\w)(?=[a-f]*[0-9])[0-9a-f]{7,64}(?!\w))"
    r"|(?P<issue>(?<![\w&/#-])#(?P<number>[0-9]+)(?!\w))",
    re.IGNORECASE,
)
_ACTIVE = re.compile(r"@|#(?=[\w\[])|(?<=[Gg][Hh]-)(?=[0-9])|(?<=[Ww]{3})(?=\.)|:(?=//)")
_MARKUP = re.compile(r"[\\`*_\[\]|~$]")
_LEADING = re.compile(r"^\s*(?:[-+=#]|[0-9]+(?=[.)]))")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_CODE_BREAKER = re.compile(r"[`|]|##\[|^\s|\s$|^$")
_OWN_CODE = re.compile(r"(`[^`]+`)")
_BREAKS_FENCES = re.compile(r"```|##\[")
_ANSI_C = {code: f"\\x{code:02x}" for code in (*range(32), *b"'\\#`", *range(127, 256))}
_PLAIN_WORD = re.compile(r"[\w@%+=:,./-]+", re.ASCII)


def one_line(text: str, limit: int = 300) -> str:
    r"""The text on one line of at most `limit` characters, with everything invisible made visible.

    Control characters, direction overrides, zero-width characters and odd spaces become `\x1b`, `\u202e`;
    bytes of a path that is not UTF-8 become `\xff`.
    """
    shown = text if text.isprintable() and len(text) <= limit else _visible(text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + CUT


def terminal(text: str, limit: int = 300) -> str:
    """One line for a terminal or a log: no escape sequence, no workflow command wherever it is wrapped."""
    return _COMMAND.sub(lambda match: f"{match[0][0]}\\x{ord(match[0][1]):02x}", one_line(text, limit))


def markdown(text: str, repository: str | None = None, limit: int = 300) -> str:
    """One line of Markdown that renders as the text itself.

    URLs and commit ids become code. `#123` becomes a link that does not ping where the text comes from
    `repository` (`owner/name`), plain text otherwise.
    """
    # Four spaces at the beginning of a line would make it a block of code.
    line = re.sub(r"^ +", " ", one_line(text, limit))
    parts: list[str] = []
    end = 0
    for match in _TOKEN.finditer(line):
        parts += [_literal(line[end : match.start()]), _token(match, repository)]
        end = match.end()
    return _LEADING.sub(_escape_leading, "".join([*parts, _literal(line[end:])]))


def code_span(text: str, limit: int = 300) -> str:
    """The text as code in Markdown, also inside a table: GitHub looks for nothing in code."""
    line = one_line(text, limit)
    return f"<code>{_literal(line)}</code>" if _CODE_BREAKER.search(line) else f"`{line}`"


def prose(text: str, limit: int = 2000) -> str:
    """A sentence of the policy or of this program as Markdown: code spans stay, nothing else is active."""
    line = one_line(" ".join(text.split()), limit)
    return "".join(
        code_span(part[1:-1].strip(), limit) if index % 2 else markdown(part, limit=limit)
        for index, part in enumerate(_OWN_CODE.split(line))
    )


def fenced(text: str, limit: int = 4000) -> str:
    """One line inside a fenced block, which it cannot close; other text stands before it on its line."""
    return one_line(text, limit).replace("```", "'''").replace("##[", "# #[")


def html(text: str, limit: int = 300) -> str:
    """One line of text inside an HTML element, where GitHub still looks for mentions."""
    line = re.sub(r'[&<>"]', lambda match: _HTML[match[0]], one_line(text, limit))
    return _ACTIVE.sub(_with_zero_width, line)


def url(text: str, limit: int = 500) -> str:
    """A part of a URL's path, percent-encoded; slashes stay."""
    return quote(_bytes(text[:limit]), safe="/")


def shell(text: str) -> str:
    """One word of a POSIX shell, or of bash where the text is not printable ASCII; never cut."""
    if _PLAIN_WORD.fullmatch(text):
        return text
    if text.isascii() and text.isprintable() and not _BREAKS_FENCES.search(text):
        return "'" + text.replace("'", "'\\''") + "'"
    return f"$'{_bytes(text).decode('latin-1').translate(_ANSI_C)}'"


def mermaid(text: str, limit: int = 60) -> str:
    """A quoted label of a Mermaid diagram: what could end the label or start markup becomes `?`."""
    return '"' + re.sub(r"[^\w ./+-]", "?", one_line(text, limit), flags=re.ASCII) + '"'


def slack(text: str, limit: int = 300) -> str:
    """One line of text inside a JSON string of a Slack message: no mention, no link (Slack, "Formatting text")."""
    line = re.sub(r"[&<>]", lambda match: _HTML[match[0]], one_line(text, limit))
    return json_string(_ACTIVE.sub(_with_zero_width, line))


def json_string(text: str) -> str:
    """What stands between the quotes of a JSON string."""
    return json.dumps(text)[1:-1].replace("\x7f", "\\u007f")


def _bytes(text: str) -> bytes:
    """The bytes that git had; a surrogate that stands for no byte becomes `?`."""
    return _NO_BYTE.sub("?", text).encode("utf-8", "surrogateescape")


def _visible(text: str) -> str:
    return "".join(char if char.isprintable() else _escape(ord(char)) for char in text)


def _escape(point: int) -> str:
    names = {0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r"}
    if point in names:
        return names[point]
    if point in _SURROGATE_BYTES:
        return f"\\x{point - 0xDC00:02x}"
    if point <= 0xFF:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"


def _token(match: re.Match[str], repository: str | None) -> str:
    if match["issue"] is None:
        return code_span(match[0], len(match[0]))
    if not repository:
        return _literal(match[0])
    # redirect.github.com leads there without leaving a reference behind.
    link = f"https://redirect.github.com/{url(repository)}/issues/{match['number']}"
    return f"[{_literal(repository + match[0])}]({link})"


def _literal(text: str) -> str:
    text = re.sub(r'[&<>"]', lambda match: _HTML[match[0]], text)
    text = _MARKUP.sub(lambda match: f"\\{match[0]}", text)
    return _ACTIVE.sub(_with_zero_width, text)


def _with_zero_width(match: re.Match[str]) -> str:
    return match[0] + _ZERO_WIDTH


def _escape_leading(match: re.Match[str]) -> str:
    """What would start a list, a heading or an underline at the beginning of a line."""
    return f"{match[0]}\\" if match[0][-1].isdigit() else f"{match[0][:-1]}\\{match[0][-1]}"
