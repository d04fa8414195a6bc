"""`forkpolicy doctor`: everything the preflight looks at, told at once, the good with the bad."""

from enum import StrEnum

from msgspec import Struct

from ..policy.errors import RepositoryError
from ..policy.findings import Finding, Severity
from ..policy.names import CommitId
from .git import health
from .git.repository import Repository
from .mirror import Mirror, reset_commands
from .missing import require_objects
from .preflight import Expected, fetch_releases, probe, require_history, resolve_branch

CROSS_CHECK_GIT = (2, 38)
"""The oldest git that has `merge-tree --write-tree`, which the cross-check asks."""


class State(StrEnum):
    """How a check ended: a note stops nothing, an error stops `plan`."""

    OK = "ok"
    NOTE = "note"
    ERROR = "error"


class Check(Struct, frozen=True):
    """One line of the report: what was looked at, what was found, and the command that mends it."""

    state: State
    subject: str
    message: str
    fix: str | None = None


class Diagnosis(Struct, frozen=True):
    """All that `doctor` found."""

    checks: tuple[Check, ...]

    @property
    def exit_code(self) -> int:
        """4 where something stops `plan`, else 0."""
        return RepositoryError.exit_code if any(each.state is State.ERROR for each in self.checks) else 0


class History(Struct, frozen=True):
    """What the history of the fork and of upstream shows."""

    release: CommitId | None
    """The commit of the newest release that the policy accepts, None where there is none."""
    mirrors: tuple[Mirror, ...] = ()
    lost_syncs: tuple[Finding, ...] = ()
    """The lost syncs on production that nothing has healed yet."""


def doctor(
    repo: Repository, expected: Expected, history: History, *, git: tuple[int, ...] | None, in_ci: bool = False
) -> Diagnosis:
    """Everything about the repository that `plan` depends on.

    Args:
        repo: what `preflight.open_repository` returned.
        expected: what the policy expects of it.
        history: what its history shows.
        git: the version of the git that is installed, None for none.
        in_ci: whether this runs in GitHub Actions, where other things mend a checkout.
    """
    return Diagnosis(
        (
            Check(State.OK, "libgit2", f"version {health.libgit2_version()}"),
            _git(git),
            Check(State.OK, "repository", f"{repo.work_tree or repo.git_dir} is readable"),
            *_unusual(probe(repo, expected)),
            *_branches(repo, expected),
            *(_mirror(each, expected.fork_remote) for each in history.mirrors),
            *_syncs(history.lost_syncs),
            *_merge(repo, expected, history.release, in_ci),
        )
    )


# Private

_SUBJECTS = {
    "HEAD": ("a branch is checked out", {"detached-head", "unborn-branch"}),
    "refs": ("every ref leads to an object", {"damaged-ref"}),
    "upstream": ("its remote is there", {"no-upstream-remote"}),
    "releases": ("there are release tags", {"no-release-tags"}),
    "history": ("nothing was cut off or replaced", {"shallow-clone", "replace-refs", "grafts"}),
    "objects": ("nothing was left out", {"partial-clone"}),
}


def _git(version: tuple[int, ...] | None) -> Check:
    if version is None:
        return Check(State.NOTE, "git", "not installed: plans are not cross-checked", "install git 2.38 or newer")
    shown = ".".join(map(str, version))
    if version < CROSS_CHECK_GIT:
        return Check(State.NOTE, "git", f"{shown} is too old to cross-check plans", "install git 2.38 or newer")
    return Check(State.OK, "git", f"version {shown}: plans are cross-checked")


def _unusual(findings: tuple[Finding, ...]) -> tuple[Check, ...]:
    """A line for each finding, and one for each subject that has none."""
    checks: list[Check] = []
    for subject, (good, rules) in _SUBJECTS.items():
        found = [finding for finding in findings if finding.rule in rules]
        checks += [_check(subject, finding) for finding in found] or [Check(State.OK, subject, good)]
    return tuple(checks)


def _branches(repo: Repository, expected: Expected) -> tuple[Check, ...]:
    """A line for each branch of the policy; only production, the first, has to be there."""
    checks: list[Check] = []
    for number, name in enumerate(expected.branches):
        try:
            branch = resolve_branch(repo, name, expected.fork_remote)
        except RepositoryError as error:
            state = State.NOTE if number else State.ERROR
            checks.append(Check(state, "branch", error.message, error.hint))
            continue
        differing = [_check("branch", finding) for finding in branch.findings]
        checks += differing or [Check(State.OK, "branch", f"{name} is at {branch.commit[:12]} ({branch.ref})")]
    return tuple(checks)


def _mirror(mirror: Mirror, remote: str) -> Check:
    """A line for a mirror; one with commits of its own is reset once, and only fast-forwarded from then on."""
    if mirror.own:
        return Check(State.NOTE, "mirror", str(mirror), reset_commands(mirror, remote))
    return Check(State.OK, "mirror", str(mirror))


def _merge(repo: Repository, expected: Expected, release: CommitId | None, in_ci: bool) -> tuple[Check, ...]:
    """Whether the newest release could be merged: its history, then every object that the merge reads."""
    if release is None:
        nothing = "no release of upstream is known here: there is nothing to merge"
        return (Check(State.ERROR, "merge", nothing, fetch_releases(repo, expected)),)
    try:
        fork = resolve_branch(repo, expected.branches[0], expected.fork_remote).commit
    except RepositoryError:
        return ()  # the branch has its own line already
    try:
        bases = require_history(repo, fork, release, in_ci=in_ci)
        require_objects(repo, repo.tree(bases[0]), repo.tree(fork), repo.tree(release), in_ci=in_ci)
    except RepositoryError as error:
        return (Check(State.ERROR, "merge", error.message, error.hint),)
    return (Check(State.OK, "merge", f"{expected.branches[0]} and the newest release can be merged"),)


def _syncs(lost: tuple[Finding, ...]) -> tuple[Check, ...]:
    if not lost:
        found = "no sync lost its history, or a later one mended it; one that brought very little can hide"
        return (Check(State.OK, "syncs", found),)
    return tuple(_check("syncs", finding) for finding in lost)


def _check(subject: str, finding: Finding) -> Check:
    state = State.ERROR if finding.severity is Severity.ERROR else State.NOTE
    return Check(state, subject, finding.message, finding.fix)
