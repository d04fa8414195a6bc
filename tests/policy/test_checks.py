"""Every check with its own examples, under one policy."""

import importlib
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest

from forkpolicy.policy import checks
from forkpolicy.policy.checks.all import CHECKS
from forkpolicy.policy.checks.check import Check
from forkpolicy.policy.checks.names import NAMES
from tests.numbered import policy

PAGES = Path(__file__).resolve().parents[2] / "docs" / "findings"
_HELPERS = {"all", "check", "names"}
MODULES = {
    each.name: importlib.import_module(f"{checks.__name__}.{each.name}")
    for each in pkgutil.iter_modules(checks.__path__)
    if each.name not in _HELPERS
}
EXAMPLES = [
    pytest.param(module, example, id=f"{name}: {example.what}")
    for name, module in MODULES.items()
    for example in module.EXAMPLES
]


@pytest.mark.parametrize(("module", "example"), EXAMPLES)
def test_the_example_says_what_it_shows(module: Any, example: Any) -> None:
    found = [each.message for each in module.judge(policy(), example.facts)]

    assert found == list(example.messages)


@pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
def test_every_check_shows_what_passes_and_what_fails(module: Any) -> None:
    assert any(example.messages for example in module.EXAMPLES)
    assert any(not example.messages for example in module.EXAMPLES)


def test_a_policy_may_speak_of_every_check() -> None:
    assert [each.name for each in CHECKS] == [name for name in NAMES if name in {each.name for each in CHECKS}]


def test_every_module_is_a_check_and_is_called_like_its_finding() -> None:
    names = {each.name.replace("-", "_") for each in CHECKS}

    assert names == set(MODULES)
    assert all(module.CHECK in CHECKS for module in MODULES.values())


@pytest.mark.skipif(not PAGES.is_dir(), reason="an sdist has no docs")
class TestPages:
    @pytest.mark.parametrize("check", CHECKS, ids=[each.name for each in CHECKS])
    def test_every_check_has_one(self, check: Check) -> None:
        page = (PAGES / f"{check.name}.md").read_text()

        assert page.startswith(f"# `{check.name}`\n\n{check.severity.capitalize()}")
        assert [line for line in page.splitlines() if line in ("## Why", "## What to do")] == [
            "## Why",
            "## What to do",
        ]
        assert re.search(r"^## (Changing or w|W)aiving it$", page, re.MULTILINE)

    def test_there_are_no_others(self) -> None:
        assert {each.stem for each in PAGES.glob("*.md")} == {each.name for each in CHECKS}

    def test_the_table_of_the_gate_has_all_of_them(self) -> None:
        rows = re.findall(
            r"^\| \[(.+)\]\(findings/(.+)\.md\) \| (.+) \|$", (PAGES.parent / "check.md").read_text(), re.M
        )

        assert rows == [(each.name, each.name, each.fails_when) for each in CHECKS]
