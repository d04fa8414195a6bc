"""A work tree for a person: the merge as `git merge` would have left it, with everything decided already staged.

It is made beside its place and then renamed, so that it is there whole or not at all. The branch comes first: one that
stands on production harms nobody. Then git's own entry: without the folder it is one that `git worktree prune` takes
away. The folder comes last.
"""

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ..policy.errors import RepositoryError, UsageError
from ..policy.names import RefName
from .git import references
from .git.health import common_dir
from .git.identity import Identity
from .git.linked import check_out, head_of, is_gone, linked_git_dirs, work_tree_of
from .git.repository import Repository
from .refs import SyncBranch, move, require_not_checked_out
from .result import Result


def lay_out(repo: Repository, directory: Path, branch: SyncBranch, result: Result, message: str, who: Identity) -> None:
    """Lay the merge out in a new directory, on the sync branch, ready for `git commit`.

    Raises:
        UsageError: the directory is not empty.
        RefusedError: the branch is checked out elsewhere, or moved.
        RepositoryError: something cannot be written; all is as it was.
    """
    _require_free(directory)
    _forget_removed(repo, branch.ref)
    require_not_checked_out(repo, branch)
    entry = _free_entry(repo, directory.name)
    with _beside(directory) as files, _in_git_dir(repo) as admin, _telling(directory):
        _start(admin, files, branch.ref)
        check_out(admin, result.tree, result.unmerged)
        _begin_merge(admin, result, message)
        _connect(admin, files, entry, directory)
        with _branch_on_production(repo, branch, result, who):
            _rename(admin, entry)
            _appear(files, directory, entry)


def laid_out_in(repo: Repository, ref: RefName, result: Result) -> Path | None:
    """The work tree in which this merge waits for a person already; None where there is none."""
    for git_dir in linked_git_dirs(repo):
        merging = git_dir / "MERGE_HEAD"
        if head_of(git_dir) == ref and not is_gone(git_dir) and merging.exists():
            return work_tree_of(git_dir) if merging.read_text().split() == [result.parents[1]] else None
    return None


# Private


def _require_free(directory: Path) -> None:
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        taken = directory.exists() and (not directory.is_dir() or any(directory.iterdir()))
    except OSError as error:
        raise UsageError(f"{directory} cannot be used: {error.strerror}", "name another: --worktree DIR") from error
    if taken:
        raise UsageError(f"{directory} is not empty", "name a new directory: --worktree DIR")


def _forget_removed(repo: Repository, ref: RefName) -> None:
    """Drop git's entries of removed work trees, or of a run that was killed, that would keep the branch checked out."""
    for git_dir in linked_git_dirs(repo):
        if head_of(git_dir) == ref and is_gone(git_dir):
            shutil.rmtree(git_dir)


def _free_entry(repo: Repository, name: str) -> Path:
    """Where git's entry for the work tree will lie: named after it, with a number where that is taken."""
    folder = common_dir(repo) / "worktrees"
    names = (f"{name}{number or ''}" for number in range(len(linked_git_dirs(repo)) + 1000))
    return next(folder / each for each in names if not (folder / each).exists())


@contextmanager
def _beside(directory: Path) -> Generator[Path, None, None]:
    with _folder(directory.parent, f".{directory.name}.") as made:
        yield made


@contextmanager
def _in_git_dir(repo: Repository) -> Generator[Path, None, None]:
    """A folder as deep below the git directory as entries are, so that relative paths in it hold there, too."""
    parent = common_dir(repo) / "forkpolicy"
    try:
        with _folder(parent, "worktree-") as made:
            yield made
    finally:
        # empty, unless a run that was killed left something
        shutil.rmtree(parent, ignore_errors=True)


@contextmanager
def _folder(parent: Path, prefix: str) -> Generator[Path, None, None]:
    """A new folder; it is gone in the end, removed or renamed."""
    try:
        parent.mkdir(exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        made.chmod(0o755)
    except OSError as error:
        raise _cannot_write(parent, error) from error
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def _telling(directory: Path) -> Generator[None, None, None]:
    try:
        yield
    except OSError as error:
        raise _cannot_write(directory, error) from error


def _start(admin: Path, files: Path, ref: RefName) -> None:
    """What git needs to see a linked work tree."""
    _write(admin / "HEAD", f"ref: {ref}")
    _write(admin / "commondir", "../..")
    _write(admin / "gitdir", str(files / ".git"))
    _write(files / ".git", f"gitdir: {admin}")


def _begin_merge(admin: Path, result: Result, message: str) -> None:
    """What `git merge` leaves where it stops: `git commit` makes the merge of it."""
    production, release = result.parents
    _write(admin / "ORIG_HEAD", production)
    _write(admin / "MERGE_HEAD", release)
    _write(admin / "MERGE_MODE", "no-ff")
    _write(admin / "MERGE_MSG", message)


def _connect(admin: Path, files: Path, entry: Path, directory: Path) -> None:
    """Let both halves name each other where they will be."""
    _write(admin / "gitdir", str(directory / ".git"))
    _write(files / ".git", f"gitdir: {entry}")


def _write(path: Path, text: str) -> None:
    path.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8", errors="surrogateescape")


@contextmanager
def _branch_on_production(
    repo: Repository, branch: SyncBranch, result: Result, who: Identity
) -> Generator[None, None, None]:
    """The branch on production while the block makes use of it; a block that fails takes it back."""
    production, release = result.parents
    made = branch.commit != production
    if made:
        move(repo, branch, production, who, f"forkpolicy apply: begin the merge of {release}")
    try:
        yield
    except BaseException:
        if made and branch.commit is None:
            references.delete(repo, branch.ref, production)
        raise


def _rename(admin: Path, entry: Path) -> None:
    entry.parent.mkdir(exist_ok=True)
    admin.rename(entry)


def _appear(files: Path, directory: Path, entry: Path) -> None:
    try:
        files.rename(directory)
    except OSError:
        shutil.rmtree(entry, ignore_errors=True)
        raise


def _cannot_write(place: Path, error: OSError) -> RepositoryError:
    hint = f"is there space, and may you write there? df -h {place}; ls -ld {place}"
    return RepositoryError(f"{place} cannot be written: {error.strerror or error}; the repository is as it was", hint)
