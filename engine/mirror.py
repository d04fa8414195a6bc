"""Mirror branches: how far each is from the branch of upstream's that it follows."""

from collections.abc import Iterator

from msgspec import Struct

from ..policy.models import Policy
from ..policy.names import CommitId
from .git.repository import Repository


class Mirror(Struct, frozen=True):
    """A branch that follows upstream's development."""

    name: str
    follows: str
    """The branch of upstream's, by its remote: `upstream/main`."""
    commit: CommitId
    target: CommitId
    """Where the branch that it follows stands."""
    own: int
    """The commits that upstream's branch lacks: with any, the mirror cannot be fast-forwarded."""
    behind: int
    """The commits of upstream's branch that the mirror lacks."""

    def __str__(self) -> str:
        """How it stands, in words."""
        if self.own:
            return f"{self.name} cannot be fast-forwarded: {self.follows} lacks {self.own:,} of its commits"
        return f"{self.name} follows {self.follows}" + (f", behind by {self.behind:,}" if self.behind else "")


def mirrors(repo: Repository, policy: Policy) -> tuple[Mirror, ...]:
    """The mirrors of the policy, as the fork's remote has them, else as they are here.

    Left out are those whose branch, or the branch that they follow, is not here.
    """
    return tuple(_mirrors(repo, policy))


def reset_commands(mirror: Mirror, remote: str) -> str:
    """What sets a mirror on upstream's branch, once: what it had of its own stays on a branch of another name."""
    kept = f"{mirror.commit}:refs/heads/{mirror.name}-before-reset"
    lease = f"--force-with-lease=refs/heads/{mirror.name}:{mirror.commit}"
    return f"git push {remote} {kept} && git push {lease} {remote} {mirror.target}:refs/heads/{mirror.name}"


# Private


def _mirrors(repo: Repository, policy: Policy) -> Iterator[Mirror]:
    for branch in policy.branches:
        target = repo.ref(f"refs/remotes/{branch.follows}") if branch.follows else None
        if branch.follows is None or target is None:
            continue
        for name in branch.names:
            refs = (f"refs/remotes/{policy.fork.remote}/{name}", f"refs/heads/{name}")
            commit = next(filter(None, map(repo.ref, refs)), None)
            if commit is not None:
                own, behind = _count(repo, commit, target), _count(repo, target, commit)
                yield Mirror(name, branch.follows, commit, target, own, behind)


def _count(repo: Repository, tip: CommitId, without: CommitId) -> int:
    return sum(1 for _ in repo.walk([tip], [without]))
