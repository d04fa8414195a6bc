"""All checks, in the order in which their findings are told."""

from . import forbidden_merge, unreleased_upstream, wrong_base
from .check import Check

CHECKS: tuple[Check, ...] = tuple(
    module.CHECK
    for module in (
        forbidden_merge,
        unreleased_upstream,
        wrong_base,
    )
)
"""In the order of docs/check.md."""
