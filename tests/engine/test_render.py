import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest
from jinja2 import Environment

from forkpolicy.engine.render import MAX_OUTPUT, TemplateError, render, template_names
from forkpolicy.policy.errors import ForkpolicyError


def rendered(source: str, **data: object) -> str:
    return render("pull_request", data, {"pull_request": source})


def test_values_are_escaped() -> None:
    assert rendered("{{ x }}", x="*@a*") == "\\*@\u200ba\\*"


def test_what_is_made_of_safe_text_is_escaped_again() -> None:
    assert rendered("{{ x|safe }}", x="**b**") == "**b**"
    assert rendered("{{ x|safe ~ y }}", x="**", y="@a") == "\\*\\*@\u200ba"
    assert rendered("{{ [x|safe, y]|join('-') }}", x="**", y="@a") == "\\*\\*-@\u200ba"


def test_a_text_template_only_makes_lines_harmless() -> None:
    assert render("merge_message", {"x": "*a* #1\n\x1b[31m"}, {"merge_message": "{{ x }}"}) == "*a* #1\\n\\x1b[31m"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ 'a b'|code }}", "`a b`"),
        ("{{ 'a<b'|html }}", "a&lt;b"),
        ("{{ 'a b/c'|url }}", "a%20b/c"),
        ("{{ 'a]b'|mermaid }}", '"a?b"'),
        ("{{ 'do `this` *now*'|prose }}", "do `this` \\*now\\*"),
        ("{{ 'a```b'|fenced }}", "a'''b"),
        ("{{ 1234567|number }}", "1,234,567"),
        ("{{ '#1'|markdown('a/b') }}", "[a/b#\u200b1](https://redirect.github.com/a/b/issues/1)"),
        ("{{ none }}|{{ 3 }}", "|3"),
        ("{{ '\udcff'|safe }}", "\\udcff"),
    ],
)
def test_filters(source: str, text: str) -> None:
    assert rendered(source) == text


def test_a_fork_replaces_one_template_and_uses_the_others() -> None:
    overrides = {"pull_request": "{% include 'mine' %}", "mine": "hello {{ name }}"}
    assert render("pull_request", {"name": "x"}, overrides) == "hello x"
    assert "pull_request_versions" in template_names()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("a\n{% if %}", "template pull_request:2: Expected an expression"),
        ("a\n{{ nothing }}", "template pull_request:2: 'nothing' is undefined"),
        ("a\n{{ x.nothing.y }}", "template pull_request:2: 'dict object' has no attribute 'nothing'"),
        ("\n\n{{ 1 / 0 }}", "template pull_request:3: division by zero"),
        ("{{ x|wordcount }}", "template pull_request:1: No filter named 'wordcount'"),
        ("{% include 'pull_request' %}", "template pull_request: it includes itself"),
        ("{% include 'nothing' %}", "there is no template nothing"),
    ],
)
def test_errors_name_the_template_and_the_line(source: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        rendered(source, x={})
    assert caught.value.message.startswith(message)
    assert isinstance(caught.value, ForkpolicyError)


def test_an_error_in_an_included_template_names_that_one() -> None:
    with pytest.raises(TemplateError, match="template part:2: 'nothing' is undefined"):
        render("pull_request", {}, {"pull_request": "{% include 'part' %}", "part": "a\n{{ nothing }}"})


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ x.__init__.__globals__ }}",
        "{{ items.append(1) }}",
        "{{ self._TemplateReference__context }}",
        "{{ ''.format(1) }}",
        "{{ '{:>1000000000}'.format(1) }}",
        "{{ 'x'.center(1000000000) }}",
        "{{ 'x' * 1000000000 }}",
        "{{ items * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 'x'|center(1000000000) }}",
        "{{ range(1000000000)|length }}",
        "{% for a in range(9000) %}{% for b in range(9000) %}{% endfor %}{% endfor %}",
        "{% for a in range(9000) %}{{ long }}{% endfor %}",
        "{{ lipsum() }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    ],
)
def test_the_sandbox_holds(source: str) -> None:
    with pytest.raises(TemplateError):
        rendered(source, x={}, items=[1], long="y" * 300)


def test_the_output_is_capped() -> None:
    with pytest.raises(TemplateError, match="more than"):
        rendered("{{ x|safe }}", x="y" * (MAX_OUTPUT + 1))


class TestCompiledTemplates:
    """The package's templates are compiled once, like its modules."""

    SOURCE = "{% include 'pull_request_number' %}"
    DATA: ClassVar = {"number": 7, "labels": {"fork_repository": "a/b"}}

    @pytest.fixture(autouse=True)
    def kept(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
        monkeypatch.setattr(sys, "dont_write_bytecode", False)
        return tmp_path

    def text(self) -> str:
        return rendered(self.SOURCE, **self.DATA)

    def files(self, kept: Path) -> list[Path]:
        return [path for path in kept.rglob("*") if path.is_file()]

    def test_they_are_kept_and_taken(self, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        before = self.text()
        assert [path.name.split(".")[0] for path in self.files(kept)] == ["pull_request_number"]
        compiled: list[str] = []
        compile_ = Environment.compile

        def noted(environment: Environment, source: str, name: str, filename: str) -> Any:
            compiled.append(name)
            return compile_(environment, source, name, filename)

        monkeypatch.setattr(Environment, "compile", noted)
        assert self.text() == before
        assert compiled == ["pull_request"]

    def test_a_fork_s_own_are_not(self, kept: Path) -> None:
        own = {"pull_request": self.SOURCE, "pull_request_number": "own"}
        assert render("pull_request", {}, own) == "own"
        assert not self.files(kept)
        assert self.text() != "own"

    def test_other_or_broken_code_is_not_taken(self, kept: Path) -> None:
        before = self.text()
        (file,) = self.files(kept)
        for content in (b"", b"what is this", file.read_bytes()[:-9]):
            file.write_bytes(content)
            assert self.text() == before

    def test_each_kind_has_its_own(self, kept: Path) -> None:
        self.text()
        render("merge_message", self.DATA, {"merge_message": self.SOURCE})
        assert sorted(path.suffixes[-2] for path in self.files(kept)) == [".opt-md", ".opt-txt"]

    def test_none_is_kept_where_python_keeps_none(self, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        self.text()
        assert not self.files(kept)

    def test_a_place_that_takes_no_file_stops_nothing(self, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (kept / "file").touch()
        monkeypatch.setattr(sys, "pycache_prefix", str(kept / "file"))
        assert self.text()
