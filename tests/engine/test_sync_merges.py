"""Which merges of a history brought upstream, and which of their parents is the fork's side."""

from itertools import permutations

import pytest

from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.history import fork_history
from forkpolicy.engine.sync_merges import SyncMerge, sync_merges
from forkpolicy.policy.names import CommitId
from tests.builder import RepositoryBuilder
from tests.numbered import Numbered


class Story(Numbered):
    """A fork whose merges matter by their parents alone."""

    def join(self, *parents: CommitId) -> CommitId:
        """A merge with the first parent's files."""
        return self.repository.on(*parents).commit("Merge")

    def syncs(self, tip: CommitId, production: CommitId | None = None) -> list[SyncMerge]:
        """The sync merges of the branch that ends in a commit."""
        self.save()
        repo = Repository.open(self.repository.path)
        return list(sync_merges(repo, fork_history(repo, tip, (self.upstream,), None), production))


@pytest.fixture
def story(repository: RepositoryBuilder) -> Story:
    """Production has commits of its own on a release; upstream has a newer one."""
    story = Story(repository)
    story.release("v1.80.0-stable")
    return story


class TestWhatIsASync:
    def test_a_release_merged_into_production(self, story: Story) -> None:
        merge = story.join(story.production, story.upstream)

        assert story.syncs(merge) == [SyncMerge(merge, story.production, story.upstream)]

    def test_parents_in_any_order(self, story: Story) -> None:
        merge = story.join(story.upstream, story.production)

        assert story.syncs(merge) == [SyncMerge(merge, story.production, story.upstream)]

    def test_one_after_the_other_oldest_first(self, story: Story) -> None:
        first_release, before = story.upstream, story.production
        first = story.production = story.join(before, first_release)
        fork = story.commit("feat: between")
        second = story.join(fork, story.release("v1.81.0-stable"))

        assert story.syncs(second) == [
            SyncMerge(first, before, first_release),
            SyncMerge(second, fork, story.upstream),
        ]

    def test_one_made_on_a_sync_branch_which_a_pull_request_merged(self, story: Story) -> None:
        sync = story.join(story.production, story.upstream)
        merged = story.join(story.production, story.on(sync, "fix: after the sync"))

        assert [each.commit for each in story.syncs(merged)] == [sync]

    def test_also_where_production_went_on_in_the_meantime(self, story: Story) -> None:
        sync = story.join(story.production, story.upstream)
        merged = story.join(story.commit("feat: meanwhile"), sync)

        assert [each.commit for each in story.syncs(merged)] == [sync]

    def test_a_topic_that_began_at_upstream_s_tip(self, story: Story) -> None:
        topic = story.on(story.upstream_commit(), "feat: for both")
        story.commit("feat: another")
        merge = story.join(story.production, topic)

        assert story.syncs(merge) == [SyncMerge(merge, story.production, topic)]


class TestTheMirrorWithMergesOfItsOwn:
    @pytest.fixture
    def mirror(self, story: Story) -> CommitId:
        """A mirror that upstream was merged into twice, with a commit between."""
        own = story.on(story.upstream, "chore: on the mirror")
        merged = story.join(own, story.upstream_commit())
        return story.join(story.on(merged, "chore: again"), story.upstream_commit())

    def test_its_merge_into_production_is_the_sync(self, story: Story, mirror: CommitId) -> None:
        for number in range(5):
            story.commit(f"feat: {number}")
        for parents in permutations((story.production, mirror)):
            merge = story.join(*parents)

            assert story.syncs(merge) == [SyncMerge(merge, story.production, mirror)]

    def test_it_may_have_more_commits_than_production_where_production_is_known(
        self, story: Story, mirror: CommitId
    ) -> None:
        merge = story.join(mirror, story.production)

        assert story.syncs(merge, story.production) == [SyncMerge(merge, story.production, mirror)]

    def test_what_it_brought_is_upstream_s_at_the_next_sync(self, story: Story, mirror: CommitId) -> None:
        story.commit("feat: one")
        story.commit("feat: two")
        story.commit("feat: three")
        story.commit("feat: four")
        first = story.production = story.join(story.production, mirror)
        newer = story.join(mirror, story.upstream_commit())
        second = story.join(story.production, newer)

        assert [(each.commit, each.upstream_parent) for each in story.syncs(second)] == [
            (first, mirror),
            (second, newer),
        ]


class TestWhatIsNone:
    def test_a_topic(self, story: Story) -> None:
        topic = story.on(story.production, "feat: topic")
        merge = story.join(story.commit("feat: meanwhile"), topic)

        assert story.syncs(merge) == []

    def test_a_topic_from_before_a_sync(self, story: Story) -> None:
        topic = story.on(story.production, "feat: topic")
        sync = story.production = story.join(story.production, story.upstream)
        merge = story.join(sync, topic)

        assert [each.commit for each in story.syncs(merge)] == [sync]

    def test_a_topic_updated_from_production_after_a_sync(self, story: Story) -> None:
        topic = story.on(story.production, "feat: topic")
        sync = story.production = story.join(story.production, story.upstream)
        updated = story.join(topic, story.commit("feat: after the sync"))
        merged = story.join(story.production, updated)

        assert [each.commit for each in story.syncs(merged)] == [sync]

    def test_a_merge_that_brings_nothing_of_upstream_s(self, story: Story) -> None:
        other = story.on(story.repository.on(story.upstream).commit("feat: another start"), "feat: more")
        both = story.join(other, story.on(story.upstream, "feat: second fork"))

        assert story.syncs(both) == []

    def test_an_older_release_that_production_has_already(self, story: Story) -> None:
        older = story.upstream
        story.production = sync = story.join(story.production, story.release("v1.81.0-stable"))
        again = story.join(story.production, older)

        assert [each.commit for each in story.syncs(again)] == [sync]

    def test_an_octopus(self, story: Story) -> None:
        topic = story.on(story.production, "feat: topic")

        assert story.syncs(story.join(story.production, topic, story.upstream)) == []


class TestWhichSideIsTheFork:
    """Two branches of the fork's without a commit in common, and the merge of both."""

    @pytest.fixture
    def sides(self, story: Story) -> tuple[CommitId, CommitId]:
        """Production with few commits of its own, and a branch with more."""
        maintained = story.on(story.production, "feat: one more")
        longer = story.upstream
        for number in range(5):
            longer = story.on(longer, f"feat: {number}")
        return maintained, longer

    def test_the_one_with_more_commits(self, story: Story, repository: RepositoryBuilder) -> None:
        root = story.upstream
        release = repository.on(root).write("release.txt", "1\n").commit("release")
        shorter, longer = story.on(release, "feat: a"), story.on(story.upstream_commit(), "feat: b")
        longer = story.on(longer, "feat: c")
        story.upstream = story.join(story.upstream, release)
        for parents in permutations((shorter, longer)):
            merge = story.join(*parents)

            assert story.syncs(merge) == [SyncMerge(merge, longer, shorter)]
            assert story.syncs(merge, shorter) == [SyncMerge(merge, shorter, longer)]

    def test_the_one_that_production_had(self, story: Story, sides: tuple[CommitId, CommitId]) -> None:
        production, longer = sides
        for parents in permutations(sides):
            merge = story.join(*parents)

            assert story.syncs(merge, production) == [SyncMerge(merge, production, longer)]

    def test_production_may_have_gone_on(self, story: Story, sides: tuple[CommitId, CommitId]) -> None:
        production, longer = sides
        for parents in permutations(sides):
            merge = story.join(*parents)
            head = story.join(story.on(production, "feat: meanwhile"), merge)

            assert story.syncs(head, production) == [SyncMerge(merge, production, longer)]

    def test_a_production_that_the_history_does_not_know_decides_nothing(self, story: Story) -> None:
        merge = story.join(story.upstream, story.production)

        assert story.syncs(merge, story.upstream) == [SyncMerge(merge, story.production, story.upstream)]
