"""The audit: past syncs held against the policy, and what else history shows."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forkpolicy.engine import cli
from forkpolicy.engine.console import Output
from forkpolicy.engine.report.audit import as_data, renderers
from forkpolicy.policy.errors import RepositoryError, UsageError
from forkpolicy.policy.findings import Severity
from tests.audited import BASE, POLICY, Audited, found, verdicts
from tests.builder import START, RepositoryBuilder

RELEASE = {"code.txt": "upstream\n", "guide.md": "upstream\n", "version.txt": "2.0\n", "pages/1.html": "upstream\n"}
MARKED = "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n"


@pytest.fixture
def past(repository: RepositoryBuilder) -> Audited:
    return Audited(repository)


def synced(past: Audited, *, swapped: bool = False) -> Audited:
    """A sync with a conflict in code.txt and one in guide.md, and a page that git merges by itself."""
    past.release(RELEASE, "v2.0-stable")
    past.merge({"code.txt": "both\n", "guide.md": "fork\n", "pages/1.html": "base\n"}, swapped=swapped)
    return past


class TestVerdicts:
    def test_each_path_that_the_policy_decides_or_leaves_gets_one(self, past: Audited) -> None:
        report = synced(past).audit()

        assert verdicts(report) == [
            {
                "code.txt": ("default", "blend", "undecided"),
                "guide.md": ("docs", "fork", "agrees"),
                "pages/1.html": ("pages", "fork", "disagrees"),
            }
        ]
        assert (report.merges[0].release, report.merges[0].day) == ("v2.0-stable", f"{START:%Y-%m-%d}")

    def test_recorded_against_the_policy(self, past: Audited) -> None:
        past.release({"guide.md": "upstream\n", "old.txt": None, "code.txt": None}, "v2.0-stable")
        past.merge({"guide.md": "upstream\n", "old.txt": "base\n"})

        assert verdicts(past.audit())[0] == {
            "code.txt": ("default", "deleted", "undecided"),
            "guide.md": ("docs", "upstream", "disagrees"),
        }

    def test_what_a_rule_decides_without_a_conflict_counts_for_it(self, past: Audited) -> None:
        past.edit({"pages/2.html": "fork\n"})
        past.release({"pages/1.html": "upstream\n", "pages/2.html": "base\nupstream\n"}, "v2.0-stable")
        past.merge({"code.txt": "fork\n", "guide.md": "fork\n", "pages/2.html": "fork\n"})

        test = past.audit().backtest

        assert [(each.name, each.decided, each.agrees) for each in test.by_rule] == [("pages", 2, 1)]
        assert test.idle == ("never", "docs", "untouched")

    def test_what_a_rule_decides_just_as_git_merges_it_counts_and_is_no_conflict(self, past: Audited) -> None:
        past.release({f"pages/{number}.html": "upstream\n" for number in range(3)}, "v2.0-stable")
        past.merge({"pages/1.html": "base\n", "pages/2.html": None})

        report = past.audit()

        assert verdicts(report)[0] == {
            "pages/0.html": ("pages", "upstream", "agrees"),
            "pages/1.html": ("pages", "fork", "disagrees"),
            "pages/2.html": ("pages", "deleted", "disagrees"),
        }
        told = {each.path for each in report.findings if each.rule == "ownership"}
        assert told == {"pages/1.html", "pages/2.html"}
        assert report.backtest.conflicts == ()

    def test_under_exact_scope_what_the_merge_itself_changed_counts_too(self, repository: RepositoryBuilder) -> None:
        past = Audited(repository, POLICY.replace("applies: always", "scope: exact"))
        past.release({"old.txt": "upstream\n"}, "v2.0-stable")
        past.merge({"pages/1.html": "by hand\n"})

        assert verdicts(past.audit())[0] == {"pages/1.html": ("pages", "blend", "disagrees")}

    @pytest.mark.parametrize("swapped", [False, True])
    def test_they_do_not_depend_on_the_order_of_the_parents(self, past: Audited, swapped: bool) -> None:
        report = synced(past, swapped=swapped).audit()

        assert report.merges[0].sync.upstream_parent == past.upstream
        assert verdicts(report)[0]["guide.md"] == ("docs", "fork", "agrees")

    @pytest.mark.parametrize("swapped", [False, True])
    def test_plain_commit_ids_do_without_any_ref_of_upstream_s(self, past: Audited, swapped: bool) -> None:
        with_refs = verdicts(synced(past, swapped=swapped).audit())
        merge, upstream = past.production, past.upstream
        fork = next(each for each in past.audit().merges).sync.fork_parent

        assert verdicts(past.audit(refs=False, upstream_parents=(upstream,))) == with_refs
        assert verdicts(past.audit(merge, refs=False, upstream_parents=(upstream,))) == with_refs
        assert verdicts(past.audit(merge, refs=False, fork_parents=(fork,))) == with_refs

    def test_several_processes_come_to_the_same(self, past: Audited) -> None:
        for number in range(2, 5):
            past.release({"code.txt": f"{number}\n"}, f"v{number}.0-stable")
            past.merge({"code.txt": "fork\n", "guide.md": "fork\n"})

        one, two = past.audit(), past.audit(jobs=2)

        assert len(one.merges) == 3
        assert as_data(two) == as_data(one)

    def test_the_policy_of_that_day(self, past: Audited) -> None:
        past.edit({"carto-fork.yaml": POLICY.replace('"*.md"', '"*.rst"')})
        report = synced(past).audit(then=True)

        assert verdicts(report)[0]["guide.md"][0] == "default"
        assert verdicts(past.audit())[0]["guide.md"][0] == "docs"

    def test_a_merge_without_a_policy_of_that_day_is_told_and_stops_nothing(self, past: Audited) -> None:
        report = synced(past).audit(then=True)

        assert report.merges == ()
        assert found(report, "not-replayed")[0].endswith("has no policy carto-fork.yaml")


class TestWhichMerges:
    def test_since_a_day(self, past: Audited) -> None:
        synced(past)

        assert past.audit(since=datetime(2026, 6, 1, tzinfo=UTC)).merges == ()
        assert len(past.audit(since=START).merges) == 1

    def test_one_inside_a_sync_branch(self, past: Audited) -> None:
        before = past.production
        synced(past)
        inside = past.production
        past.production = past.repository.on(before, inside).write("x", "x").commit("Merge pull request #1 from x/sync")

        report = past.audit()

        assert [each.sync.commit for each in report.merges] == [inside]

    def test_one_that_production_has_not(self, past: Audited) -> None:
        before = past.production
        merge = synced(past).production
        past.production = before

        assert verdicts(past.audit(merge))[0]["guide.md"] == ("docs", "fork", "agrees")

    def test_one_that_a_later_sync_brought_from_another_fork(self, past: Audited) -> None:
        start = past.upstream
        past.release({"old.txt": "upstream\n"}, "v2.0-stable")
        for number in range(3):
            past.edit({"code.txt": f"{number}\n"})
        repository = past.repository
        elsewhere = repository.on(start).write("other.txt", "another fork's\n").commit("feat: other")
        inside = repository.on(elsewhere, past.upstream).write("old.txt", "upstream\n").commit("Merge v2.0")
        past.production = repository.on(past.production, inside).write("old.txt", "upstream\n").commit("Merge other")

        assert [each.sync.commit for each in past.audit().merges] == [past.production]
        assert past.audit(inside).merges[0].sync.upstream_parent == past.upstream

    def test_a_commit_that_is_no_merge(self, past: Audited) -> None:
        with pytest.raises(UsageError, match="is no merge of two commits"):
            past.audit(past.production)

    def test_sides_that_history_does_not_tell(self, past: Audited) -> None:
        merge = synced(past).production

        with pytest.raises(UsageError, match="does not tell which parent") as raised:
            past.audit(merge, refs=False)
        assert "--upstream-parent" in str(raised.value.hint)

    def test_a_commit_that_is_not_there(self, past: Audited) -> None:
        with pytest.raises(RepositoryError):
            past.audit("nowhere")


class TestFindings:
    def test_unreleased_commits_are_named_with_the_merge_that_brought_them_to_production(self, past: Audited) -> None:
        past.release({"code.txt": "upstream\n"}, "v2.0-stable")
        past.release({"new.txt": "x\n"}, None)
        before = past.production
        past.merge({"code.txt": "fork\n", "guide.md": "fork\n"})
        inside = past.production
        past.production = past.repository.on(before, inside).write("x", "x").commit("Merge pull request #1 from x/sync")

        [message] = found(past.audit(), "unreleased-upstream")

        assert message.startswith(f"{past.production[:10]} (Merge pull request #1 from x/sync) brought 1 commit of")

    def test_a_release_that_the_merge_contains_was_out_whatever_the_tree_says(self, past: Audited) -> None:
        past.release({"code.txt": "upstream\n"}, "v2.0-stable")
        past.merge({"code.txt": "fork\n", "guide.md": "fork\n"})

        assert found(past.audit(), "unreleased-upstream") == []

    def test_a_release_that_is_newer_than_the_tree_says_was_not_out(self, past: Audited) -> None:
        past.release(RELEASE, "v2.0-stable")
        unreleased = past.release({"new.txt": "x\n"}, None)
        past.release({"version.txt": "3.0\n"}, "v3.0-stable")
        past.upstream = unreleased
        past.merge({"code.txt": "fork\n", "guide.md": "fork\n"})

        assert len(found(past.audit(), "unreleased-upstream")) == 1

    def test_released_commits_are_none(self, past: Audited) -> None:
        assert found(synced(past).audit(), "unreleased-upstream") == []

    def test_a_squashed_sync(self, past: Audited) -> None:
        for number in range(6):
            past.release({f"file{number}.txt": "x\n"}, None)
        past.release({"last.txt": "x\n"}, "v2.0-stable")
        past.edit({f"file{number}.txt": "x\n" for number in range(6)} | {"last.txt": "x\n"}, "sync: LiteLLM")

        [message] = found(past.audit(), "squashed-sync")

        assert message.startswith(f"{past.production[:10]} brings LiteLLM's content without its history")

    def test_conflict_markers(self, past: Audited) -> None:
        past.release(RELEASE, "v2.0-stable")
        past.merge({"code.txt": MARKED, "guide.md": "fork\n"})

        [finding] = [each for each in past.audit().findings if each.rule == "conflict-markers"]

        assert (finding.path, finding.commit) == ("code.txt", past.production)

    def test_a_change_in_the_merge_itself(self, past: Audited) -> None:
        past.release(RELEASE, "v2.0-stable")
        past.merge({"code.txt": "x\n", "guide.md": "fork\n", "old.txt": "evil\n", "new.txt": "y\n", "config.txt": None})

        assert found(past.audit(), "evil-merge") == [
            f"{path} was {what} in the merge itself: neither side has it so, and nothing conflicted there"
            for path, what in (("config.txt", "deleted"), ("new.txt", "added"), ("old.txt", "changed"))
        ]

    def test_a_tag_that_names_a_release_which_production_does_not_contain(self, past: Audited) -> None:
        past.repository.tag("v1.0-carto.1.0.0", past.production)
        past.release(RELEASE, "v2.0-stable")
        past.edit({"version.txt": "2.0\n"})
        past.repository.tag("v2.0-carto.1.0.1", past.production)

        [message] = found(past.audit(), "tag-mismatch")

        assert message.startswith("the tag v2.0-carto.1.0.1 says upstream 2.0")

    def test_a_customization_that_was_lost_and_when(self, past: Audited) -> None:
        lost = past.edit({"config.txt": "port 2\n"}, "chore: tidy")
        past.edit({"code.txt": "more\n"})

        [finding] = [each for each in past.audit().findings if each.rule == "customization-lost"]

        assert (finding.commit, finding.path) == (lost, "config.txt")
        assert finding.severity is Severity.NOTE
        assert "edits the customization “own port”" in finding.message
        assert finding.message.endswith("since 2026-01-01 (chore: tidy), and carto/main lacks it still")

    def test_a_customization_that_a_sync_lost(self, past: Audited) -> None:
        past.release(RELEASE | {"config.txt": "port 3\n"}, "v2.0-stable")
        lost = past.merge({"code.txt": "fork\n", "guide.md": "fork\n"})
        past.edit({"code.txt": "more\n"})

        [finding] = [each for each in past.audit().findings if each.rule == "customization-lost"]

        assert (finding.severity, finding.commit) == (Severity.ERROR, lost)

    def test_a_customization_that_came_back_is_none(self, past: Audited) -> None:
        past.edit({"config.txt": "port 2\n"})
        past.edit({"config.txt": BASE["config.txt"]})

        assert found(past.audit(), "customization-lost") == []

    def test_what_the_policy_waives_is_shown_as_that(self, past: Audited) -> None:
        waiver = "{ finding: conflict-markers, path: code.txt, reason: known, expires: 2026-12-31 }"
        past.policy += f"check:\n  waivers: [{waiver}]\n"
        past.release(RELEASE, "v2.0-stable")
        past.merge({"code.txt": MARKED, "guide.md": "fork\n"})

        report = past.audit()

        assert [each.finding.rule for each in report.waived] == ["conflict-markers"]
        assert not report.has_errors


class TestOutputs:
    def test_json_is_as_contracted(self, past: Audited) -> None:
        document = json.loads(renderers(synced(past).audit(), Output())["json"]())

        assert document["schema"] == "forkpolicy.audit/1"
        merge = document["merges"][0]
        contracted = ["commit", "fork_parent", "upstream_parent", "release", "paths"]
        assert list(merge)[:5] == contracted
        assert list(merge["paths"][0]) == ["path", "kind", "decision", "recorded", "side", "verdict"]
        assert merge["paths"][0]["kind"] == "content"
        rules = {each["rule"]: each for each in document["rules"]}
        assert rules["docs"] == {"rule": "docs", "decided": 1, "agrees": 1, "disagrees": 0, "undecided": 0}
        summary = {"merges": 1, "conflicts": 2, "decided": 1, "agrees": 1, "disagrees": 0}
        assert summary.items() <= document["summary"].items()
        assert [(each["rule"], each["path"]) for each in document["findings"]] == [("ownership", "pages/1.html")]

    @pytest.mark.parametrize("format_", ["text", "markdown"])
    def test_people_read_merges_findings_and_scores(self, past: Audited, format_: str) -> None:
        past.release(RELEASE, "v2.0-stable")
        past.merge({"code.txt": MARKED, "guide.md": "upstream\n"})

        page = renderers(past.audit(), Output())[format_]()

        for expected in (
            "v2.0-stable: sync: LiteLLM",
            "recorded upstream against docs",
            "guide.md",
            "conflict-markers",
        ):
            assert expected in page
        for expected in ("this policy", "everything to a person", "repeat the last", "50.0 %", "never", "untouched"):
            assert expected in page

    def test_the_command_exits_with_1_for_an_error(
        self, past: Audited, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        policy = tmp_path / "carto-fork.yaml"
        policy.write_text(POLICY)
        past.release(RELEASE, "v2.0-stable")
        past.merge({"code.txt": MARKED, "guide.md": "fork\n"})
        past.audit()
        command = ["-C", str(past.repository.path), "--policy", str(policy), "audit"]

        assert cli.run(command) == 1
        assert "conflict-markers" in capsys.readouterr().out
        assert cli.run([*command, "--exit-zero", past.production, "--format", "json"]) == 0
        assert json.loads(capsys.readouterr().out)["summary"]["merges"] == 1
        assert cli.run([*command, "--all", past.production]) == 2
        assert cli.run([*command, "--fork-parent", past.production]) == 2
