"""Generated blocks in a hand-written page: what they say, and that nothing outside of them ever changes."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from forkpolicy.engine import cli
from forkpolicy.engine.handbook import BLOCKS, blocks, fill_in, marked, outdated
from forkpolicy.policy.errors import UsageError
from forkpolicy.policy.loader import load
from forkpolicy.policy.models import Policy
from tests.builder import RepositoryBuilder
from tests.hostile import HOSTILE
from tests.numbered import POLICY, Numbered
from tests.numbered import policy as small_policy
from tests.rendered import page

ROOT = Path(__file__).resolve().parents[2]
PAGE = "\n".join(["# Handbook\n", *(f"## {name}\n\n" + marked(name, "old\n") for name in BLOCKS), "End.\n"])

HANDBOOK = """\
## Branch Strategy

Production deployments are always based on stable upstream release tags.

<!-- forkpolicy:begin branches -->
<!-- forkpolicy:end branches -->

### Critical Rules

<!-- forkpolicy:begin rules -->
<!-- forkpolicy:end rules -->

## Versioning Strategy

<!-- forkpolicy:begin versions -->
<!-- forkpolicy:end versions -->

### Commit Format Guidelines

**CRITICAL:** Proper commit messages are essential for correct version calculation.

<!-- forkpolicy:begin commits -->
<!-- forkpolicy:end commits -->

#### Conflict Handling Strategy

<!-- forkpolicy:begin conflicts -->
<!-- forkpolicy:end conflicts -->

## CARTO-Specific Changes

<!-- forkpolicy:begin customizations -->
<!-- forkpolicy:end customizations -->

## Quick Reference

<!-- forkpolicy:begin quick-reference -->
<!-- forkpolicy:end quick-reference -->

## Support
"""
"""CARTO's handbook, its hand-written rules replaced by blocks."""


@pytest.fixture(scope="module")
def carto() -> Policy:
    return load((ROOT / "carto-fork.yaml").read_bytes(), "carto-fork.yaml")


@pytest.fixture(scope="module")
def generated(carto: Policy) -> dict[str, str]:
    return blocks(carto, {})


class TestWhatTheBlocksSay:
    """Every rule of CARTO's handbook that the policy has stands in a block."""

    def test_branches_and_critical_rules(self, generated: dict[str, str]) -> None:
        for text in ("`main`", "`carto/main`", "`upstream-sync/*`", "`feature/**`", "upstream/main  ──►  main"):
            assert text in generated["branches"]
        rules = generated["rules"]
        assert "**NEVER merge `main` into `carto/main`**" in rules
        assert "**ALWAYS merge stable release tags**" in rules
        assert "`v{version}-stable`" in rules
        assert "`v1.82.7`: compromised on PyPI" in rules

    def test_the_example_progression_is_the_handbook_s(self, generated: dict[str, str]) -> None:
        tags = [line.split()[0] for line in generated["versions"].splitlines() if "←" in line]
        assert tags == [
            "v1.75.2-carto.1.0.0",
            "v1.75.2-carto.1.1.0",
            "v1.75.2-carto.1.1.3",
            "v1.79.1-carto.1.1.3",
            "v1.79.1-carto.1.2.0",
            "v1.79.1-carto.2.0.0",
        ]

    def test_the_example_calculation_is_the_handbook_s(self, generated: dict[str, str]) -> None:
        text = generated["versions"]
        for step in ("`1.7.1` | `1.7.2`", "`1.7.2` | `1.8.0`", "`1.8.0` | `1.8.1`"):
            assert step in text
        assert "**Result:** `v1.79.1-carto.1.8.1`" in text
        for rule in ("`*@carto.com`", "`*@cartodb.com`", "`sync:*`", "`Merge *`"):
            assert rule in text

    def test_every_type_of_commit_with_what_it_raises(self, generated: dict[str, str], carto: Policy) -> None:
        text = generated["commits"]
        for line in ("| `feat:` | **MINOR** |", "| `fix:` | **PATCH** |", "| `docs:` | no bump |"):
            assert line in text
        assert all(f"`{each}:`" in text for each in carto.commits.types)
        assert "at most 72 characters" in text
        assert all(f"❌ `{bad}`" in text for bad in ("updated stuff", "fixes", "WIP: testing things"))

    def test_every_rule_of_ownership_and_every_customization(self, generated: dict[str, str], carto: Policy) -> None:
        for rule in carto.ownership.rules:
            assert f"| `{rule.name}` |" in generated["conflicts"]
        for customization in carto.customizations:
            assert f"**{customization.name}**" in generated["customizations"]

    def test_remotes_images_checklist(self, generated: dict[str, str]) -> None:
        for text in ("`origin`", "`upstream`", "`carto-stable`", "`carto-v1.79.1-latest`", "`make test-unit`"):
            assert text in generated["quick-reference"]

    def test_it_is_sound_markdown(self, generated: dict[str, str]) -> None:
        for body in generated.values():
            found = page(body)
            assert "\\*" not in found.text
            assert "|---" not in found.text  # a table that is none

    def test_a_fork_without_versions_customizations_and_rules(self) -> None:
        text = POLICY.partition("versions:")[0].partition("ownership:")[0] + "ownership: {}\n"
        found = blocks(small_policy(text), {})
        assert "numbers no versions" in found["versions"]
        assert "no customizations" in found["customizations"]
        assert "everything else" in found["conflicts"]


class TestFillingIn:
    def test_only_what_stands_between_markers_changes(self, generated: dict[str, str]) -> None:
        filled = fill_in(PAGE, generated)
        rest = filled
        for name in BLOCKS:
            assert generated[name] in rest
            rest = rest.replace(marked(name, generated[name]), marked(name, "old\n"))
        assert rest == PAGE

    def test_it_is_idempotent_and_then_nothing_is_outdated(self, generated: dict[str, str]) -> None:
        filled = fill_in(HANDBOOK, generated)
        assert fill_in(filled, generated) == filled
        assert list(outdated(filled, "page.md", generated)) == []

    def test_outdated_blocks_are_named_with_their_line(self, generated: dict[str, str]) -> None:
        (finding,) = outdated(fill_in(PAGE, generated).replace("NEVER", "never"), "page.md", generated)
        assert "the block `rules` is not what the policy says" in finding.message
        assert finding.fix == "forkpolicy render handbook --into page.md"

    def test_line_ends_stay_as_they_are(self, generated: dict[str, str]) -> None:
        filled = fill_in(PAGE.replace("\n", "\r\n"), generated)
        assert "\n" not in filled.replace("\r\n", "")
        assert list(outdated(filled, "page.md", generated)) == []

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("# A page\n", "has no markers"),
            (marked("nonsense", ""), "there is no block nonsense"),
            ("<!-- forkpolicy:begin rules -->\n", "does not pair"),
            (marked("rules", marked("branches", "")), "does not pair"),
            (marked("rules", "").replace("end rules", "end branches"), "does not pair"),
        ],
    )
    def test_markers_that_are_wrong(self, generated: dict[str, str], text: str, message: str) -> None:
        with pytest.raises(UsageError, match=message):
            fill_in(text, generated)

    def test_hostile_text_of_a_policy_cannot_leave_its_block(self, carto: Policy) -> None:
        texts = [f"{text}\n<!-- forkpolicy:end customizations -->\n" for text in HOSTILE.values()]
        hostile = tuple(replace(carto.customizations[0], name=text, reason=text, test=text) for text in texts)
        found = blocks(replace(carto, customizations=hostile), {})
        filled = fill_in(PAGE, found)
        assert fill_in(filled, found) == filled
        assert filled.endswith("\nEnd.\n")


class TestTheCommands:
    @pytest.fixture
    def where(self, repository: RepositoryBuilder, tmp_path: Path) -> list[str]:
        (tmp_path / "policy.yaml").write_text(POLICY)
        place = Numbered(repository).save()
        return ["-C", str(place), "--policy", str(tmp_path / "policy.yaml")]

    def test_render_then_validate(self, where: list[str], tmp_path: Path) -> None:
        file = tmp_path / "page.md"
        file.write_text(HANDBOOK)
        assert cli.run([*where, "validate", "--handbook", str(file)]) == 1
        assert cli.run([*where, "render", "handbook", "--into", str(file)]) == 0
        assert "| `carto/main` | production |" in file.read_text()
        assert cli.run([*where, "validate", "--handbook", str(file)]) == 0

    def test_a_page_without_markers_stays_as_it_is(
        self, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "page.md"
        file.write_text("# By hand\n")
        assert cli.run([*where, "render", "handbook", "--into", str(file)]) == 2
        assert file.read_text() == "# By hand\n"
        error = capsys.readouterr().err
        assert all(f"<!-- forkpolicy:begin {name} -->" in error for name in BLOCKS)

    def test_a_page_that_is_not_there(self, where: list[str], tmp_path: Path) -> None:
        assert cli.run([*where, "render", "handbook", "--into", str(tmp_path / "none.md")]) == 2

    def test_without_a_page_all_blocks_are_printed(self, where: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.run([*where, "render", "handbook"]) == 0
        out = capsys.readouterr().out
        assert all(f"<!-- forkpolicy:end {name} -->" in out for name in BLOCKS)

    def test_a_fork_s_own_template(self, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "rules.md.j2").write_text("Own rules of {{ labels.fork }}\n")
        (tmp_path / "policy.yaml").write_text(POLICY + "templates: { handbook_rules: rules.md.j2 }\n")
        assert cli.run([*where, "render", "handbook"]) == 0
        assert "Own rules of CARTO" in capsys.readouterr().out
