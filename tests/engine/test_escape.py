import re
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forkpolicy.engine.escape import (
    CUT,
    code_span,
    fenced,
    html,
    markdown,
    mermaid,
    one_line,
    prose,
    shell,
    terminal,
    url,
)
from tests.hostile import HOSTILE
from tests.rendered import GITHUB_LINKS, page

MARKUP = st.text(alphabet="ab1 \t\n@#`|*_[]()<>&;!~$\\-+=./:\u202e\u200b\udcff", max_size=40)
SOME_TEXT = {name: text for name, text in HOSTILE.items() if text.strip()}
EVERY_TEXT = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
SURROUNDINGS = ("{}", "a {} b", "- {}", "1. a\n   - {}", "# {}", "| a | b |\n|---|---|\n| {} | c |", "**{}**")


def words(text: str) -> str:
    return " ".join(text.replace("\u200b", "").split())


def assert_nothing_appears(escaped: str) -> None:
    """Wherever it stands, the text brings no element but code, no link and no mention."""
    for surroundings in SURROUNDINGS:
        shown = page(surroundings.format(escaped))
        assert shown.tags - page(surroundings.format("x")).tags <= {"code"}
        assert shown.links == []
        assert not GITHUB_LINKS.search(shown.outside_code)


def commands_of_a_log(text: str) -> list[str]:
    """What GitHub's runner would take as a command, however the text is wrapped."""
    return re.findall(r"::[A-Za-z][\w-]*(?:\s[^:]*)?::|##\[", text)


@EVERY_TEXT
def test_one_line_shows_everything_and_is_short(text: str) -> None:
    assert one_line(text).isprintable()
    assert len(one_line(text, 80)) <= 80


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31m", r"\x1b[31m"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\u202eevil\u2066", r"\u202eevil\u2066"),
        ("pass\u200bword\ufeff", r"pass\u200bword\ufeff"),
        ("caf\udce9\udcff", r"caf\xe9\xff"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("café 日本 🎉", "café 日本 🎉"),
    ],
)
def test_one_line_by_example(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_what_is_cut_says_so() -> None:
    assert one_line("a" * 11, 10) == "a" * 9 + CUT
    assert one_line("a" * 10, 10) == "a" * 10


@EVERY_TEXT
def test_terminal_runs_nothing(text: str) -> None:
    assert terminal(text).isprintable()
    assert commands_of_a_log(terminal(text)) == []


def test_terminal_leaves_ordinary_colons_alone() -> None:
    assert terminal("tests/test_router.py::test_it") == "tests/test_router.py::test_it"
    assert terminal("::error::x") == r":\x3aerror::x"


@pytest.mark.parametrize("text", SOME_TEXT.values(), ids=SOME_TEXT.keys())
def test_markdown_is_only_text(text: str) -> None:
    assert_nothing_appears(markdown(text))


@settings(deadline=None)
@given(MARKUP)
def test_markdown_renders_as_the_text_itself(text: str) -> None:
    assert words(page(f"x {markdown(text)} y").text) == words(f"x {one_line(text)} y")


@settings(deadline=None)
@given(MARKUP)
def test_code_renders_as_the_text_itself_in_a_table_too(text: str) -> None:
    shown = page(f"| a | b |\n|---|---|\n| {code_span(text)} | c |")
    assert words(shown.text) == words(f"a b {one_line(text)} c")
    assert shown.tags == {"table", "thead", "tbody", "tr", "th", "td", "code"}


@EVERY_TEXT
def test_code_is_only_code(text: str) -> None:
    assert_nothing_appears(code_span(text))


def test_ordinary_code_uses_backticks() -> None:
    assert code_span("litellm/proxy/out_(a)/[id]/page.html") == "`litellm/proxy/out_(a)/[id]/page.html`"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("thanks @everyone", "thanks @\u200beveryone"),
        ("Fixes #1", "Fixes #\u200b1"),
        ("closes a/b#2", "closes a/b#\u200b2"),
        ("GH-3", "GH-\u200b3"),
        ("see https://x.org/y_z", "see `https://x.org/y_z`"),
        ("reverts 0123456789abcdef", "reverts `0123456789abcdef`"),
        ("add `x` to snake_case", r"add \`x\` to snake\_case"),
    ],
)
def test_markdown_by_example(text: str, shown: str) -> None:
    assert markdown(text) == shown


def test_numbers_of_another_repository_are_linked_without_a_ping() -> None:
    shown = page(markdown("feat: x (#123)", "BerriAI/litellm"))
    assert shown.links == ["https://redirect.github.com/BerriAI/litellm/issues/123"]
    assert words(shown.text) == "feat: x (BerriAI/litellm#123)"
    assert "#123" not in markdown("Fixes #123", "BerriAI/litellm")


@EVERY_TEXT
def test_prose_keeps_code_and_nothing_else(text: str) -> None:
    shown = page(prose(text))
    assert shown.tags <= {"p", "code"}
    assert not GITHUB_LINKS.search(shown.outside_code)


def test_prose_keeps_its_own_code_spans() -> None:
    assert prose("Keep `# CARTO:`,\nthen @ask") == "Keep `# CARTO:`, then @\u200bask"


@EVERY_TEXT
def test_html_stays_inside_its_element(text: str) -> None:
    shown = page(f"<details><summary>{html(text)}</summary>\n\nx\n\n</details>")
    assert shown.tags == {"details", "summary", "p"}
    assert not GITHUB_LINKS.search(shown.outside_code)


@EVERY_TEXT
def test_a_fence_is_not_closed(text: str) -> None:
    shown = page(f"```\n{fenced(text)}\n```\n\nafter")
    assert shown.tags == {"pre", "code", "p"}
    assert shown.outside_code.strip() == "after"


@EVERY_TEXT
def test_urls_are_one_word_of_ascii(text: str) -> None:
    assert re.fullmatch(r"[\w.~/%-]*", url(text), re.ASCII)


@EVERY_TEXT
def test_labels_of_a_diagram_have_no_markup(text: str) -> None:
    assert re.fullmatch(r'"[\w ./+?-]*"', mermaid(text), re.ASCII)


def test_the_shell_gets_the_very_bytes() -> None:
    short = [text for text in HOSTILE.values() if len(text) < 1000 and "\x00" not in text and "\ud800" not in text]
    script = "printf '%s\\0' " + " ".join(map(shell, short))
    output = subprocess.run(["bash", "-c", script], check=True, capture_output=True).stdout
    assert output.split(b"\0")[:-1] == [text.encode("utf-8", "surrogateescape") for text in short]


@EVERY_TEXT
def test_the_shell_gets_one_line_of_ascii(text: str) -> None:
    assert shell(text).isascii()
    assert shell(text).isprintable()
