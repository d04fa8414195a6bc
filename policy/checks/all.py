"""All checks, in the order in which their findings are told."""

from . import (
    commit_format,
    conflict_markers,
    forbidden_merge,
    not_a_release,
    policy_changed,
    squashed_sync,
    unreleased_upstream,
    version_mismatch,
    wrong_base,
)
from .check import Check

CHECKS: tuple[Check, ...] = tuple(
    module.CHECK
    for module in (
        forbidden_merge,
        unreleased_upstream,
        wrong_base,
        squashed_sync,
        not_a_release,
        conflict_markers,
        version_mismatch,
        commit_format,
        policy_changed,
    )
)
"""In the order of docs/check.md."""
