"""Untouched: where the entry is upstream's, however it came to the fork, and where it was put back on purpose."""

from pathlib import Path

import pytest

from forkpolicy.engine.untouched import untouched_paths
from forkpolicy.policy.facts import Entry
from forkpolicy.policy.names import RepoPath
from tests.builder import EXECUTABLE

from .fork_story import PATH, ForkStory


@pytest.fixture
def story(tmp_path: Path) -> ForkStory:
    """Upstream has `old`, and the fork starts there."""
    story = ForkStory(tmp_path)
    story.upstream("old")
    story.start()
    return story


class TestUpstreams:
    def test_what_the_fork_never_changed(self, story: ForkStory) -> None:
        first = story.tips["fork"]
        story.write({"fork.py": "own"})
        story.upstream("new")
        assert story.untouched() == first

    def test_what_came_with_a_merge(self, story: ForkStory) -> None:
        story.fork("own")
        merged = story.upstream("new")
        story.merge("upstream/main", "new")
        story.upstream("newer")
        assert story.untouched() == merged

    def test_a_cherry_pick(self, story: ForkStory) -> None:
        picked = story.upstream("fix")
        story.upstream("more")
        story.fork("fix")
        assert story.untouched() == picked

    def test_a_squashed_sync(self, story: ForkStory) -> None:
        story.upstream("a")
        synced = story.upstream("b")
        story.fork("b", "sync: everything (#24)")
        story.upstream("c")
        assert story.untouched() == synced

    def test_a_squashed_sync_of_a_file_that_upstream_then_removed(self, story: ForkStory) -> None:
        path = RepoPath("src/new.py")
        story.write({path: "new"}, branch="upstream/main")
        story.write({path: None}, branch="upstream/main")
        story.write({path: "new"}, "sync: everything (#24)")
        entry = story.entry(path)
        assert entry is not None
        assert path in untouched_paths(story.repo, story.history(), {path: entry})

    def test_a_merge_that_recorded_the_forks_stale_blob(self, story: ForkStory) -> None:
        story.write({"fork.py": "own"})
        story.upstream("new")
        story.merge("upstream/main", "old")
        assert story.untouched()

    def test_a_merge_that_recorded_what_neither_side_had(self, story: ForkStory) -> None:
        story.upstream("a")
        story.release_branch()
        later = story.upstream("b")
        story.merge("upstream/release", "b")
        assert story.untouched() == later

    def test_upstreams_own_revert_taken_by_the_fork(self, story: ForkStory) -> None:
        story.upstream("new")
        story.fork("new", "cherry-pick")
        reverted = story.upstream("old", message="Revert new")
        story.fork("old", "cherry-pick of the revert")
        assert story.untouched() == reverted

    def test_upstreams_own_revert_merged(self, story: ForkStory) -> None:
        story.upstream("new")
        story.merge("upstream/main", "new")
        story.upstream("old", message="Revert new")
        story.merge("upstream/main", "old")
        assert story.untouched()

    def test_work_of_the_fork_that_it_took_back(self, story: ForkStory) -> None:
        story.fork("own")
        story.fork("old")
        assert story.untouched()

    def test_a_fix_that_upstream_took_from_the_fork(self, story: ForkStory) -> None:
        story.fork("fix")
        story.upstream("other")
        adopted = story.upstream("fix")
        story.upstream("refined")
        assert story.untouched() == adopted

    def test_a_fix_that_upstream_took_from_the_fork_and_a_merge_brought_back(self, story: ForkStory) -> None:
        story.fork("fix")
        adopted = story.upstream("fix")
        story.merge("upstream/main", "fix")
        assert story.untouched() == adopted

    def test_a_file_that_the_fork_keeps_under_another_name(self, story: ForkStory) -> None:
        new = RepoPath("src/renamed.py")
        story.write({PATH: None, new: "old"}, "rename")
        story.upstream("new")
        entry = story.entry(new)
        assert entry is not None
        assert untouched_paths(story.repo, story.history(), {new: entry}) == {}
        found = untouched_paths(story.repo, story.history(), {new: entry}, {new: PATH})
        assert story.entry(PATH, found[new]) == entry


class TestTheForks:
    def test_work_of_its_own(self, story: ForkStory) -> None:
        story.fork("own")
        story.upstream("new")
        assert story.untouched() is None

    def test_the_same_content_with_another_mode(self, story: ForkStory) -> None:
        story.fork("old", mode=EXECUTABLE)
        assert story.untouched() is None

    def test_the_same_content_at_another_path(self, story: ForkStory) -> None:
        path = RepoPath("elsewhere.py")
        story.write({path: "old"})
        entry = story.entry(path)
        assert entry is not None
        assert untouched_paths(story.repo, story.history(), {path: entry}) == {}

    def test_a_merge_that_blends(self, story: ForkStory) -> None:
        story.fork("own")
        story.upstream("new")
        story.merge("upstream/main", "blend")
        assert story.untouched() is None


class TestReverts:
    """An older upstream entry that a commit of the fork put back on purpose."""

    def test_of_what_a_merge_brought(self, story: ForkStory) -> None:
        story.upstream("new")
        story.merge("upstream/main", "new")
        story.fork("old", "Revert new")
        assert story.untouched() is None

    def test_of_a_cherry_pick(self, story: ForkStory) -> None:
        story.upstream("new")
        story.fork("new", "cherry-pick")
        story.fork("old", "Revert new")
        assert story.untouched() is None

    def test_of_a_squashed_sync_to_an_entry_newer_than_the_merge_base(self, story: ForkStory) -> None:
        story.upstream("between")
        story.upstream("new")
        story.fork("new", "sync: everything (#24)")
        story.fork("between", "back to what worked")
        assert story.untouched() is None

    def test_with_work_of_the_forks_in_between(self, story: ForkStory) -> None:
        story.upstream("new")
        story.merge("upstream/main", "new")
        story.fork("own")
        story.fork("old")
        assert story.untouched() is None

    def test_of_a_deletion(self, story: ForkStory) -> None:
        story.upstream(None)
        story.merge("upstream/main", None)
        story.fork("old", "we still need it")
        assert story.untouched() is None

    def test_of_a_deletion_that_was_picked(self, story: ForkStory) -> None:
        story.upstream(None)
        story.fork(None, "cherry-pick")
        story.fork("old", "we still need it")
        assert story.untouched() is None

    def test_while_a_release_branch_goes_on_with_the_old_entry(self, story: ForkStory) -> None:
        story.release_branch()
        story.upstream("new")
        story.merge("upstream/main", "new")
        story.write({"patch.py": "later"}, branch="upstream/release")
        story.fork("old", "Revert new")
        assert story.untouched() is None

    def test_with_a_release_branch_that_was_merged(self, story: ForkStory) -> None:
        story.release_branch()
        story.write({"patch.py": "later"}, branch="upstream/release")
        story.upstream("new")
        story.merge("upstream/main", "new")
        story.merge("upstream/release", "new")
        story.fork("old", "Revert new")
        assert story.untouched() is None

    def test_before_a_merge_with_a_release_that_has_the_old_entry(self, story: ForkStory) -> None:
        story.release_branch()
        story.upstream("new")
        story.merge("upstream/main", "new")
        story.fork("old", "Revert new")
        story.write({"patch.py": "later"}, branch="upstream/release")
        story.merge("upstream/release", "old")
        assert story.untouched() is None

    def test_on_a_topic_branch(self, story: ForkStory) -> None:
        story.upstream("new")
        story.merge("upstream/main", "new")
        story.topic("revert")
        story.fork("old", "Revert new", branch="revert")
        story.merge("revert", "old")
        assert story.untouched() is None

    def test_merged_into_a_branch_that_never_had_the_new_entry(self, story: ForkStory) -> None:
        story.topic("other")
        story.upstream("new")
        story.merge("upstream/main", "new")
        story.fork("old", "Revert new")
        story.write({"x.py": "x"}, branch="other")
        story.merge("fork", "old", into="other")
        story.tips["fork"] = story.tips["other"]
        assert story.untouched() is None

    def test_taken_back_again(self, story: ForkStory) -> None:
        story.upstream("new")
        story.merge("upstream/main", "new")
        story.fork("old", "Revert new")
        story.fork("new", "Revert the revert")
        assert story.untouched()

    def test_overtaken_by_a_merge(self, story: ForkStory) -> None:
        story.upstream("new")
        story.merge("upstream/main", "new")
        story.fork("old", "Revert new")
        newest = story.upstream("newest")
        story.merge("upstream/main", "newest")
        assert story.untouched() == newest


def test_several_paths_at_once_each_on_its_own(story: ForkStory) -> None:
    files = [RepoPath(f"lib/{name}.py") for name in ("inherited", "picked", "own", "reverted")]
    inherited, picked, own, reverted = files
    story.write(dict.fromkeys(files, "1"), branch="upstream/main")
    story.merge("upstream/main", "old")
    story.write(dict.fromkeys(files, "1"))
    story.write({picked: "2", reverted: "2", own: "2"}, branch="upstream/main")
    story.write({picked: "2", reverted: "2", own: "mine"})
    story.write({reverted: "1"})
    entries = {path: entry for path in files if (entry := story.entry(path))}
    assert untouched_paths(story.repo, story.history(), entries).keys() == {inherited, picked}


def test_nothing_asked_nothing_found(story: ForkStory) -> None:
    nothing: dict[RepoPath, Entry] = {}
    assert untouched_paths(story.repo, story.history(), nothing) == {}
