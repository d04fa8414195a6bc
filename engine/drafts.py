"""What stands at the paths that are left for people, as `git merge` would leave it: markers, and what meets there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..policy.decisions import Decision
from ..policy.facts import Entry, Kind, Versions
from ..policy.names import RepoPath, TreeId
from .git.merging import Driver, merge_driver, merge_for_people, write_blob
from .git.scratch import Scratch
from .merge import Merge
from .similarity import is_binary

FORK_LABEL, UPSTREAM_LABEL, BASE_LABEL = "fork", "upstream", "base"
"""How conflict markers call the versions, whichever branch is checked out."""


@dataclass(frozen=True)
class Trees:
    """The three trees of a merge."""

    base: TreeId
    fork: TreeId
    upstream: TreeId


@dataclass
class Drafts:
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
    drafts.entries[place], marked = _draft(scratch, path, versions)
    drafts.unmerged[place] = versions
    return marked


def _hold_back(drafts: Drafts, scratch: Scratch, merge: Merge, trees: Trees, path: RepoPath) -> bool:
    """A path that git merges by itself, and that waits for a person all the same: shown as unmerged."""
    entry = scratch.repository.entry
    versions = Versions(entry(trees.base, path), entry(trees.fork, path), entry(trees.upstream, path))
    drafts.entries[path] = merge.changes.get(path, versions.fork)
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
    return RepoPath(f"{path}~{FORK_LABEL if versions.fork else UPSTREAM_LABEL}")


def _draft(scratch: Scratch, path: RepoPath, versions: Versions) -> tuple[Entry | None, bool]:
    """What git leaves at an unmerged path, and whether it shows conflict markers."""
    fork, upstream = versions.fork, versions.upstream
    if fork is None or upstream is None:
        return fork or upstream, False
    if not _has_lines(scratch, path, versions):
        return fork, False
    base = versions.base.id if versions.base and versions.base.is_file else None
    merged = merge_for_people(scratch, base, fork.id, upstream.id, (FORK_LABEL, UPSTREAM_LABEL, BASE_LABEL))
    mode = upstream.mode if versions.base and fork.mode == versions.base.mode else fork.mode
    return Entry(mode, write_blob(scratch, merged.content)), not merged.clean


def _has_lines(scratch: Scratch, path: RepoPath, versions: Versions) -> bool:
    """Whether both sides are files that merge line by line."""
    sides = [each for each in (versions.base, versions.fork, versions.upstream) if each and each.is_file]
    if versions.fork not in sides or versions.upstream not in sides:
        return False
    if merge_driver(scratch, path) is Driver.BINARY:
        return False
    return not any(is_binary(scratch.repository.read(each.id)) for each in sides)
