"""A sync branch that is there before its sync is carried out: whether it holds this sync, or something else."""

from itertools import count

from ..policy.fields import fill
from ..policy.names import CommitId, RefName
from ..policy.releases import Release
from .fork import Fork
from .plan import Pending


def pending_sync(fork: Fork, release: Release, commit: CommitId) -> Pending | None:
    """The policy's branch for the sync of a release, whose commit that is; None where there is none yet.

    A branch that stands on production holds nothing, and is as good as none.
    """
    branch = fill(fork.policy.pull_request.branch, {"tag": release.tag, "version": release.version})
    found = {ref: tip for ref in _refs(fork, branch) if (tip := fork.repo.ref(ref)) is not None}
    ref = next((each for each, tip in found.items() if tip != fork.production.commit), None)
    if ref is None:
        return None
    return Pending(branch, ref, _holds(fork, found[ref], commit), _free_name(fork, branch))


# Private


def _refs(fork: Fork, branch: str) -> tuple[RefName, RefName]:
    return RefName(f"refs/heads/{branch}"), RefName(f"refs/remotes/{fork.policy.fork.remote}/{branch}")


def _holds(fork: Fork, tip: CommitId, release: CommitId) -> bool:
    """Whether a merge of the release into production is on the branch's line."""
    production = fork.production.commit
    line = fork.repo.walk([tip], [production], first_parent=True)
    return any(fork.repo.commit(each).parents == (production, release) for each in line)


def _free_name(fork: Fork, branch: str) -> str:
    names = (f"{branch}-{number}" for number in count(2))
    return next(name for name in names if all(fork.repo.ref(ref) is None for ref in _refs(fork, name)))
