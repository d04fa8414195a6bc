"""Asking git itself: `git merge-tree` on the same commits, inside the scratch store, and where it differs.

Source: git's documentation, merge-tree, "OUTPUT" for the format with `-z`.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import takewhile
from pathlib import Path

from msgspec import Struct

from ..policy.errors import RepositoryError
from ..policy.facts import Conflict, Entry, Kind
from ..policy.names import CommitId, RepoPath, TreeId
from .git.merging import ShortStat, count_changes, write_commit
from .git.scratch import Scratch
from .merge import Merge

_OLDEST = (2, 38)
_LEAVES_FILES = frozenset({Kind.FILE_DIRECTORY, Kind.DIRECTORY_RENAME})
"""Conflicts whose groups have paths that git leaves where they are."""
_ONLY_TOLD = b"directory rename"
"""In the type of messages about conflicts that leave no path unmerged."""
_HERMETIC = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


class Verdict(Struct, frozen=True):
    """What git makes of a merge."""

    engine: str
    """`git 2.39.5`."""
    unmerged: frozenset[RepoPath]
    """The paths that git leaves unmerged."""
    remarks: tuple[frozenset[RepoPath], ...]
    """The paths of conflicts that git only tells of, without leaving a path unmerged."""
    changes: Mapping[RepoPath, Entry | None]
    """Where git's result differs from the fork's tree, the unmerged paths aside."""


class CrashedError(RepositoryError):
    """git was ended by a signal: it has no answer, which says nothing about the repository."""


class Running:
    """A merge that git is working on."""

    def __init__(self, scratch: Scratch, fork: CommitId, upstream: CommitId) -> None:
        self._scratch, self._fork = scratch, fork
        self._side_suffix = re.compile(rf"~(?:{fork}|{upstream})(?:_\d+)?$")
        self._git = _Git(scratch, "merge-tree", "--write-tree", "-z", "--messages", fork, upstream)

    def wait(self) -> None:
        """Wait for git without reading what it says, so that the scratch store can be removed."""
        self._git.wait()

    def finish(self) -> Verdict:
        """Wait for git and read what it says.

        Raises:
            CrashedError: git has no answer.
            RepositoryError: git failed.
        """
        output = self._git.finish(lambda status, output: status in (0, 1) and bool(output))
        tree, _, rest = output.partition(b"\0")
        listed, _, messages = (b"\0" + rest).partition(b"\0\0")
        listed_paths = {_decode(line.partition(b"\t")[2]) for line in listed.split(b"\0") if line}
        told = [(kind, {self._plain(path) for path in paths}) for kind, paths in _conflict_messages(messages)]
        unmerged = frozenset(map(self._plain, listed_paths))
        repository = self._scratch.repository
        changes = repository.changes(repository.tree(self._fork), TreeId(tree.decode()))
        return Verdict(
            _version_text(),
            unmerged,
            tuple(frozenset(paths) for kind, paths in told if _ONLY_TOLD in kind and not paths & unmerged),
            {path: new for path, (_, new) in changes.items() if unmerged.isdisjoint((path, self._plain(path)))},
        )

    def _plain(self, path: str) -> RepoPath:
        """A path without the suffix that git adds where a file is in the way of another one."""
        return RepoPath(self._side_suffix.sub("", path))


class RunningStat:
    """A count of changes that git is working on."""

    def __init__(self, scratch: Scratch, base: CommitId, release: CommitId) -> None:
        self._scratch, self._base, self._release = scratch, base, release
        self._git = _Git(scratch, "diff", "--shortstat", "--no-ext-diff", "--no-textconv", base, release)

    def since(self, base: CommitId) -> "RunningStat":
        """The count from a base: this one where it is its own, else another that is begun, and this one is given up."""
        if base == self._base:
            return self
        self._git.stop()
        return RunningStat(self._scratch, base, self._release)

    def finish(self) -> ShortStat:
        """Wait for git and read the counts."""
        text = self._git.finish().decode()
        counts = {word: int(count) for count, word in re.findall(r"(\d+) (file|insertion|deletion)", text)}
        return ShortStat(counts.get("file", 0), counts.get("insertion", 0), counts.get("deletion", 0))


def start(scratch: Scratch, fork: CommitId, upstream: CommitId, base: CommitId | None = None) -> Running | None:
    """Let git merge in the background; None where there is no git that can (2.38 or newer).

    An explicit base takes three synthetic commits: the base's tree, and on it the trees of either side.
    """
    if not is_available():
        return None
    if base is None:
        return Running(scratch, fork, upstream)
    repository = scratch.repository
    root = write_commit(scratch, repository.tree(base))
    sides = [write_commit(scratch, repository.tree(side), (root,)) for side in (fork, upstream)]
    return Running(scratch, *sides)


def start_shortstat(scratch: Scratch, base: CommitId, release: CommitId) -> RunningStat | None:
    """Let git count in the background what differs; None where there is no git."""
    return RunningStat(scratch, base, release) if _git() else None


def shortstat(scratch: Scratch, base: CommitId, release: CommitId, running: RunningStat | None) -> ShortStat:
    """The files and lines that differ, by git where it was started, else by libgit2."""
    return running.finish() if running else count_changes(scratch.repository, base, release)


def is_available() -> bool:
    """Whether a git is installed that can merge without a work tree."""
    return _version() >= _OLDEST


def installed_version() -> tuple[int, ...] | None:
    """The version of the git that is installed; None where there is none."""
    return _version() or None


def compare(merge: Merge, verdict: Verdict) -> tuple[RepoPath, ...]:
    """The paths on which a merge and git's verdict differ, sorted; conflicts are compared as groups of paths."""
    groups = {path: conflict for conflict in merge.conflicts for path in conflict.files}
    unmerged = verdict.unmerged
    differing = {path for path in unmerged if path not in groups}
    for remark in verdict.remarks:
        if not any(_concerns(path, groups) for path in remark):
            differing |= remark
    told = frozenset[RepoPath]().union(*verdict.remarks)
    for conflict in merge.conflicts:
        differing.update(_unlike(conflict, told, verdict))
    for path in merge.changes.keys() | verdict.changes.keys():
        if path not in groups and path not in unmerged and not _same_at(path, merge, verdict):
            differing.add(path)
    return tuple(sorted(differing))


# Private


def _unlike(conflict: Conflict, told: frozenset[RepoPath], verdict: Verdict) -> Iterator[RepoPath]:
    """The paths of a conflict that git does not see so: it has none of them unmerged, or leaves a moved file."""
    if verdict.unmerged.isdisjoint(conflict.files) and not any(_concerns(path, conflict.files) for path in told):
        yield from conflict.files
    elif conflict.kind not in _LEAVES_FILES:
        yield from (path for path in conflict.files if path not in verdict.unmerged and verdict.changes.get(path))


def _concerns(path: RepoPath, names: Mapping[RepoPath, object]) -> bool:
    """Whether a path of git's messages, which may be a directory, has to do with any of the names."""
    return path in names or any(name.startswith(f"{path}/") for name in names)


def _same_at(path: RepoPath, merge: Merge, verdict: Verdict) -> bool:
    unchanged = object()
    return merge.changes.get(path, unchanged) == verdict.changes.get(path, unchanged)


def _conflict_messages(messages: bytes) -> Iterator[tuple[bytes, list[RepoPath]]]:
    """Type and paths of every message that tells of a conflict: a count, the paths, the type, the text.

    Where a submodule conflicts, advice in plain text follows the last message.
    """
    fields = iter(messages.split(b"\0"))
    for count in takewhile(bytes.isdigit, fields):
        paths = [_decode(next(fields)) for _ in range(int(count))]
        kind, _ = next(fields), next(fields)
        if kind.startswith(b"CONFLICT"):
            yield kind, paths


def _decode(path: bytes) -> RepoPath:
    return RepoPath(path.decode("utf-8", "surrogateescape"))


class _Git:
    """A git command that runs in the background; its output goes to a file, so that it never waits for a reader."""

    def __init__(self, scratch: Scratch, *arguments: str) -> None:
        self._arguments = arguments
        folder = Path(tempfile.mkdtemp(dir=scratch.git_dir))
        self._output, self._errors = folder / "output", folder / "errors"
        with self._output.open("wb") as output, self._errors.open("wb") as errors:
            self._process = subprocess.Popen(  # noqa: S603  # arguments are ids and options of our own
                [_git(), f"--git-dir={scratch.git_dir}", *arguments],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                cwd=scratch.git_dir,
            )
        scratch.running.append(self._process)

    def wait(self) -> int:
        return self._process.wait()

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def finish(self, is_good: Callable[[int, bytes], bool] = lambda status, _: status == 0) -> bytes:
        status = self.wait()
        output, errors = self._output.read_bytes(), self._errors.read_bytes()
        if is_good(status, output):
            return output
        message = errors.decode("utf-8", "replace").strip()
        if status < 0:
            how = f"git {self._arguments[0]} was ended by {signal.Signals(-status).name}"
            raise CrashedError(f"{how}: {message}" if message else how, "go on without git: --cross-check auto")
        raise RepositoryError(f"git {self._arguments[0]} failed: {message}", "git fsck")


def _environment() -> dict[str, str]:
    """The environment without anything that would point git elsewhere or change its settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "LC_", "LANG"))}
    return kept | _HERMETIC


@cache
def _git() -> str:
    return shutil.which("git") or ""


@cache
def _version_text() -> str:
    if not _git():
        return ""
    done = subprocess.run([_git(), "--version"], capture_output=True, text=True, env=_environment(), check=False)  # noqa: S603
    found = re.search(r"\d+(?:\.\d+)+", done.stdout)
    return f"git {found[0]}" if found else ""


def _version() -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", _version_text()))
