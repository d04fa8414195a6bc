"""Release notes: the fork's own changes, the upstream range in sum, and what became of the customizations."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from msgspec import Struct

from ..policy.commits import CommitMessage, parse
from ..policy.errors import PolicyError, RepositoryError, UsageError
from ..policy.models import Customization, Policy
from ..policy.names import CommitId
from ..policy.releases import Release
from ..policy.version_rules import Effect
from ..policy.versions import image_tags
from .fork import Fork, fork_at
from .history import pull_requests
from .policy_source import LoadedPolicy, load_policy
from .production_base import content_base_of
from .versioning import Versioning, VersionState, version_state

BREAKING, OTHER = "breaking", "other"
"""The groups that are no type of commit: the first one, and the last."""


class Change(Struct, frozen=True):
    """One change of the fork, told by its commit."""

    commit: CommitId
    type: str | None
    scope: str | None
    description: str
    breaking: str | None
    """What it breaks, where it breaks something."""
    pull_request: int | None
    author: str


class ChangeGroup(Struct, frozen=True):
    """The changes of one type, oldest first."""

    name: str
    changes: tuple[Change, ...]


class UpstreamRange(Struct, frozen=True):
    """What came from upstream: from one release to another, in so many commits."""

    before: Release | None
    after: Release | None
    commits: int


class CustomizationNews(Struct, frozen=True):
    """The customizations that came, changed and went, by name."""

    added: tuple[Customization, ...] = ()
    changed: tuple[Customization, ...] = ()
    dropped: tuple[Customization, ...] = ()


class ReleaseNotes(Struct, frozen=True):
    """What a release of the fork brings."""

    version: VersionState
    tag: str
    """The release's tag: the one that is there, else the one to make."""
    images: tuple[str, ...]
    """Its container image tags."""
    groups: tuple[ChangeGroup, ...]
    """Breaking changes first, then by type in the policy's order, what has no known type last."""
    upstream: UpstreamRange | None
    """None where nothing came from upstream."""
    customizations: CustomizationNews | None
    """None where either end of the range has no readable policy."""
    authors: tuple[str, ...]
    """Everybody who made one of the changes, sorted."""


def release_notes(fork: Fork, loaded: LoadedPolicy, revisions: str | None) -> ReleaseNotes:
    """The notes of what followed the last release, or of a range; a range as for `version_state`.

    Raises:
        UsageError: the policy numbers no versions.
        RepositoryError: there is no such commit, or history does not tell.
    """
    state = version_state(fork, revisions, content_base_of(fork))
    end = fork_at(fork, state.commit)
    numbers = pull_requests(end.history)
    changes = [_change(each, numbers.get(each.commit.id)) for each in state.effects if each.is_news]
    released = state.released
    images = () if fork.policy.versions is None else fork.policy.versions.images
    return ReleaseNotes(
        state,
        state.tag if released is None else released.tag,
        state.images if released is None else image_tags(images, released.version, released.tag),
        tuple(_grouped(changes, fork.policy.commits.types)),
        _upstream_range(end, state),
        _customization_news(fork, loaded, state),
        tuple(sorted({each.author for each in changes}, key=str.casefold)),
    )


def _change(effect: Effect, pull_request: int | None) -> Change:
    message = parse(effect.commit.text)
    return Change(
        effect.commit.id,
        message.type,
        message.scope,
        _description(message),
        _breaking(message) if message.breaking else None,
        message.pull_request or pull_request,
        effect.commit.author,
    )


def _description(message: CommitMessage) -> str:
    """What a commit says it does; the pull request's number stands beside it anyway."""
    return message.description.removesuffix(f"(#{message.pull_request})").rstrip()


def _breaking(message: CommitMessage) -> str:
    """What the footer says is broken, else what the commit does."""
    footers = (each.value for each in message.footers if each.token.upper().replace("-", " ") == "BREAKING CHANGE")
    return next(footers, message.description)


def _grouped(changes: list[Change], types: Iterable[str]) -> Iterable[ChangeGroup]:
    order = [BREAKING, *types]

    def place(change: Change) -> int:
        name = BREAKING if change.breaking is not None else change.type
        return order.index(name) if name in order else len(order)

    for index, group in groupby(sorted(changes, key=place), key=place):
        yield ChangeGroup([*order, OTHER][index], tuple(group))


def _upstream_range(end: Fork, state: VersionState) -> UpstreamRange | None:
    """The releases and commits of upstream that are new since the release before."""
    excluded = () if state.start is None else (state.start,)
    brought = end.repo.walk([state.commit], excluded) if excluded else ()
    commits = sum(each not in end.history.commits for each in brought)
    before = None if state.start is None else Versioning(end).contained_at(state.start)
    after = state.contained.release
    if not commits and after in (before, None):  # None: it cannot be told, and nothing came that would change it
        return None
    return UpstreamRange(before, after, commits)


def _customization_news(fork: Fork, loaded: LoadedPolicy, state: VersionState) -> CustomizationNews | None:
    if state.start is None:
        return None
    before, after = (_policy_at(fork, loaded, each) for each in (state.start, state.commit))
    if before is None or after is None:
        return None
    old = {each.name: each for each in before.customizations}
    new = {each.name: each for each in after.customizations}
    return CustomizationNews(
        tuple(each for name, each in new.items() if name not in old),
        tuple(each for name, each in new.items() if name in old and old[name] != each),
        tuple(each for name, each in old.items() if name not in new),
    )


def _policy_at(fork: Fork, loaded: LoadedPolicy, commit: CommitId) -> Policy | None:
    """The policy as it was at a commit; None where there was none, or none that can be read today."""
    try:
        return load_policy(fork.repo, Path(loaded.source.path), commit).policy
    except (PolicyError, RepositoryError, UsageError):
        return None
