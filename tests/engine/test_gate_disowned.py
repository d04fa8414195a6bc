"""The gate on files that head changes by itself and that are not the fork's to have, or to change."""

import pytest

from forkpolicy.policy.findings import Finding
from forkpolicy.policy.names import CommitId
from tests.builder import RepositoryBuilder
from tests.gated import Gated
from tests.numbered import DEV, POLICY

RULES = """\
    - { name: own, when: { fork_only: true }, paths: [/own/], resolve: keep-fork, applies: always }
    - { name: off, paths: [/ci/*.yml], resolve: disable, suffix: .txt, applies: always }
    - { name: off-no-copy, paths: [/nightly.yml], resolve: disable, copy: none, applies: always }
    - { name: built, paths: ["*.whl"], resolve: remove, applies: always }
    - { name: pages, paths: [/pages/], resolve: accept-upstream, scope: exact, may_lose: all }
versions:"""
RELEASED = "page of the release\n"


@pytest.fixture
def fork(repository: RepositoryBuilder) -> Gated:
    """A fork that contains a release with a page."""
    fork = Gated(repository, POLICY.replace("versions:", RULES, 1))
    fork.upstream = fork.change(fork.upstream).write("pages/one.html", RELEASED).commit("docs: page", "up@example.com")
    fork.merge(fork.release("v1.80.0-stable"))
    fork.production = fork.change().write("pyproject.toml", 'version = "1.80.0"\n').commit("fix: version", DEV)
    return fork


def found(fork: Gated, head: CommitId) -> list[Finding]:
    """What the two checks find."""
    return [each for each in fork.check(head).findings if each.rule in ("disabled-file", "not-upstream")]


class TestDisabledFile:
    @pytest.mark.parametrize(
        ("path", "does", "fix"),
        [
            (
                "ci/deploy.yml",
                "becomes active, and the policy disables it (rule `off`)",
                "git mv -- ci/deploy.yml ci/deploy.yml.txt",
            ),
            ("nightly.yml", "becomes active, and the policy disables it (rule `off-no-copy`)", "git rm -- nightly.yml"),
            ("dist/a b.whl", "comes in, and the policy removes it (rule `built`)", "git rm -- 'dist/a b.whl'"),
        ],
    )
    def test_a_topic_adds_one(self, fork: Gated, path: str, does: str, fix: str) -> None:
        [finding] = found(fork, fork.change().write(path, "on: push\n").commit("feat: it", DEV))

        assert (finding.rule, finding.path, finding.fix) == ("disabled-file", path, fix)
        assert finding.message == f"{path}: it {does}"

    def test_a_topic_disables_one(self, fork: Gated) -> None:
        fork.production = fork.change().write("ci/deploy.yml", "on: push\n").commit("feat: on", DEV)
        head = fork.change().move("ci/deploy.yml", "ci/deploy.yml.txt").commit("chore: off", DEV)

        assert found(fork, head) == []

    def test_a_topic_renames_a_copy(self, fork: Gated) -> None:
        fork.production = fork.change().write("ci/deploy.yml.txt", "on: push\n").commit("chore: off", DEV)
        head = fork.change().move("ci/deploy.yml.txt", "ci/deploy.yml").commit("feat: on", DEV)

        assert [each.rule for each in found(fork, head)] == ["disabled-file"]

    def test_a_later_commit_takes_it_out(self, fork: Gated) -> None:
        added = fork.change().write("ci/deploy.yml", "on: push\n").commit("feat: it", DEV)

        assert found(fork, fork.change(added).delete("ci/deploy.yml").commit("fix: off", DEV)) == []

    def test_base_has_it_already(self, fork: Gated) -> None:
        fork.production = fork.change().write("ci/deploy.yml", "on: push\n").commit("feat: it", DEV)

        assert found(fork, fork.change().write("ci/deploy.yml", "on: pull\n").commit("fix: it", DEV)) == []

    def test_an_earlier_rule_decides(self, fork: Gated) -> None:
        assert found(fork, fork.change().write("own/a.whl", "a").commit("feat: it", DEV)) == []

    def test_a_file_that_no_rule_names(self, fork: Gated) -> None:
        assert found(fork, fork.change().write("ci/deploy.yaml", "on: push\n").commit("feat: it", DEV)) == []


class TestNotUpstream:
    def test_a_topic_edits_a_page(self, fork: Gated) -> None:
        [finding] = found(fork, fork.change().write("pages/one.html", "edited\n").commit("fix: it", DEV))

        assert (finding.rule, finding.path) == ("not-upstream", "pages/one.html")
        assert finding.message == (
            "pages/one.html: v1.80.0-stable has it otherwise, "
            "and the policy wants it exactly as LiteLLM's (rule `pages`)"
        )
        assert finding.fix == "git checkout v1.80.0-stable -- pages/one.html"

    def test_a_topic_deletes_one(self, fork: Gated) -> None:
        [finding] = found(fork, fork.change().delete("pages/one.html").commit("fix: it", DEV))

        assert finding.fix == "git checkout v1.80.0-stable -- pages/one.html"

    def test_a_topic_adds_one(self, fork: Gated) -> None:
        [finding] = found(fork, fork.change().write("pages/two.html", "two\n").commit("fix: it", DEV))

        assert "v1.80.0-stable does not have it" in finding.message
        assert finding.fix == "git rm -- pages/two.html"

    def test_set_back_to_the_release_s(self, fork: Gated) -> None:
        fork.production = fork.change().write("pages/one.html", "edited\n").commit("fix: it", DEV)

        assert found(fork, fork.change().write("pages/one.html", RELEASED).commit("fix: back", DEV)) == []

    def test_what_base_has_wrong_already(self, fork: Gated) -> None:
        fork.production = fork.change().write("pages/one.html", "edited\n").commit("fix: it", DEV)

        assert found(fork, fork.on(fork.production, "feat: more")) == []

    def test_a_sync_that_brings_a_newer_page(self, fork: Gated) -> None:
        newer = fork.change(fork.upstream).write("pages/one.html", "newer\n").commit("docs: page", "up@example.com")
        fork.upstream = newer
        head = fork.sync(fork.release("v1.81.0-stable"))

        assert found(fork, head) == []

    def test_a_sync_that_keeps_the_older_one_is_told_once(self, fork: Gated) -> None:
        newer = fork.change(fork.upstream).write("pages/one.html", "newer\n").commit("docs: page", "up@example.com")
        fork.upstream = newer
        merge = fork.sync(fork.release("v1.81.0-stable"))
        stale = fork.change(fork.production, fork.upstream)
        for path, content in fork._files_of(merge):  # pyright: ignore[reportPrivateUsage]
            stale.write(path, RELEASED if path == "pages/one.html" else content)
        report = fork.check(stale.commit("sync: LiteLLM", DEV), "upstream-sync/v1.81.0-stable")

        assert [each.rule for each in report.findings if each.path == "pages/one.html"] == ["ownership"]

    def test_a_fork_without_a_release_says_nothing(self, fork: Gated) -> None:
        for tag in ("v1.79.1-stable", "v1.80.0-stable"):
            fork.repository.raw.references.delete(f"refs/tags/{tag}")

        assert found(fork, fork.change().write("pages/one.html", "edited\n").commit("fix: it", DEV)) == []
