"""The version of a fork, from its history: what counts, what upstream's part is, and where nothing tells."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forkpolicy.engine.fork import Fork
from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.versioning import Versioning, VersionState, tag_on, version_state
from forkpolicy.policy.errors import RepositoryError, UsageError
from forkpolicy.policy.names import CommitId
from forkpolicy.policy.version_rules import PassedOver
from tests.builder import RepositoryBuilder
from tests.numbered import DEV, POLICY, START, Numbered, policy


@pytest.fixture
def fork(repository: RepositoryBuilder) -> Numbered:
    return Numbered(repository)


def state(fork: Numbered, revisions: str | None = None) -> VersionState:
    return version_state(fork.fork(), revisions)


def reasons(found: VersionState) -> dict[str, PassedOver | None]:
    return {each.commit.subject: each.passed_over for each in found.effects}


class TestTheForkSPart:
    def test_the_handbook_s_example(self, fork: Numbered) -> None:
        for subject in ("fix: resolve metadata null check", "feat: add streaming", "fix: correct error handling"):
            fork.commit(subject)
        found = state(fork)
        assert (found.tag, found.is_due) == ("v1.79.1-carto.1.8.1", True)
        assert found.images == ("v1.79.1-carto.1.8.1", "carto-stable", "carto-v1.79.1-latest")

    def test_a_sync_changes_the_upstream_part_alone(self, fork: Numbered) -> None:
        fork.upstream_commit("feat!: upstream's own", DEV)  # some work on both
        fork.merge(fork.release("v1.79.3-stable"))
        found = state(fork)
        assert found.tag == "v1.79.3-carto.1.7.1"
        assert found.is_due
        assert [each.commit.subject for each in found.effects if not each.commit.is_merge] == []

    def test_a_patch_release_of_upstream_alone_is_nothing_to_release(self, fork: Numbered) -> None:
        fork.merge(fork.release("v1.79.1-stable.patch1"))
        found = state(fork)
        assert (found.tag, found.is_due) == ("v1.79.1-carto.1.7.1", False)
        assert found.contained.release is not None
        assert found.contained.release.tag == "v1.79.1-stable.patch1"

    def test_without_commits_there_is_nothing_to_release(self, fork: Numbered) -> None:
        assert (state(fork).tag, state(fork).is_due) == ("v1.79.1-carto.1.7.1", False)
        fork.commit("docs: nothing that counts")
        assert not state(fork).is_due

    def test_merges_and_others_do_not_count(self, fork: Numbered) -> None:
        topic = fork.on(fork.production, "fix: on a topic")
        fork.merge(topic, "feat: a merge with a conventional title")
        fork.commit("feat: from outside", "someone@example.com")
        found = state(fork)
        assert found.tag == "v1.79.1-carto.1.7.2"
        assert reasons(found) == {
            "fix: on a topic": None,
            "feat: a merge with a conventional title": PassedOver.MERGE,
            "feat: from outside": PassedOver.AUTHOR,
        }

    def test_commits_count_in_chronological_order(self, fork: Numbered) -> None:
        older = fork.on(fork.production, "feat: older, on a topic")
        fork.commit("fix: newer, on production")
        fork.merge(older)
        assert state(fork).tag == "v1.79.1-carto.1.8.1"

    def test_the_mailmap_says_who_somebody_is(self, fork: Numbered) -> None:
        fork.commit("feat: from home", "me@home.example")
        assert state(fork).tag == "v1.79.1-carto.1.7.1"
        mailmap = fork.repository.on(fork.production).write(".mailmap", "Dev <dev@carto.com> <ME@home.example>\n")
        fork.production = mailmap.commit("docs: mailmap", DEV)
        found = state(fork)
        assert found.tag == "v1.79.1-carto.1.8.0"
        assert (found.effects[0].commit.author, found.effects[0].commit.email) == ("Dev", "dev@carto.com")

    def test_a_legacy_tag_is_read_and_the_current_format_made(self, repository: RepositoryBuilder) -> None:
        fork = Numbered(repository)
        repository.raw.references.delete("refs/tags/v1.79.1-carto.1.7.1")
        fork.tag("carto-v1.79.1-1.74.297")
        assert not state(fork).is_due
        fork.commit("fix: one")
        assert state(fork).tag == "v1.79.1-carto.1.74.298"

    def test_the_first_version_is_the_initial_one(self, fork: Numbered) -> None:
        fork.repository.raw.references.delete("refs/tags/v1.79.1-carto.1.7.1")
        fork.commit("feat!: whatever")
        found = state(fork)
        assert (found.current, found.tag, found.is_due) == (None, "v1.79.1-carto.1.0.0", True)

    def test_a_sync_that_is_planned(self, fork: Numbered) -> None:
        fork.commit("fix: one")
        fork.release("v1.79.3-stable")
        seen = fork.fork()
        release = next(iter(seen.releases))
        assert tag_on(seen, release, version_state(seen)) == "v1.79.3-carto.1.7.2"

    def test_a_policy_without_versions(self, fork: Numbered) -> None:
        with pytest.raises(UsageError, match="numbers no versions"):
            Versioning(fork.fork(policy(POLICY.partition("versions:")[0])))


class TestRanges:
    def test_between_two_releases(self, fork: Numbered) -> None:
        fork.commit("feat: one")
        fork.tag("v1.79.1-carto.1.8.0")
        fork.commit("fix: two")
        fork.tag("v1.79.1-carto.1.8.1")
        fork.commit("feat: three")
        assert state(fork).tag == "v1.79.1-carto.1.9.0"
        assert state(fork, "v1.79.1-carto.1.7.1..v1.79.1-carto.1.8.1").next_tag == "v1.79.1-carto.1.8.1"
        assert state(fork, "v1.79.1-carto.1.7.1..").next_tag == "v1.79.1-carto.1.9.0"
        assert state(fork, "v1.79.1-carto.1.8.1").next_tag == "v1.79.1-carto.1.8.1"
        released = state(fork, "v1.79.1-carto.1.8.1").released
        assert released is not None
        assert released.tag == "v1.79.1-carto.1.8.1"

    def test_from_a_commit_that_is_no_release(self, fork: Numbered) -> None:
        start = fork.commit("feat: before the range")
        fork.commit("fix: in the range")
        assert state(fork, f"{start}..carto/main").next_tag == "v1.79.1-carto.1.7.2"

    def test_an_unknown_commit(self, fork: Numbered) -> None:
        with pytest.raises(RepositoryError, match="no commit `nowhere`"):
            state(fork, "nowhere..")


class TestTheUpstreamPart:
    def test_it_is_what_history_contains_not_what_a_tag_or_file_claims(self, fork: Numbered) -> None:
        wrong = fork.repository.on(fork.production).write("pyproject.toml", 'version = "1.81.6"\nversion = "1.79.1"\n')
        fork.production = wrong.commit("fix: one", DEV)
        fork.tag("v1.81.6-carto.1.7.2")
        fork.commit("fix: two")
        found = state(fork)
        assert found.next_tag == "v1.79.1-carto.1.7.3"
        assert {(each.rule, each.path) for each in found.findings} == {
            ("tag-mismatch", None),
            ("version-mismatch", "pyproject.toml"),
        }
        assert "set the version in pyproject.toml to 1.79.1" in {each.fix for each in found.findings}

    def test_a_tag_that_was_right_when_it_was_made_stays_right(self, fork: Numbered) -> None:
        fork.merge(fork.release("v1.79.3-stable"))
        fork.commit("fix: one")
        assert state(fork).findings == ()

    def test_after_a_lost_sync_ancestry_does_not_tell(self, fork: Numbered) -> None:
        fork.squash(fork.release("v1.79.3-stable", commits=6), "fix: a good title for a squash")
        fork.commit("fix: one")
        found = state(fork)
        assert found.contained.release is None
        assert found.contained.unknown is not None
        assert found.tag == "v1.79.1-carto.1.7.2"  # the upstream part of the last tag stands
        assert [each.rule for each in found.findings] == ["unknown-release"]
        assert reasons(found)["fix: a good title for a squash"] is PassedOver.LOST_SYNC

    def test_a_content_base_tells_it(self, fork: Numbered) -> None:
        release = fork.release("v1.79.3-stable", commits=6)
        fork.squash(release, "fix: a good title for a squash")
        found = version_state(fork.fork(), content_base=release)
        assert found.tag == "v1.79.3-carto.1.7.1"
        assert found.findings == ()

    def test_the_next_merged_release_makes_it_known_again(self, fork: Numbered) -> None:
        fork.squash(fork.release("v1.79.3-stable", commits=6), "sync: 1.79.3")
        fork.merge(fork.release("v1.79.4-stable"))
        assert state(fork).tag == "v1.79.4-carto.1.7.1"

    def test_a_release_that_was_not_fetched_may_be_contained(self, fork: Numbered) -> None:
        fork.merge(fork.release("v1.79.3-stable"))
        fork.tag("v1.79.3-carto.1.7.1")
        fork.repository.raw.references.delete("refs/tags/v1.79.3-stable")
        fork.commit("fix: one")
        found = state(fork)
        assert found.tag == "v1.79.3-carto.1.7.2"
        assert [each.rule for each in found.findings] == ["unknown-release"]
        fork.repository.tag("v1.79.2-stable", fork.release("v1.79.4-stable"))  # not merged, and older than 1.79.3
        assert [each.rule for each in state(fork).findings] == ["tag-mismatch"]

    def test_without_release_tags_it_is_the_last_tag_s(self, fork: Numbered) -> None:
        fork.repository.raw.references.delete("refs/tags/v1.79.1-stable")
        fork.commit("fix: one")
        found = state(fork)
        assert found.tag == "v1.79.1-carto.1.7.2"
        assert [each.fix for each in found.findings] == ["git fetch --tags upstream"]

    def test_without_any_tag_nothing_tells(self, fork: Numbered) -> None:
        for tag in ("v1.79.1-stable", "v1.79.1-carto.1.7.1"):
            fork.repository.raw.references.delete(f"refs/tags/{tag}")
        with pytest.raises(RepositoryError, match="is unknown") as error:
            state(fork)
        assert error.value.hint == "git fetch --tags upstream"

    def test_a_shallow_clone_that_lacks_the_last_release_is_no_ground_to_count_on(
        self, fork: Numbered, tmp_path: Path
    ) -> None:
        fork.commit("feat: one")
        fork.commit("fix: two")
        url = f"file://{fork.save()}"
        subprocess.run(
            ["git", "clone", "--quiet", "--bare", "--depth=2", url, tmp_path / "clone"], check=True, timeout=60
        )
        subprocess.run(["git", "-C", tmp_path / "clone", "update-ref", "refs/heads/carto/main", "HEAD"], check=True)
        with pytest.raises(RepositoryError, match="shallow clone"):
            version_state(Fork.of(Repository.open(tmp_path / "clone"), policy()))


class TestTheUpstreamSideOfASync:
    """A clone without upstream's branches, as in CI, still tells upstream's commits from the fork's."""

    def test_unreleased_upstream_commits_that_a_sync_brought(self, fork: Numbered) -> None:
        fork.release("v1.79.3-stable")
        fork.upstream_commit("feat: upstream's, in no release")
        fork.upstream_commit("feat: upstream's, by one who works on both", DEV)
        fork.merge(fork.upstream)
        fork.commit("fix: one")
        known = version_state(fork.fork())
        fork.repository.raw.references.delete("refs/remotes/upstream/main")
        told = version_state(fork.fork(upstream_branch=False))
        assert known.tag == told.tag == "v1.79.3-carto.1.7.2"

    def test_a_topic_that_began_at_upstream_s_is_the_fork_s(self, fork: Numbered) -> None:
        topic = fork.on(fork.upstream, "feat: on a topic that began at a release")
        fork.merge(topic)
        assert version_state(fork.fork(upstream_branch=False)).tag == "v1.79.1-carto.1.8.0"


# Laws


@dataclass(frozen=True)
class Step:
    """One thing that happens to a fork."""

    what: str
    subject: str
    days: int


steps = st.lists(
    st.builds(
        Step,
        st.sampled_from(["commit", "topic", "merge", "upstream", "sync"]),
        st.sampled_from(["feat: x", "fix: x", "feat!: x", "docs: x", "sync: x"]),
        st.integers(0, 2),
    ),
    max_size=8,
)


def tell(repository: RepositoryBuilder, story: list[Step], salt: str, refs: Callable[[list[str]], list[str]]) -> str:
    """Tell a story; `salt` changes every object id, `refs` the order in which refs are made."""
    day = 0

    def commit(subject: str, *parents: CommitId, author: str = DEV) -> CommitId:
        change = repository.on(*parents).write(f"{salt}.txt", f"{salt} {day}")
        return change.commit(subject, author, START + timedelta(days=day))

    upstream = commit("start", author="up@example.com")
    tags = {"v1.0.0-stable": upstream}
    production = commit("feat: first", upstream)
    tags["v1.0.0-carto.1.0.0"] = production
    topic = production
    for number, step in enumerate(story):
        day += step.days
        match step.what:
            case "commit":
                production = commit(step.subject, production)
            case "topic":
                topic = commit(step.subject, topic)
            case "merge":
                production = commit("Merge topic", production, topic)
            case "upstream":
                upstream = commit(step.subject, upstream)
                tags[f"v1.0.{number + 1}-stable"] = upstream
            case _:
                production = commit("Merge release", production, upstream)
    names = {"refs/heads/carto/main": production, "refs/remotes/upstream/main": upstream}
    names |= {f"refs/tags/{tag}": target for tag, target in tags.items()}
    for name in refs(list(names)):
        repository.ref(name, names[name])
    found = version_state(Fork.of(Repository.open(repository.path), policy()))
    return f"{found.tag} {found.is_due} {[(each.commit.subject, each.version.own) for each in found.effects]}"


@given(steps)
def test_the_version_depends_neither_on_object_ids_nor_on_the_order_of_refs(
    tmp_path_factory: pytest.TempPathFactory, story: list[Step]
) -> None:
    place = tmp_path_factory.mktemp("law")
    one = tell(RepositoryBuilder(place / "one"), story, "a", list)
    other = tell(RepositoryBuilder(place / "other"), story, "b", lambda names: names[::-1])
    assert one == other


@given(steps)
def test_the_order_is_that_of_git_log(tmp_path_factory: pytest.TempPathFactory, story: list[Step]) -> None:
    place = tmp_path_factory.mktemp("law") / "one"
    repository = RepositoryBuilder(place)
    tell(repository, story, "a", list)
    found = Versioning(Fork.of(Repository.open(place), policy())).own_commits(None)
    command = ["git", "-C", str(place), "log", "--date-order", "--reverse", "--format=%H", "carto/main"]
    excluded = ["--not", "upstream/main", "--tags=v*-stable"]
    told = subprocess.check_output([*command, *excluded], text=True).split()
    assert [each.id for each in found] == told
