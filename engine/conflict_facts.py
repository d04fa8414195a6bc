"""Facts about conflicts: history looked up once for all paths, then joined to each conflict."""

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import chain

from msgspec import Struct, field

from ..policy.facts import Conflict, ConflictFacts, DisabledCopy, FileFacts, ForkCommit, Kind, Versions
from ..policy.loss import is_binary
from ..policy.names import BlobId, CommitId, RepoPath
from .disabled_copies import disabled_copies
from .git.repository import Repository
from .git.search import find_entries
from .history import ForkHistory, fork_commits_by_path
from .untouched import untouched_paths


class OtherNames(Struct, frozen=True):
    """Files that stand under several names."""

    copies: Mapping[RepoPath, RepoPath] = field(default_factory=dict[RepoPath, RepoPath])
    """The disabled copies that rules own, each with the name of the active file."""
    renamed: Collection[RepoPath] = ()
    """The new names of files that upstream renamed."""


_NO_NAMES = OtherNames()

Read = Callable[[BlobId], bytes]
"""Reads a blob's content."""


def gather_facts(
    repo: Repository,
    history: ForkHistory,
    conflicts: Iterable[Conflict],
    read: Read,
    names: OtherNames = _NO_NAMES,
    *,
    look_inside: bool = True,
) -> tuple[ConflictFacts, ...]:
    """Everything that the rules may ask about the conflicts of a merge; `read` also knows what merging wrote.

    Without `look_inside`, whether a file is binary is told of conflicts alone: it takes reading all of its versions.
    """
    found = tuple(conflicts)
    past = _look_up(repo, history, found, names)
    return tuple(_facts(each, past, read, look_inside or each.kind is not None) for each in found)


def file_facts(
    repo: Repository, history: ForkHistory, path: RepoPath, versions: Versions, *, renamed: bool = False
) -> FileFacts:
    """What is known of one path outside a conflict; `renamed`: upstream renamed the file to it."""
    single = Conflict(path, Kind.CONTENT, {path: versions})
    past = _look_up(repo, history, (single,), OtherNames(renamed=(path,) if renamed else ()))
    return _facts(single, past, repo.read, True).files[0]


def has_binary(versions: Versions, read: Read) -> bool:
    """Whether any version of a file is binary."""
    return any(each is not None and each.is_file and is_binary(read(each.id)) for each in versions.entries)


class _Past(Struct, frozen=True):
    """What history says about paths."""

    untouched: dict[RepoPath, CommitId]
    fork_commits: dict[RepoPath, tuple[ForkCommit, ...]]
    ever_upstream: frozenset[RepoPath]
    """The paths that upstream had at any time."""
    copies: dict[RepoPath, DisabledCopy]
    """The fork's disabled copies, by the name of the active file and by their own."""
    renamed: Collection[RepoPath]
    """The new names of files that upstream renamed."""


def _look_up(
    repo: Repository,
    history: ForkHistory,
    conflicts: tuple[Conflict, ...],
    names: OtherNames,
) -> _Past:
    files = {path: versions for conflict in conflicts for path, versions in conflict.files.items()}
    tree = repo.tree(history.tip)
    entries = {path: each.fork for path, each in files.items() if each.fork and repo.entry(tree, path) == each.fork}
    entries |= {path: entry for path in names.copies if (entry := repo.entry(tree, path))}
    known = {path for path, versions in files.items() if versions.base or versions.upstream}
    untouched = untouched_paths(repo, history, entries, names.copies)
    asked = dict.fromkeys(files.keys() - known - names.copies.keys() - untouched.keys())
    # the tips, releases among them, and what the fork merged had most of what upstream ever had
    everywhere = chain(history.upstream, history.sides, repo.walk(history.upstream))
    elsewhere = find_entries(repo, everywhere, asked) if asked else {}
    found = disabled_copies(repo, history, names.copies, untouched)
    copies = {name: copy for copy in found for name in (copy.path, names.copies[copy.path])}
    return _Past(
        untouched,
        fork_commits_by_path(repo, history, files),
        frozenset(known | elsewhere.keys() | untouched.keys()),
        copies,
        names.renamed,
    )


def _facts(conflict: Conflict, past: _Past, read: Read, look_inside: bool) -> ConflictFacts:
    files = tuple(_file(conflict, path, past, read, look_inside) for path in conflict.paths)
    commits = {each.commit: each for path in conflict.paths for each in past.fork_commits[path]}
    copies = dict.fromkeys(past.copies[path] for path in conflict.paths if path in past.copies)
    return ConflictFacts(conflict, files, tuple(commits.values()), tuple(copies))


def _file(conflict: Conflict, path: RepoPath, past: _Past, read: Read, look_inside: bool) -> FileFacts:
    versions = conflict.files[path]
    names = conflict.paths if conflict.follows_rename else (path,)
    known = any(name in past.ever_upstream for name in names)
    return FileFacts(
        path=path,
        versions=versions,
        binary=look_inside and has_binary(versions, read),
        untouched=next((past.untouched[name] for name in names if name in past.untouched), None),
        fork_only=versions.fork is not None and not known,
        leftover=versions.fork is not None and versions.upstream is None and known,
        renamed=path in past.renamed,
    )
