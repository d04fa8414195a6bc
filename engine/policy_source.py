"""Finding and loading the policy, and the templates that it names: from files, or from a commit."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from msgspec import Struct

from ..policy.errors import PolicyError, RepositoryError, UsageError
from ..policy.loader import load
from ..policy.models import Policy
from ..policy.names import CommitId, RepoPath
from .escape import shell
from .git.repository import Repository
from .provenance import PolicySource

DEFAULT_NAME = "carto-fork.yaml"

SCHEMA_NAME = "carto-fork.schema.json"
"""The file that `forkpolicy init` writes beside the policy, and that the policy's first line names."""

_MAKE_ONE = "make one: forkpolicy init; or name it: --policy FILE"

Reader = Callable[[str], bytes | None]
"""Reads a file that the policy names, by its path from the repository's root; None where there is none."""


class LoadedPolicy(Struct, frozen=True):
    """A policy, where it came from, and how to read the files that it names."""

    policy: Policy
    source: PolicySource
    read: Reader

    def templates(self) -> dict[str, str]:
        """The fork's own templates by name.

        Raises:
            RepositoryError: the policy names a template that is not there.
        """
        return {name: self._template(name, path) for name, path in self.policy.templates.items()}

    def _template(self, name: str, path: str) -> str:
        content = self.read(path)
        if content is None:
            raise RepositoryError(
                f"the policy names {path} as its template `{name}`, and there is no such file",
                "add the file, or take it out of `templates:`",
            )
        return content.decode("utf-8", "replace")


def load_policy(repo: Repository, file: Path | None, ref: str | None) -> LoadedPolicy:
    """Load the policy: from a commit where `ref` names one, else from a file, else from the work tree.

    In a bare repository without either, HEAD's copy is taken.

    Raises:
        PolicyError: the policy is invalid.
        RepositoryError: the commit or its policy is not there.
        UsageError: the file is not there.
    """
    root = repo.work_tree
    if ref is not None:
        return _from_commit(repo, DEFAULT_NAME if file is None else _path_in_repository(file, root), ref)
    if file is not None:
        return load_file(file, root)
    if root is None:
        return _from_commit(repo, DEFAULT_NAME, "HEAD")
    if not (root / DEFAULT_NAME).exists():
        raise UsageError(f"there is no policy at {root / DEFAULT_NAME}", _where_else(repo))
    return load_file(root / DEFAULT_NAME, root)


def load_trusted_policy(repo: Repository, file: Path | None, base: CommitId) -> LoadedPolicy:
    """Load the policy from a commit, whatever the work tree holds: it may be that of a pull request.

    A `file` outside the repository is read as it is: nobody can bring that along.

    Raises:
        PolicyError: the policy is invalid.
        RepositoryError: the commit has no policy.
        UsageError: the file is not there.
    """
    root = repo.work_tree
    outside = file is not None and (root is None or not file.resolve().is_relative_to(root.resolve()))
    if file is not None and outside:
        return load_file(file)
    name = DEFAULT_NAME if file is None or root is None else file.resolve().relative_to(root.resolve()).as_posix()
    return _from_commit(repo, name, base)


def load_file(file: Path, root: Path | None = None) -> LoadedPolicy:
    """Load the policy from a file; the paths in it begin at `root`, else, and where it lies elsewhere, beside it.

    Raises:
        PolicyError: the policy is invalid.
        UsageError: the file is not there.
    """
    text = _read_file(file)
    if text is None:
        raise UsageError(f"there is no policy at {file}", _MAKE_ONE)
    inside = root is not None and file.resolve().is_relative_to(root.resolve())
    start = root if root is not None and inside else file.parent

    def read(name: str) -> bytes | None:
        return _read_file(start / name)

    name = _path_in_repository(file.resolve(), root) if inside else str(file)
    return _loaded(text, name, None, read)


def _from_commit(repo: Repository, name: str, ref: str) -> LoadedPolicy:
    tree = repo.tree(repo.resolve(ref))

    def read(path: str) -> bytes | None:
        entry = repo.entry(tree, RepoPath(str(PurePosixPath(path))))
        return repo.read(entry.id) if entry is not None and entry.is_file else None

    text = read(name)
    if text is None:
        raise RepositoryError(f"{ref} has no policy {name}", _where_else(repo))
    return _loaded(text, name, ref, read)


def _where_else(repo: Repository) -> str:
    """What to do without a policy: take that of a branch that has one, of production before any other."""
    found = dict(_on_branches(repo))
    if not found:
        return _MAKE_ONE
    production = {name for text in set(found.values()) for name in _production(text)}
    named = shell(min(found, key=lambda branch: (branch not in production, branch)))
    return f"{named} has one: --policy-ref {named}; or {_MAKE_ONE}"


def _on_branches(repo: Repository) -> Iterator[tuple[str, bytes]]:
    """The branches that have a policy, remote ones too, each with its text."""
    for prefix in ("refs/heads/", "refs/remotes/"):
        for ref, commit in repo.refs(prefix).items():
            entry = repo.entry(repo.tree(commit), RepoPath(DEFAULT_NAME))
            if entry is not None and entry.is_file:
                yield ref.removeprefix(prefix), repo.read(entry.id)


def _production(text: bytes) -> tuple[str, ...]:
    """What a policy may call its production branch; nothing where it is not valid."""
    try:
        policy = load(text, DEFAULT_NAME)
    except PolicyError:
        return ()
    return policy.production, f"{policy.fork.remote}/{policy.production}"


def _path_in_repository(file: Path, root: Path | None) -> str:
    """A file's path from the root of the work tree; a relative one is taken for that."""
    if root is not None and file.is_absolute() and file.is_relative_to(root.resolve()):
        return file.relative_to(root.resolve()).as_posix()
    return file.as_posix()


def _loaded(text: bytes, name: str, ref: str | None, read: Reader) -> LoadedPolicy:
    shown = name if ref is None else f"{ref}:{name}"
    source = PolicySource(name, ref, hashlib.sha256(text).hexdigest())
    return LoadedPolicy(load(text, shown), source, read)


def _read_file(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
