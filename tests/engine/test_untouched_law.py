"""Untouched, held against its definition, spelled out over every commit of small generated histories."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from forkpolicy.engine.copies import CLOCK_SKEW
from forkpolicy.engine.git.repository import Commit
from forkpolicy.policy.facts import Entry
from forkpolicy.policy.names import CommitId

from .fork_story import ForkStory

CONTENTS = ("a", "b", "c", None)
OWN = "own"

Step = tuple[str, int]
"""What happens, and a number that says with which content."""

steps = st.lists(
    st.tuples(
        st.sampled_from(["upstream", "upstream", "release", "fork", "fork", "merge main", "merge release"]),
        st.integers(0, 9),
    ),
    min_size=3,
    max_size=9,
)


def told(directory: Path, happened: Iterable[Step]) -> ForkStory:
    """The history in which all this happened, one after the other."""
    story = ForkStory(directory)
    story.upstream("a")
    story.start()
    story.release_branch()
    now: dict[str, str | None] = {"main": "a", "release": "a", "fork": "a"}
    for what, number in happened:
        branch = {"upstream": "main"}.get(what, what.removeprefix("merge "))
        if what.startswith("merge "):
            now["fork"] = (now[branch], now[branch], now["fork"], OWN)[number % 4]
            story.merge(f"upstream/{branch}", now["fork"])
        elif what == "fork":
            now["fork"] = (*CONTENTS, OWN)[number % 5]
            story.fork(now["fork"])
        else:
            now[branch] = CONTENTS[number % 4]
            story.upstream(now[branch], branch=branch)
    return story


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One repository for all histories: commits that are not reachable do no harm."""
    return tmp_path_factory.mktemp("stories")


@dataclass(frozen=True)
class Definition:
    """The words of the definition, each by brute force."""

    story: ForkStory

    @cached_property
    def upstream(self) -> list[Commit]:
        """Every commit of upstream's."""
        repo = self.story.repo
        return [repo.commit(each) for each in repo.walk(self.story.history().upstream)]

    @cached_property
    def bringing(self) -> list[Commit]:
        """The fork's commits that brought the entry that the tip has, each reached through commits that have it."""
        history, wanted = self.story.history(), self.at(self.story.tips["fork"])
        found: list[Commit] = []
        waiting, seen = [history.tip], set[CommitId]()
        while waiting:
            each = waiting.pop()
            if each in seen or each not in history.commits:
                continue
            seen.add(each)
            commit = history.commits[each]
            same = [parent for parent in commit.parents if self.at(parent) == wanted]
            waiting.extend(same)
            if not same:
                found.append(commit)
        return found

    def at(self, commit: CommitId) -> Entry | None:
        """What a commit has."""
        return self.story.entry(commit=commit)

    def is_older(self, entry: Entry | None, other: Entry | None, known: list[Commit]) -> bool:
        """Whether upstream brought the other entry later, wherever it brought the first one."""
        ones, others = self.brought(entry, known), self.brought(other, known)
        return bool(ones) and all(any(one != x and self.precedes(one, x) for x in others) for one in ones)

    def brought(self, entry: Entry | None, known: list[Commit]) -> list[CommitId]:
        """The commits that brought an entry: none of their parents had it."""
        return [
            each.id
            for each in known
            if self.at(each.id) == entry and all(self.at(parent) != entry for parent in each.parents)
        ]

    def precedes(self, one: CommitId, other: CommitId) -> bool:
        """Whether one commit is an ancestor of the other."""
        return self.story.repo.is_ancestor(one, other)

    def known_to(self, commit: Commit) -> list[Commit]:
        """The upstream commits that there were when a commit of the fork was made."""
        return [each for each in self.upstream if each.committed <= commit.committed + CLOCK_SKEW]

    def before(self, commit: Commit) -> set[Entry | None]:
        """What the fork had before a commit, along first parents; nothing counts only where it had removed the file."""
        history = self.story.history()
        line = [commit]
        while line[-1].id in history.commits:
            line.append(self.story.repo.commit(line[-1].parents[0]))
        return {self.at(after.id) for _, after in pairwise(line)} - {self.at(commit.id)}

    def is_revert(self, commit: Commit) -> bool:
        """Whether a commit put back what upstream had before."""
        known, entry = self.known_to(commit), self.at(commit.id)
        return not commit.is_merge and any(self.is_older(entry, each, known) for each in self.before(commit))

    def is_copy(self, commit: Commit) -> bool:
        """Whether a commit surely took what is newer at upstream than all that the fork had, and than its base."""
        known, entry = self.known_to(commit), self.at(commit.id)
        lacking = [each for each in known if not self.precedes(each.id, commit.id)]
        others = {each for each in self.before(commit) if self.brought(each, known)}
        newer = all(self.is_older(each, entry, known) for each in others)
        return bool(self.brought(entry, lacking)) and newer


@given(steps)
def test_what_is_untouched_by_definition(directory: Path, happened: list[Step]) -> None:
    story = told(directory, happened)
    if story.entry() is None:
        return
    definition = Definition(story)
    evidence = story.untouched()  # which checks the evidence
    if any(map(definition.is_revert, definition.bringing)):
        event("reverted")
        assert evidence is None
    elif all(map(definition.is_copy, definition.bringing)):
        event("copied" if definition.bringing else "inherited")
        assert evidence is not None
    elif not any(definition.at(each.id) == story.entry() for each in definition.upstream):
        event("the fork's own")
        assert evidence is None
