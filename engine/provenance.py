"""Where a policy came from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PolicySource:
    """Where the policy came from."""

    path: str
    ref: str | None
    sha256: str
