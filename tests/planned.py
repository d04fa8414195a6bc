"""Plans of small merges, end to end, with what they leave at every path."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from forkpolicy.engine.fork import Fork
from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.plan import Plan
from forkpolicy.engine.planner import Request, planning
from forkpolicy.engine.provenance import PolicySource
from forkpolicy.engine.result import make_result
from forkpolicy.policy.decisions import Decision
from forkpolicy.policy.facts import Versions
from forkpolicy.policy.names import CommitId
from tests.builder import RepositoryBuilder
from tests.policy.conflicts import policy

_SOURCE = PolicySource("carto-fork.yaml", None, "")
_NOW = datetime(2026, 6, 1, tzinfo=UTC)

Files = Mapping[str, str | None]
"""Contents by path; None removes."""


class Outcome:
    """A plan, and what it leaves at any path; nothing is decided where a person is asked."""

    def __init__(self, plan: Plan, contents: Mapping[str, bytes | None], unmerged: Mapping[str, Versions]) -> None:
        self.plan = plan
        self.contents = contents
        self.unmerged = unmerged
        """What meets at the paths that git's index will show as unmerged."""

    def __getitem__(self, path: str) -> str | None:
        """The text at a path; None for nothing."""
        content = self.contents.get(path)
        return None if content is None else content.decode()

    def left(self, path: str) -> Decision | None:
        """The decision that a person has to make about a path."""
        return next((each for each in self.plan.for_people if path in each.paths), None)


def plan(place: Path, base: Files, fork: Files, upstream: Files, *rules: Mapping[str, Any], **more: Any) -> Outcome:
    """Plan the merge of upstream's v2.0 into a fork; both began with the base."""
    builder = RepositoryBuilder(place / "fork.git")
    root = write(builder.on(), {"README": "readme\n", **base}).commit("base")
    release = write(builder.on(root), {"README": "release\n", **upstream}).commit("release")
    production = write(builder.on(root), {"OWN": "own\n", **fork}).commit("feat: own")
    builder.tag("v1.0", root)
    return plan_of(builder, production, release, *rules, **more)


def plan_of(
    builder: RepositoryBuilder, production: CommitId, release: CommitId, *rules: Mapping[str, Any], **more: Any
) -> Outcome:
    """Plan the merge of a commit of upstream's, as v2.0, into a production branch."""
    builder.branch("prod", production).tag("v2.0", release).ref("refs/remotes/upstream/main", release)
    seen = Fork.of(Repository.open(builder.path), policy(*rules, **more))
    with planning(seen, _SOURCE, Request("v2.0"), _NOW) as planned:
        assert planned.merge is not None
        assert planned.scratch is not None
        repo = planned.scratch.repository
        trees = (seen.repo.tree(production), seen.repo.tree(release))
        results = {path: entry for each in planned.plan.decisions for path, entry in each.results.items()}
        paths = {path for tree in trees for path, _ in repo.files(tree)} | results.keys()
        merged = {path: planned.merge.changes.get(path, repo.entry(trees[0], path)) for path in paths} | results
        contents = {str(path): repo.read(entry.id) if entry else None for path, entry in merged.items()}
        result = make_result(planned.plan, planned.merge, planned.scratch, mark=False)
        return Outcome(planned.plan, contents, {str(path): each for path, each in result.unmerged.items()})


def write(change: Any, files: Files) -> Any:
    """A commit in the making that changes some files."""
    for path, content in files.items():
        change = change.delete(path) if content is None else change.write(path, content)
    return change
