"""Whose commits these are, and which pull request brought the fork's."""

from datetime import timedelta
from pathlib import Path

import pytest

from forkpolicy.engine.fork import Fork
from forkpolicy.engine.history import ForkHistory, fork_commits_by_path, fork_history, upstream_tips
from forkpolicy.policy.models import Policy
from forkpolicy.policy.names import CommitId, RepoPath
from forkpolicy.policy.releases import Release
from tests.sections import made

from .fork_story import PATH, ForkStory

POLICY = {
    "schema": 1,
    "fork": {"name": "ACME", "repository": "acme/widget"},
    "upstream": {"name": "Widget", "repository": "widget/widget"},
    "releases": {"schemes": [{"tags": ["v{version}", "v{version}-acme.{patch}"]}]},
    "branches": [{"names": ["fork"], "role": "production"}, {"names": ["mirror"], "role": "mirror"}],
    "ownership": {},
    "versions": {
        "format": "v{upstream}-acme.{major}.{minor}.{patch}",
        "legacy": ["acme-{upstream}-{major}.{minor}.{patch}"],
    },
}


@pytest.fixture
def story(tmp_path: Path) -> ForkStory:
    """Upstream has two commits, and the fork one of its own on the first."""
    story = ForkStory(tmp_path)
    story.upstream("1")
    story.start()
    story.fork("own")
    story.upstream("2")
    return story


def seen(story: ForkStory, since: CommitId | None = None) -> Fork:
    """The fork through its policy."""
    fork = {"name": "ACME", "repository": "acme/widget"} | ({"since": since} if since else {})
    return Fork.of(story.repo, made(Policy, {**POLICY, "fork": fork}))


def _branches(story: ForkStory) -> list[CommitId]:
    return list(story.repo.refs("refs/remotes/upstream/").values())


class TestUpstreamTips:
    def test_the_remotes_branches_and_the_release_tags(self, story: ForkStory) -> None:
        release = story.release_branch()
        tagged = story.start()
        tips = upstream_tips(_branches(story), [tagged], story.tips["fork"])
        assert set(tips) == {story.tips["upstream/main"], release, tagged}

    def test_the_tags_alone_where_there_is_no_remote(self, story: ForkStory) -> None:
        assert upstream_tips((), [story.tips["fork"]], None) == (story.tips["fork"],)

    def test_the_mirror_where_there_is_neither(self, story: ForkStory) -> None:
        mirror = story.tips["upstream/main"]
        assert upstream_tips((), [], mirror) == (mirror,)
        assert upstream_tips((), [], None) == ()


class TestForkHistory:
    def test_the_forks_commits_are_those_that_upstream_lacks(self, story: ForkStory) -> None:
        first = story.tips["fork"]
        merge = story.merge("upstream/main", "own")
        history = story.history()
        assert list(history.commits) == [merge, first]
        assert history.is_upstream(story.tips["upstream/main"])
        assert not history.is_upstream(merge)

    def test_no_commit_comes_before_its_children(self, story: ForkStory) -> None:
        story.topic("topic")
        story.fork("t", branch="topic")
        story.fork("m")
        story.merge("topic", "both")
        order = list(story.history().commits)
        for commit in story.history().commits.values():
            for parent in commit.parents:
                assert parent not in order or order.index(parent) > order.index(commit.id)

    def test_a_tag_of_the_forks_own_is_not_upstreams(self, story: ForkStory) -> None:
        since = story.tips["fork"]
        tagged = story.fork("more")
        tip = story.fork("and more")
        tips = (story.tips["upstream/main"], tagged)
        assert list(fork_history(story.repo, tip, tips, None).commits) == [tip]
        history = fork_history(story.repo, tip, tips, since)
        assert list(history.commits) == [tip, tagged, since]
        assert history.upstream == (story.tips["upstream/main"],)

    def test_a_mirror_counts_without_the_commits_that_the_fork_made_there(self, story: ForkStory) -> None:
        since = story.tips["fork"]
        tip = story.merge("upstream/main", "own")
        history = fork_history(story.repo, tip, (tip,), since)
        assert set(history.commits) == {since, tip}
        assert history.upstream == (story.tips["upstream/main"],)

    def test_a_since_that_upstream_does_not_have_changes_nothing(self, story: ForkStory) -> None:
        tips = (story.tips["upstream/main"],)
        with_since = fork_history(story.repo, story.tips["fork"], tips, story.tips["fork"])
        assert with_since == fork_history(story.repo, story.tips["fork"], tips, None)


class TestPullRequests:
    def brought(self, story: ForkStory) -> dict[str, int | None]:
        """The pull request of every commit that changed the file, by subject."""
        history: ForkHistory = story.history()
        found = fork_commits_by_path(story.repo, history, [PATH])[PATH]
        return {each.subject: each.pull_request for each in found}

    def test_squashed(self, story: ForkStory) -> None:
        story.fork("2", "fix: it (#68)\n\nCloses #7")
        story.fork("3", "fix (#9) of it")
        assert self.brought(story) == {"fix (#9) of it": None, "fix: it (#68)": 68, "fork": None}

    def test_merged(self, story: ForkStory) -> None:
        story.topic("topic")
        story.fork("a", "fix: one", branch="topic")
        story.fork("b", "fix: two (#3)", branch="topic")
        story.merge("topic", "b", "Merge pull request #71 from acme/topic\n\nTitle")
        story.fork("c", "fix: three")
        assert self.brought(story) == {"fix: three": None, "fix: two (#3)": 71, "fix: one": 71, "fork": None}

    def test_the_one_that_brought_a_commit_to_production(self, story: ForkStory) -> None:
        story.topic("outer")
        story.topic("inner")
        story.fork("a", "inner", branch="inner")
        story.merge("inner", "a", "Merge pull request #1 from acme/inner", into="outer")
        story.fork("b", "outer", branch="outer")
        story.merge("outer", "b", "Merge pull request #2 from acme/outer")
        assert self.brought(story) == {"outer": 2, "inner": 2, "fork": None}

    def test_only_merges_bring_others(self, story: ForkStory) -> None:
        story.fork("2", "Merge pull request #5 from a stranger's subject")
        assert self.brought(story) == {"Merge pull request #5 from a stranger's subject": None, "fork": None}

    def test_a_path_that_nobody_changed(self, story: ForkStory) -> None:
        other = fork_commits_by_path(story.repo, story.history(), [RepoPath("nowhere")])
        assert list(other.values()) == [()]


class TestFork:
    def test_tags_of_fork_versions_are_no_releases(self, story: ForkStory) -> None:
        story.repository.tag("v1.0", story.tips["upstream/main"]).tag("v1.0-acme.1.0.0", story.tips["fork"])
        story.repository.tag("v1.0-acme.5", story.tips["upstream/main"])
        assert list(seen(story).releases) == [Release("v1.0-acme.5", "1.0", 5), Release("v1.0", "1.0")]

    def test_a_release_tag_of_the_forks_own_is_none(self, story: ForkStory) -> None:
        since = story.tips["fork"]
        story.repository.tag("v1.0", story.tips["upstream/main"]).tag("v9.9.9", story.fork("more"))
        fork = seen(story, since)
        assert [each.tag for each in fork.releases] == ["v1.0"]
        assert fork.contained == ()

    def test_the_releases_in_the_branchs_history(self, story: ForkStory) -> None:
        story.repository.tag("v1.0", story.tips["upstream/main"])
        story.merge("upstream/main", "own")
        story.repository.tag("v1.1", story.upstream("3"))
        assert [each.tag for each in seen(story).contained] == ["v1.0"]

    def test_the_newest_version_in_the_branchs_history(self, story: ForkStory) -> None:
        assert seen(story).version is None
        elsewhere = story.fork("x", branch="other")
        story.repository.tag("acme-1.0-3.0.0", story.tips["fork"]).tag("v1.0-acme.2.0.0", elsewhere)
        story.repository.tag("v1.0-acme.1.0.0", story.tips["fork"])
        fork = seen(story)
        assert fork.tag(fork.version) == "v1.0-acme.1.0.0"

    def test_a_version_on_a_commit_of_upstreams_counts(self, story: ForkStory) -> None:
        start = story.repo.commit(story.tips["fork"]).parents[0]
        story.repository.tag("v1.0-acme.1.0.0", start)
        fork = seen(story)
        assert fork.tag(fork.version) == "v1.0-acme.1.0.0"

    def test_without_remote_and_tags_the_mirror_is_upstream(self, tmp_path: Path) -> None:
        story = ForkStory(tmp_path)
        first = story.fork("1", branch="mirror")
        story.start(first)
        tip = story.fork("own")
        assert list(seen(story).history.commits) == [tip]

    def test_dates_are_those_of_tags(self, story: ForkStory) -> None:
        commit = story.tips["upstream/main"]
        story.repository.tag("plain", commit).tag("annotated", commit, annotated=True)
        committed = story.repo.commit(commit).committed
        assert story.repo.tagged_at("plain") == committed
        assert story.repo.tagged_at("annotated") != committed
        assert story.repo.tagged_at("plain") - committed == timedelta()
