"""Preflight: whether the repository has what a command needs, and what to run where it has not.

Silently before every command, so nothing here walks whole histories. `doctor.py` tells all at once.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from msgspec import Struct

from ..policy.errors import RepositoryError
from ..policy.findings import Finding, Severity
from ..policy.models import Policy
from ..policy.names import CommitId, RefName
from ..policy.releases import Release, ReleaseRules
from .git import health
from .git.repository import Repository

UNSHALLOW = "git fetch --unshallow"
REFETCH = "git fetch --refetch --no-filter"
CHECKOUT = "set `fetch-depth: 0` and no `filter:` for actions/checkout"


class Expected(Struct, frozen=True):
    """What a policy expects of the repository."""

    fork_remote: str
    upstream_remote: str
    upstream_url: str
    """Where upstream can be fetched from: what to add as a remote."""
    branches: tuple[str, ...]
    """The branches that the policy names in full, production first."""
    is_release: Callable[[str], bool]
    """Whether a tag names a stable release of upstream."""

    @classmethod
    def of(cls, policy: Policy) -> "Expected":
        """What `policy` expects."""
        rules = ReleaseRules(policy.releases.schemes, policy.releases.deny)
        mirrors = (name for branch in policy.branches if branch.role == "mirror" for name in branch.names)
        return cls(
            policy.fork.remote,
            policy.upstream.remote,
            f"https://github.com/{policy.upstream.repository}.git",
            (policy.production, *(name for name in mirrors if "*" not in name)),
            lambda tag: isinstance(rules.read(tag), Release),
        )


class Branch(Struct, frozen=True):
    """A branch of the policy, found."""

    name: str
    commit: CommitId
    ref: RefName | None = None
    """None for a commit that was named by itself."""
    also: RefName | None = None
    """The fork remote's branch of that name, where it stands elsewhere."""
    standing: Literal["ahead", "behind"] | None = None
    """How the branch stands to that one; None where each has commits of its own, or history does not tell."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is to say about it: that the remote's branch differs."""
        if self.also is None:
            return ()
        how, fix = {
            "behind": ("is ahead of it", f"git switch {self.name} && git pull --ff-only"),
            "ahead": ("is behind it", f"look at what is only here: git log {self.also}..{self.ref}"),
            None: ("stands elsewhere", f"look at both: git log --left-right {self.also}...{self.ref}"),
        }[self.standing]
        return (_note("branch-differs", f"{self.name}: {self.ref} is used; {self.also} {how}", fix),)


def open_repository(path: Path) -> Repository:
    """The repository that `path` lies in, fit to be read.

    Raises:
        RepositoryError: there is none; it belongs to somebody else; its format is not supported; HEAD or the
            packed refs are damaged; it is empty. Each with what mends it.
    """
    try:
        repo = Repository.open(path)
    except RepositoryError as error:
        raise health.explain_opening(error) from error
    health.require_sound_head(repo)
    health.require_sound_packed_refs(repo)
    if health.is_empty(repo):
        raise RepositoryError(f"{path}: the repository is empty: it has no commit", "git fetch --all --tags")
    return repo


def resolve_branch(repo: Repository, name: str, fork_remote: str) -> Branch:
    """The branch `name`: `refs/heads/NAME`, then `refs/remotes/FORK_REMOTE/NAME`; a full ref name is itself.

    Raises:
        RepositoryError: there is none, it has no commit yet, or its ref is damaged.
    """
    refs = branch_refs(name, fork_remote)
    tips = {ref: commit for ref in refs if (commit := health.tip(repo, ref)) is not None}
    if not tips:
        raise _no_branch(repo, name, refs, fork_remote)
    ref, *others = tips
    differing = next((other for other in others if tips[other] != tips[ref]), None)
    standing = None if differing is None else _standing(repo, tips[ref], tips[differing])
    return Branch(name, tips[ref], ref, differing, standing)


def branch_refs(name: str, fork_remote: str) -> tuple[RefName, ...]:
    """Where a branch of the fork may be found, in this order; a full ref name is itself."""
    if name.startswith("refs/"):
        return (RefName(name),)
    return (RefName(f"refs/heads/{name}"), RefName(f"refs/remotes/{fork_remote}/{name}"))


def probe(repo: Repository, expected: Expected, known: health.RefFiles | None = None) -> tuple[Finding, ...]:
    """What is unusual about the repository; an error where a damaged ref hides a release or a branch.

    `known` are its refs, where they were read already.
    """
    refs = health.read_refs(repo) if known is None else known
    found = (
        _detached_head(repo),
        _unborn_branch(repo, refs),
        _no_upstream_remote(repo, expected),
        _no_release_tags(repo, refs, expected),
        _shallow_clone(repo),
        _partial_clone(repo),
        _replace_refs(refs),
        _grafts(repo),
        *_damaged_refs(repo, refs, expected),
    )
    return tuple(finding for finding in found if finding is not None)


def preflight(repo: Repository, expected: Expected, known: health.RefFiles | None = None) -> tuple[Finding, ...]:
    """What is unusual about the repository, though a command can do its work; `known` are its refs, once read.

    Raises:
        RepositoryError: a ref that decides about releases or branches of the policy is damaged; it would be
            missing without a word: the newest release, say.
    """
    findings = probe(repo, expected, known)
    for finding in findings:
        if finding.severity is Severity.ERROR:
            raise RepositoryError(finding.message, finding.fix)
    return findings


def fetch_releases(repo: Repository, expected: Expected, tag: str | None = None) -> str:
    """The command that brings upstream's releases here, or one of them, by upstream's remote where there is one."""
    known = expected.upstream_remote in repo.remotes()
    deepen = f"{UNSHALLOW} && " if repo.is_shallow else ""
    source = expected.upstream_remote if known else expected.upstream_url
    return f"{deepen}git fetch " + (f"--tags {source}" if tag is None else f"{source} tag {tag}")


def require_history(
    repo: Repository,
    one: CommitId,
    other: CommitId,
    *,
    in_ci: bool = False,
    known: tuple[CommitId, ...] | None = None,
) -> tuple[CommitId, ...]:
    """The merge bases of two commits, at least one; `known` are those where the caller has found them.

    In a shallow clone a merge base may be in sight and yet be the wrong one: history is whole enough where it
    was cut off among the commits that both sides share.

    Raises:
        RepositoryError: history between the two was cut off, is damaged, or the two share none.
    """
    bases = repo.merge_bases(one, other) if known is None else known
    cut_off = health.shallow_commits(repo)
    if cut_off and (not bases or not cut_off.isdisjoint(_not_shared(repo, one, other))):
        raise RepositoryError(
            f"this is a shallow clone: history between {one[:12]} and {other[:12]} was cut off",
            CHECKOUT if in_ci else UNSHALLOW,
        )
    if not bases:
        raise RepositoryError(
            f"{one[:12]} and {other[:12]} share no history: they cannot be merged",
            "check that both remotes are of the same project: git remote -v",
        )
    return bases


# Notes: one small function each, with a heading in docs/preflight.md


def _detached_head(repo: Repository) -> Finding | None:
    if repo.head_ref() is not None:
        return None
    return _note("detached-head", "HEAD is detached, as in CI: no branch is checked out")


def _unborn_branch(repo: Repository, refs: health.RefFiles) -> Finding | None:
    head = repo.head_ref()
    if head is None or head in refs:
        return None
    name = head.removeprefix("refs/heads/")
    return _note("unborn-branch", f"the branch that is checked out, {name}, has no commit yet")


def _no_upstream_remote(repo: Repository, expected: Expected) -> Finding | None:
    name = expected.upstream_remote
    if name in repo.remotes():
        return None
    fix = f"git remote add {name} {expected.upstream_url} && git fetch --tags {name}"
    return _note("no-upstream-remote", f"there is no remote `{name}`: upstream is known by its tags alone", fix)


def _no_release_tags(repo: Repository, refs: health.RefFiles, expected: Expected) -> Finding | None:
    tags = [ref.removeprefix("refs/tags/") for ref in refs if ref.startswith("refs/tags/")]
    if any(map(expected.is_release, tags)):
        return None
    have = f"none of the {len(tags)} tags here is a release" if tags else "no tag was fetched"
    fix = fetch_releases(repo, expected)
    return _note("no-release-tags", f"no release of upstream is known: {have}", fix)


def _shallow_clone(repo: Repository) -> Finding | None:
    if not repo.is_shallow:
        return None
    return _note("shallow-clone", "this is a shallow clone: older history is missing", UNSHALLOW)


def _partial_clone(repo: Repository) -> Finding | None:
    if not (remotes := health.promisor_remotes(repo)):
        return None
    return _note("partial-clone", f"this is a partial clone: {', '.join(remotes)} kept objects back", REFETCH)


def _replace_refs(refs: health.RefFiles) -> Finding | None:
    if not health.has_replace_refs(refs):
        return None
    message = "`git replace` hides objects behind others; forkpolicy reads the real ones"
    return _note("replace-refs", message, "git replace --list; git replace --delete OBJECT")


def _grafts(repo: Repository) -> Finding | None:
    if not health.has_grafts(repo):
        return None
    file = health.common_dir(repo) / "info" / "grafts"
    return _note("grafts", f"{file} gives commits other parents: elsewhere history looks different", f"rm {file}")


def _damaged_refs(repo: Repository, refs: health.RefFiles, expected: Expected) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            "damaged-ref",
            Severity.ERROR if _is_needed(ref, expected) else Severity.WARNING,
            f"the ref {ref} is damaged: {why}",
            fix=health.mend_ref(repo, ref),
        )
        for ref, why in health.damaged_refs(repo, refs).items()
    )


# Private


def _standing(repo: Repository, one: CommitId, other: CommitId) -> Literal["ahead", "behind"] | None:
    if repo.is_shallow:
        return None
    if repo.is_ancestor(one, other):
        return "behind"
    return "ahead" if repo.is_ancestor(other, one) else None


def _note(rule: str, message: str, fix: str | None = None) -> Finding:
    return Finding(rule, Severity.NOTE, message, fix=fix)


def _no_branch(repo: Repository, name: str, refs: tuple[RefName, ...], fork_remote: str) -> RepositoryError:
    if repo.head_ref() in refs:
        return RepositoryError(f"the branch {name} has no commit yet", f"git fetch {fork_remote} {name}:{name}")
    return RepositoryError(f"there is no branch {name}: no {' and no '.join(refs)}", f"git fetch {fork_remote} {name}")


def _is_needed(ref: RefName, expected: Expected) -> bool:
    if ref.startswith("refs/tags/"):
        return expected.is_release(ref.removeprefix("refs/tags/"))
    branches = {ref for name in expected.branches for ref in branch_refs(name, expected.fork_remote)}
    return ref in branches or ref.startswith(f"refs/remotes/{expected.upstream_remote}/")


def _not_shared(repo: Repository, one: CommitId, other: CommitId) -> set[CommitId]:
    """The commits that only one of the two histories has; asked of shallow clones alone, which are short."""
    return {*repo.walk([one], [other]), *repo.walk([other], [one])}
