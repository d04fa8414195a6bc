"""`forkpolicy version` and `status` as scripts and people use them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forkpolicy.engine import cli
from tests.builder import RepositoryBuilder
from tests.numbered import POLICY, Numbered

Run = pytest.CaptureFixture[str]


@pytest.fixture
def fork(repository: RepositoryBuilder, tmp_path: Path) -> Numbered:
    (tmp_path / "policy.yaml").write_text(POLICY)
    return Numbered(repository)


def run(fork: Numbered, *arguments: str) -> int:
    place = fork.save()
    return cli.run(["-C", str(place), "--policy", str(place.parent / "policy.yaml"), *arguments])


def test_next_prints_the_tag_alone(fork: Numbered, capsys: Run) -> None:
    fork.commit("fix: one")
    assert run(fork, "version", "next") == 0
    assert capsys.readouterr() == ("v1.79.1-carto.1.7.2\n", "")


def test_where_nothing_is_to_be_released_next_is_the_current_one_and_says_so(fork: Numbered, capsys: Run) -> None:
    assert run(fork, "version", "next") == 0
    out, err = capsys.readouterr()
    assert out == "v1.79.1-carto.1.7.1\n"
    assert "there is nothing to release" in err
    assert run(fork, "version", "next", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["release"] is False


def test_findings_go_to_standard_error(fork: Numbered, capsys: Run) -> None:
    fork.tag("v1.81.6-carto.1.7.2")
    fork.commit("fix: one")
    assert run(fork, "version", "next") == 0
    out, err = capsys.readouterr()
    assert out == "v1.79.1-carto.1.7.3\n"
    assert "the tag v1.81.6-carto.1.7.2 says upstream 1.81.6" in err


def test_current(fork: Numbered, capsys: Run) -> None:
    fork.commit("fix: one")
    assert run(fork, "version", "current") == 0
    assert capsys.readouterr().out == "v1.79.1-carto.1.7.1\n"
    fork.repository.raw.references.delete("refs/tags/v1.79.1-carto.1.7.1")
    assert run(fork, "version", "current") == 0
    out, err = capsys.readouterr()
    assert out.strip() == ""
    assert "no release of the fork" in err


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_explain_shows_every_commit_and_its_effect(fork: Numbered, capsys: Run, form: str) -> None:
    fork.commit("feat: one")
    fork.commit("docs: two")
    fork.commit("feat: three", "someone@example.com")
    assert run(fork, "version", "explain", "--format", form) == 0
    out = capsys.readouterr().out
    for text in ("v1.79.1-carto.1.8.0", "feat: one", "1.8.0", "docs: two", "not by the fork", "3 commits of the fork"):
        assert text in out


def test_explain_as_data(fork: Numbered, capsys: Run) -> None:
    fork.commit("feat: one")
    assert run(fork, "version", "explain", "--format", "json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["schema"] == "forkpolicy.version/1"
    assert (data["current"], data["next"], data["release"]) == ("v1.79.1-carto.1.7.1", "v1.79.1-carto.1.8.0", True)
    assert data["upstream"] == {"version": "1.79.1", "release": "v1.79.1-stable", "unknown": None}
    assert data["summary"] == {"commits": 1, "by_authors": 1, "counted": 1, "bumps": {"minor": 1}}
    (commit,) = data["commits"]
    assert (commit["subject"], commit["bump"], commit["version"]) == ("feat: one", "minor", "1.8.0")
    assert data["images"] == ["v1.79.1-carto.1.8.0", "carto-stable", "carto-v1.79.1-latest"]


def test_check_fails_with_the_reason(fork: Numbered, capsys: Run) -> None:
    fork.commit("fix: one")
    assert run(fork, "version", "check", "v1.79.1-carto.1.7.2") == 0
    assert "the version that follows" in capsys.readouterr().out
    assert run(fork, "version", "check", "v1.81.6-carto.1.7.2", "--format", "json") == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["schema"], data["status"]) == ("forkpolicy.version-check/1", "failed")
    assert "no release of that version is known here" in data["findings"][0]["message"]


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_releases(fork: Numbered, capsys: Run, form: str) -> None:
    fork.release("v1.79.3-stable")
    fork.release("v1.81.3-nightly")
    assert run(fork, "version", "releases", "--format", form) == 0
    out = capsys.readouterr().out
    for text in ("v1.79.3-stable", "can be merged", "v1.81.3-nightly", "no scheme matches"):
        assert text in out


def test_releases_with_what_the_host_publishes(fork: Numbered, tmp_path: Path, capsys: Run) -> None:
    fork.release("v1.79.3-stable")
    host = tmp_path / "releases.json"
    host.write_text('[{"tagName": "v1.79.3-stable", "isDraft": true, "isPrerelease": false, "publishedAt": null}]')
    assert run(fork, "version", "releases", "--releases", str(host)) == 0
    assert "the host marks it as a draft" in capsys.readouterr().out
    assert run(fork, "version", "releases", "--releases", str(tmp_path / "none.json")) == 2


class TestStatus:
    def test_it_says_where_the_fork_stands(self, fork: Numbered, capsys: Run) -> None:
        fork.commit("feat: one")
        fork.release("v1.79.2-stable")
        release = fork.release("v1.79.3-stable")
        fork.upstream_commit()
        fork.repository.branch("upstream-sync/v1.79.3-stable", fork.on(release, "sync: v1.79.3-stable"))
        assert run(fork, "status", "--format", "json") == 0
        data = json.loads(capsys.readouterr().out)
        assert data["schema"] == "forkpolicy.status/1"
        assert data["production"]["branch"] == data["checked_out"] == "carto/main"
        assert (data["version"], data["next_version"]) == ("v1.79.1-carto.1.7.1", "v1.79.1-carto.1.8.0")
        assert (data["contained_release"], data["newest_release"]) == ("v1.79.1-stable", "v1.79.3-stable")
        assert (data["behind"]["releases"], data["behind"]["commits"]) == (2, 4)
        assert (data["fork_commits"], data["unreleased_commits"], data["upstream_ahead"]) == (2, 1, 5)
        assert [each["ref"] for each in data["pending_syncs"]] == ["refs/heads/upstream-sync/v1.79.3-stable"]

    def test_a_sync_that_lost_its_history_is_told(self, fork: Numbered, capsys: Run) -> None:
        fork.squash(fork.release("v1.79.3-stable", commits=6), "fix: squashed")
        assert run(fork, "status", "--format", "json") == 0
        data = json.loads(capsys.readouterr().out)
        assert [each["commit"] for each in data["lost_syncs"]] == [fork.production]
        assert run(fork, "status") == 0
        assert "v1.79.3-stable by its content; v1.79.1-stable by history" in capsys.readouterr().out

    @pytest.mark.parametrize("form", ["text", "markdown"])
    def test_it_has_a_picture_of_the_branches(self, fork: Numbered, capsys: Run, form: str) -> None:
        fork.release("v1.79.3-stable")
        assert run(fork, "status", "--format", form) == 0
        out = capsys.readouterr().out
        assert "──●── v1.79.1-stable ──●── v1.79.3-stable ──── upstream/main (2 commits ahead)" in out
        assert "╰── 1 commit of CARTO ── carto/main (v1.79.1-carto.1.7.1)" in out

    def test_a_fork_of_which_nothing_is_known_yet(self, fork: Numbered, capsys: Run) -> None:
        for tag in ("v1.79.1-stable", "v1.79.1-carto.1.7.1"):
            fork.repository.raw.references.delete(f"refs/tags/{tag}")
        assert run(fork, "status") == 0
        out = capsys.readouterr().out
        assert "no release that is known here" in out
        assert "newest       none is known here" in out
        assert " fetch --tags " in out

    def test_dates_that_run_backwards(self, fork: Numbered, capsys: Run) -> None:
        later = datetime(2035, 1, 1, tzinfo=UTC)
        late = fork.repository.on(fork.upstream).write("x", "x").commit("late", "up@example.com", later)
        fork.merge(late)
        fork.repository.tag("v1.79.2-stable", late)
        fork.release("v1.79.3-stable")
        assert run(fork, "status") == 0
        assert "though it is dated before the one that production contains" in capsys.readouterr().out
        assert run(fork, "status", "--format", "json") == 0
        assert json.loads(capsys.readouterr().out)["behind"]["days"] == 0
