"""Linked work trees as git keeps them: a folder of files, and a git directory of its own below `worktrees/`.

Source: git's documentation, git-worktree, "DETAILS", and gitrepository-layout.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

import pygit2
from pygit2.enums import CheckoutStrategy, FileMode

from ...policy.errors import RepositoryError
from ...policy.facts import Entry, Versions
from ...policy.names import RefName, RepoPath, TreeId
from .health import common_dir
from .repository import Repository


def is_bare(repo: Repository) -> bool:
    """Whether the repository has no main work tree."""
    return "core.bare" in repo.config and repo.config.get_bool("core.bare")


def linked_git_dirs(repo: Repository) -> tuple[Path, ...]:
    """The git directories of all linked work trees, sorted by name."""
    return tuple(head.parent for head in sorted(common_dir(repo).glob("worktrees/*/HEAD")))


def head_of(git_dir: Path) -> RefName | None:
    """The branch that is checked out in a git directory's work tree; None where HEAD is detached."""
    before, found, name = (git_dir / "HEAD").read_text(encoding="utf-8", errors="surrogateescape").partition("ref: ")
    return RefName(name.strip()) if found and not before else None


def work_tree_of(git_dir: Path) -> Path:
    """The work tree of a git directory: for a linked one, where its `gitdir` points."""
    linked = git_dir / "gitdir"
    if not linked.exists():
        return git_dir.parent
    return (git_dir / linked.read_text(encoding="utf-8", errors="surrogateescape").strip()).parent


def is_gone(git_dir: Path) -> bool:
    """Whether somebody removed a linked work tree and did not lock it: what `git worktree prune` takes away."""
    return not (work_tree_of(git_dir) / ".git").exists() and not (git_dir / "locked").exists()


def check_out(git_dir: Path, tree: TreeId, unmerged: Mapping[RepoPath, Versions]) -> None:
    """Write a tree to the files and the index of a linked work tree; `unmerged` paths get their stages 1 to 3.

    Raises:
        RepositoryError: a file cannot be written.
    """
    try:
        repo = pygit2.Repository(str(git_dir))
        # pygit2 leaves the keyword arguments without types, which both type checkers mind
        check_out_tree = cast("Callable[..., None]", repo.checkout_tree)  # pyright: ignore[reportUnknownMemberType]
        check_out_tree(repo[tree], strategy=CheckoutStrategy.FORCE | CheckoutStrategy.RECREATE_MISSING)
        for path, versions in unmerged.items():
            _add_stages(repo.index, path, versions)
        repo.index.write()
        repo.free()
    except (pygit2.GitError, OSError, KeyError, ValueError) as error:
        hint = "is there space, and is every object sound? df -h; git fsck"
        raise RepositoryError(f"the work tree cannot be written: {error}", hint) from error


# Private


def _add_stages(index: pygit2.Index, path: RepoPath, versions: Versions) -> None:
    if path in index:
        index.remove(path)
    stages = (_stage(path, each) for each in (versions.base, versions.fork, versions.upstream))
    # any of the three may be missing, which pygit2's types do not say
    cast("Callable[..., None]", index.add_conflict)(*stages)


def _stage(path: RepoPath, entry: Entry | None) -> pygit2.IndexEntry | None:
    return None if entry is None else pygit2.IndexEntry(path, pygit2.Oid(hex=entry.id), FileMode(entry.mode))
