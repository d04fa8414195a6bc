"""Fork versions: reading and writing their tags, their order, and which one follows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import total_ordering

from .fields import DOTTED, NUMBER, Template, fill, version_key

VERSION_FIELDS = {"upstream": DOTTED, "major": NUMBER, "minor": NUMBER, "patch": NUMBER}
"""The fields of a version format, which has all of them: `v{upstream}-carto.{major}.{minor}.{patch}`."""


class Bump(StrEnum):
    """What a commit does to the fork's part of the version (https://semver.org)."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"
    NONE = "none"


@total_ordering
@dataclass(frozen=True, slots=True)
class ForkVersion:
    """A version of the fork: the upstream release it stands on, and the fork's own, cumulative part.

    The order is total: legacy formats below the current one, and the later a format stands in the policy's
    list the lower; then the fork's part, because it never resets; then upstream's. So `v1.81.3-carto.1.18.6`
    follows `v1.81.6-carto.1.18.3`.
    """

    upstream: str
    major: int
    minor: int
    patch: int
    format: int = 0
    """Which format the tag has: 0 is the current one, 1 the first legacy one."""

    def __lt__(self, other: "ForkVersion") -> bool:
        return self._key < other._key

    @property
    def own(self) -> str:
        """The fork's part: `1.18.6`."""
        return f"{self.major}.{self.minor}.{self.patch}"

    def bump(self, bump: Bump) -> "ForkVersion":
        """The version after a commit, by SemVer: what stands below the raised number starts again at 0."""
        match bump:
            case Bump.MAJOR:
                return ForkVersion(self.upstream, self.major + 1, 0, 0, self.format)
            case Bump.MINOR:
                return ForkVersion(self.upstream, self.major, self.minor + 1, 0, self.format)
            case Bump.PATCH:
                return ForkVersion(self.upstream, self.major, self.minor, self.patch + 1, self.format)
            case Bump.NONE:
                return self

    def on(self, upstream: str) -> "ForkVersion":
        """The same fork part on another upstream version, in the current format: what a sync does."""
        return ForkVersion(upstream, self.major, self.minor, self.patch)

    @property
    def _key(self) -> tuple[int, tuple[int, int, int], tuple[int, ...], str]:
        return -self.format, (self.major, self.minor, self.patch), version_key(self.upstream), self.upstream


@dataclass(frozen=True, slots=True)
class VersionFormat:
    """How the fork's tags are written, now and before."""

    current: str
    legacy: tuple[str, ...] = ()
    _templates: tuple[Template, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        templates = (Template(each, VERSION_FIELDS) for each in (self.current, *self.legacy))
        object.__setattr__(self, "_templates", tuple(templates))

    def parse(self, tag: str) -> ForkVersion | None:
        """The version that a tag names, by the first format that matches it whole; None where none does."""
        for index, template in enumerate(self._templates):
            if (parts := template.read(tag)) is not None:
                major, minor, patch = (int(parts[name]) for name in ("major", "minor", "patch"))
                return ForkVersion(parts["upstream"], major, minor, patch, index)
        return None

    def tag(self, version: ForkVersion) -> str:
        """The tag of a version, in the format it was read from."""
        values = {name: getattr(version, name) for name in VERSION_FIELDS}
        return self._templates[version.format].fill(values)

    def newest(self, tags: Iterable[str]) -> ForkVersion | None:
        """The greatest version among the tags; None where no tag names one."""
        return max((version for tag in tags if (version := self.parse(tag))), default=None)


def next_version(
    current: ForkVersion | None, bumps: Iterable[Bump], upstream: str, initial: str = "1.0.0"
) -> ForkVersion:
    """The version that follows: the bumps in chronological order, on the upstream version that is contained.

    The fork's part is carried on from a legacy version too. Without a current version it is the `initial`
    one, whatever the bumps.
    """
    if current is None:
        return ForkVersion(upstream, *map(int, initial.split(".")))
    version = current.on(upstream)
    for bump in bumps:
        version = version.bump(bump)
    return version


def image_tags(images: Iterable[str], version: ForkVersion, tag: str) -> tuple[str, ...]:
    """The container image tags of a release, from the policy's `images`; `tag` is the release's git tag."""
    values = {name: getattr(version, name) for name in VERSION_FIELDS} | {"tag": tag}
    return tuple(fill(image, values) for image in images)
