"""The names of all checks, for policies that speak of them: loading a policy need not load the checks."""

from importlib import import_module

from ..findings import Severity

NAMES = (
    "forbidden-merge",
    "unreleased-upstream",
    "wrong-base",
    "squashed-sync",
    "not-a-release",
    "ownership",
    "fork-dropped",
    "upstream-dropped",
    "customization-lost",
    "marker-lost",
    "disabled-file",
    "not-upstream",
    "conflict-markers",
    "version-mismatch",
    "commit-format",
    "policy-changed",
)
"""In the order in which they are told."""


def built_in_severity(name: str) -> Severity:
    """How bad a finding of a check is, unless the policy says otherwise; `name` is one of the names."""
    severity: Severity = import_module(f".{name.replace('-', '_')}", __package__).CHECK.severity
    return severity
