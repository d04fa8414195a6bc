"""The types of single values in a policy: text that is checked, durations and dates.

Each type is also what editors are told: `Shown` gives the part that a regular expression can say.
"""

from datetime import date
from typing import Annotated, Literal, TypeVar

from msgspec import Meta

from . import value_checks as checks
from .fields import DOTTED, NUMBER
from .placeholders import template
from .section import Checked, Parsed, Shown

Item = TypeVar("Item")

_SEMVER = rf"{NUMBER}\.{NUMBER}\.{NUMBER}"
_COMMIT = r"[0-9a-f]{7,64}"
_REPOSITORY = r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+"
_ISSUE = _REPOSITORY + "#[1-9][0-9]{0,9}"
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_COMMIT_TYPE = r"[a-z][a-z0-9-]*"
_VERSION_PARTS = ("upstream", "major", "minor", "patch")


def _pattern(form: str) -> Shown:
    return Shown({"type": "string", "pattern": f"^{form}$"})


Many = tuple[Item, ...]
"""A list in YAML, which may be empty."""

Some = Annotated[tuple[Item, ...], Meta(min_length=1)]
"""A list in YAML with at least one item."""

Text = Annotated[str, Checked(checks.not_empty), Shown({"type": "string", "minLength": 1})]
"""Any text with something in it."""

Name = Annotated[
    str,
    Checked(checks.matching(_NAME, "a name", "letters, digits, `-`, `_` and `.`")),
    _pattern(_NAME),
]
"""A name to call a thing by on the command line: `new-workflows`."""

Suffix = Annotated[
    str,
    Checked(checks.matching(r"[^/\\\s\x00-\x1f\x7f]+", "a suffix", "the end of a file's name: `.txt`")),
    Shown({"type": "string", "pattern": r"^[^/\\\s]+$"}),
]
"""What is appended to a file's name: `.txt`."""

CommitType = Annotated[
    str,
    Checked(checks.matching(_COMMIT_TYPE, "a commit type", "lower-case letters, digits and `-`: `feat`")),
    _pattern(_COMMIT_TYPE),
]
"""A type of Conventional Commits: `feat`."""

Version = Annotated[
    str,
    Checked(checks.matching(DOTTED, "a version", "numbers and dots: `1.84.0`")),
    _pattern(DOTTED),
]
"""An upstream version: `1.84.0`."""

ThreePartVersion = Annotated[
    str, Checked(checks.matching(_SEMVER, "a version", "three numbers: `1.0.0`")), _pattern(_SEMVER)
]
"""A version of the fork's own part: major, minor and patch."""

Commit = Annotated[
    str,
    Checked(checks.matching(_COMMIT, "a commit id", "7 to 64 of the digits `0-9a-f`")),
    _pattern(_COMMIT),
]
"""A commit id, which may be abbreviated."""

Repository = Annotated[
    str,
    Checked(checks.matching(_REPOSITORY, "a repository", "owner and name: `BerriAI/litellm`")),
    _pattern(_REPOSITORY),
]
"""A repository on its forge: `BerriAI/litellm`."""

Issue = Annotated[
    str,
    Checked(checks.matching(_ISSUE, "an issue or pull request", "as in `BerriAI/litellm#16037`")),
    _pattern(_ISSUE),
]
"""An issue or pull request: `BerriAI/litellm#16037`."""

Duration = Annotated[
    checks.TimeSpan,
    Parsed(checks.parse_duration),
    Shown({"type": "string", "pattern": "^[0-9]{1,6}[mhdw]$"}),
]
"""A number and a unit: `3d`, `12h`; also `m` for minutes and `w` for weeks."""

Date = Annotated[
    date,
    Parsed(checks.parse_date),
    Shown({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}),
]
"""A day: `2025-11-12`."""

Pattern = Annotated[str, Checked(checks.check_pattern), Shown({"type": "string", "minLength": 1})]
"""A gitignore pattern: `/docker/`."""

Regex = Annotated[str, Checked(checks.check_regex), Shown({"type": "string", "minLength": 1})]
"""A regular expression of Python's `re`."""

VersionRegex = Annotated[
    str,
    Checked(checks.check_version_regex),
    Shown({"type": "string", "pattern": r"\(\?P<version>"}),
]
"""A regular expression with a group `version`."""

RepositoryPath = Annotated[str, Checked(checks.check_path), Shown({"type": "string", "pattern": r"^[^/\\*][^\\*]*$"})]
"""One path from the repository's root: `docs/guide.md`."""

BranchPattern = Annotated[str, Checked(checks.check_branch_pattern), Shown({"type": "string", "minLength": 1})]
"""A branch name, where `*` stops at `/` and `**` does not: `feature/*`."""

BranchName = Annotated[str, Checked(checks.check_branch), Shown({"type": "string", "pattern": "^[^*]+$"})]
"""The name of one branch: `carto/main`."""

TagScheme = Annotated[
    str,
    Checked(template(("version", "patch"), needed=("version",), ref=True)),
    Shown({"type": "string", "pattern": r"\{version\}"}),
]
"""What upstream's release tags look like: `v{version}.post{patch}`."""

VersionFormat = Annotated[
    str,
    Checked(template(_VERSION_PARTS, needed=_VERSION_PARTS, ref=True)),
    Shown({"type": "string", "pattern": r"\{(upstream|major|minor|patch)\}"}),
]
"""What the fork's version tags look like: `v{upstream}-carto.{major}.{minor}.{patch}`."""

ImageTag = Annotated[
    str,
    Checked(template(("tag", *_VERSION_PARTS))),
    Shown({"type": "string", "minLength": 1}),
]
"""A container image's tag; placeholders: `{tag}`, `{upstream}`, `{major}`, `{minor}`, `{patch}`."""

SyncBranch = Annotated[
    str,
    Checked(template(("tag", "version"), ref=True)),
    Shown({"type": "string", "minLength": 1}),
]
"""The name of a branch to make; placeholders: `{tag}`, `{version}`."""

SyncTitle = Annotated[str, Checked(template(("tag", "version"))), Shown({"type": "string", "minLength": 1})]
"""A title to make; placeholders: `{tag}`, `{version}`."""

Lines = Literal["all", "none"] | Some[Regex]
"""Which lines may be lost: `all`, `none`, or those that a regular expression finds."""
