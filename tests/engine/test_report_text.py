import re

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from syrupy.assertion import SnapshotAssertion

from forkpolicy.engine.console import Screen
from forkpolicy.engine.report.groups import ELSEWHERE, TOP, by_directory
from forkpolicy.engine.report.text import to_text
from forkpolicy.policy.decisions import Resolution
from forkpolicy.policy.names import RepoPath
from tests.hostile import HOSTILE
from tests.plans import EVERY, accepted, hostile, large, manual, review


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", EVERY)
def test_golden(name: str, width: int, snapshot: SnapshotAssertion) -> None:
    assert to_text(EVERY[name](), Screen(width)) == snapshot


@pytest.mark.parametrize("name", EVERY)
def test_it_is_as_wide_as_the_terminal_and_short(name: str) -> None:
    lines = to_text(EVERY[name](), Screen(80)).splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert len(lines) <= {"clean": 20, "up-to-date": 5, "refused": 10}.get(name, 60)


def test_it_says_who_decides_and_who_must() -> None:
    text = to_text(review(), Screen(120))
    assert "41  accept LiteLLM  rule untouched (carto-fork.yaml:41)" in text
    assert "1  keep CARTO  rule helm-chart" in text
    assert "Left for people: 1 of 43 conflicts" in text
    assert "#71 build: pin the proxy's dependencies" in text
    assert "git 2.39.5 agrees" in text


def test_many_files_are_told_by_rule_and_directory() -> None:
    text = to_text(large(), Screen(80))
    assert "600  rule project-file" in text
    assert "100  litellm/proxy/" in text


def test_what_is_deleted_is_told_as_such() -> None:
    gone = replace(accepted("gone.py"), results={RepoPath("gone.py"): None})
    kept = replace(gone, resolution=Resolution.KEEP_FORK, rule="retired")
    text = to_text(replace(review(), decisions=(accepted("a.py"), gone, kept)), Screen(120))
    assert re.search(r"2  accept LiteLLM  rule untouched \(.*\)  1 deleted", text)
    assert re.search(r"1  keep CARTO  rule retired \(.*\)  1 stays deleted", text)


def test_colour_only_where_asked_for() -> None:
    assert "\x1b" not in to_text(review(), Screen(80))
    coloured = to_text(review(), Screen(80, color=True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines()[0] == to_text(review(), Screen(80)).splitlines()[0]
    assert "\x1b[" in coloured


@pytest.mark.parametrize("color", [True, False], ids=["colour", "plain"])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_does_nothing(text: str, color: bool) -> None:
    shown = re.sub(r"\x1b\[[0-9;]*m", "", to_text(hostile(text), Screen(80, color=color)))
    assert shown.replace("\n", "").isprintable()
    assert not re.search(r"^\s*::[A-Za-z][^\n]*?::", shown, re.MULTILINE)
    assert "##[" not in shown
    assert len(shown) < 25_000


@pytest.mark.parametrize("path", ["deep/" * 30 + "file", "with spaces " * 12 + "file"], ids=["long", "with spaces"])
@pytest.mark.parametrize("files", [1, 15], ids=["by file", "by rule"])
def test_a_path_that_somebody_has_to_open_stays_on_one_line(path: str, files: int) -> None:
    decisions = tuple(manual(f"{path}{number:02}") for number in range(files))
    lines = to_text(replace(review(), decisions=decisions), Screen(80)).splitlines()
    assert [sum(each.path in line for line in lines) for each in decisions] == [1] * files


def test_rich_markup_is_only_text() -> None:
    coloured = to_text(hostile("[bold red]x[/] :smile:"), Screen(120, color=True))
    assert "[bold red]x[/] :smile:" in coloured


def test_directories() -> None:
    paths = ("a/b/c/1", "a/b/c/2", "a/b/d/3", "e/4", "5")
    assert by_directory(paths, 9) == (("a/b/c/", 2), ("a/b/d/", 1), ("e/", 1), (TOP, 1))
    assert by_directory(paths, 3) == (("a/b/", 3), ("e/", 1), (TOP, 1))
    assert by_directory(paths, 2) == (("a/", 3), (ELSEWHERE, 2))
    assert by_directory([], 2) == ()
