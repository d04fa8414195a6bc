"""What commits do to the fork's version: which of them count, what each raises, what comes out."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from .commits import bump_of, is_skipped, matches_author, parse
from .models import Versions
from .names import CommitId
from .versions import Bump, ForkVersion, next_version


class OwnCommit(Struct, frozen=True):
    """A commit of the fork's own; name and email are those of the mailmap."""

    id: CommitId
    text: str
    """The whole message."""
    author: str
    email: str
    committed: datetime
    is_merge: bool = False
    lost_sync: str | None = None
    """What it brought of upstream's where it is a lost sync, in words."""

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.text.strip().partition("\n")[0].strip()


class PassedOver(StrEnum):
    """Why a commit of the fork does not count, in words."""

    MERGE = "a merge"
    LOST_SYNC = "a lost sync"
    SUBJECT = "skipped by its subject"
    AUTHOR = "not by the fork's authors"


class Effect(Struct, frozen=True):
    """What one commit does to the version."""

    commit: OwnCommit
    by_author: bool
    """Whether the policy's author patterns match."""
    bump: Bump
    version: ForkVersion
    """The version after it."""
    passed_over: PassedOver | None = None
    """Why the commit does not count; None where it does, though it may raise nothing."""

    @property
    def is_news(self) -> bool:
        """Whether the commit is a change to tell: whoever made it, but no merge, no sync, nothing skipped."""
        return self.passed_over in (None, PassedOver.AUTHOR)


def effects(
    commits: Iterable[OwnCommit], rules: Versions, current: ForkVersion | None, upstream: str
) -> tuple[Effect, ...]:
    """What each commit does, one after another; the commits come in chronological order.

    `upstream` is the upstream part of the version that follows. Before the first version nothing is raised:
    that one is the policy's `initial`.
    """
    version = next_version(current, (), upstream, rules.initial)
    found: list[Effect] = []
    for commit in commits:
        by_author = not rules.authors or matches_author(commit.author, commit.email, rules.authors)
        reason = _passed_over(commit, by_author, rules)
        bump = Bump.NONE if reason else bump_of(parse(commit.text), rules.bumps)
        if current is not None:
            version = version.bump(bump)
        found.append(Effect(commit, by_author, bump, version, reason))
    return tuple(found)


def _passed_over(commit: OwnCommit, by_author: bool, rules: Versions) -> PassedOver | None:
    """Why a commit does not count; the first reason of several."""
    if commit.is_merge:
        return PassedOver.MERGE
    if commit.lost_sync is not None:
        return PassedOver.LOST_SYNC
    if is_skipped(commit.subject, rules.skip):
        return PassedOver.SUBJECT
    return None if by_author else PassedOver.AUTHOR
