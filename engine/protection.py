"""What belongs to the fork whatever the rules say: the policy, its schema, its templates, and what runs them."""

from pathlib import PurePosixPath

from ..policy.models import Policy
from ..policy.names import RepoPath, TreeId
from .git.repository import Repository
from .policy_source import SCHEMA_NAME

_WORKFLOWS = RepoPath(".github/workflows")
_COMMAND = b"forkpolicy"


def protected_paths(repo: Repository, production: TreeId, policy: Policy, policy_path: str) -> frozenset[RepoPath]:
    """The paths that no upstream release may change."""
    folder = PurePosixPath(policy_path).parent
    named = (policy_path, str(folder / SCHEMA_NAME), *policy.templates.values())
    return frozenset({*map(RepoPath, named), *_running_workflows(repo, production)})


def _running_workflows(repo: Repository, production: TreeId) -> set[RepoPath]:
    """The workflows whose production copy runs forkpolicy."""
    files = repo.files_in(production, _WORKFLOWS)
    return {path for path, entry in files if entry.is_file and _COMMAND in repo.read(entry.id)}
