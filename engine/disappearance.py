"""How something disappeared: which commit took what a customization asks for, and where upstream moved its file."""

from collections.abc import Iterator
from functools import cache, partial

from ..policy.customizations import Requirement
from ..policy.facts import Entry
from ..policy.names import CommitId, RepoPath
from .git.merging import blob_size
from .git.repository import Commit, Repository
from .git.search import find_introductions
from .history import ForkHistory
from .renames import find_renames
from .similarity import Fingerprints


class Disappearance:
    """Looks through history for what is missing. That is slow, and only done where something is.

    Args:
        repo: the repository.
        history: the fork's commits.
        release: the upstream commit to merge.
    """

    def __init__(self, repo: Repository, history: ForkHistory, release: CommitId) -> None:
        self._repo = repo
        self._history = history
        self._release = release
        self._holds = cache(self._content_holds)

    def from_fork(self, requirement: Requirement) -> CommitId | None:
        """The newest commit of the fork before which a requirement held and after which it does not.

        None where it never held. A merge took it, a sync above all, unless the side that lacks it once had it: then a
        commit of that side's did.
        """
        waiting = {self._history.tip}
        for commit in self._history.commits.values():
            if commit.id not in waiting:
                continue
            holding = [each for each in commit.parents if self._held(requirement, each)]
            lacking = [each for each in commit.parents if each not in holding]
            took_it = [each for each in lacking if self._once_held(requirement, each, holding)]
            if holding and not took_it:
                return commit.id
            waiting.update(took_it if holding else lacking)
        return None

    def by_upstream(self, path: RepoPath) -> CommitId | None:
        """The newest of upstream's commits that the fork lacks to bring what the release has at a path."""
        news = self._repo.walk([self._release], [self._history.tip], topological=True)
        wanted = self._entry(self._release, path)
        found = find_introductions(self._repo, news, {path: [wanted]})
        return found[path][0] if path in found else None

    def moved_to(self, path: RepoPath) -> RepoPath | None:
        """Where the release has a file that upstream once had at a path; None where it was not moved."""
        places = list(self._places(path))
        return places[-1] if places and self._entry(self._release, places[-1]) else None

    # Private

    def _held(self, requirement: Requirement, commit: CommitId) -> bool:
        return self._holds(requirement, self._entry(commit, requirement.path))

    def _content_holds(self, requirement: Requirement, entry: Entry | None) -> bool:
        return requirement.holds(None if entry is None or entry.is_submodule else self._repo.read(entry.id))

    def _once_held(self, requirement: Requirement, commit: CommitId, holding: list[CommitId]) -> bool:
        """Whether a commit of the fork has its lack from a change of its own: what it shares with the others held."""
        if self._history.is_upstream(commit):
            return False
        shared = (base for other in holding for base in self._repo.merge_bases(commit, other))
        return any(self._held(requirement, base) for base in shared)

    def _places(self, path: RepoPath) -> Iterator[RepoPath]:
        """The names that upstream gave a file one after another, until it stands at the release or was deleted."""
        seen = {path}
        while self._entry(self._release, path) is None:
            commits = self._repo.walk([self._release], topological=True)
            deleted = find_introductions(self._repo, commits, {path: [None]}).get(path)
            moved = None if deleted is None else self._new_name(self._repo.commit(deleted[0]), path)
            if moved is None or moved in seen:
                return
            path = moved
            seen.add(path)
            yield path

    def _new_name(self, commit: Commit, path: RepoPath) -> RepoPath | None:
        """What a commit that deleted a file renamed it to."""
        repo = self._repo
        changes = repo.changes(repo.tree(commit.parents[0]), commit.tree)
        old = changes[path][0]
        added = {name: new for name, (before, new) in changes.items() if new and not before}
        prints = Fingerprints(repo.read, partial(blob_size, repo))
        return find_renames({path: old}, added, [path], prints).get(path) if old else None

    def _entry(self, commit: CommitId, path: RepoPath) -> Entry | None:
        return self._repo.entry(self._repo.tree(commit), path)
