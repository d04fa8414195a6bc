"""What commits do to the version: the handbook's examples, and what does not count."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from forkpolicy.policy.models import Versions
from forkpolicy.policy.names import CommitId
from forkpolicy.policy.version_rules import OwnCommit, PassedOver, effects
from forkpolicy.policy.versions import Bump, VersionFormat
from tests.numbered import policy

FORMAT = VersionFormat("v{upstream}-carto.{major}.{minor}.{patch}", ("carto-v{upstream}-{major}.{minor}.{patch}",))


def rules() -> Versions:
    found = policy().versions
    assert found is not None
    return found


def own(text: str, email: str = "dev@carto.com", name: str = "Dev") -> OwnCommit:
    return OwnCommit(CommitId("a" * 40), text, name, email, datetime(2026, 1, 1, tzinfo=UTC))


def after(start: str, *messages: str, upstream: str | None = None) -> str:
    current = FORMAT.parse(start)
    assert current is not None
    found = effects(map(own, messages), rules(), current, upstream or current.upstream)
    return FORMAT.tag(found[-1].version) if found else FORMAT.tag(current.on(upstream or current.upstream))


class TestHandbook:
    """Every example and every row of the handbook's section on versions."""

    def test_the_example_calculation(self) -> None:
        commits = (
            "fix: resolve metadata null check",
            "feat: add streaming improvements",
            "fix: correct error handling",
        )
        assert after("v1.79.1-carto.1.7.1", *commits) == "v1.79.1-carto.1.8.1"
        found = effects(map(own, commits), rules(), FORMAT.parse("v1.79.1-carto.1.7.1"), "1.79.1")
        assert [each.version.own for each in found] == ["1.7.2", "1.8.0", "1.8.1"]

    def test_a_sync_keeps_the_fork_s_part(self) -> None:
        assert after("v1.79.1-carto.1.8.1", upstream="1.79.3") == "v1.79.3-carto.1.8.1"

    def test_the_example_progression(self) -> None:
        assert after("v1.75.2-carto.1.0.0", "feat: one") == "v1.75.2-carto.1.1.0"
        assert after("v1.75.2-carto.1.1.0", "fix: one", "fix: two", "fix: three") == "v1.75.2-carto.1.1.3"
        assert after("v1.75.2-carto.1.1.3", upstream="1.79.1") == "v1.79.1-carto.1.1.3"
        assert after("v1.79.1-carto.1.1.3", "feat: another") == "v1.79.1-carto.1.2.0"
        assert after("v1.79.1-carto.1.2.0", "feat!: redesign") == "v1.79.1-carto.2.0.0"

    @pytest.mark.parametrize(
        ("message", "bump"),
        [
            ("feat: add Vertex AI labels support", Bump.MINOR),
            ("feature: add Vertex AI labels support", Bump.MINOR),
            ("fix: resolve Prisma CLI path issue", Bump.PATCH),
            ("bugfix: resolve Prisma CLI path issue", Bump.PATCH),
            ("feat!: redesign authentication API", Bump.MAJOR),
            ("fix(auth)!: redesign authentication API", Bump.MAJOR),
            ("feat: redesign\n\nBREAKING CHANGE: auth config format changed", Bump.MAJOR),
            ("chore: redesign\n\nBREAKING-CHANGE: auth config format changed", Bump.MAJOR),
            ("BREAKING CHANGE: auth config format changed", Bump.MAJOR),
            ("breaking: redesign", Bump.MAJOR),
            ("major: redesign", Bump.MAJOR),
            ("FEAT(Proxy): in any case", Bump.MINOR),
            *((f"{name}: something", Bump.NONE) for name in ("docs", "style", "refactor", "perf", "test")),
            *((f"{name}: something", Bump.NONE) for name in ("build", "ci", "chore")),
            ("updated stuff", Bump.NONE),
            ("fixes", Bump.NONE),
            ("WIP: testing things", Bump.NONE),
        ],
    )
    def test_every_row_of_its_tables(self, message: str, bump: Bump) -> None:
        (found,) = effects([own(message)], rules(), FORMAT.parse("v1.79.1-carto.1.7.1"), "1.79.1")
        assert found.bump is bump
        assert found.passed_over is None

    def test_a_legacy_version_is_carried_on(self) -> None:
        assert after("carto-v1.75.2-1.74.297", "fix: one") == "v1.75.2-carto.1.74.298"


class TestWhatDoesNotCount:
    @pytest.mark.parametrize(
        ("commit", "why"),
        [
            (replace(own("feat: a merge with a good title"), is_merge=True), PassedOver.MERGE),
            (replace(own("fix: resolve conflicts"), lost_sync="40 of 41 paths"), PassedOver.LOST_SYNC),
            (own("sync: merge upstream v1.79.3"), PassedOver.SUBJECT),
            (own("Merge branch 'main' into x"), PassedOver.SUBJECT),
            (own("feat: by somebody else", "someone@example.com"), PassedOver.AUTHOR),
            (own("feat: nearly", "dev@carto.com.example.org"), PassedOver.AUTHOR),
        ],
    )
    def test_it_raises_nothing_and_says_why(self, commit: OwnCommit, why: PassedOver) -> None:
        current = FORMAT.parse("v1.79.1-carto.1.7.1")
        (found,) = effects([commit], rules(), current, "1.79.1")
        assert (found.passed_over, found.bump, found.version) == (why, Bump.NONE, current)

    def test_what_others_did_is_news_and_syncs_are_none(self) -> None:
        commits = [own("feat: x", "someone@example.com"), own("sync: x"), own("docs: x")]
        found = effects(commits, rules(), FORMAT.parse("v1.79.1-carto.1.7.1"), "1.79.1")
        assert [each.is_news for each in found] == [True, False, True]

    def test_names_match_as_well_as_addresses_in_any_case(self) -> None:
        by_name = replace(rules(), authors=("jose maria vilaplana",))
        commit = own("fix: x", "josemaria@example.com", "Jose Maria Vilaplana")
        (found,) = effects([commit], by_name, FORMAT.parse("v1.79.1-carto.1.7.1"), "1.79.1")
        assert found.version.own == "1.7.2"

    def test_without_patterns_everybody_counts(self) -> None:
        everybody = replace(rules(), authors=())
        (found,) = effects([own("fix: x", "a@b.c")], everybody, FORMAT.parse("v1.79.1-carto.1.7.1"), "1.79.1")
        assert found.version.own == "1.7.2"


def test_other_commits_raise_what_the_policy_says() -> None:
    script = replace(rules(), bumps=replace(rules().bumps, other="patch"))
    found = effects([own("docs: x"), own("updated stuff")], script, FORMAT.parse("v1.79.1-carto.1.0.20"), "1.79.1")
    assert found[-1].version.own == "1.0.22"


def test_before_the_first_version_nothing_is_raised() -> None:
    found = effects([own("feat!: x"), own("fix: y")], rules(), None, "1.79.1")
    assert {each.version.own for each in found} == {"1.0.0"}
