"""Markdown as GitHub shows it: rendered with HTML let through, read as tags, links and text outside code.

GitHub turns mentions, issue numbers and bare URLs of the rendered text into links, except in code.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it import MarkdownIt

GITHUB_LINKS = re.compile(
    r"(?<!\w)@\w"  # a mention
    r"|(?<!\w)#\d|(?<![A-Za-z])GH-\d|[\w-]+/[\w.-]+#\d"  # an issue
    r"|\w+://\w|(?<!\w)www\.\w|\w@\w"  # an autolink
    r"|(?<!\w)[0-9a-f]{40}(?!\w)",  # a commit
    re.IGNORECASE,
)
"""What GitHub would make a link or a mention of."""

_GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


@dataclass
class Page(HTMLParser):
    """What a browser gets."""

    tags: set[str] = field(default_factory=set[str])
    links: list[str] = field(default_factory=list[str])
    text: str = ""
    outside_code: str = ""
    open_tags: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src") or name.startswith("on")]
        if tag not in ("br", "img", "hr", "input"):
            self.open_tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open_tags.pop() == tag, f"</{tag}> closes something else"

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment hides text: {data[:80]}")

    def handle_data(self, data: str) -> None:
        self.text += data
        if not {"code", "pre", "a"} & set(self.open_tags):
            self.outside_code += data


def page(markdown: str) -> Page:
    """Render Markdown and read it."""
    found = Page()
    found.feed(_GITHUB.render(markdown))
    found.close()
    assert not found.open_tags
    return found
