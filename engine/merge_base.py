"""The base that a merge stands on: git's, or the content base where that is clearly the better one."""

from dataclasses import dataclass, replace

from ..policy.facts import Conflict
from ..policy.names import CommitId, RepoPath
from .content_base import ContentBase, ContentSearch
from .fork import Fork
from .git.scratch import Scratch
from .lost_syncs import LostSync, lost_syncs_towards
from .merge import Merge, merge_commits
from .path_merge import PathMerge

_HELD_SHARE = 0.5
"""Of what upstream changed between the two bases, the fork must hold at least this share as the newer base has it."""


@dataclass(frozen=True)
class BasedMerge:
    """A merge with the base it stands on."""

    merge: Merge
    git: tuple[CommitId, ...]
    """git's bases."""
    content: ContentBase | None = None
    """The content base, where it is another commit than git's base."""
    uses_content: bool = False
    why: str | None = None
    """Why the content base is used, or why it is not; None where there is none."""
    lost_syncs: tuple[LostSync, ...] = ()
    likely: tuple[CommitId, ...] = ()
    """The commits that the fork may as well stand on, admissible or not; none where the policy wants git's base."""
    disputed: frozenset[RepoPath] = frozenset()
    """The paths at which the fork holds what upstream had before the newest of them."""

    @property
    def bases(self) -> tuple[CommitId, ...]:
        """What the merge stands on."""
        return (self.content.commit,) if self.content is not None and self.uses_content else self.git


def merge_on_base(fork: Fork, scratch: Scratch, release: CommitId, git: tuple[CommitId, ...]) -> BasedMerge:
    """Merge a release into the fork's branch on the base that the policy and the fork's content call for.

    `git` are git's bases, at least one.

    Raises:
        RepositoryError: an object is missing.
    """
    return _Choice(fork, scratch, release, git).make()


class _Choice:
    def __init__(self, fork: Fork, scratch: Scratch, release: CommitId, git: tuple[CommitId, ...]) -> None:
        self._fork, self._scratch, self._release, self._git = fork, scratch, release, git

    def make(self) -> BasedMerge:
        wanted = self._fork.policy.merge.base
        if wanted == "git":
            return BasedMerge(self._merge(self._git), self._git)
        search = ContentSearch(self._fork.repo, self._fork.history, self._release, self._nearest_git_base())
        found = search.find(self._tags())
        lost_syncs = self._lost_syncs(search)
        likely = search.likely(each.upstream for each in lost_syncs)
        based = BasedMerge(
            self._merge((found.commit,)),
            self._git,
            lost_syncs=lost_syncs,
            likely=tuple(search.line.commits[each] for each in likely),
            disputed=frozenset(search.line.profile(likely[-1], likely[-1]).stale_at(likely[-1])),
        )
        if found.commit in self._git:
            return replace(based, merge=self._merge(self._git))
        objection = None if wanted == "content" else self._objection(search, found, based.merge)
        if objection:
            return replace(based, merge=self._merge(self._git), content=found, why=objection)
        return replace(based, content=found, uses_content=True, why=_reason(found))

    def _merge(self, bases: tuple[CommitId, ...]) -> Merge:
        return merge_commits(self._scratch, self._fork.production.commit, self._release, bases)

    def _nearest_git_base(self) -> CommitId:
        repo, tip = self._fork.repo, self._fork.repo.tree(self._fork.production.commit)
        return min(self._git, key=lambda base: repo.distance(repo.tree(base), tip))

    def _tags(self) -> tuple[CommitId, ...]:
        """The releases that are no newer than this one."""
        releases = self._fork.releases
        this = max((each for each, commit in releases.items() if commit == self._release), default=None)
        return tuple(commit for each, commit in releases.items() if this is None or each <= this)

    def _lost_syncs(self, search: ContentSearch) -> tuple[LostSync, ...]:
        """The lost syncs since git's base; none where the fork's content stands on that."""
        if search.likely() == (0,):
            return ()
        return lost_syncs_towards(self._fork.repo, self._fork.history, search.line.commits)

    def _objection(self, search: ContentSearch, base: ContentBase, merge: Merge) -> str | None:
        """Why a content base is not clearly better than git's; None where it is.

        It must be nearer to both sides, and the fork must hold most of what lies between the two bases: an old branch
        of another fork may be near to this one, and far from the release. And no path may conflict that would not on
        git's base.
        """
        if base.git_distance - base.distance < _HELD_SHARE * base.between:
            return "the fork holds less than half of what upstream did between git's base and it"
        if not search.is_on_the_way(base):
            return "it is no nearer to the release than git's base is"
        if any(self._is_new(conflict) for conflict in merge.conflicts):
            return "paths would conflict on it that do not on git's base"
        return None

    def _is_new(self, conflict: Conflict) -> bool:
        """Whether a conflict is none on git's base, path by path.

        A file that upstream added after git's base and has deleted since only looks like the fork's own there: its
        conflict is hidden, not absent.
        """
        paths, git = PathMerge(self._scratch, self._fork.production.commit, self._release), self._nearest_git_base()
        return all(paths.on(git, path).kind is None and paths.entry(git, path) is not None for path in conflict.files)


def _reason(base: ContentBase) -> str:
    """Why a content base is used, in figures."""
    held = base.git_distance - base.distance
    return (
        f"the fork's content stands on it: {base.distance:,} paths differ from it, {base.git_distance:,} from git's "
        f"base, so the fork holds {held:,} of the {base.between:,} paths that upstream changed in between"
    )
