"""What a disabled copy was made of, and so what of the fork's work is lost when it follows upstream's file."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forkpolicy.engine.disabled_copies import disabled_copies
from forkpolicy.engine.fork import Fork
from forkpolicy.engine.planner import Request, make_plan
from forkpolicy.engine.provenance import PolicySource
from forkpolicy.policy.names import RepoPath
from tests.policy.conflicts import policy

from .fork_story import ForkStory

ACTIVE, COPY = RepoPath("wf/ci.yml"), RepoPath("wf/ci.yml.txt")
RULE = {"paths": [f"/{ACTIVE}"], "resolve": "disable", "applies": "always"}
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def workflow(version: int, *own: str) -> str:
    """A workflow of upstream's in one of its versions, with lines of the fork's."""
    return "".join(f"{line}\n" for line in (*own, f"version: {version}", *(f"step {n}: {version}" for n in range(20))))


@pytest.fixture
def story(tmp_path: Path) -> ForkStory:
    """Upstream has a workflow in version 1; the fork starts there."""
    story = ForkStory(tmp_path)
    story.write({ACTIVE: workflow(1)}, branch="upstream/main")
    story.start()
    return story


def sync(story: ForkStory, version: int) -> None:
    """Upstream goes on to a version, and the fork merges it but for the workflow."""
    story.write({ACTIVE: workflow(version), "app": str(version)}, branch="upstream/main")
    story.write({"app": str(version)}, merging="upstream/main")


def lost(story: ForkStory, version: int) -> tuple[str, ...] | None:
    """What the fork loses when upstream's next version is merged and the copy follows it."""
    story.write({ACTIVE: workflow(version)}, branch="upstream/main")
    repo, tips = story.repo, story.tips
    story.repository.branch("prod", tips["fork"]).tag("v9.0", tips["upstream/main"])
    plan = make_plan(Fork.of(repo, policy(RULE)), PolicySource("x", None, ""), Request("v9.0", "never"), NOW)
    [decision] = [each for each in plan.decisions if COPY in each.paths]
    return decision.loss.fork


def made_of(story: ForkStory) -> str | None:
    """The content that the fork made its copy of."""
    [copy] = disabled_copies(story.repo, story.history(), {COPY: ACTIVE}, ())
    return None if copy.made_of is None else story.repo.read(copy.made_of.id).decode()


STORIES: Mapping[str, tuple[dict[str, str | None], ...]] = {
    "renamed": ({ACTIVE: None, COPY: workflow(1)},),
    "renamed, then edited": ({ACTIVE: None, COPY: workflow(1)}, {COPY: workflow(1, "own: 1")}),
    "edited, then renamed": ({ACTIVE: workflow(1, "own: 1")}, {ACTIVE: None, COPY: workflow(1, "own: 1")}),
    "edited and renamed at once": ({ACTIVE: None, COPY: workflow(1, "own: 1")},),
}


@pytest.mark.parametrize("how", STORIES)
def test_only_what_the_fork_wrote_is_lost_with_a_stale_copy(story: ForkStory, how: str) -> None:
    for files in STORIES[how]:
        story.write(files)
    sync(story, 2)
    assert made_of(story) == workflow(1)
    assert lost(story, 3) == (() if how == "renamed" else ("own: 1",))


def test_an_active_file_that_was_merged_before_stood_on_upstreams(story: ForkStory) -> None:
    story.write({ACTIVE: workflow(1, "own: 1")})
    story.write({ACTIVE: workflow(2)}, branch="upstream/main")
    story.write({"x": "x"})
    story.write({ACTIVE: workflow(2, "own: 1")}, merging="upstream/main")
    story.write({ACTIVE: None, COPY: workflow(2, "own: 1")})
    assert made_of(story) == workflow(2)
    assert lost(story, 3) == ("own: 1",)


def test_a_copy_of_a_file_that_was_upstreams_never(story: ForkStory) -> None:
    story.write({COPY: "own: 1\n"})
    assert made_of(story) == workflow(1)
    story.tips["fork"] = story.repository.on().write(COPY, "own: 1\n").commit()
    assert made_of(story) is None
