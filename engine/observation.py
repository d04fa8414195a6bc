"""What a repository shows about a fork: who the two sides are, their branches, tags and well-known files.

All of it is guessed, and only good for a first policy, which people then read.
"""

import re

from msgspec import Struct

from ..policy.names import CommitId, RepoPath
from .git.repository import Repository
from .tag_shapes import fork_formats, release_forms

_URL = re.compile(r"(?:.*[/:])?(?P<owner>\w[\w.-]*)/(?P<name>\w[\w.-]*?)(?:\.git)?/?", re.ASCII)
_TOPIC = re.compile(
    r"(?:.*sync|feat|feature|fix|bugfix|hotfix|chore|docs|ci|test|refactor|dependabot|renovate|release|revert|wip)[/-].*"
)
_NAME = re.compile(r"[\w./+-]+", re.ASCII)
"""Names with anything else in them are nobody's long-lived branch, and would have to be quoted."""
_DISABLED = re.compile(r"\.github/workflows/[\w.-]+\.ya?ml\.txt", re.ASCII)
_PRODUCTION_WORDS = ("production", "prod", "main", "master", "stable", "deploy", "trunk")
_LOCK_FILES = {
    "poetry.lock": "poetry lock",
    "uv.lock": "uv lock",
    "requirements.lock": "pip-compile --output-file=requirements.lock",
    "package-lock.json": "npm install --package-lock-only",
    "yarn.lock": "yarn install --mode update-lockfile",
    "pnpm-lock.yaml": "pnpm install --lockfile-only",
    "Cargo.lock": "cargo update --workspace",
    "go.sum": "go mod tidy",
}
_VERSION_FILES = {
    "pyproject.toml": r'^version = "(?P<version>[^"]+)"',
    "Cargo.toml": r'^version = "(?P<version>[^"]+)"',
    "package.json": r'^  "version": "(?P<version>[^"]+)"',
    "VERSION": r"^(?P<version>[0-9.]+)$",
}
_BUILD_FILES = ("Dockerfile", "Makefile", "docker-compose.yml")


class Remote(Struct, frozen=True):
    """A remote and the repository behind it, `owner/name`; None where its URL does not tell."""

    name: str
    repository: str | None


class Observation(Struct, frozen=True):
    """What the repository shows; None and empty where it shows nothing."""

    fork: Remote | None
    upstream: Remote | None
    production: str
    mirror: str | None
    upstream_branch: str | None
    """Upstream's default branch, without the remote."""
    release_forms: tuple[str, ...]
    fork_formats: tuple[str, ...]
    lock_files: dict[str, str]
    """The lock files at the top, each with the command that makes it."""
    version_file: tuple[str, str] | None
    """The file with upstream's version and the pattern that finds it."""
    build_files: tuple[str, ...]
    disabled_workflows: tuple[str, ...]
    """The paths that the disabled workflows would have."""
    has_workflows: bool


def observe(repo: Repository) -> Observation:
    """Look at a repository.

    Raises:
        RepositoryError: the tree of its production branch cannot be read.
    """
    fork, upstream = _remotes(repo)
    upstream_branch = _default_branch(repo, upstream.name) if upstream else None
    branches = _branches(repo, fork)
    mirror = _mirror(repo, branches, upstream, upstream_branch)
    production = _production(repo, branches, mirror)
    paths = _paths(repo, branches.get(production))
    top = {path for path in paths if "/" not in path}
    tags = _tags_newest_first(repo)
    workflows = [path for path in paths if path.startswith(".github/workflows/")]
    return Observation(
        fork,
        upstream,
        production,
        mirror,
        upstream_branch,
        release_forms(tags),
        fork_formats(tags),
        {name: command for name, command in _LOCK_FILES.items() if name in top},
        next(((name, pattern) for name, pattern in _VERSION_FILES.items() if name in top), None),
        tuple(name for name in _BUILD_FILES if name in top),
        tuple(path.removesuffix(".txt") for path in workflows if _DISABLED.fullmatch(path)),
        bool(workflows),
    )


# Private


def _remotes(repo: Repository) -> tuple[Remote | None, Remote | None]:
    """The fork's remote and upstream's, by their usual names, else in order."""
    urls = dict(sorted(repo.remotes().items()))
    upstream = "upstream" if "upstream" in urls else None
    fork = "origin" if "origin" in urls else next((name for name in urls if name != upstream), None)
    if upstream is None:
        upstream = next((name for name in urls if name != fork), None)
    return _remote(fork, urls), _remote(upstream, urls)


def _remote(name: str | None, urls: dict[str, str]) -> Remote | None:
    if name is None:
        return None
    found = _URL.fullmatch(urls[name])
    return Remote(name, f"{found['owner']}/{found['name']}" if found else None)


def _default_branch(repo: Repository, remote: str) -> str | None:
    prefix = f"refs/remotes/{remote}/"
    tips = repo.refs(prefix)
    names = [name.removeprefix(prefix) for name in tips]
    usual = (name for name in ("main", "master", "develop", "trunk") if name in names)
    return next(usual, next((name for name in names if name != "HEAD"), None))


def _branches(repo: Repository, fork: Remote | None) -> dict[str, CommitId]:
    """The fork's long-lived branches with their tips; local ones go before the remote's."""
    prefixes = [f"refs/remotes/{fork.name}/"] if fork else []
    found: dict[str, CommitId] = {}
    for prefix in (*prefixes, "refs/heads/"):
        found |= {ref.removeprefix(prefix): tip for ref, tip in repo.refs(prefix).items()}
    return {name: tip for name, tip in sorted(found.items()) if _is_long_lived(name)}


def _is_long_lived(name: str) -> bool:
    return name != "HEAD" and bool(_NAME.fullmatch(name)) and not _TOPIC.fullmatch(name)


def _mirror(
    repo: Repository, branches: dict[str, CommitId], upstream: Remote | None, upstream_branch: str | None
) -> str | None:
    """The branch that holds nothing but upstream's; failing that, the one with the name of upstream's."""
    if upstream is None or upstream_branch is None or len(branches) < 2:
        return None
    tip = repo.resolve(f"refs/remotes/{upstream.name}/{upstream_branch}")
    following = [name for name, commit in branches.items() if repo.is_ancestor(commit, tip)]
    if upstream_branch in following:
        return upstream_branch
    not_checked_out = [name for name in following if name != _head(repo)]
    return next(iter(not_checked_out), upstream_branch if upstream_branch in branches else None)


def _production(repo: Repository, branches: dict[str, CommitId], mirror: str | None) -> str:
    """The long-lived branch that is no mirror: checked out, or of a telling name; `main` failing that."""
    head = _head(repo)

    def rank(name: str) -> tuple[bool, int, str]:
        word = name.rpartition("/")[2]
        usual = _PRODUCTION_WORDS.index(word) if word in _PRODUCTION_WORDS else len(_PRODUCTION_WORDS)
        return name != head, usual, name

    return min((name for name in branches if name != mirror), key=rank, default=mirror or head or "main")


def _head(repo: Repository) -> str:
    return (repo.head_ref() or "").removeprefix("refs/heads/")


def _paths(repo: Repository, commit: CommitId | None) -> tuple[RepoPath, ...]:
    return () if commit is None else tuple(path for path, _ in repo.files(repo.tree(commit)))


def _tags_newest_first(repo: Repository) -> tuple[str, ...]:
    tags = repo.tags()
    return tuple(sorted(tags, key=lambda tag: (repo.commit(tags[tag]).committed, tag), reverse=True))
