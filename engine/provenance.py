"""Where a policy came from."""

from msgspec import Struct


class PolicySource(Struct, frozen=True):
    """Where the policy came from."""

    path: str
    ref: str | None
    sha256: str
