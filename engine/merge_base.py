"""The base that a merge stands on: git's, or the content base where that is clearly the better one."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from ..policy.facts import Conflict
from ..policy.names import CommitId, RepoPath
from .content_base import ContentBase, ContentSearch, nearest_base
from .fork import Fork
from .git.repository import Repository
from .git.scratch import Scratch
from .history import ForkHistory
from .lost_syncs import LostSync, lost_syncs_towards
from .merge import Merge, merge_commits
from .path_merge import PathMerge


class BasedMerge(Struct, frozen=True):
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
    """The commits of the line to the release that the fork may as well stand on, admissible or not; none where its
    content stands aside of the line, or where the policy wants git's base."""
    disputed: frozenset[RepoPath] = frozenset()
    """The paths at which the fork holds what upstream had before the newest of them."""
    reverted: Mapping[RepoPath, CommitId] = field(default_factory=dict[RepoPath, CommitId])
    """Paths at which the fork undid a state of upstream's newer than the content base that is used."""

    @property
    def bases(self) -> tuple[CommitId, ...]:
        """What the merge stands on."""
        return (self.content.commit,) if self.content is not None and self.uses_content else self.git

    @property
    def held(self) -> CommitId | None:
        """The content base, where the fork holds most of what lies between git's base and it; used or not."""
        return self.content.commit if self.content is not None and self.content.is_held else None


class Merging(Struct, frozen=True):
    """What is to be merged, and what is known about where the fork stands."""

    repo: Repository
    history: ForkHistory
    release: CommitId
    git: tuple[CommitId, ...]
    """git's bases, at least one."""
    releases: tuple[CommitId, ...] = ()
    """Upstream's releases that are no newer than the one to merge: the fork may stand on one of them."""
    wanted: Literal["auto", "git", "content"] = "auto"
    """The base that the policy wants."""

    @property
    def git_base(self) -> CommitId:
        """Of git's bases the one that is nearest to the fork."""
        return nearest_base(self.repo, self.git, self.history.tip)


def merge_on_base(fork: Fork, scratch: Scratch, release: CommitId, git: tuple[CommitId, ...]) -> BasedMerge:
    """Merge a release into the fork's branch on the base that the policy and the fork's content call for.

    `git` are git's bases, at least one.

    Raises:
        RepositoryError: an object is missing.
    """
    known = fork.releases
    this = max((each for each, commit in known.items() if commit == release), default=None)
    releases = tuple(commit for each, commit in known.items() if this is None or each <= this)
    return merge_on_chosen_base(
        scratch, Merging(fork.repo, fork.history, release, git, releases, fork.policy.merge.base)
    )


def merge_on_chosen_base(scratch: Scratch, merging: Merging) -> BasedMerge:
    """Choose a base and merge on it.

    Raises:
        RepositoryError: an object is missing.
    """
    if merging.wanted == "git":
        return BasedMerge(_merge(scratch, merging, merging.git), merging.git)
    search = ContentSearch(merging.repo, merging.history, merging.release, merging.git_base)
    found = search.find(merging.releases)
    lost_syncs = _lost_syncs(merging, search)
    on_content = BasedMerge(
        _merge(scratch, merging, merging.git if found.commit in merging.git else (found.commit,)),
        merging.git,
        lost_syncs=lost_syncs,
    )
    if found.origin.is_on_line:
        likely = search.likely(each.upstream for each in lost_syncs)
        commits = tuple(search.line.commits[each] for each in likely)
        on_content = replace(on_content, likely=commits, disputed=search.stale_at(likely[-1]))
    if found.commit in merging.git:
        return on_content
    objection = None
    if merging.wanted == "auto":
        objection = _objection(scratch, merging, found, search.is_on_the_way(found), on_content.merge)
    if objection is not None:
        return replace(on_content, merge=_merge(scratch, merging, merging.git), content=found, why=objection)
    return replace(
        on_content, content=found, uses_content=True, why=_reason(found), reverted=search.reverted(found, lost_syncs)
    )


# Private


def _merge(scratch: Scratch, merging: Merging, bases: tuple[CommitId, ...]) -> Merge:
    return merge_commits(scratch, merging.history.tip, merging.release, bases)


def _lost_syncs(merging: Merging, search: ContentSearch) -> tuple[LostSync, ...]:
    """The lost syncs since git's base; none where the fork's content stands on that."""
    newest = search.likely()[-1]
    if newest == 0:
        return ()
    return lost_syncs_towards(merging.repo, merging.history, search.line.commits, newest)


def _objection(scratch: Scratch, merging: Merging, base: ContentBase, on_the_way: bool, merge: Merge) -> str | None:
    """Why a content base is not clearly better than git's; None where it is.

    The fork must hold most of what lies between the two bases. The base must lead to the release: an old branch of
    another fork may be near to this one, and far from that. And no path may conflict that would not on git's base.
    """
    if not base.is_held:
        return "the fork holds less than half of what upstream did between git's base and it"
    if not on_the_way:
        return "it is no nearer to the release than git's base is"
    paths = PathMerge(scratch, merging.history.tip, merging.release)
    if any(_is_new(conflict, paths, merging.git_base) for conflict in merge.conflicts):
        return "paths would conflict on it that do not on git's base"
    return None


def _is_new(conflict: Conflict, paths: PathMerge, git: CommitId) -> bool:
    """Whether a conflict is none on git's base, path by path.

    A file that upstream added after git's base and has deleted since only looks like the fork's own there: its
    conflict is hidden, not absent.
    """
    return all(paths.on(git, path).kind is None and paths.entry(git, path) is not None for path in conflict.files)


def _reason(base: ContentBase) -> str:
    """Why a content base is used, in figures."""
    return (
        f"the fork's content stands on it: {base.distance:,} paths differ from it, {base.git_distance:,} from git's "
        f"base, so the fork holds {base.nearer:,} of the {base.between:,} paths that upstream changed in between"
    )
