"""The gate: what it finds in what head adds to base."""

from datetime import UTC, date, datetime

import pytest

from forkpolicy.engine.status import fork_status
from forkpolicy.policy.errors import RepositoryError
from forkpolicy.policy.findings import Severity
from tests.builder import RepositoryBuilder
from tests.gated import POLICY_FILE, Gated, messages, rules
from tests.numbered import NOW, POLICY, policy

MARKED = "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> main\n"


@pytest.fixture
def fork(repository: RepositoryBuilder) -> Gated:
    return Gated(repository)


class TestBranches:
    def test_a_topic_passes(self, fork: Gated) -> None:
        report = fork.check(fork.on(fork.on(fork.production, "feat: one"), "fix: two"))

        assert report.status == "passed"
        assert rules(report, "warning") == []
        assert report.commits == 2

    def test_the_mirror_does_not(self, fork: Gated) -> None:
        assert "forbidden-merge" in fork.errors(fork.upstream_commit(), "main")

    def test_nor_under_another_name(self, fork: Gated) -> None:
        head = fork.upstream_commit()

        assert fork.errors(head, "feature/x") == ["forbidden-merge", "unreleased-upstream"]
        assert fork.errors(head, None) == ["forbidden-merge", "unreleased-upstream", "not-a-release"]

    def test_the_mirror_s_own_merges_are_the_mirror(self, fork: Gated) -> None:
        own = fork.repository.on(fork.upstream_commit(), fork.production).commit("Merge branch 'carto/main'")
        fork.repository.branch("main", own)

        assert "forbidden-merge" in fork.errors(own, "feature/x")

    def test_a_contributor_s_main_is_a_topic(self, fork: Gated) -> None:
        head = fork.on(fork.production, "feat: from outside")

        assert fork.errors(head, "main", "somebody/litellm") == []
        assert fork.errors(head, "main", "CartoDB/litellm") == ["forbidden-merge"]

    def test_a_contributor_s_main_with_upstream_s_commits_fails_by_content(self, fork: Gated) -> None:
        assert "unreleased-upstream" in fork.errors(fork.upstream_commit(), "main", "somebody/litellm")

    def test_a_topic_that_aims_at_the_mirror(self, fork: Gated) -> None:
        report = fork.check(fork.on(fork.production, "feat: one"), base="main")

        assert rules(report, "error") == ["wrong-base"]

    def test_upstream_s_commits_belong_on_the_mirror(self, fork: Gated) -> None:
        before = fork.production
        report = fork.check(fork.upstream_commit(), "upstream/main", base="main", at=before)

        assert report.status == "passed"

    def test_a_branch_that_nothing_matches_is_a_topic_with_a_note(self, fork: Gated) -> None:
        report = fork.check(fork.on(fork.production, "feat: one"), "odd")

        assert messages(report, "unknown-branch") == ["no entry of `branches` matches `odd`: it counts as a topic"]

    def test_a_base_that_nobody_named_is_production(self, fork: Gated) -> None:
        report = fork.check(fork.upstream_commit(), "main", base=None)

        assert "forbidden-merge" in rules(report, "error")

    def test_what_was_pushed_to_production_is_judged_by_content(self, fork: Gated) -> None:
        topic = fork.on(fork.production, "feat: one")
        mirrored = fork.sync(fork.upstream_commit(), "Merge branch 'main' into carto/main")

        assert fork.errors(topic, "carto/main") == []
        assert "forbidden-merge" in fork.errors(mirrored, "carto/main")


class TestUpstreamsCommits:
    def test_unreleased_ones_are_counted_and_named(self, fork: Gated) -> None:
        fork.release("v1.80.0-stable")
        first, last = fork.upstream_commit("feat: new"), fork.upstream_commit("fix: newer")
        report = fork.check(fork.sync(last))

        [message] = messages(report, "unreleased-upstream")
        assert message.startswith(
            f"head brings 2 commits of LiteLLM that no release has: the first is {first[:10]} of "
        )
        assert message.endswith("(fix: newer)")
        [fix] = [each.fix for each in report.findings if each.rule == "unreleased-upstream"]
        assert fix == "merge v1.80.0-stable instead: forkpolicy plan v1.80.0-stable"

    def test_a_release_passes_by_itself_and_on_a_sync_branch(self, fork: Gated) -> None:
        release = fork.release("v1.80.0-stable")
        merge = fork.change(fork.sync(release)).write("pyproject.toml", 'version = "1.80.0"\n').commit("fix: version")

        assert fork.errors(merge, "upstream-sync/v1.80.0") == []
        assert fork.errors(release, "feature/x") == []

    def test_a_denied_release_is_none(self, fork: Gated) -> None:
        release = fork.release("v1.82.7-stable")

        assert "unreleased-upstream" in fork.errors(fork.sync(release), "upstream-sync/v1.82.7")

    def test_a_commit_on_the_way_to_a_release_is_none(self, fork: Gated) -> None:
        between = fork.upstream_commit()
        fork.release("v1.80.0-stable")

        assert "not-a-release" in fork.errors(fork.sync(between), "upstream-sync/v1.80.0")
        assert "forbidden-merge" in fork.errors(between, "feature/x")

    def test_a_clone_without_upstream_s_branches_knows_them_by_the_mirror(self, fork: Gated) -> None:
        head = fork.sync(fork.upstream_commit())
        fork.repository.ref("refs/remotes/origin/main", fork.upstream)
        fork.save = lambda **_: Gated.save(fork, upstream_branch=False)  # type: ignore[method-assign]

        assert "unreleased-upstream" in fork.errors(head)

    def test_what_the_fork_made_on_the_mirror_is_not_upstream_s(self, repository: RepositoryBuilder) -> None:
        fork = Gated(repository)
        since = f"fork: {{ since: {fork.production}, "
        fork.production = fork.change().write(POLICY_FILE, POLICY.replace("fork:     { ", since)).commit("chore: since")
        topic = fork.on(fork.production, "feat: one")
        merged = fork.repository.on(fork.upstream, topic).commit("Merge pull request #1 into main")
        fork.repository.ref("refs/remotes/origin/main", merged)
        fork.save = lambda **_: Gated.save(fork, upstream_branch=False)  # type: ignore[method-assign]

        assert fork.errors(topic) == []

    @pytest.mark.parametrize(("allowed", "errors"), [("allow", []), ("forbid", ["unreleased-upstream"])])
    @pytest.mark.parametrize("how", ["by its author and subject", "by what it says"])
    def test_one_that_is_taken_by_itself(
        self, repository: RepositoryBuilder, allowed: str, errors: list[str], how: str
    ) -> None:
        fork = Gated(repository, f"{POLICY}check: {{ cherry_picks: {allowed} }}\n")
        origin = fork.upstream_commit("fix: urgent")
        said = f"fix: taken\n\n(cherry picked from commit {origin})"
        picked = fork.on(fork.production, *(("fix: urgent", "up@example.com") if how.startswith("by its") else (said,)))

        assert fork.errors(picked) == errors

    def test_a_squashed_sync_is_found_after_the_fact(self, fork: Gated) -> None:
        release = fork.release("v1.80.0-stable", commits=8)
        before = fork.production
        squashed = fork.squash(release, "sync: LiteLLM v1.80.0-stable")
        report = fork.check(squashed, "carto/main", at=before)

        assert rules(report, "error") == ["squashed-sync"]

    def test_so_is_one_that_was_rebased(self, fork: Gated) -> None:
        commits = [fork.upstream_commit(f"feat: upstream's {number}") for number in range(25)]
        before = head = fork.production
        for number, commit in enumerate(commits):
            change = fork.change(head)
            for path, content in fork._files_of(commit):  # pyright: ignore[reportPrivateUsage]
                change.write(path, content)
            head = change.commit(f"feat: upstream's {number}", "up@example.com")
        report = fork.check(head, at=before)

        [message] = messages(report, "squashed-sync")
        assert message.startswith("25 commits up to ")


class TestFiles:
    def test_markers_that_head_leaves(self, fork: Gated) -> None:
        head = fork.change().write("a.txt", MARKED).commit("fix: merge")
        report = fork.check(head)

        assert messages(report, "conflict-markers") == ["a.txt:2: conflict markers were committed"]

    def test_markers_that_a_later_commit_resolved(self, fork: Gated) -> None:
        marked = fork.change().write("a.txt", MARKED).commit("fix: merge")

        assert fork.errors(fork.change(marked).write("a.txt", "a\n").commit("fix: resolve")) == []

    def test_markers_that_base_or_upstream_has(self, fork: Gated) -> None:
        fork.production = fork.change().write("a.txt", MARKED).commit("docs: conflicts")
        moved = fork.change().move("a.txt", "b.txt").commit("docs: move")
        fork.upstream = fork.change(fork.upstream).write("core/marked.txt", MARKED).commit("docs: conflicts")
        fork.repository.tag("v1.80.0-stable", fork.upstream)

        assert fork.errors(moved) == []
        assert "conflict-markers" not in fork.errors(fork.sync(fork.upstream), "upstream-sync/v1.80.0")

    def test_a_heading_is_no_marker(self, fork: Gated) -> None:
        assert fork.errors(fork.change().write("a.rst", "Title\n=======\n\n>>>>>>>\n").commit("docs: title")) == []


class TestVersions:
    def test_a_version_of_no_release(self, fork: Gated) -> None:
        head = fork.change().write("pyproject.toml", 'version = "1.81.6"\n').commit("fix: version")

        assert messages(fork.check(head), "version-mismatch") == [
            "pyproject.toml says 1.81.6, but the newest release that head contains is v1.79.1-stable"
        ]

    def test_a_sync_that_forgets_the_version(self, fork: Gated) -> None:
        head = fork.sync(fork.release("v1.80.0-stable"))

        assert fork.errors(head, "upstream-sync/v1.80.0") == ["version-mismatch"]

    def test_another_line_of_a_file_that_base_has_wrong(self, fork: Gated) -> None:
        wrong = 'version = "1.81.6"\n'
        fork.production = fork.change().write("pyproject.toml", wrong).commit("fix: version")

        assert fork.errors(fork.change().write("pyproject.toml", f"{wrong}name = 1\n").commit("fix: name")) == []

    def test_a_file_without_a_version(self, fork: Gated) -> None:
        report = fork.check(fork.change().delete("pyproject.toml").commit("fix: no version"))

        assert rules(report, "warning") == ["version-mismatch"]


class TestMessages:
    @pytest.mark.parametrize("subject", ["updated stuff", "fixes", "WIP: testing things"])
    def test_a_bad_subject_is_a_warning(self, fork: Gated, subject: str) -> None:
        report = fork.check(fork.on(fork.production, subject))

        assert (report.status, rules(report, "warning")) == ("passed", ["commit-format"])

    def test_the_policy_may_make_it_an_error(self, repository: RepositoryBuilder) -> None:
        fork = Gated(repository, f"{POLICY}check: {{ severity: {{ commit-format: error }} }}\n")

        assert fork.errors(fork.on(fork.production, "fixes")) == ["commit-format"]

    def test_upstream_s_commits_are_not_judged(self, fork: Gated) -> None:
        fork.upstream_commit("whatever")
        report = fork.check(fork.sync(fork.release("v1.80.0-stable")), "upstream-sync/x")

        assert "commit-format" not in rules(report, "warning")


class TestWaivers:
    @pytest.fixture
    def fork(self, repository: RepositoryBuilder) -> Gated:
        waiver = "{ finding: conflict-markers, path: /docs/, reason: they show one, expires: 2026-06-30 }"
        return Gated(repository, f"{POLICY}check: {{ waivers: [{waiver}] }}\n")

    def test_every_use_is_shown(self, fork: Gated) -> None:
        report = fork.check(fork.change().write("docs/a.md", MARKED).commit("docs: conflicts"))

        [waived] = report.waived
        assert report.status == "passed"
        assert (waived.finding.path, waived.reason, waived.until) == ("docs/a.md", "they show one", date(2026, 6, 30))

    def test_other_paths_are_not_meant(self, fork: Gated) -> None:
        assert fork.errors(fork.change().write("src/a.py", MARKED).commit("fix: a")) == ["conflict-markers"]

    def test_an_expired_one_fails(self, fork: Gated) -> None:
        head = fork.change().write("docs/a.md", MARKED).commit("docs: conflicts")
        report = fork.check(head, now=datetime(2026, 7, 1, tzinfo=UTC))

        assert rules(report, "error") == ["conflict-markers", "expired-waiver"]

    def test_one_that_is_of_no_use_any_more_is_a_note(self, fork: Gated) -> None:
        report = fork.check(fork.on(fork.production, "feat: one"), now=datetime(2026, 7, 1, tzinfo=UTC))

        assert report.status == "passed"
        assert "expired-waiver" in rules(report, "note")


class TestWhatBaseAlreadyViolates:
    RULES = """
    - { name: off, paths: [/ci/*.yml], resolve: disable, suffix: .txt, applies: always }
customizations:
  - { name: the special line, must_contain: [{ path: src/a.py, text: special }] }
versions:"""

    @pytest.fixture
    def fork(self, repository: RepositoryBuilder) -> Gated:
        fork = Gated(repository, POLICY.replace("\nversions:", self.RULES, 1))
        change = fork.change().write("ci/deploy.yml", "on: push\n").write("src/a.py", "plain\n")
        fork.production = change.write("src/b.py", MARKED).commit("chore: violations")
        return fork

    def test_it_is_one_note_with_a_count(self, fork: Gated) -> None:
        report = fork.check(fork.on(fork.production, "feat: one"))

        assert (report.status, report.standing) == ("passed", 3)
        assert messages(report, "standing") == [
            "carto/main itself breaks the policy in 3 places at least: that is not held against head"
        ]

    def test_status_lists_it(self, fork: Gated) -> None:
        rules = policy(POLICY.replace("\nversions:", self.RULES, 1))
        found = fork_status(fork.fork(rules), POLICY_FILE, NOW).standing

        assert [(each.rule, each.path) for each in found] == [
            ("customization-lost", "src/a.py"),
            ("disabled-file", "ci/deploy.yml"),
            ("conflict-markers", "src/b.py"),
        ]

    def test_what_the_policy_waives_does_not_count(self, repository: RepositoryBuilder) -> None:
        waiver = "{ finding: conflict-markers, path: /src/, reason: old, expires: 2026-12-31 }"
        fork = Gated(repository, f"{POLICY}check: {{ waivers: [{waiver}] }}\n")
        fork.production = fork.change().write("src/b.py", MARKED).commit("chore: violations")

        assert fork.check(fork.on(fork.production, "feat: one")).standing == 0

    def test_in_a_large_tree_a_look_at_few_files_is_taken(self, fork: Gated) -> None:
        change = fork.change()
        for number in range(1001):
            change.write(f"data/{number}.txt", "x\n")
        fork.production = change.commit("chore: data")

        assert fork.check(fork.on(fork.production, "feat: one")).standing == 2


class TestThePolicyItself:
    def test_what_changes_in_meaning_is_told(self, fork: Gated) -> None:
        rule = "    - { name: docs, paths: [/fork/], resolve: keep-fork }\nversions:"
        head = fork.change().write(POLICY_FILE, POLICY.replace("versions:", rule, 1)).commit("chore: rules")
        report = fork.check(head)

        [message] = messages(report, "policy-changed")
        assert report.status == "passed"
        assert message == (
            "head changes the policy: rule `docs` added; 1 tracked file changes owner: "
            "fork/3.txt: default (manual-review) → docs (keep-fork)"
        )

    def test_a_comment_changes_nothing(self, fork: Gated) -> None:
        head = fork.change().write(POLICY_FILE, f"# a comment\n{POLICY}").commit("docs: comment")

        assert messages(fork.check(head), "policy-changed") == ["head changes the policy: nothing changes in meaning"]

    def test_rules_that_change_places(self, repository: RepositoryBuilder) -> None:
        one, two = (f"    - {{ name: {name}, paths: [/{name}/], resolve: keep-fork }}\n" for name in ("one", "two"))
        fork = Gated(repository, POLICY.replace("versions:", f"{one}{two}versions:", 1))
        head = (
            fork.change().write(POLICY_FILE, POLICY.replace("versions:", f"{two}{one}versions:", 1)).commit("chore: r")
        )

        assert messages(fork.check(head), "policy-changed") == [
            "head changes the policy: rules reordered, from `two` on"
        ]


class TestWhatCannotBeJudged:
    def test_nothing_between_base_and_head(self, fork: Gated) -> None:
        with pytest.raises(RepositoryError, match=r"nothing to judge between carto/main .* they are one commit"):
            fork.check(fork.production)
        with pytest.raises(RepositoryError, match="base has all of its commits"):
            fork.check(fork.upstream)

    def test_no_history_in_common(self, fork: Gated) -> None:
        alone = fork.repository.on().write("a.txt", "a\n").commit("feat: alone")

        with pytest.raises(RepositoryError, match="share no history"):
            fork.check(alone)


def test_findings_are_ranked(fork: Gated) -> None:
    head = fork.change().write("a.txt", MARKED).write(POLICY_FILE, f"# x\n{POLICY}").commit("fixes")
    report = fork.check(head)

    severities = [each.severity for each in report.findings]
    assert severities == sorted(severities, key=[Severity.ERROR, Severity.WARNING, Severity.NOTE].index)
