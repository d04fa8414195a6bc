"""The policy as values: one model per section of `carto-fork.yaml` (DESIGN.md, section 3)."""

from collections.abc import Mapping
from copy import copy
from typing import Annotated, Literal

from msgspec import Meta, field
from msgspec.structs import force_setattr

from .facts import Change, Kind
from .findings import Severity
from .rule_models import Marker, MarkerBlock, Ownership, Rule, When
from .section import Section
from .value_checks import TimeSpan
from .values import (
    BranchName,
    BranchPattern,
    Commit,
    CommitType,
    Date,
    Duration,
    ImageTag,
    Issue,
    Many,
    Name,
    Pattern,
    Regex,
    Repository,
    RepositoryPath,
    Some,
    SyncBranch,
    SyncTitle,
    TagScheme,
    Text,
    ThreePartVersion,
    Version,
    VersionFormat,
    VersionRegex,
)

__all__ = [
    "Branch",
    "Bumps",
    "Check",
    "Commits",
    "Customization",
    "Example",
    "Fork",
    "Labels",
    "Marker",
    "MarkerBlock",
    "Merge",
    "Merges",
    "Ownership",
    "PathPattern",
    "PathText",
    "Policy",
    "PullRequestTemplate",
    "Releases",
    "Role",
    "Rule",
    "Scheme",
    "Source",
    "Upstream",
    "UpstreamVersion",
    "Versions",
    "Waiver",
    "When",
]

Role = Literal["mirror", "production", "sync", "topic"]
"""What a branch is for."""

Source = Literal["release", "mirror", "sync", "topic"]
"""What can be merged into a branch: an upstream release, or a branch by its role."""


class Fork(Section, frozen=True, kw_only=True):
    """The fork."""

    name: Text
    """What people call the fork; shown as in "keep CARTO"."""
    repository: Repository
    """The fork's repository on its forge, owner and name."""
    remote: Name = "origin"
    """The git remote of the fork."""
    since: Commit | None = None
    """The fork's first own commit; nothing that descends from it is upstream's."""


class Upstream(Section, frozen=True, kw_only=True):
    """What the fork was made from."""

    name: Text
    """What people call upstream; shown as in "accept LiteLLM"."""
    repository: Repository
    """Upstream's repository on its forge, owner and name."""
    remote: Name = "upstream"
    """The git remote of upstream."""


class Scheme(Section, frozen=True, kw_only=True):
    """What stable release tags look like in one era of upstream."""

    tags: Some[TagScheme]
    """Tag forms with `{version}` and perhaps `{patch}`, a number that sorts after the plain release."""
    since: Version | None = None
    """The first version of the era."""
    until: Version | None = None
    """The first version after the era."""


class Releases(Section, frozen=True, kw_only=True):
    """Which upstream tags are stable releases: a tag that no scheme matches whole is none."""

    schemes: Some[Scheme]
    """The forms of release tags, by era."""
    deny: Mapping[str, Text] = {}
    """Tags that are not to be merged, each with the reason."""
    min_age: Duration = TimeSpan()
    """How old a release must be before it is merged."""
    stale_after: Duration | None = None
    """Without a newer release for so long though upstream's branch moved, the schemes may be out of date."""


class Merge(Section, frozen=True, kw_only=True):
    """How a release is merged."""

    base: Literal["auto", "git", "content"] = "auto"
    """The merge base: git's, the upstream commit whose content the fork stands on, or what fits."""


class Merges(Section, frozen=True, kw_only=True):
    """What may be merged into a branch, and how."""

    allow: Many[Source] = ("release", "sync", "topic")
    """What may be merged."""
    forbid: Many[Source] = ("mirror",)
    """What must not be merged."""
    method: Literal["merge", "squash", "rebase"] = "merge"
    """How pull requests are merged; a squashed sync loses the merge base."""


class Branch(Section, frozen=True, kw_only=True):
    """What the branches of some names are for; the first entry that matches wins."""

    names: Some[BranchPattern]
    """Branch names; `*` stops at `/`, `**` does not."""
    role: Role
    """What the branches are for."""
    follows: BranchName | None = None
    """For a mirror: the remote branch that it follows, such as `upstream/main`."""
    base: BranchName | None = None
    """For sync and topic branches: the branch that they are merged into."""
    merges: Merges | None = None
    """What may be merged into the branches, and how. Production is always judged by it, other branches where
    it is given."""

    @property
    def judged_by(self) -> Merges | None:
        """What merges into the branches are judged by; None where everything may be merged."""
        return Merges() if self.merges is None and self.role == "production" else self.merges


class PathText(Section, frozen=True, kw_only=True):
    """A text in a file."""

    path: RepositoryPath
    """The file."""
    text: Text
    """The text, as it stands in the file."""


class PathPattern(Section, frozen=True, kw_only=True):
    """A regular expression for a file's lines."""

    path: RepositoryPath
    """The file."""
    pattern: Regex
    """The regular expression."""


class Customization(Section, frozen=True, kw_only=True):
    """A change of the fork that must survive every sync."""

    name: Text
    """What people call the change."""
    pull_requests: Many[Annotated[int, Meta(ge=1)]] = ()
    """The fork's pull requests that made it."""
    reason: Text | None = None
    """Why the fork needs it."""
    upstream: Many[Issue] = ()
    """Upstream's issues and pull requests about it."""
    checked: Date | None = None
    """When somebody last checked that it is still needed."""
    test: Text | None = None
    """The command that tests it; it is shown, not run."""
    must_contain: Many[PathText] = ()
    """Texts that must be in files."""
    must_match: Many[PathPattern] = ()
    """Regular expressions that must match in files."""
    must_not_contain: Many[PathText] = ()
    """Texts that must not be in files."""
    must_exist: Many[RepositoryPath] = ()
    """Files that must exist."""


class UpstreamVersion(Section, frozen=True, kw_only=True):
    """Where the upstream version stands in the tree."""

    file: RepositoryPath
    """The file."""
    pattern: VersionRegex
    """A regular expression with a group `version`; every match must agree."""


class Bumps(Section, frozen=True, kw_only=True):
    """Which types of commits raise which part of the fork's version."""

    major: Many[CommitType] = ("breaking",)
    """Types that raise the major part."""
    minor: Many[CommitType] = ("feat",)
    """Types that raise the minor part."""
    patch: Many[CommitType] = ("fix",)
    """Types that raise the patch part."""
    other: Literal["none", "patch", "minor", "major"] = "none"
    """What all other commits raise."""


class Versions(Section, frozen=True, kw_only=True):
    """How the fork numbers its releases."""

    format: VersionFormat
    """The form of the fork's version tags."""
    legacy: Many[VersionFormat] = ()
    """Forms of older version tags, which are read and no longer made."""
    initial: ThreePartVersion = "1.0.0"
    """The fork's part of its first version."""
    upstream_version: UpstreamVersion | None = None
    """Where the upstream version stands in the tree."""
    authors: Many[Text] = ()
    """Emails whose commits count, with `*`; all where nothing is given."""
    skip: Many[Text] = ()
    """Subjects of commits that do not count, with `*`."""
    bumps: Bumps = Bumps()
    """Which types of commits raise which part."""
    images: Many[ImageTag] = ()
    """Container image tags of a release."""


class Commits(Section, frozen=True, kw_only=True):
    """What subjects of commits must look like (Conventional Commits)."""

    types: Some[CommitType] = (
        "feat", "fix", "docs", "style", "refactor", "perf", "test", "build", "ci", "chore", "revert",
    )  # fmt: skip
    """The types that a subject may begin with."""
    subject_max: Annotated[int, Meta(ge=10, le=1000)] = 72
    """The longest subject, in characters."""


class Waiver(Section, frozen=True, kw_only=True):
    """A finding that is accepted for a time."""

    finding: Name
    """The finding's name."""
    path: Pattern | None = None
    """The paths it is accepted for, a gitignore pattern; everywhere where nothing is given."""
    reason: Text
    """Why it is accepted."""
    expires: Date
    """The last day of the waiver."""


class Check(Section, frozen=True, kw_only=True):
    """How `forkpolicy check` judges."""

    severity: Mapping[str, Severity] = {}
    """How bad a finding is, by its name, where it differs from the built-in severity."""
    cherry_picks: Literal["allow", "forbid"] = "allow"
    """Upstream commits taken one by one, as commits of the fork's own."""
    waivers: Many[Waiver] = ()
    """Findings that are accepted for a time."""


class Labels(Section, frozen=True, kw_only=True):
    """The labels of a sync's pull request."""

    always: Many[Text] = ()
    """On every sync."""
    clean: Many[Text] = ()
    """On a sync that leaves nothing for people."""
    conflicts: Many[Text] = ()
    """On a sync that leaves conflicts for people."""


class PullRequestTemplate(Section, frozen=True, kw_only=True):
    """The pull request that asks for a sync."""

    branch: SyncBranch = "upstream-sync/{tag}"
    """The sync branch to make; placeholders: `{tag}`, `{version}`."""
    title: SyncTitle = "sync: upstream {tag}"
    """The title; placeholders: `{tag}`, `{version}`."""
    draft: bool = True
    """Whether it begins as a draft."""
    labels: Labels = Labels()
    """Its labels."""
    checklist: Many[Text] = ()
    """What to do before it is merged."""
    when_open: Literal["wait", "replace"] = "wait"
    """When an older sync is still open: wait for it, or replace it."""


class Example(Section, frozen=True, kw_only=True):
    """A test of the policy: the facts of a path, and the rule that must decide it."""

    path: RepositoryPath
    """The path."""
    kind: Kind | None = None
    """How it conflicts; without it, as to its content."""
    untouched: bool = False
    """The fork holds no work of its own there."""
    fork_only: bool = False
    """Upstream never had it."""
    leftover: bool = False
    """An old upstream file that upstream has since deleted."""
    upstream: Change | None = None
    """What upstream did to it since the base."""
    fork: Change | None = None
    """What the fork did to it since the base."""
    binary: bool = False
    """It is binary."""
    expect: Name
    """The rule that must decide it; `default` where none should match."""


class Policy(Section, frozen=True, kw_only=True, dict=True):
    """The rules of a long-lived fork: how upstream's releases are merged, checked and numbered."""

    schema_location: str | None = field(default=None, name="$schema")
    """The JSON schema of this file, for editors; not read."""
    schema_version: Literal[1] = field(name="schema")
    """The version of the policy language."""
    fork: Fork
    """The fork."""
    upstream: Upstream
    """What the fork was made from."""
    releases: Releases
    """Which upstream tags are stable releases."""
    merge: Merge = Merge()
    """How a release is merged."""
    branches: Some[Branch]
    """What branches are for; the first match wins, and a branch that nothing matches is a topic."""
    ownership: Ownership
    """Who decides a path."""
    customizations: Many[Customization] = ()
    """Changes of the fork that must survive every sync."""
    versions: Versions | None = None
    """How the fork numbers its releases; without it, it does not."""
    commits: Commits = Commits()
    """What subjects of commits must look like."""
    check: Check = Check()
    """How `forkpolicy check` judges."""
    pull_request: PullRequestTemplate = PullRequestTemplate()
    """The pull request that asks for a sync."""
    templates: Mapping[str, RepositoryPath] = {}
    """Templates of the fork's own, by the name of the template that each replaces."""
    examples: Many[Example] = ()
    """The policy's own tests, run by `forkpolicy validate`."""

    @property
    def production(self) -> str:
        """The name of the production branch."""
        return next(branch.names[0] for branch in self.branches if branch.role == "production")

    @property
    def asks_for_binary(self) -> bool:
        """Whether any rule asks if a file is binary: to tell, all of its versions have to be read."""
        return any(rule.when is not None and rule.when.binary is not None for rule in self.ownership.rules)

    def line_of(self, rule: str) -> int | None:
        """The line of a rule in the policy file; None for what is built in, or was made in memory."""
        lines: Mapping[str, int] = getattr(self, "_lines", {})
        return lines.get(rule)

    def with_lines(self, lines: Mapping[str, int]) -> "Policy":
        """This policy, knowing the lines of its rules."""
        located = copy(self)
        force_setattr(located, "_lines", lines)  # beside the values: no key of the file
        return located
