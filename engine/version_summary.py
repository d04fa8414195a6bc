"""A version in numbers: how many commits the fork made, and how many of them count."""

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from ..policy.versions import Bump
from .versioning import VersionState


class VersionSummary(Struct, frozen=True):
    """Numbers of commits, merges aside."""

    commits: int
    """The fork's own."""
    by_authors: int
    """Those of them whose author the policy's patterns match."""
    counted: int
    """Those that are not passed over; they may raise nothing."""
    bumps: Mapping[Bump, int]
    """How many raise what, the largest bump first."""


def summarize(state: VersionState) -> VersionSummary:
    """The numbers of a version."""
    own = [each for each in state.effects if not each.commit.is_merge]
    bumps = Counter(each.bump for each in own if each.passed_over is None)
    return VersionSummary(
        len(own),
        sum(each.by_author for each in own),
        sum(each.passed_over is None for each in own),
        {bump: bumps[bump] for bump in Bump if bumps[bump]},
    )
