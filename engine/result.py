"""The result of a plan: every path at which the merge will differ from the fork's tree, drafts for people included."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from ..policy.decisions import Resolution
from ..policy.facts import Entry, Versions
from ..policy.findings import Severity
from ..policy.names import CommitId, RepoPath, TreeId
from .decision_log import left_path, left_text, log_path, log_text
from .drafts import Drafts, Trees, make_drafts
from .git.merging import write_blob, write_tree
from .git.scratch import Scratch
from .merge import Merge
from .plan import Plan, UpstreamSide

_FILE = 0o100644


class Result(Struct, frozen=True):
    """What carrying a plan out leaves; new contents and the tree are in the scratch store."""

    tree: TreeId
    parents: tuple[CommitId, CommitId]
    """Production, then the release, whichever base was used."""
    changes: Mapping[RepoPath, Entry | None]
    """Where the tree differs from the fork's: the new entry, None for a deletion."""
    unmerged: Mapping[RepoPath, Versions]
    """The paths that git's index shows as unmerged."""
    open: frozenset[RepoPath]
    """The paths at which a person's work may stand in the end: whatever is there agrees with the plan."""


def make_result(plan: Plan, merge: Merge, scratch: Scratch, *, mark: bool) -> Result:
    """Put a plan's result together; with `mark`, what shows no conflict markers is listed in a file that does."""
    assert plan.upstream is not None  # noqa: S101  # there is a merge, so there is something to merge
    repo = scratch.repository
    trees = Trees(merge.base, repo.tree(plan.fork.commit), repo.tree(plan.upstream.commit))
    drafts = make_drafts(scratch, merge, trees, plan.for_people)
    wanted = {
        **merge.changes,
        **_decided(plan),
        **drafts.entries,
        **_own_files(plan, plan.upstream, scratch, drafts, mark),
    }
    changes = {path: entry for path, entry in wanted.items() if repo.entry(trees.fork, path) != entry}
    return Result(
        write_tree(scratch, trees.fork, changes),
        (plan.fork.commit, plan.upstream.commit),
        changes,
        drafts.unmerged,
        frozenset((*drafts.entries, *_made_again(plan))),
    )


# Private


def _decided(plan: Plan) -> dict[RepoPath, Entry | None]:
    return {path: entry for decision in plan.decisions for path, entry in decision.results.items()}


def _made_again(plan: Plan) -> Iterator[RepoPath]:
    """What is generated: the result has a placeholder, which a command of the policy replaces."""
    for decision in plan.decisions:
        if decision.resolution is Resolution.REGENERATE:
            yield from decision.paths


def _own_files(
    plan: Plan, upstream: UpstreamSide, scratch: Scratch, drafts: Drafts, mark: bool
) -> dict[RepoPath, Entry | None]:
    files = {log_path(upstream.tag): log_text(plan)}
    errors = any(each.severity is Severity.ERROR for each in plan.findings)
    if mark and (drafts.unmarked or errors):
        files[left_path(upstream.tag)] = left_text(upstream.tag, drafts.unmarked, plan.findings)
    return {path: Entry(_FILE, write_blob(scratch, text.encode())) for path, text in files.items()}
