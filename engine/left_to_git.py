"""What a rule decides without a conflict, and git's own merge does just so: a plan has nothing to tell of it.

People may have recorded something else all the same, so that an audit gives these paths their verdicts, too.
"""

from collections.abc import Iterator

from ..policy.conditions import decides_always
from ..policy.facts import Conflict, ConflictFacts, FileFacts, Versions
from ..policy.models import Rule
from ..policy.names import RepoPath
from ..policy.rule_paths import RulesByPath
from .conflict_facts import has_binary
from .evaluation import store_of
from .replay import Replay, ReplayedPath


def left_to_git(replay: Replay) -> Iterator[ReplayedPath]:
    """The paths that a rule decides whether or not they conflict, and of which no decision of the replay tells.

    They are those that upstream changed; under `scope: exact` what the merge changed, too.
    """
    rules = tuple(filter(decides_always, replay.fork.policy.ownership.rules))
    if not rules:
        return
    store = store_of(replay.fork, replay.scratch, replay.sync.upstream_parent, replay.evaluation.based)
    told = {each.path for each in (*replay.paths, *replay.settled)}
    for path in sorted({*_asked(replay, rules)} - told):
        decision = replay.ownership.decide(glance(replay, path, store.versions(path)), store)
        if decision is not None:
            yield from (each for each in replay.replayed(decision) if each.path not in told)


def glance(replay: Replay, path: RepoPath, versions: Versions) -> ConflictFacts:
    """A path's facts without a look at history: only of files that the fork alone has could it tell more."""
    file = FileFacts(
        path,
        versions,
        has_binary(versions, replay.scratch.repository.read),
        untouched=replay.evaluation.based.bases[0] if versions.fork == versions.base else None,
        leftover=versions.fork is not None and versions.upstream is None,
        renamed=path in replay.evaluation.renamed,
    )
    return ConflictFacts(Conflict(path, None, {path: versions}), (file,))


# Private


def _asked(replay: Replay, rules: tuple[Rule, ...]) -> Iterator[RepoPath]:
    changes, trees = replay.scratch.repository.changes, replay.trees
    always, exact = RulesByPath(rules), RulesByPath(each for each in rules if each.scope == "exact")
    yield from (path for path in changes(replay.evaluation.merge.base, trees.upstream) if always.asked(path))
    yield from (path for path in changes(trees.fork, trees.recorded) if exact.asked(path))
