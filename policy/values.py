"""The types of single values in a policy: text that is checked, durations and dates.

Each type is also what editors are told: `WithJsonSchema` gives the part that a regular expression can say.
"""

from datetime import date, timedelta
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    PlainSerializer,
    Strict,
    Tag,
    WithJsonSchema,
)

from . import value_checks as checks
from .fields import DOTTED, NUMBER
from .placeholders import template

Item = TypeVar("Item")

_SEMVER = rf"{NUMBER}\.{NUMBER}\.{NUMBER}"
_COMMIT = r"[0-9a-f]{7,64}"
_REPOSITORY = r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+"
_ISSUE = _REPOSITORY + "#[1-9][0-9]{0,9}"
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_COMMIT_TYPE = r"[a-z][a-z0-9-]*"
_VERSION_PARTS = ("upstream", "major", "minor", "patch")


def _is_list(value: object) -> str:
    return "(list)" if isinstance(value, list | tuple) else "(word)"


def _pattern(form: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{form}$"})


Many = Annotated[tuple[Item, ...], Strict(False)]
"""A list in YAML, which may be empty; its items stay strict."""

Some = Annotated[tuple[Item, ...], Strict(False), Field(min_length=1)]
"""A list in YAML with at least one item."""

Text = Annotated[str, AfterValidator(checks.not_empty), WithJsonSchema({"type": "string", "minLength": 1})]
"""Any text with something in it."""

Name = Annotated[
    str,
    AfterValidator(checks.matching(_NAME, "a name", "letters, digits, `-`, `_` and `.`")),
    _pattern(_NAME),
]
"""A name to call a thing by on the command line: `new-workflows`."""

Suffix = Annotated[
    str,
    AfterValidator(checks.matching(r"[^/\\\s\x00-\x1f\x7f]+", "a suffix", "the end of a file's name: `.txt`")),
    WithJsonSchema({"type": "string", "pattern": r"^[^/\\\s]+$"}),
]
"""What is appended to a file's name: `.txt`."""

CommitType = Annotated[
    str,
    AfterValidator(checks.matching(_COMMIT_TYPE, "a commit type", "lower-case letters, digits and `-`: `feat`")),
    _pattern(_COMMIT_TYPE),
]
"""A type of Conventional Commits: `feat`."""

Version = Annotated[
    str,
    AfterValidator(checks.matching(DOTTED, "a version", "numbers and dots: `1.84.0`")),
    _pattern(DOTTED),
]
"""An upstream version: `1.84.0`."""

ThreePartVersion = Annotated[
    str, AfterValidator(checks.matching(_SEMVER, "a version", "three numbers: `1.0.0`")), _pattern(_SEMVER)
]
"""A version of the fork's own part: major, minor and patch."""

Commit = Annotated[
    str,
    AfterValidator(checks.matching(_COMMIT, "a commit id", "7 to 64 of the digits `0-9a-f`")),
    _pattern(_COMMIT),
]
"""A commit id, which may be abbreviated."""

Repository = Annotated[
    str,
    AfterValidator(checks.matching(_REPOSITORY, "a repository", "owner and name: `BerriAI/litellm`")),
    _pattern(_REPOSITORY),
]
"""A repository on its forge: `BerriAI/litellm`."""

Issue = Annotated[
    str,
    AfterValidator(checks.matching(_ISSUE, "an issue or pull request", "as in `BerriAI/litellm#16037`")),
    _pattern(_ISSUE),
]
"""An issue or pull request: `BerriAI/litellm#16037`."""

Duration = Annotated[
    timedelta,
    BeforeValidator(checks.parse_duration),
    PlainSerializer(checks.write_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,6}[mhdw]$"}),
]
"""A number and a unit: `3d`, `12h`; also `m` for minutes and `w` for weeks."""

Date = Annotated[
    date,
    BeforeValidator(checks.parse_date),
    WithJsonSchema({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}),
]
"""A day: `2025-11-12`."""

Pattern = Annotated[str, AfterValidator(checks.check_pattern), WithJsonSchema({"type": "string", "minLength": 1})]
"""A gitignore pattern: `/docker/`."""

Regex = Annotated[str, AfterValidator(checks.check_regex), WithJsonSchema({"type": "string", "minLength": 1})]
"""A regular expression of Python's `re`."""

VersionRegex = Annotated[
    str,
    AfterValidator(checks.check_version_regex),
    WithJsonSchema({"type": "string", "pattern": r"\(\?P<version>"}),
]
"""A regular expression with a group `version`."""

RepositoryPath = Annotated[
    str, AfterValidator(checks.check_path), WithJsonSchema({"type": "string", "pattern": r"^[^/\\*][^\\*]*$"})
]
"""One path from the repository's root: `docs/guide.md`."""

BranchPattern = Annotated[
    str, AfterValidator(checks.check_branch_pattern), WithJsonSchema({"type": "string", "minLength": 1})
]
"""A branch name, where `*` stops at `/` and `**` does not: `feature/*`."""

BranchName = Annotated[
    str, AfterValidator(checks.check_branch), WithJsonSchema({"type": "string", "pattern": "^[^*]+$"})
]
"""The name of one branch: `carto/main`."""

TagScheme = Annotated[
    str,
    AfterValidator(template(("version", "patch"), needed=("version",), ref=True)),
    WithJsonSchema({"type": "string", "pattern": r"\{version\}"}),
]
"""What upstream's release tags look like: `v{version}.post{patch}`."""

VersionFormat = Annotated[
    str,
    AfterValidator(template(_VERSION_PARTS, needed=_VERSION_PARTS, ref=True)),
    WithJsonSchema({"type": "string", "pattern": r"\{(upstream|major|minor|patch)\}"}),
]
"""What the fork's version tags look like: `v{upstream}-carto.{major}.{minor}.{patch}`."""

ImageTag = Annotated[
    str,
    AfterValidator(template(("tag", *_VERSION_PARTS))),
    WithJsonSchema({"type": "string", "minLength": 1}),
]
"""A container image's tag; placeholders: `{tag}`, `{upstream}`, `{major}`, `{minor}`, `{patch}`."""

SyncBranch = Annotated[
    str,
    AfterValidator(template(("tag", "version"), ref=True)),
    WithJsonSchema({"type": "string", "minLength": 1}),
]
"""The name of a branch to make; placeholders: `{tag}`, `{version}`."""

SyncTitle = Annotated[
    str, AfterValidator(template(("tag", "version"))), WithJsonSchema({"type": "string", "minLength": 1})
]
"""A title to make; placeholders: `{tag}`, `{version}`."""

Lines = Annotated[
    Annotated[Literal["all", "none"], Tag("(word)")] | Annotated[Some[Regex], Tag("(list)")],
    Discriminator(_is_list),
]
"""Which lines may be lost: `all`, `none`, or those that a regular expression finds."""
