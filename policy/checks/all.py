"""All checks, in the order in which their findings are told."""

from . import (
    commit_format,
    conflict_markers,
    customization_lost,
    disabled_file,
    forbidden_merge,
    fork_dropped,
    marker_lost,
    not_a_release,
    not_upstream,
    ownership,
    policy_changed,
    squashed_sync,
    unreleased_upstream,
    upstream_dropped,
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
        ownership,
        fork_dropped,
        upstream_dropped,
        customization_lost,
        marker_lost,
        disabled_file,
        not_upstream,
        conflict_markers,
        version_mismatch,
        commit_format,
        policy_changed,
    )
)
"""In the order of docs/check.md."""
