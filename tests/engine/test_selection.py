"""Which release is planned for: the one that was asked for, or the newest that the policy accepts."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from forkpolicy.engine.fork import Fork
from forkpolicy.engine.selection import Target, select
from forkpolicy.policy.errors import RepositoryError
from forkpolicy.policy.models import Policy
from tests.sections import made

from .fork_story import STEP, ForkStory

RELEASES = {
    "schemes": [
        {"tags": ["v{version}", "v{version}.post{patch}"], "since": "1.84.0"},
        {
            "tags": ["v{version}-stable", "v{version}-stable.patch{patch}", "v{version}-stable.patch.{patch}"],
            "until": "1.84.0",
        },
    ],
    "deny": {"v1.84.7": "withdrawn by upstream"},
}
IRREGULAR = {
    "v1.55.8-stable-patched": "no scheme matches: `v{version}-stable` leaves `-patched` over",
    "v1.74.3-stable-draft": "no scheme matches: `v{version}-stable` leaves `-draft` over",
    "v1.72.2-stable.debug": "no scheme matches: `v{version}-stable` leaves `.debug` over",
    "v.1.32.34-stable": "no scheme matches",
    "v1.74.9.rc-draft": "no scheme matches: `v{version}` leaves `.rc-draft` over",
    "v1.72.6.devMCP": "no scheme matches: `v{version}` leaves `.devMCP` over",
    "v1.81.3-nightly": "no scheme matches: `v{version}` leaves `-nightly` over",
    "v1.84.0rc1": "no scheme matches: `v{version}` leaves `rc1` over",
    "v1.84.0.dev3": "no scheme matches: `v{version}` leaves `.dev3` over",
    "v1.84.7": "denied: withdrawn by upstream",
    "v1.76.5": "outside the scheme's era: `v{version}` counts from 1.84.0 on",
}


@pytest.fixture
def story(tmp_path: Path) -> ForkStory:
    """The fork stands on v1.80.0-stable; v1.81.0-stable and its patch came after."""
    story = ForkStory(tmp_path)
    story.repository.tag("v1.80.0-stable", story.upstream("80"))
    story.start()
    story.fork("own")
    story.repository.tag("v1.81.0-stable", story.upstream("81"))
    story.repository.tag("v1.81.0-stable.patch.1", story.upstream("81.1"))
    return story


def chosen(story: ForkStory, asked: str | None = None, onto: str | None = None, **others: Any) -> Target:
    """What is selected on the day of the last commit."""
    document = {
        "schema": 1,
        "fork": {"name": "ACME", "repository": "acme/widget", **others.pop("fork", {})},
        "upstream": {"name": "Widget", "repository": "widget/widget"},
        "branches": [{"names": ["fork"], "role": "production"}],
        "ownership": {},
        "versions": others.pop("versions", None),
        "releases": {**RELEASES, **others},
    }
    return select(Fork.of(story.repo, made(Policy, document), onto), asked, story.now)


def tag(target: Target) -> str | None:
    """The tag of the release that was chosen."""
    return None if target.release is None else target.release.tag


class TestNewest:
    def test_the_newest(self, story: ForkStory) -> None:
        target = chosen(story)
        assert (tag(target), target.commit) == ("v1.81.0-stable.patch.1", story.tips["upstream/main"])
        assert target.contained is not None
        assert (target.contained.tag, target.refused, target.notes) == ("v1.80.0-stable", None, ())

    def test_a_fresh_one_waits_and_is_noted(self, story: ForkStory) -> None:
        target = chosen(story, min_age="1d")
        assert tag(target) == "v1.81.0-stable"
        [note] = target.notes
        assert note.message == (
            "v1.81.0-stable.patch.1 is passed over: in quarantine: releases have to be 1 day old, 1 day to go"
        )

    def test_all_fresh(self, story: ForkStory) -> None:
        target = chosen(story, min_age="30d")
        assert (tag(target), target.commit, len(target.notes)) == ("v1.80.0-stable", None, 2)

    def test_irregular_and_denied_tags_are_none(self, story: ForkStory) -> None:
        for name in IRREGULAR:
            story.repository.tag(name, story.upstream(name))
        assert tag(chosen(story)) == "v1.81.0-stable.patch.1"

    def test_up_to_date(self, story: ForkStory) -> None:
        story.merge("upstream/main", "own")
        target = chosen(story)
        assert (tag(target), target.commit, target.refused) == ("v1.81.0-stable.patch.1", None, None)

    def test_an_older_one_that_the_fork_never_took_is_not_offered(self, story: ForkStory) -> None:
        story.repository.tag("v1.79.0-stable", story.upstream("79", branch="old"))
        story.merge("upstream/main", "own")
        assert chosen(story).commit is None

    def test_another_branch_than_production(self, story: ForkStory) -> None:
        story.topic("sync")
        story.merge("upstream/main", "own", into="sync")
        assert chosen(story, onto="sync").commit is None
        assert chosen(story).commit is not None

    def test_no_release_at_all(self, tmp_path: Path) -> None:
        story = ForkStory(tmp_path)
        story.upstream("1")
        story.start()
        with pytest.raises(RepositoryError, match="no release of upstream is known") as caught:
            chosen(story)
        assert caught.value.hint == "git fetch --tags https://github.com/widget/widget.git"


class TestAskedFor:
    def test_any_newer_one(self, story: ForkStory) -> None:
        target = chosen(story, "v1.81.0-stable")
        assert (tag(target), target.refused) == ("v1.81.0-stable", None)

    @pytest.mark.parametrize(("name", "reason"), IRREGULAR.items())
    def test_no_release(self, story: ForkStory, name: str, reason: str) -> None:
        story.repository.tag(name, story.tips["upstream/main"])
        target = chosen(story, name)
        assert (target.release, target.refused) == (None, f"{name} is no release to merge: {reason}")

    def test_in_quarantine(self, story: ForkStory) -> None:
        story.now += timedelta(hours=5)
        target = chosen(story, "v1.81.0-stable.patch.1", min_age="3d")
        assert tag(target) == "v1.81.0-stable.patch.1"
        assert target.refused == ("v1.81.0-stable.patch.1 in quarantine: releases have to be 3 days old, 3 days to go")

    def test_out_of_quarantine(self, story: ForkStory) -> None:
        story.now += STEP
        assert chosen(story, "v1.81.0-stable.patch.1", min_age="3d").refused is None

    def test_in_production_already(self, story: ForkStory) -> None:
        target = chosen(story, "v1.80.0-stable")
        assert (tag(target), target.commit, target.refused) == ("v1.80.0-stable", None, None)

    @pytest.mark.parametrize("branch", ["main", "old"], ids=["contained", "on another line"])
    def test_goes_back(self, story: ForkStory, branch: str) -> None:
        story.repository.tag("v1.79.0-stable", story.upstream("79", branch=branch))
        story.repository.tag("v1.82.0-stable", story.upstream("82"))
        story.merge("upstream/main", "own")
        target = chosen(story, "v1.79.0-stable")
        assert target.refused == "v1.79.0-stable goes back: production contains v1.82.0-stable, which is newer"

    def test_unknown(self, story: ForkStory) -> None:
        with pytest.raises(RepositoryError, match=r"v1\.82\.0-stable is not in this repository") as caught:
            chosen(story, "v1.82.0-stable")
        assert caught.value.hint == "git fetch https://github.com/widget/widget.git tag v1.82.0-stable"

    def test_a_tag_of_the_forks_own(self, story: ForkStory) -> None:
        story.repository.tag("v9.9.9", story.tips["fork"])
        target = chosen(story, "v9.9.9", fork={"since": story.tips["fork"]})
        assert target.refused == "v9.9.9 is a tag of the fork's own: it descends from the fork's first commit"

    def test_a_version_of_the_forks_own(self, story: ForkStory) -> None:
        story.repository.tag("v1.90.1.2.3", story.tips["upstream/main"])
        target = chosen(story, "v1.90.1.2.3", versions={"format": "v{upstream}.{major}.{minor}.{patch}"})
        assert target.refused == "v1.90.1.2.3 is a tag of the fork's own: `versions` reads it as one of its versions"
