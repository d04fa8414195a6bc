"""Release notes: what they group, what they leave out, and that no text of a repository does anything in them."""

import json
from pathlib import Path

import pytest

from forkpolicy.engine import cli
from forkpolicy.engine.policy_source import load_policy
from forkpolicy.engine.release_notes import ReleaseNotes, release_notes
from forkpolicy.engine.report.notes import to_markdown
from tests.builder import RepositoryBuilder
from tests.forks import make_fork, run
from tests.hostile import HOSTILE
from tests.numbered import DEV, POLICY, Numbered, policy
from tests.rendered import GITHUB_LINKS, page

CUSTOMIZATIONS = """\
customizations:
  - { name: Kept, must_exist: [a] }
  - { name: Changed, must_exist: [a] }
  - { name: Dropped, must_exist: [a] }
"""


@pytest.fixture
def fork(repository: RepositoryBuilder) -> Numbered:
    return Numbered(repository)


def notes(fork: Numbered, revisions: str | None = None) -> ReleaseNotes:
    seen = fork.fork()
    write_policy(fork, POLICY)
    return release_notes(seen, load_policy(seen.repo, None, None), revisions)


def write_policy(fork: Numbered, text: str) -> None:
    """Commit the policy where the notes look for it, and leave production's version as it is."""
    change = fork.repository.on(fork.production).write("carto-fork.yaml", text)
    fork.production = change.commit("sync: the policy", DEV)
    fork.save()


def markdown(fork: Numbered) -> str:
    return to_markdown(notes(fork), policy(), {})


def test_changes_are_grouped_breaking_ones_first(fork: Numbered) -> None:
    fork.commit("fix(router): mend it (#12)")
    fork.commit("feat: add it")
    fork.commit("no type at all")
    fork.commit("feat(api)!: redesign\n\nBREAKING CHANGE: the old keys are gone")
    found = notes(fork)
    assert [group.name for group in found.groups] == ["breaking", "feat", "fix", "other"]
    breaking = found.groups[0].changes[0]
    assert (breaking.scope, breaking.description, breaking.breaking) == ("api", "redesign", "the old keys are gone")
    mended = found.groups[2].changes[0]
    assert (mended.description, mended.pull_request) == ("mend it", 12)


def test_others_changes_are_told_and_syncs_are_not(fork: Numbered) -> None:
    fork.commit("feat: from outside", "guest@example.com")
    fork.commit("sync: LiteLLM v1")
    fork.merge(fork.release("v1.79.3-stable"))
    found = notes(fork)
    told = [change.description for group in found.groups for change in group.changes]
    assert told == ["from outside"]
    assert found.authors == ("guest",)


def test_upstream_s_range_is_one_line_with_a_link(fork: Numbered) -> None:
    fork.merge(fork.release("v1.79.3-stable"))
    found = notes(fork)
    assert found.upstream is not None
    assert found.upstream.commits == 2
    compare = "https://github.com/BerriAI/litellm/compare/v1.79.1-stable...v1.79.3-stable"
    assert f"[2 commits]({compare})" in markdown(fork)


def test_pull_requests_and_merges_of_topics(fork: Numbered) -> None:
    topic = fork.on(fork.production, "feat: on a topic")
    fork.merge(topic, "Merge pull request #77 from CartoDB/feature/x")
    text = markdown(fork)
    assert "- on a topic · [\\#77](https://github.com/CartoDB/litellm/pull/77)" in text
    assert "Merge pull" not in text


def test_customizations_that_came_changed_and_went(fork: Numbered) -> None:
    write_policy(fork, POLICY + CUSTOMIZATIONS)
    fork.repository.tag("v1.79.1-carto.1.7.2", fork.production)
    after = CUSTOMIZATIONS.replace("Changed, must_exist: [a]", "Changed, must_exist: [b]").replace("Dropped", "Added")
    write_policy(fork, POLICY + after)
    seen = fork.fork()
    found = release_notes(seen, load_policy(seen.repo, None, None), None).customizations
    assert found is not None
    assert [[each.name for each in kind] for kind in (found.added, found.changed, found.dropped)] == [
        ["Added"],
        ["Changed"],
        ["Dropped"],
    ]


def test_changes_that_make_no_release_are_unreleased(fork: Numbered) -> None:
    tidied = fork.commit("chore: tidy up")
    found = markdown(fork)
    assert found.startswith("# Unreleased\n")
    assert "tidy up" in found
    assert "Images" not in found
    assert f"compare/v1.79.1-carto.1.7.1...{tidied}" in found


def test_where_there_was_no_policy_nothing_is_said_about_customizations(fork: Numbered) -> None:
    assert notes(fork).customizations is None


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_does_nothing(fork: Numbered, text: str) -> None:
    subject = text.replace("\0", "")
    fork.commit(f"feat: x {subject}"[:5000].encode("utf-8", "replace").decode())
    found = page(markdown(fork))
    assert not GITHUB_LINKS.search(found.outside_code)
    assert all(link.startswith("https://github.com/") for link in found.links)


def test_the_command_writes_markdown_and_json(
    fork: Numbered, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fork.commit("feat: one")
    (tmp_path / "policy.yaml").write_text(POLICY)
    where = ["-C", str(fork.save()), "--policy", str(tmp_path / "policy.yaml")]
    assert cli.run([*where, "notes"]) == 0
    assert capsys.readouterr().out.startswith("# v1.79.1-carto.1.8.0\n")
    assert cli.run([*where, "notes", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["schema"], data["tag"]) == ("forkpolicy.notes/1", "v1.79.1-carto.1.8.0")
    assert data["groups"][0]["title"] == "Features"


def test_nothing_is_said_of_upstream_where_nothing_came_and_the_release_cannot_be_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(make_fork(tmp_path / "demo"), "notes", "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["version"]["upstream"]["unknown"]
    assert found["upstream"] is None
