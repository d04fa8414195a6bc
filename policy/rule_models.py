"""The models of the policy's `ownership` section: who decides a path."""

from typing import Annotated, Literal

from msgspec import field

from .decisions import Resolution
from .facts import Change, Kind
from .names import RepoPath
from .section import OneOf, Section
from .values import Lines, Many, Name, Pattern, Some, Suffix, Text

RuleResolution = Annotated[
    Resolution,
    OneOf(
        (
            Resolution.KEEP_FORK,
            Resolution.ACCEPT_UPSTREAM,
            Resolution.MANUAL_REVIEW,
            Resolution.DISABLE,
            Resolution.REMOVE,
            Resolution.REGENERATE,
        )
    ),
]
"""What a rule may ask for; `merge` is not asked for, it happens."""

DefaultResolution = Annotated[
    Resolution, OneOf((Resolution.KEEP_FORK, Resolution.ACCEPT_UPSTREAM, Resolution.MANUAL_REVIEW))
]
"""What needs no further options."""


class MarkerBlock(Section, frozen=True, kw_only=True):
    """A marked block: the fork's lines stand between two marks."""

    begin: Text
    """The text that opens the block. Blocks may nest; an unclosed one reaches to the end of the file."""
    end: Text
    """The text that closes the block."""


Marker = Text | MarkerBlock
"""Text that flags a line of the fork, or a block of lines."""


class When(Section, frozen=True, kw_only=True):
    """Conditions on a path; all that are given must hold."""

    untouched: bool | None = None
    """The fork's entry at the path is one that an upstream commit had: the fork holds no work of its own."""
    fork_only: bool | None = None
    """Upstream never had the path."""
    customized: bool | None = None
    """A customization of the policy names the path."""
    leftover: bool | None = None
    """An old upstream file that upstream has since deleted."""
    upstream: Some[Change] | None = None
    """What upstream did to the path since the base: one of these."""
    fork: Some[Change] | None = None
    """What the fork did to the path since the base: one of these."""
    binary: bool | None = None
    """The file is binary."""
    kinds: Some[Kind] | None = None
    """How the path conflicts: one of these."""


class Rule(Section, frozen=True, kw_only=True):
    """One rule of ownership; the first that matches a path decides it."""

    name: Name
    """The rule's name: it stands with every decision."""
    paths: Many[Pattern] = ()
    """Gitignore patterns; a slash at the beginning or inside anchors a pattern at the repository's root."""
    when: When | None = None
    """Conditions that must hold too."""
    resolve: RuleResolution
    """What becomes of the path."""
    applies: Literal["conflicts", "always"] = "conflicts"
    """`conflicts`: decides conflicting paths. `always`: every path that upstream changed, added or deleted
    since the base, and for `fork_only` the fork's own."""
    scope: Literal["file", "hunks", "exact"] = "file"
    """`file`: the whole entry. `hunks`: merge what merges, give conflicting hunks to the named side. `exact`:
    make the paths equal to the release's tree, deletions included."""
    moves: Literal["follow", "stay"] | None = None
    """Upstream's new files in a directory that the fork renamed: follow the rename, or stay where upstream
    has them. Without it, a person decides."""
    may_lose: Lines = "none"
    """Lines of the fork that the result may drop; any other loss goes to a person."""
    may_lose_upstream: Lines = "all"
    """Lines of upstream that `keep-fork` may drop; any other loss goes to a person."""
    suffix: Suffix = ".txt"
    """For `disable`: what is appended to the path, so that the file is no longer active."""
    copy_: Literal["follow", "keep", "none"] = field(default="follow", name="copy")
    """For `disable`: the disabled copy follows upstream's content, keeps the fork's, or is not made."""
    command: Text | None = None
    """For `regenerate`: the command that makes the file; it becomes a step of the plan and is not run."""
    reason: Text | None = None
    """Why, in words for people: it stands with every decision."""
    guidance: Text | None = None
    """What a person who has to decide should do."""

    def copy_of(self, path: RepoPath) -> RepoPath | None:
        """Where the disabled copy of a file belongs; None where none is kept."""
        is_kept = self.resolve is Resolution.DISABLE and self.copy_ != "none"
        return RepoPath(f"{path}{self.suffix}") if is_kept else None


class Ownership(Section, frozen=True, kw_only=True):
    """Who decides a path."""

    default: DefaultResolution = Resolution.MANUAL_REVIEW
    """What becomes of a conflicting path that no rule matches."""
    markers: Many[Marker] = ()
    """Texts that flag the fork's own lines, or blocks of lines: no decision may lose them."""
    rules: Many[Rule] = ()
    """The rules, in order: the first that matches decides."""
