"""The gate on the fork's work in files: customizations and marked lines, lost by a merge or edited by a commit."""

import pytest

from forkpolicy.engine.check_report import CheckReport
from forkpolicy.engine.git.repository import Repository
from forkpolicy.policy.findings import Finding, Severity
from forkpolicy.policy.names import CommitId
from tests.builder import RepositoryBuilder, lines
from tests.gated import Gated
from tests.numbered import DEV, POLICY

RULES = """\
    - { name: source, paths: [/src/], resolve: accept-upstream, may_lose: all }
  markers: ["CARTO:"]
customizations:
  - { name: Azure ids, pull_requests: [68], must_contain: [{ path: src/azure.py, text: uuid4 }] }
versions:"""
FILE = "src/azure.py"
UPSTREAM = lines(1, 20)
CUSTOM = lines(1, 20, l5="uuid4()")
MARKED = lines(1, 20, l5="call()  # CARTO: keep", l15="more()  # CARTO: keep, too")
SYNC = "upstream-sync/v1.80.0-stable"


@pytest.fixture
def fork(repository: RepositoryBuilder) -> Gated:
    return Gated(repository, POLICY.replace("versions:", RULES, 1))


def put(fork: Gated, content: str | None, on: CommitId | None = None, path: str = FILE) -> CommitId:
    """A commit that writes a file of production's or another's, or deletes it."""
    change = fork.change(*([on] if on else []))
    return (change.delete(path) if content is None else change.write(path, content)).commit("fix: it", DEV)


def synced(fork: Gated, content: str) -> CommitId:
    """A sync branch whose merge recorded some content for the file, that upstream has in its release."""
    fork.upstream = fork.change(fork.upstream).write(FILE, UPSTREAM).commit("feat: azure", "up@example.com")
    fork.release("v1.80.0-stable")
    merge = fork.change(fork.production, fork.upstream).write(FILE, content).commit("sync: LiteLLM", DEV)
    return fork.change(merge).write("pyproject.toml", 'version = "1.80.0"\n').commit("fix: version", DEV)


def of(report: CheckReport, rule: str) -> list[Finding]:
    """The findings of a rule."""
    return [each for each in report.findings if each.rule == rule]


class SinceHeadLeft:
    """What base did after head left it is none of head's doing: the same for either check."""

    RULE: str
    OWN: str
    """The file with the fork's work."""

    def test_base_has_it_only_since_head_left(self, fork: Gated) -> None:
        fork.production = put(fork, UPSTREAM)
        head = put(fork, f"{UPSTREAM}more\n")
        fork.production = put(fork, self.OWN)

        assert of(fork.check(head), self.RULE) == []

    def test_base_lost_it_since_head_left(self, fork: Gated) -> None:
        head = put(fork, UPSTREAM)
        fork.production = put(fork, lines(1, 20, l6="gone"))

        assert of(fork.check(head), self.RULE) == []


class TestCustomizations(SinceHeadLeft):
    RULE = "customization-lost"
    OWN = CUSTOM

    @pytest.fixture(autouse=True)
    def _customized(self, fork: Gated) -> None:
        fork.production = put(fork, CUSTOM)

    def test_lost_by_a_merge(self, fork: Gated) -> None:
        head = synced(fork, UPSTREAM)
        [merge] = Repository.open(fork.save()).commit(head).parents

        [finding] = of(fork.check(head, SYNC), self.RULE)
        assert (finding.severity, finding.path, finding.commit) == (Severity.ERROR, FILE, merge)
        assert finding.message == (
            f"{FILE}: {merge[:10]} loses the customization “Azure ids” (it came with #68): {FILE} must contain: uuid4"
        )

    def test_kept_by_a_merge(self, fork: Gated) -> None:
        assert of(fork.check(synced(fork, CUSTOM), SYNC), self.RULE) == []

    @pytest.mark.parametrize("content", [UPSTREAM, None], ids=["edited", "deleted"])
    def test_edited_by_a_commit(self, fork: Gated, content: str | None) -> None:
        commit = put(fork, content)

        report = fork.check(fork.on(commit, "feat: more"))
        [finding] = of(report, self.RULE)
        assert (finding.severity, finding.commit) == (Severity.NOTE, commit)
        assert f"{commit[:10]} edits the customization" in finding.message
        assert report.status == "passed"

    def test_an_edit_in_a_merged_topic(self, fork: Gated) -> None:
        commit = put(fork, UPSTREAM)
        merge = fork.change(fork.production, commit).write(FILE, UPSTREAM).commit("Merge pull request #1 from x/y", DEV)

        assert [each.severity for each in of(fork.check(merge), self.RULE)] == [Severity.NOTE]

    def test_put_back(self, fork: Gated) -> None:
        assert of(fork.check(put(fork, CUSTOM, put(fork, UPSTREAM))), self.RULE) == []

    def test_another_edit_of_the_file(self, fork: Gated) -> None:
        assert of(fork.check(put(fork, f"{CUSTOM}more\n")), self.RULE) == []


class TestMarkers(SinceHeadLeft):
    RULE = "marker-lost"
    OWN = MARKED

    @pytest.fixture(autouse=True)
    def _marked(self, fork: Gated) -> None:
        fork.production = put(fork, MARKED)

    def test_lost_by_a_merge(self, fork: Gated) -> None:
        [finding] = of(fork.check(synced(fork, UPSTREAM), SYNC), self.RULE)

        assert (finding.severity, finding.path) == (Severity.ERROR, FILE)
        assert finding.message.endswith(" loses 2 marked lines, the first `call()  # CARTO: keep`")

    def test_kept_by_a_merge(self, fork: Gated) -> None:
        assert of(fork.check(synced(fork, MARKED), SYNC), self.RULE) == []

    @pytest.mark.parametrize("content", [UPSTREAM, None], ids=["edited", "deleted"])
    def test_edited_by_a_commit(self, fork: Gated, content: str | None) -> None:
        commit = put(fork, content)

        report = fork.check(fork.on(commit, "feat: more"))
        [finding] = of(report, self.RULE)
        assert (finding.severity, finding.commit) == (Severity.NOTE, commit)
        assert "edits 2 marked lines" in finding.message
        assert report.status == "passed"

    def test_one_of_two(self, fork: Gated) -> None:
        head = put(fork, lines(1, 20, l5="call()  # CARTO: keep"))

        assert [each.message for each in of(fork.check(head), self.RULE)] == [
            f"{FILE}: {head[:10]} edits 1 marked line, the first `more()  # CARTO: keep, too`"
        ]

    def test_a_file_that_only_moved(self, fork: Gated) -> None:
        assert of(fork.check(fork.change().move(FILE, "src/moved.py").commit("refactor: move", DEV)), self.RULE) == []

    def test_lines_that_moved_within_it(self, fork: Gated) -> None:
        moved = lines(1, 20, l2="call()  # CARTO: keep", l9="more()  # CARTO: keep, too")

        assert of(fork.check(put(fork, moved)), self.RULE) == []
