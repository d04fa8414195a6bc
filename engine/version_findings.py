"""Where a version says another upstream release than history: tags of the fork, and a file in its tree."""

import re
from collections.abc import Iterable

from msgspec import Struct

from ..policy.fields import DOTTED, version_key
from ..policy.findings import Finding, Severity
from ..policy.models import Versions
from ..policy.names import CommitId, RepoPath
from ..policy.releases import Release
from ..policy.versions import ForkVersion
from .contained import Contained
from .fork import Fork


class Claim(Struct, frozen=True):
    """Something that names the upstream version that the fork stands on."""

    rule: str
    who: str
    """Who says it, in words."""
    version: str
    fix: str
    """What to do where it is wrong; `{version}` is what would be right."""
    commit: CommitId | None = None
    path: RepoPath | None = None


def tag_claim(tag: str, version: ForkVersion, commit: CommitId) -> Claim:
    """What a tag of a fork version claims."""
    fix = "leave the tag; the next release is made on {version}: forkpolicy version next"
    return Claim("tag-mismatch", f"the tag {tag}", version.upstream, fix, commit)


def file_claims(fork: Fork, rules: Versions) -> tuple[Claim, ...]:
    """What the file claims that the policy names; every different version of dotted numbers that it has, once."""
    place = rules.upstream_version
    if place is None:
        return ()
    path = RepoPath(place.file)
    entry = fork.repo.entry(fork.repo.tree(fork.production.commit), path)
    text = fork.repo.read(entry.id).decode("utf-8", "replace") if entry is not None and entry.is_file else ""
    found = (match["version"] for match in re.finditer(place.pattern, text, re.MULTILINE))
    versions = dict.fromkeys(each for each in found if each and re.fullmatch(DOTTED, each))
    fix = f"set the version in {path} to {{version}}"
    return tuple(Claim("version-mismatch", path, each, fix, path=path) for each in versions)


def mismatches(claims: Iterable[tuple[Claim, Release | None]]) -> tuple[Finding, ...]:
    """A warning for every claim that a release speaks against; nothing where none does."""
    return tuple(
        Finding(
            claim.rule,
            Severity.WARNING,
            f"{claim.who} says upstream {claim.version}, but the newest release in its history is {release.tag}",
            path=claim.path,
            commit=claim.commit,
            fix=claim.fix.format(version=release.version),
        )
        for claim, release in claims
        if release is not None
    )


def unknown_release(contained: Contained) -> tuple[Finding, ...]:
    """A note where nothing tells which release is contained."""
    if contained.unknown is None:
        return ()
    message = f"which upstream release is contained is unknown: {contained.unknown}"
    return (Finding("unknown-release", Severity.NOTE, message, fix=contained.fix),)


def is_same(claimed: str, release: Release) -> bool:
    """Whether a claim names a release's version."""
    return version_key(claimed) == version_key(release.version)
