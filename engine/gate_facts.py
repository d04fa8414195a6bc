"""What head adds to base: whose commits these are, which of upstream's they bring, and which files they leave.

Everything is looked up on first use: a topic branch without upstream's commits costs a short walk and no more.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property

from msgspec import Struct

from ..policy.branches import BranchRole
from ..policy.facts import Entry
from ..policy.models import Policy
from ..policy.names import BlobId, CommitId, RefName, RepoPath, TreeId
from ..policy.releases import Release
from .fork import Fork, fork_at
from .git.repository import Commit
from .history import fork_history

REBASED = 20
"""So many commits may be a sync that was rebased; fewer are taken one by one."""


class Brought(Struct, frozen=True):
    """A commit of upstream's that head brings, with all its history."""

    commit: CommitId
    merge: CommitId | None
    """The fork's commit that has it as a parent; None where head itself is upstream's."""


class Addition(Struct, frozen=True, dict=True):
    """The commits that head has and base has not."""

    fork: Fork
    """Seen from base: its production is the base."""
    head: CommitId

    @property
    def base(self) -> CommitId:
        """The commit that head is to be merged into."""
        return self.fork.production.commit

    @cached_property
    def commits(self) -> tuple[CommitId, ...]:
        """All of them, newest first."""
        return tuple(self.fork.repo.walk([self.head], [self.base]))

    @cached_property
    def merge_bases(self) -> tuple[CommitId, ...]:
        """What head was made from."""
        return self.fork.repo.merge_bases(self.base, self.head)

    @cached_property
    def own(self) -> Mapping[CommitId, Commit]:
        """The fork's, no commit before its children."""
        found = self._beyond(self._likely_tips)
        if len(found) < len(self.commits):
            found = self._beyond(self._tips)
        return {each: self.fork.repo.commit(each) for each in found}

    @cached_property
    def singles(self) -> tuple[Commit, ...]:
        """The fork's commits, merges aside, newest first."""
        return tuple(each for each in self.own.values() if not each.is_merge)

    @cached_property
    def upstream(self) -> tuple[CommitId, ...]:
        """Upstream's, newest first."""
        return tuple(each for each in self.commits if each not in self.own)

    @cached_property
    def unreleased(self) -> tuple[CommitId, ...]:
        """Those of upstream's that are in no release, newest first."""
        if not self.upstream:
            return ()
        beyond = set(self.fork.repo.walk([self.head], [self.base, *self.fork.releases.values()]))
        return tuple(each for each in self.upstream if each in beyond)

    @cached_property
    def brought(self) -> tuple[Brought, ...]:
        """The newest of upstream's commits: those that no other of them has in its history."""
        upstream = set(self.upstream)
        if self.head in upstream:
            return (Brought(self.head, None),)
        merges = {parent: each.id for each in self.own.values() for parent in each.parents if parent in upstream}
        return tuple(Brought(each, merges[each]) for each in self.fork.repo.independent(merges))

    @cached_property
    def at_head(self) -> Fork:
        """The fork, seen from head."""
        return fork_at(self.fork, self.head)

    @cached_property
    def changed(self) -> Mapping[RepoPath, Entry | None]:
        """The paths at which head has an entry, or none, that neither base nor what it brings of upstream has."""
        repo = self.fork.repo
        first, *trees = self._sides
        changes = repo.changes(first, repo.tree(self.head))
        return {path: new for path, (_, new) in changes.items() if all(repo.entry(tree, path) != new for tree in trees)}

    @cached_property
    def since_base(self) -> Mapping[RepoPath, tuple[Entry | None, Entry | None]]:
        """What differs between where head left base and head: every path with its entry before and after."""
        repo = self.fork.repo
        return repo.changes(repo.tree(self.merge_bases[0]), repo.tree(self.head))

    @cached_property
    def replaced(self) -> frozenset[BlobId]:
        """What stood at the paths that head changed: a blob that head only moved is among it."""
        return frozenset(old.id for old, _ in self.since_base.values() if old is not None)

    def entry(self, commit: CommitId, path: RepoPath) -> Entry | None:
        """What a commit has at a path."""
        return self.fork.repo.entry(self.fork.repo.tree(commit), path)

    def changes_at(self, path: RepoPath) -> bool:
        """Whether head changes a path: as `changed`, without looking at any other."""
        repo = self.fork.repo
        new = self.entry(self.head, path)
        return all(repo.entry(tree, path) != new for tree in self._sides)

    @cached_property
    def release(self) -> Release | None:
        """The release whose commit head is."""
        return self.release_at(self.head) if self.upstream else None

    def release_at(self, commit: CommitId) -> Release | None:
        """The newest release that a commit is; a commit on the way to one is none."""
        return next((release for release, tagged in self.fork.releases.items() if tagged == commit), None)

    @cached_property
    def first_parent_merges(self) -> tuple[Commit, ...]:
        """The merges on the line that a push adds to a branch, newest first."""
        line = self.fork.repo.walk([self.head], [self.base], first_parent=True)
        return tuple(self.own[each] for each in line if each in self.own and self.own[each].is_merge)

    def mirror_of(self, commit: CommitId) -> str | None:
        """The branch of upstream's development that a commit lies on: the fork's own are on it where it stood there."""
        repo = self.fork.repo
        for name, tip in self._development():
            reachable = not any(repo.walk([commit], [tip]))
            if reachable and (commit not in self.own or commit in repo.walk([tip], first_parent=True)):
                return name
        return None

    # Private

    @cached_property
    def _sides(self) -> tuple[TreeId, ...]:
        """The trees that head was made from: those of base, now and when head left it, and of upstream."""
        commits = (*self.merge_bases, self.base, *(each.commit for each in self.brought))
        return tuple(dict.fromkeys(map(self.fork.repo.tree, commits)))

    def _development(self) -> Iterator[tuple[str, CommitId]]:
        """Upstream's development by the names of its branches: the mirrors, and what they follow."""
        fork = self.fork
        yield from ((short_name(ref), commit) for ref, commit in fork.mirrors.items())
        for followed in (branch.follows for branch in fork.policy.branches if branch.follows):
            commit = fork.repo.ref(f"refs/remotes/{followed}")
            if commit is not None:
                yield followed, commit

    @cached_property
    def _likely_tips(self) -> tuple[CommitId, ...]:
        """The tips of all that may be upstream's, cheaply: what descends from the fork's first commit is among it.

        A clone without upstream's branches knows its development by the mirror.
        """
        fork = self.fork
        return fork.tips if fork.upstream_branches else (*fork.tips, *fork.mirrors.values())

    @cached_property
    def _tips(self) -> tuple[CommitId, ...]:
        """The tips of upstream's commits; of a mirror without what the fork made there."""
        fork = self.fork
        found = list(fork_history(fork.repo, self.head, fork.tips, fork.since).upstream)
        for tip in () if fork.upstream_branches else fork.mirrors.values():
            found += fork_history(fork.repo, tip, (tip,), fork.since).upstream
        return tuple(dict.fromkeys(found))

    def _beyond(self, tips: tuple[CommitId, ...]) -> tuple[CommitId, ...]:
        return tuple(self.fork.repo.walk([self.head], [self.base, *tips], topological=True))


class Gate(Struct, frozen=True):
    """What is judged."""

    addition: Addition
    base: BranchRole
    head: BranchRole | None
    """None where head has no name of its own: a push, a merge queue."""
    policy_path: RepoPath | None
    """Where the policy lies in the repository; None where it lies elsewhere."""
    now: datetime

    @property
    def policy(self) -> Policy:
        """The policy of base."""
        return self.addition.fork.policy


def short_name(ref: RefName) -> str:
    """A branch's name without `refs/heads/`, or without `refs/remotes/` and the remote."""
    return ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else ref.split("/", 3)[-1]
