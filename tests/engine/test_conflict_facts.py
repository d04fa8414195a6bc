"""Facts about conflicts, looked up in a small repository."""

from pathlib import Path

import pytest

from forkpolicy.engine.conflict_facts import file_facts, gather_facts
from forkpolicy.policy.facts import Conflict, ConflictFacts, FileFacts, Kind, Versions
from forkpolicy.policy.names import CommitId, RepoPath

from .fork_story import PATH, ForkStory


@pytest.fixture
def story(tmp_path: Path) -> ForkStory:
    """Upstream has a file and an old one; the fork starts there."""
    story = ForkStory(tmp_path)
    story.write({PATH: "1", "old.py": "old"}, branch="upstream/main")
    story.start()
    return story


def looked_up(story: ForkStory, path: str) -> FileFacts:
    """The facts of one path in the merge of upstream's main."""
    return file_facts(story.repo, story.history(), RepoPath(path), versions(story, path))


def versions(story: ForkStory, path: str) -> Versions:
    base: tuple[CommitId, ...] = story.repo.merge_bases(story.tips["fork"], story.tips["upstream/main"])
    commits = (*base, story.tips["fork"], story.tips["upstream/main"])
    return Versions(*(story.entry(RepoPath(path), commit) for commit in commits))


def conflict(story: ForkStory, kind: Kind, *paths: str, follows_rename: bool = False) -> ConflictFacts:
    files = {RepoPath(path): versions(story, path) for path in paths}
    group = Conflict(RepoPath(paths[0]), kind, files, follows_rename=follows_rename)
    [found] = gather_facts(story.repo, story.history(), [group], story.repo.read)
    return found


def test_untouched_comes_with_its_evidence(story: ForkStory) -> None:
    base = story.tips["fork"]
    story.write({"x": "x"})
    story.upstream("2")
    assert looked_up(story, PATH).untouched == base
    story.fork("own")
    assert looked_up(story, PATH).untouched is None


def test_a_file_that_upstream_never_had(story: ForkStory) -> None:
    story.write({"own.py": "x"})
    story.upstream("2")
    facts = looked_up(story, "own.py")
    assert (facts.fork_only, facts.leftover) == (True, False)
    assert not looked_up(story, PATH).fork_only


def test_a_file_that_upstream_had_once_is_not_the_forks_alone(story: ForkStory) -> None:
    story.write({"gone.py": "x"}, branch="upstream/main")
    story.write({"gone.py": None}, branch="upstream/main")
    story.write({"gone.py": "own"})
    facts = looked_up(story, "gone.py")
    assert (facts.fork_only, facts.leftover) == (False, True)


def test_a_file_that_upstream_deleted_is_left_over(story: ForkStory) -> None:
    story.write({"old.py": "changed"})
    story.write({"old.py": None}, branch="upstream/main")
    assert looked_up(story, "old.py").leftover
    assert not looked_up(story, PATH).leftover
    story.write({"old.py": None})
    assert not looked_up(story, "old.py").leftover


@pytest.mark.parametrize(("side", "binary"), [("fork", True), ("upstream/main", True), (None, False)])
def test_one_binary_version_makes_a_file_binary(story: ForkStory, side: str | None, binary: bool) -> None:
    story.fork("2")
    story.upstream("3")
    if side:
        story.write({PATH: "\0"}, branch=side)
    assert looked_up(story, PATH).binary is binary


def test_text_with_a_nul_byte_far_down_is_text_to_git(story: ForkStory) -> None:
    story.fork("x" * 8000 + "\0")
    story.upstream("3")
    assert not looked_up(story, PATH).binary


def test_the_forks_commits_of_all_names_each_once(story: ForkStory) -> None:
    both = story.write({PATH: "2", "old.py": "2"}, "fix: both (#5)")
    one = story.fork("3", "fix: one")
    story.upstream("x")
    facts = conflict(story, Kind.RENAME_RENAME, PATH, "old.py")
    assert {(each.commit, each.pull_request) for each in facts.fork_commits} == {(both, 5), (one, None)}
    assert len(facts.fork_commits) == 2


def test_history_follows_a_rename(story: ForkStory) -> None:
    base = story.tips["fork"]
    story.write({"x": "x"})
    story.write({"new.py": "2", PATH: None}, branch="upstream/main")
    facts = conflict(story, Kind.CONTENT, "new.py", PATH, follows_rename=True)
    assert [each.untouched for each in facts.files] == [base, base]
    alone = conflict(story, Kind.RENAME_RENAME, "new.py", PATH)
    assert {each.path: each.untouched for each in alone.files} == {"new.py": None, PATH: base}
