"""The upstream commit whose content production stands on, where its history tells less than its content does."""

from ..policy.names import CommitId
from .content_base import ContentSearch, nearest_base
from .fork import Fork


def content_base_of(fork: Fork) -> CommitId | None:
    """The content base of the branch, towards the newest release; None where git's base is as good.

    The measure is the first one of a merge on the content base (docs/decisions/0005-content-base.md): the branch
    holds at least half of what upstream changed between the two.
    """
    newest = next(iter(fork.releases.values()), None)
    if newest is None or fork.policy.merge.base == "git":
        return None
    repo, tip = fork.repo, fork.production.commit
    bases = repo.merge_bases(tip, newest)
    if not bases or newest in bases:
        return None
    nearest = nearest_base(repo, bases, tip)
    search = ContentSearch(repo, fork.history, newest, nearest)
    found = search.find(fork.releases.values())
    return found.commit if found.commit != nearest and found.is_held else None
