"""Conflicts without a repository: a blob's id is its own content."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forkpolicy.policy.decisions import Decision, Loss, Resolution
from forkpolicy.policy.facts import Conflict, ConflictFacts, Entry, FileFacts, Kind, Versions
from forkpolicy.policy.hunks import HunkMerge, Region
from forkpolicy.policy.models import Policy
from forkpolicy.policy.names import BlobId, CommitId, RepoPath
from forkpolicy.policy.ownership import Ownership
from forkpolicy.policy.results import Outcome, loss_of, outcome
from forkpolicy.policy.store import Side
from tests.sections import made

UPSTREAM_COMMIT = CommitId("fade" + "4" * 36)
FILE, EXECUTABLE, SYMLINK, SUBMODULE = 0o100644, 0o100755, 0o120000, 0o160000


def policy(
    *rules: Mapping[str, Any],
    customizations: list[Any] | None = None,
    examples: list[Any] | None = None,
    **ownership: Any,
) -> Policy:
    """A policy of ACME's fork of Widget with these rules; a rule without a name is called `rule`."""
    return made(
        Policy,
        {
            "schema": 1,
            "fork": {"name": "ACME", "repository": "acme/widget"},
            "upstream": {"name": "Widget", "repository": "widget/widget"},
            "releases": {"schemes": [{"tags": ["v{version}"]}]},
            "branches": [{"names": ["prod"], "role": "production"}],
            "ownership": {"rules": [{"name": "rule", **rule} for rule in rules], **ownership},
            "customizations": customizations or [],
            "examples": examples or [],
        },
    )


def entry(content: str | None, mode: int = FILE) -> Entry | None:
    """An entry with a content; None for none."""
    return None if content is None else Entry(mode, BlobId(content))


@dataclass(frozen=True)
class FakeStore:
    """A store of which a conflict's own files are all there is."""

    files: Mapping[RepoPath, Versions]

    def read(self, blob: BlobId) -> bytes:
        """The content of an entry that `entry` made."""
        return blob.encode("utf-8", "surrogateescape")

    def write(self, content: bytes) -> BlobId:
        """The id of a content: itself."""
        return BlobId(content.decode("utf-8", "surrogateescape"))

    def merge(self, path: RepoPath, versions: Versions) -> HunkMerge | None:
        """One region that is the whole file."""
        contents = (
            b"" if each is None else self.read(each.id) for each in (versions.base, versions.fork, versions.upstream)
        )
        base, fork, upstream = contents
        return HunkMerge(base, fork, upstream, (Region(base, fork, upstream, 0),))

    def entry(self, side: Side, path: RepoPath) -> Entry | None:
        """What a side has at a path."""
        versions = self.files.get(path)
        return None if versions is None else {"base": versions.base, "fork": versions.fork}.get(side, versions.upstream)


def store_of(conflict: ConflictFacts) -> FakeStore:
    """The store of one conflict."""
    return FakeStore(conflict.conflict.files)


def decided(ownership: Ownership, conflict: ConflictFacts) -> Decision:
    """What the rules decide about a conflict."""
    decision = ownership.decide(conflict, store_of(conflict))
    assert decision is not None
    return decision


def result_of(conflict: ConflictFacts, resolution: Resolution) -> tuple[Outcome, Loss]:
    """What a resolution leaves of a conflict, and what it costs."""
    result = outcome(conflict, resolution, None, store_of(conflict))
    return result, loss_of(result, store_of(conflict))


def versions(base: str | None, fork: str | None, upstream: str | None) -> Versions:
    """Three versions of a file, by content."""
    return Versions(entry(base), entry(fork), entry(upstream))


EDITED = versions("one\n", "fork's\n", "upstream's\n")
"""A line that both sides changed."""


def facts(
    path: str = "a.txt", file: Versions = EDITED, kind: Kind | None = Kind.CONTENT, **known: Any
) -> ConflictFacts:
    """A conflict of one name."""
    name = RepoPath(path)
    return ConflictFacts(Conflict(name, kind, {name: file}), (FileFacts(name, file, **known),))


def group(kind: Kind, path: str, files: Mapping[str, Versions], **known: Mapping[str, Any]) -> ConflictFacts:
    """A conflict of several names, to be shown as `path`; `known` has what is true of files, by name."""
    named = {RepoPath(name): file for name, file in sorted(files.items())}
    details = tuple(FileFacts(name, file, **known.get(name, {})) for name, file in named.items())
    followed = len(named) > 1 and kind in (Kind.CONTENT, Kind.ADD_ADD, Kind.MODE)
    return ConflictFacts(Conflict(RepoPath(path), kind, named, follows_rename=followed), details)
