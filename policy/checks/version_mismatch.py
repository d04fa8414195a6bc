"""`version-mismatch`: the tree names another upstream version than history has."""

from collections.abc import Iterator

from msgspec import Struct

from ..findings import Finding, Severity
from ..models import Policy
from ..names import RepoPath
from ..releases import Release
from ..wording import quoted
from .check import Check, Example

CHECK = Check(
    "version-mismatch",
    Severity.ERROR,
    "head changes the version file or brings a release, and the version is not that of the newest release in head",
    "set the version to that of the newest release in head",
)


class Claim(Struct, frozen=True):
    """A version that the file names, and the release that speaks against it."""

    version: str
    against: Release | None
    """None where the version is right, or may be."""


class Facts(Struct, frozen=True):
    """What the version file says, where head has a say in it."""

    path: RepoPath
    claims: tuple[Claim, ...]
    """Every different version that stands in the file."""
    unknown: str | None = None
    """Why history cannot tell which release head contains."""


def judge(_policy: Policy, facts: Facts) -> Iterator[Finding]:
    """Fail every version that a release speaks against; where nothing can tell, only say so."""
    for claim in facts.claims:
        if claim.against is not None:
            release, version = claim.against, claim.against.version
            message = f"{facts.path} says {claim.version}, but the newest release that head contains is {release.tag}"
            yield CHECK.finding(message, path=facts.path, fix=f"set the version in {facts.path} to {version}")
    if not facts.claims:
        message = f"{facts.path} names no version where `versions.upstream_version` looks for it"
        fix = "correct the file, or the pattern in the policy"
        yield CHECK.finding(message, path=facts.path, severity=Severity.WARNING, fix=fix)
    elif facts.unknown is not None:
        told = " and ".join(quoted(each.version) for each in facts.claims)
        message = f"whether {told} in {facts.path} is right is unknown: {facts.unknown}"
        fix = "compare it with the release that was merged last"
        yield CHECK.finding(message, path=facts.path, severity=Severity.NOTE, fix=fix)


_PATH = RepoPath("pyproject.toml")
_RELEASE = Release("v1.81.0-stable", "1.81.0")

EXAMPLES = (
    Example("the version of the newest release", Facts(_PATH, (Claim("1.81.0", None),))),
    Example(
        "a version that no release has",
        Facts(_PATH, (Claim("1.81.6", _RELEASE),)),
        ("pyproject.toml says 1.81.6, but the newest release that head contains is v1.81.0-stable",),
    ),
    Example(
        "no version at all",
        Facts(_PATH, ()),
        ("pyproject.toml names no version where `versions.upstream_version` looks for it",),
    ),
    Example(
        "history that was lost",
        Facts(_PATH, (Claim("1.81.0", None),), "a sync lost its history"),
        ("whether `1.81.0` in pyproject.toml is right is unknown: a sync lost its history",),
    ),
)
