"""What a branch is for, by a name that a stranger may have chosen to mislead.

The role of a name is looked up as it stands and as it reads: without invisible characters, prefixes and case. The
stricter of the two holds. Names of other repositories tell nothing but that they are not the fork's.
"""

import unicodedata

from msgspec import Struct

from .branches import BranchRole, role_of
from .models import Policy
from .patterns import RefPatterns
from .wording import quoted

_PREFIXES = ("refs/heads/", "refs/remotes/", "refs/", "remotes/", "heads/")
_UNSEEN = frozenset("CMZ")
"""Unicode's categories of what is not seen: control and format characters, marks, white space."""


class NamedBranch(Struct, frozen=True):
    """A branch as somebody named it."""

    name: str
    """A short name or a full ref; one that begins with a remote's name is that remote's."""
    repository: str | None = None
    """The repository that it lies in, owner and name; None for this one."""


def role_in(policy: Policy, branch: NamedBranch, home: str | None = None) -> BranchRole:
    """What a branch is for; `home` is the repository that the policy's branches lie in, the policy's by default.

    Upstream's branches are mirrors: they carry its development. Those of other repositories are topics.
    """
    if branch.repository is not None and not _same(branch.repository, home or policy.fork.repository):
        return _elsewhere(policy, branch.name, branch.repository)
    if as_read(branch.name).startswith(f"{policy.upstream.remote.casefold()}/"):
        return _upstreams(policy, branch.name)
    literal, likely = role_of(branch.name, policy.branches), _role_as_read(policy, branch.name)
    if likely is None or (literal.entry is not None and likely.role == literal.role):
        return literal
    return likely


def as_read(name: str, *remotes: str) -> str:
    """A branch name as a person reads it: no prefix, no remote, nothing invisible, in lower case."""
    decomposed = unicodedata.normalize("NFKD", name)
    text = "".join(each for each in decomposed if unicodedata.category(each)[0] not in _UNSEEN).casefold()
    prefixes = (*_PREFIXES, *(f"{remote.casefold()}/" for remote in remotes))
    while found := next((each for each in prefixes if text.startswith(each)), None):
        text = text.removeprefix(found)
    return text


# Private


def _elsewhere(policy: Policy, name: str, repository: str) -> BranchRole:
    """The role of another repository's branch: upstream's, or that of somebody who contributes from outside."""
    if _same(repository, policy.upstream.repository):
        return _upstreams(policy, name)
    return BranchRole(name, "topic", None, f"{quoted(name)} is a branch of {quoted(repository)}: it counts as a topic")


def _upstreams(policy: Policy, name: str) -> BranchRole:
    return BranchRole(name, "mirror", None, f"{quoted(name)} is a branch of {policy.upstream.name}")


def _role_as_read(policy: Policy, name: str) -> BranchRole | None:
    """The role of the first entry that matches the name as it reads; a mirror or production wins over others."""
    read = as_read(name, policy.fork.remote)
    matching = [entry for entry in policy.branches if RefPatterns(tuple(map(as_read, entry.names))).matches(read)]
    entry = next((each for each in matching if each.role in ("mirror", "production")), next(iter(matching), None))
    if entry is None:
        return None
    note = None if read == name else f"{quoted(name)} reads as {quoted(read)}"
    return BranchRole(name, entry.role, entry, note)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
