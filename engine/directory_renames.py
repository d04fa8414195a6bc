"""Directory renames: where a new file belongs whose directory the other side has moved away.

Source: git's technical documentation, "directory-rename-detection": a directory counts as renamed where all of it is
gone on one side, and to where most of its files went.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from ..policy.names import RepoPath


class DirectoryRenames(Struct, frozen=True):
    """The directories that one side renamed, and those of which no single new place had the most files."""

    renamed: Mapping[str, str]
    split: Collection[str]


def parents(path: str) -> Iterable[str]:
    """The directories that a path lies in, nearest first, without the root."""
    while (cut := path.rfind("/")) > 0:
        path = path[:cut]
        yield path


def directory_renames(renames: Mapping[RepoPath, RepoPath], vanished: Collection[str]) -> DirectoryRenames:
    """Where one side's vanished directories went, by the renames of the files in them."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for old, new in renames.items():
        for old_directory, new_directory in _moves(old, new):
            if old_directory in vanished:
                votes[old_directory][new_directory] += 1
    renamed: dict[str, str] = {}
    split: set[str] = set()
    for directory, counted in votes.items():
        (best, most), *others = counted.most_common(2)
        if others and others[0][1] == most:
            split.add(directory)
        else:
            renamed[directory] = best
    return DirectoryRenames(renamed, split)


def nearest(path: RepoPath, directories: Collection[str]) -> str | None:
    """The innermost of the directories that a path lies in; None where it lies in none."""
    return next((each for each in parents(path) if each in directories), None)


def moved(path: RepoPath, directory: str, new_directory: str) -> RepoPath:
    """Where a file of a directory stands after the directory was renamed."""
    rest = path[len(directory) + 1 :]
    return RepoPath(f"{new_directory}/{rest}" if new_directory else rest)


# Private


def _moves(old: str, new: str) -> Iterable[tuple[str, str]]:
    """The directory renames that a file's rename speaks for: `a/b/x/f` to `c/x/f` means a/b/x to c/x, and a/b to c."""
    old_directory, new_directory = _split(old)[0], _split(new)[0]
    while old_directory:
        yield old_directory, new_directory
        (old_directory, old_name), (new_directory, new_name) = _split(old_directory), _split(new_directory)
        if old_name != new_name:
            return


def _split(path: str) -> tuple[str, str]:
    directory, _, name = path.rpartition("/")
    return directory, name
