"""What the gate compares: the commits of base and head, and how their branches are called."""

import re

from msgspec import Struct

from ..policy.branches import BranchRole, role_of
from ..policy.errors import RepositoryError, UsageError
from ..policy.heads import NamedBranch, role_in
from ..policy.models import Policy
from ..policy.names import CommitId, RefName
from .event import Event
from .git.repository import Repository

_FULL_ID = re.compile(r"[0-9a-f]{40}")
_PREFIXES = ("refs/heads/", "refs/remotes/", "refs/remotes/origin/")
"""Where a branch is looked for: a tag of the same name must not stand in its place."""


class Asked(Struct, frozen=True):
    """What the command line says, each None where it says nothing."""

    base: str | None = None
    head: str | None = None
    base_name: str | None = None
    head_name: str | None = None


class End(Struct, frozen=True):
    """One of the two commits, and its branch where it is named."""

    commit: CommitId
    branch: NamedBranch | None = None

    @property
    def name(self) -> str:
        """The branch, or the commit where it has no name."""
        return self.branch.name if self.branch else self.commit


class Ends(Struct, frozen=True):
    """Base and head."""

    base: End
    head: End

    def base_role(self, policy: Policy) -> BranchRole:
        """What base is for; one that nobody named is taken for production."""
        if self.base.branch is None:
            return role_of(policy.production, policy.branches)
        return role_in(policy, self.base.branch, self.base.branch.repository)

    def head_role(self, policy: Policy) -> BranchRole | None:
        """What head is for; None where it has no name, or where it is what was pushed to base."""
        if self.head.branch is None or self._is_push(policy, self.head.branch):
            return None
        home = self.base.branch.repository if self.base.branch else None
        return role_in(policy, self.head.branch, home)

    def _is_push(self, policy: Policy, head: NamedBranch) -> bool:
        base = self.base.branch or NamedBranch(policy.production)
        same_place = head.repository is None or head.repository == base.repository
        return same_place and _plain(head.name, policy) == _plain(base.name, policy)


def find_ends(repo: Repository, asked: Asked, event: Event | None) -> Ends:
    """The commits to compare: what the command line names, else what the event is about.

    Raises:
        UsageError: nothing says what to compare.
        RepositoryError: a commit is not here.
    """
    known = event or Event()
    base, head = asked.base or known.base, asked.head or known.head
    if not base or not head:
        missing = "--base" if not base else "--head"
        raise UsageError(
            f"{missing} is missing: nothing says what to compare", "forkpolicy check --base REV --head REV"
        )
    return Ends(
        _end(repo, base, asked.base_name or known.base_name, known.base_repository),
        _end(repo, head, asked.head_name or known.head_name, known.head_repository, named=not known.is_anonymous),
    )


def _end(repo: Repository, revision: str, name: str | None, repository: str | None, *, named: bool = True) -> End:
    ref, commit = _look_up(repo, revision)
    found = name or (_shown(ref) if ref is not None and named else None)
    return End(commit, None if found is None else NamedBranch(found, repository))


def _look_up(repo: Repository, revision: str) -> tuple[RefName | None, CommitId]:
    """A revision's commit, and the branch that it names; a full id names none, whatever branch is called like it."""
    if set(revision) == {"0"}:
        raise RepositoryError(
            "the branch was just made, or is gone: there is no commit to compare with", "name one: --base REV"
        )
    if not _FULL_ID.fullmatch(revision):
        names = [f"{prefix}{revision}" for prefix in _PREFIXES]
        for name in [revision, *names] if revision.startswith("refs/") else names:
            commit = repo.ref(name)
            if commit is not None:
                return RefName(name), commit
    return None, repo.resolve(revision)


def _shown(ref: RefName) -> str:
    return ref.removeprefix("refs/heads/").removeprefix("refs/remotes/")


def _plain(name: str, policy: Policy) -> str:
    """A branch's name without what leads to it; nothing else is taken off."""
    return _shown(RefName(name)).removeprefix(f"{policy.fork.remote}/")
