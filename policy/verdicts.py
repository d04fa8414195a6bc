"""What people recorded at a path of a merge, held against what was decided for it."""

from enum import StrEnum

from .facts import Entry


class Side(StrEnum):
    """Whose entry was recorded."""

    FORK = "fork"
    UPSTREAM = "upstream"
    BLEND = "blend"
    """Neither side's."""
    DELETED = "deleted"
    """None: nothing stands at the path."""


class Verdict(StrEnum):
    """Whether what was recorded is what the policy decides."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    UNDECIDED = "undecided"
    """The policy leaves the path for a person."""


def side_of(recorded: Entry | None, fork: Entry | None, upstream: Entry | None) -> Side:
    """Whose entry was recorded at a path, by mode and blob; where both sides have the same, the fork's."""
    if recorded is None:
        return Side.DELETED
    if recorded == fork:
        return Side.FORK
    return Side.UPSTREAM if recorded == upstream else Side.BLEND
