"""The names of all checks, for policies that speak of them: loading a policy need not load the checks."""

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
