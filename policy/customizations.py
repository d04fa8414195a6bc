"""Customizations: named changes of the fork, each with requirements that its files must meet after every sync."""

import re
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from msgspec import Struct

from .facts import Entry
from .models import Customization
from .names import BlobId, RepoPath


class Demand(StrEnum):
    """What a requirement asks of a file."""

    CONTAIN = "must_contain"
    MATCH = "must_match"
    NOT_CONTAIN = "must_not_contain"
    EXIST = "must_exist"


class Requirement(Struct, frozen=True):
    """One thing that a customization asks of one file."""

    customization: str
    demand: Demand
    path: RepoPath
    text: str = ""
    """The text or the regular expression; empty where only existence is asked."""

    def holds(self, content: bytes | None) -> bool:
        """Whether a file's content meets the requirement; None stands for a file that is not there."""
        if content is None:
            return self.demand is Demand.NOT_CONTAIN
        text = content.decode("utf-8", "surrogateescape")
        match self.demand:
            case Demand.CONTAIN:
                return self.text in text
            case Demand.MATCH:
                return re.search(self.text, text, re.MULTILINE) is not None
            case Demand.NOT_CONTAIN:
                return self.text not in text
            case Demand.EXIST:
                return True

    @property
    def wanted(self) -> str:
        """The requirement as a phrase: what must be true of the path."""
        match self.demand:
            case Demand.CONTAIN:
                return f"{self.path} must contain: {self.text}"
            case Demand.MATCH:
                return f"{self.path} must match: {self.text}"
            case Demand.NOT_CONTAIN:
                return f"{self.path} must not contain: {self.text}"
            case Demand.EXIST:
                return f"{self.path} must exist"


def content_of(entry: Entry | None, read: Callable[[BlobId], bytes]) -> bytes | None:
    """What requirements are held against: an entry's content, empty for a submodule; None for nothing."""
    if entry is None:
        return None
    return b"" if entry.is_submodule else read(entry.id)


def requirements(customizations: Iterable[Customization]) -> Iterator[Requirement]:
    """Every requirement of the customizations, in the policy's order."""
    for each in customizations:
        for contain in each.must_contain:
            yield Requirement(each.name, Demand.CONTAIN, RepoPath(contain.path), contain.text)
        for match in each.must_match:
            yield Requirement(each.name, Demand.MATCH, RepoPath(match.path), match.pattern)
        for absent in each.must_not_contain:
            yield Requirement(each.name, Demand.NOT_CONTAIN, RepoPath(absent.path), absent.text)
        for path in each.must_exist:
            yield Requirement(each.name, Demand.EXIST, RepoPath(path))
