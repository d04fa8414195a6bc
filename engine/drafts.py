"""What stands at the paths that are left for people, as `git merge` would leave it: markers, and what meets there."""

from collections.abc import Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from ..policy.decisions import Decision
from ..policy.facts import Entry, Kind, Versions
from ..policy.hunks import LABELS, Region
from ..policy.names import RepoPath, TreeId
from .git.merging import Algorithm, write_blob
from .git.scratch import Scratch
from .hunks import merge_file_hunks
from .merge import Merge


class Trees(Struct, frozen=True):
    """The three trees of a merge."""

    base: TreeId
    fork: TreeId
    upstream: TreeId


class Drafts(Struct):
    """What a person finds."""

    entries: dict[RepoPath, Entry | None] = field(default_factory=dict[RepoPath, Entry | None])
    """What stands at every path of what is left, None for absence."""
    unmerged: dict[RepoPath, Versions] = field(default_factory=dict[RepoPath, Versions])
    """The paths that git's index shows as unmerged, with the versions of its stages 1 to 3."""
    unmarked: list[Decision] = field(default_factory=list[Decision])
    """What is left and shows no conflict marker anywhere: nothing in the files says so."""


def make_drafts(scratch: Scratch, merge: Merge, trees: Trees, decisions: Iterable[Decision]) -> Drafts:
    """Lay out every decision that a person has to make; new contents go to the scratch store."""
    drafts = Drafts()
    for decision in decisions:
        marked = [_lay_out(drafts, scratch, merge, trees, decision, path) for path in decision.paths]
        if not any(marked):
            drafts.unmarked.append(decision)
    return drafts


# Private


def _lay_out(drafts: Drafts, scratch: Scratch, merge: Merge, trees: Trees, decision: Decision, path: RepoPath) -> bool:
    """Lay out one path; whether it shows conflict markers."""
    if path in merge.settled:
        drafts.entries[path] = merge.settled[path]
        return False
    if path not in merge.unmerged:
        return _hold_back(drafts, scratch, merge, trees, path)
    versions = merge.unmerged[path]
    place = _beside_directory(path, versions) if _is_in_the_way(decision, merge, path) else path
    drafts.entries[path] = None
    drafts.entries[place], marked = _draft(scratch, decision, path, versions)
    drafts.unmerged[place] = versions
    return marked


def _hold_back(drafts: Drafts, scratch: Scratch, merge: Merge, trees: Trees, path: RepoPath) -> bool:
    """A path that git merges by itself, and that waits for a person all the same: shown as unmerged."""
    entry = scratch.repository.entry
    drafts.entries[path] = merge.changes.get(path, entry(trees.fork, path))
    if path in (*merge.fork_renames, *merge.upstream_renames):
        return False  # the file stands under its new name
    trees_in_order = (trees.base, trees.fork, trees.upstream)
    versions = Versions(*(entry(tree, name) for tree, name in zip(trees_in_order, merge.names(path), strict=True)))
    if not versions.is_empty:
        drafts.unmerged[path] = versions
    return False


def _is_in_the_way(decision: Decision, merge: Merge, path: RepoPath) -> bool:
    """Whether a file stands where the other side has a directory."""
    standing: Mapping[RepoPath, Entry | None] = merge.settled
    return decision.kind is Kind.FILE_DIRECTORY and any(
        each.startswith(f"{path}/") and (standing.get(each) or each in merge.unmerged) for each in decision.paths
    )


def _beside_directory(path: RepoPath, versions: Versions) -> RepoPath:
    return RepoPath(f"{path}~{LABELS.fork if versions.fork else LABELS.upstream}")


def _draft(scratch: Scratch, decision: Decision, path: RepoPath, versions: Versions) -> tuple[Entry | None, bool]:
    """What git leaves at an unmerged path, decided hunks aside, and whether it shows conflict markers."""
    if decision.draft is not None and path == decision.path:
        return decision.draft, True
    fork, upstream = versions.fork, versions.upstream
    if fork is None or upstream is None:
        return fork or upstream, False
    both_are_files = fork.is_file and upstream.is_file
    hunks = merge_file_hunks(scratch, path, _of_files(versions), Algorithm.PATIENCE) if both_are_files else None
    if hunks is None:
        return fork, False
    mode = upstream.mode if versions.base and fork.mode == versions.base.mode else fork.mode
    marked = any(isinstance(part, Region) for part in hunks.parts)
    return Entry(mode, write_blob(scratch, hunks.with_markers())), marked


def _of_files(versions: Versions) -> Versions:
    """The versions without a base that is no file: it has no lines to merge on."""
    base = versions.base
    return versions if base is None or base.is_file else replace(versions, base=None)
