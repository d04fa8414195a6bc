"""`forkpolicy pre-push`: the gate before a push, as a hook of pre-commit.

pre-commit tells in its environment what is pushed where (its documentation, "pre-commit during push").
"""

import os
from collections.abc import Mapping

from msgspec import Struct

from ...policy.branches import role_of
from ...policy.errors import UsageError
from ...policy.models import Policy
from ..console import Output, say
from ..git.repository import Repository
from . import check
from .session import Options, Session

_HEADS = "refs/heads/"
_TOLD = ("REMOTE_NAME", "REMOTE_BRANCH", "LOCAL_BRANCH", "FROM_REF", "TO_REF")


class Push(Struct, frozen=True):
    """What is pushed where."""

    remote: str
    remote_branch: str
    """The full name: `refs/heads/carto/main`."""
    local_branch: str
    old: str | None
    """The commit to compare with: where the remote's branch stands."""
    new: str


def run(options: Options, output: Output) -> int:
    """Judge what is pushed against the branch that it is for, and return the exit code of the gate.

    Judged are the branches that the policy names, but for mirrors: what others are for, only a pull request tells.

    Raises:
        ForkpolicyError: pre-commit does not run this, or the gate cannot judge.
    """
    push = read_push(os.environ)
    session = Session.start(options)
    asked = what_to_check(push, session.repo, session.loaded.policy)
    if asked is None:
        say(f"forkpolicy: nothing to check for {push.remote_branch}")
        return 0
    return check.run(options, asked, output)


def read_push(environment: Mapping[str, str]) -> Push:
    """What pre-commit says about the push.

    Raises:
        UsageError: it says nothing.
    """
    said = {name: environment.get(f"PRE_COMMIT_{name}", "") for name in _TOLD}
    if not said["REMOTE_BRANCH"] or not said["TO_REF"]:
        raise UsageError(
            "`forkpolicy pre-push` is run by pre-commit, at the stage pre-push",
            "forkpolicy check --base REV --head REV",
        )
    old = said["FROM_REF"] or None
    return Push(said["REMOTE_NAME"], said["REMOTE_BRANCH"], said["LOCAL_BRANCH"], old, said["TO_REF"])


def what_to_check(push: Push, repo: Repository, policy: Policy) -> check.Asked | None:
    """What the gate is to compare; None where the push brings nothing to a branch that it judges."""
    name = push.remote_branch.removeprefix(_HEADS)
    branch = role_of(name, policy.branches)
    if not push.remote_branch.startswith(_HEADS) or branch.entry is None or branch.role == "mirror":
        return None
    if branch.role == "production":
        return check.Asked(push.old, push.new, name, push.local_branch.removeprefix(_HEADS))
    target = branch.entry.base or policy.production
    refs = (f"refs/remotes/{push.remote}/{target}", f"{_HEADS}{target}")
    base = next(filter(None, map(repo.ref, refs)), None)
    if base is None or repo.is_ancestor(repo.resolve(push.new), base):
        return None
    return check.Asked(base, push.new, target, name)
