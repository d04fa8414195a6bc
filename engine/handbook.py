"""Blocks of a hand-written page that are generated from the policy, between marker comments."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..policy.errors import UsageError
from ..policy.findings import Finding, Severity
from ..policy.models import Policy
from .handbook_data import handbook_data
from .render import render

BLOCKS = ("branches", "rules", "versions", "commits", "conflicts", "customizations", "quick-reference")
"""The blocks that there are; each is a template `handbook_NAME`."""

_MARKED = re.compile(
    r"^<!-- forkpolicy:begin (?P<name>[\w-]+) -->[ \t]*\r?\n(?P<body>.*?)^<!-- forkpolicy:end (?P=name) -->",
    re.DOTALL | re.MULTILINE,
)
_MARKER = re.compile(r"^<!-- forkpolicy:(?:begin|end) (?P<name>[\w-]+) -->", re.MULTILINE)


def blocks(policy: Policy, overrides: Mapping[str, str]) -> dict[str, str]:
    """Every block as Markdown, by name; `overrides` has the fork's own templates as text, by name.

    Raises:
        TemplateError: a template is wrong.
    """
    data = handbook_data(policy)
    return {name: _tidy(render(f"handbook_{name.replace('-', '_')}", data, overrides)) for name in BLOCKS}


def read_page(file: Path) -> str:
    """A hand-written page as it is, with its own line ends.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        with file.open(encoding="utf-8", errors="surrogateescape", newline="") as stream:
            return stream.read()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error


def marked(name: str, body: str) -> str:
    """A block between its markers, as it stands in a page."""
    return f"<!-- forkpolicy:begin {name} -->\n{body}<!-- forkpolicy:end {name} -->\n"


def fill_in(page: str, generated: Mapping[str, str]) -> str:
    """The page with every marked block as it is generated; nothing else changes, nor how its lines end.

    Raises:
        UsageError: it has no markers, one that does not pair, or one of an unknown name.
    """
    _require_markers(page, generated)
    newline = "\r\n" if "\r\n" in page else "\n"

    def replaced(match: re.Match[str]) -> str:
        text = marked(match["name"], generated[match["name"]]).removesuffix("\n")
        return text.replace("\n", newline)

    return _MARKED.sub(replaced, page)


def outdated(page: str, file: str, generated: Mapping[str, str]) -> Iterator[Finding]:
    """An error for every block of a page that is not what the policy says.

    Raises:
        UsageError: as for `fill_in`.
    """
    _require_markers(page, generated)
    for match in _MARKED.finditer(page):
        name, body = match["name"], match["body"].replace("\r\n", "\n")
        if body != generated[name]:
            line = page.count("\n", 0, match.start()) + 1
            message = f"{file}:{line}: the block `{name}` is not what the policy says"
            fix = f"forkpolicy render handbook --into {file}"
            yield Finding("handbook-outdated", Severity.ERROR, message, fix=fix)


def _require_markers(page: str, generated: Mapping[str, str]) -> None:
    markers = _MARKER.findall(page)
    if not markers:
        lines = [marked(name, "").strip() for name in BLOCKS]
        message = "the page has no markers; these are all that there are:\n" + "\n".join(lines)
        raise UsageError(message, "put those that you want where their blocks belong, each on a line of its own")
    unknown = sorted(set(markers) - set(generated))
    if unknown:
        raise UsageError(f"there is no block {', '.join(unknown)}", f"the blocks are {', '.join(BLOCKS)}")
    pairs = _MARKED.findall(page)
    inside = [name for _, body in pairs for name in _MARKER.findall(body)]
    if len(markers) != 2 * len(pairs) or inside:
        raise UsageError("a marker of the page does not pair", "each block is `begin NAME`, then `end NAME`")


def _tidy(text: str) -> str:
    """A block without blank lines at its ends, and never two of them in a row."""
    return "\n" + re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n\n"
