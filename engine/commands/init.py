"""`forkpolicy init`: a first policy from what the repository shows, with its schema beside it."""

from pathlib import Path

from ...policy.errors import UsageError
from ..console import say
from ..initial_policy import initial_policy
from ..policy_source import DEFAULT_NAME, SCHEMA_NAME
from ..preflight import open_repository
from ..schema_file import schema_text
from .session import Asked


def run(options: Asked, force: bool) -> int:
    """Write the policy and its schema; nothing is written where a policy is there already.

    Raises:
        UsageError: there is a policy, or nowhere to write one.
    """
    repo = open_repository(options.directory)
    folder = repo.work_tree
    if options.policy is None and folder is None:
        raise UsageError("a bare repository has no place for a policy", "name a file: --policy FILE")
    policy = options.policy or (folder or Path()) / DEFAULT_NAME
    if policy.exists() and not force:
        raise UsageError(f"{policy} is there already", "change it, or replace it: forkpolicy init --force")
    text = initial_policy(repo)
    try:
        policy.write_text(text, encoding="utf-8")
        policy.with_name(SCHEMA_NAME).write_text(schema_text(), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be written: {error.strerror}") from error
    say(f"wrote {policy} and {SCHEMA_NAME}; read it, then run: {options.invocation.complete('forkpolicy validate')}")
    return 0
