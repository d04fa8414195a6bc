"""What head does to the policy: what changes in meaning, and whether it leaves one to judge by."""

from collections.abc import Iterator

from ..policy.checks import policy_changed
from ..policy.errors import PolicyError
from ..policy.facts import Entry
from ..policy.findings import Finding
from ..policy.loader import load
from ..policy.models import Policy
from ..policy.names import RepoPath
from ..policy.policy_changes import changes, new_owners
from .gate_facts import Addition, Gate


def changed_policy(gate: Gate, path: RepoPath) -> Iterator[Finding]:
    """`policy-changed`, of the policy at a path and of what it names."""
    return policy_changed.judge(gate.policy, _facts(gate, path))


# Private


def _facts(gate: Gate, path: RepoPath) -> policy_changed.Facts:
    """What head does to the policy and to its templates."""
    addition = gate.addition
    templates = tuple(_template_changes(addition, gate.policy))
    if not addition.changes_at(path):
        return policy_changed.Facts(path, touched=False, templates=templates)
    entry = addition.entry(addition.head, path)
    unusable = _unusable(path, entry)
    if entry is None or unusable is not None:
        return policy_changed.Facts(path, unusable, templates=templates)
    try:
        after = load(addition.fork.repo.read(entry.id), path)
    except PolicyError as error:
        return policy_changed.Facts(path, f"it is invalid: {error.lines()[0]}", templates=templates)
    meaning = changes(gate.policy, after)
    files = (each for each, _ in addition.fork.repo.files(addition.fork.repo.tree(addition.head)))
    owners = tuple(new_owners(gate.policy, after, files)) if meaning else ()
    return policy_changed.Facts(path, changes=meaning, owners=owners, templates=templates)


def _template_changes(addition: Addition, policy: Policy) -> Iterator[str]:
    for name, template in policy.templates.items():
        path = RepoPath(template)
        if addition.changes_at(path):
            yield _unusable(path, addition.entry(addition.head, path)) or f"{path}, the template `{name}`, is changed"


def _unusable(path: RepoPath, entry: Entry | None) -> str | None:
    """Why an entry is no file to read; None where it is one."""
    if entry is None:
        return f"{path} is gone"
    if entry.is_file:
        return None
    return f"{path} is {'a symbolic link' if entry.is_symlink else 'a submodule'}"
