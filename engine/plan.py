"""The plan: what merging a release into production will do. Values only; `planner.py` makes them.

Every output (text, JSON, Markdown, the pull request) renders these values; no output computes anything.
"""

from collections import Counter
from enum import StrEnum

from msgspec import Struct, field

from ..policy.decisions import Decision, Resolution
from ..policy.findings import Finding
from ..policy.names import BlobId, CommitId, RepoPath
from .provenance import PolicySource

LOST_SYNC = "lost-sync"
"""The rule of findings about syncs without upstream as a parent."""

PENDING_SYNC = "pending-sync"
"""The rule of the finding that the plan's own sync branch is there already."""


class Status(StrEnum):
    """How a plan ends."""

    UP_TO_DATE = "up-to-date"
    CLEAN = "clean"
    RESOLVED = "resolved"
    REVIEW = "review"
    REFUSED = "refused"


class ForkSide(Struct, frozen=True):
    """Production: the branch that the release is merged into."""

    branch: str
    commit: CommitId
    version: str | None
    """The newest fork release that production contains; None where there is none yet."""


class UpstreamSide(Struct, frozen=True):
    """The release to merge."""

    tag: str
    commit: CommitId
    version: str


class Base(Struct, frozen=True):
    """What the merge stands on."""

    git: tuple[CommitId, ...]
    content: CommitId | None
    used: str
    """`git` or `content`."""
    conflicts_on_git_base: int
    """The number of paths that git leaves unmerged on its own base."""
    conflicts: int = 0
    """The number of paths that it leaves unmerged on the base that is used."""
    why: str | None = None
    """Why the content base is used, or why it is not; None where there is none but git's."""

    @property
    def commit(self) -> CommitId:
        """The base that is used; of several git bases, one."""
        return self.content if self.content is not None and self.used == "content" else self.git[0]


class Summary(Struct, frozen=True):
    """The merge in numbers; files and lines are those of `git diff --shortstat BASE RELEASE`."""

    upstream_commits: int
    fork_commits: int
    files_changed: int
    insertions: int
    deletions: int


class NextVersion(Struct, frozen=True):
    """The fork's version before and after the sync."""

    current: str | None
    next: str | None
    provisional: bool = True


class PullRequest(Struct, frozen=True):
    """The pull request that asks for the sync."""

    branch: str
    base: str
    title: str
    labels: tuple[str, ...]
    draft: bool
    body: str
    when_open: str = "wait"
    """What to do while another sync is open: `wait` for it, or `replace` it."""


class Pending(Struct, frozen=True):
    """The sync branch, where it is there already."""

    branch: str
    ref: str
    holds_this_sync: bool
    """Whether the release is merged there into production as it is."""
    free_name: str
    """A name for a sync branch that is not taken."""


class CrossCheck(Struct, frozen=True):
    """Whether git agrees with the merge; `agrees` is None where git was not asked, or has no answer."""

    engine: str | None
    agrees: bool | None
    differences: tuple[RepoPath, ...] = ()
    crash: str | None = None
    """How git ended without an answer."""


class CustomizationState(Struct, frozen=True):
    """What the merge does to one customization of the policy."""

    name: str
    survives: bool | None
    """None where it depends on what a person decides."""
    pull_requests: tuple[int, ...] = ()
    paths: tuple[RepoPath, ...] = ()
    at_risk: tuple[str, ...] = ()
    """What is missing, or open, in words."""


class Labels(Struct, frozen=True):
    """How people call the two sides: `keep CARTO`, `accept LiteLLM`; and where they live."""

    fork: str
    upstream: str
    fork_repository: str
    upstream_repository: str
    fork_remote: str = "origin"


class Plan(Struct, frozen=True):
    """What merging a release into production will do."""

    policy: PolicySource
    labels: Labels
    fork: ForkSide
    upstream: UpstreamSide | None
    """None only where nothing can be merged: up to date without a release, or refused by name."""
    base: Base | None
    status: Status
    summary: Summary | None
    decisions: tuple[Decision, ...] = ()
    findings: tuple[Finding, ...] = ()
    customizations: tuple[CustomizationState, ...] = ()
    version: NextVersion | None = None
    pull_request: PullRequest | None = None
    cross_check: CrossCheck = field(default=CrossCheck(None, None))
    contained_release: str | None = None
    """The newest release that production contains, by history or by content, as far as they tell."""
    contained_unknown: str | None = None
    """Why it may be newer than that; None where it is known."""
    pending: Pending | None = None
    """The sync branch, where it is there already and holds something."""
    checklist: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    """What makes again the files that are regenerated, each command once; nothing runs them."""

    @property
    def conflicts(self) -> tuple[Decision, ...]:
        """The decisions about what git cannot merge by itself."""
        return tuple(each for each in self.decisions if each.is_conflict)

    @property
    def for_people(self) -> tuple[Decision, ...]:
        """The decisions that a person has to make."""
        return tuple(each for each in self.decisions if each.needs_person)

    @property
    def automatic(self) -> tuple[Decision, ...]:
        """The decisions that the policy made."""
        told = (Resolution.MANUAL_REVIEW, Resolution.MERGE)
        return tuple(each for each in self.decisions if each.resolution not in told)

    @property
    def merged(self) -> tuple[Decision, ...]:
        """What git merges by itself and is worth telling all the same."""
        return tuple(each for each in self.decisions if each.resolution is Resolution.MERGE)

    @property
    def settled(self) -> tuple[Decision, ...]:
        """What would conflict on git's base and merges by itself on the content base."""
        return tuple(each for each in self.merged if each.base is not None)

    @property
    def resolutions(self) -> dict[Resolution, int]:
        """How many conflicts each resolution settles, most first."""
        return dict(Counter(each.resolution for each in self.conflicts).most_common())


def blob_of(decision: Decision) -> BlobId | None:
    """The decided blob of the contract's `result`: None for a deletion and where a person decides."""
    return decision.result.id if decision.result else None
