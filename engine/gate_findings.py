"""Gathers for each check of the gate what it asks about, and lets it judge.

What a check needs is loaded and looked up where there is something to judge: most heads are a few commits of the
fork's own, and the gate should take little longer than `git log` on them.
"""

from collections.abc import Callable, Iterator

from ..policy.checks import commit_format, conflict_markers, forbidden_merge, wrong_base
from ..policy.customizations import requirements
from ..policy.findings import Finding
from ..policy.names import CommitId, RepoPath
from ..policy.rule_paths import RulesByPath
from .gate_facts import REBASED, Addition, Gate
from .git.repository import Commit
from .glance import is_watched

_FEWEST_PATHS = 5
"""A commit that changes fewer cannot be told from one that was taken by itself (`lost_syncs`)."""


def findings(gate: Gate) -> Iterator[Finding]:
    """What the checks find, in their order. On a mirror upstream's commits are at home: only names are judged."""
    for check in _ANYWHERE if gate.base.role == "mirror" else _CHECKS:
        yield from check(gate)


def _forbidden_merge(gate: Gate) -> Iterator[Finding]:
    release = gate.addition.release
    facts = forbidden_merge.Facts(gate.base, gate.head, release.tag if release else None, tuple(_mirrored(gate)))
    return forbidden_merge.judge(gate.policy, facts)


def _mirrored(gate: Gate) -> Iterator[forbidden_merge.MirrorCommit]:
    """The mirror's commits that head is, or that a push merged; a release's commit is that of the release."""
    addition = gate.addition
    if not addition.upstream:
        return
    candidates: list[tuple[CommitId, CommitId | None]] = [(addition.head, None)]
    if gate.head is None:
        candidates += [(parent, merge.id) for merge in addition.first_parent_merges for parent in merge.parents[1:]]
    for commit, merge in candidates:
        mirror = None if addition.release_at(commit) else addition.mirror_of(commit)
        if mirror is not None:
            yield forbidden_merge.MirrorCommit(commit, mirror, merge)


def _unreleased_upstream(gate: Gate) -> Iterator[Finding]:
    if not gate.addition.upstream and gate.policy.check.cherry_picks == "allow":
        return iter(())
    from .gate_upstream import unreleased_commits

    return unreleased_commits(gate)


def _wrong_base(gate: Gate) -> Iterator[Finding]:
    return wrong_base.judge(gate.policy, wrong_base.Facts(gate.base, gate.head))


def _squashed_sync(gate: Gate) -> Iterator[Finding]:
    singles = gate.addition.singles
    if len(singles) < REBASED and not any(_is_large(gate.addition, each) for each in singles):
        return iter(())
    from .gate_upstream import squashed_syncs

    return squashed_syncs(gate)


def _is_large(addition: Addition, commit: Commit) -> bool:
    repo = addition.fork.repo
    return bool(commit.parents) and repo.differ_at(repo.tree(commit.parents[0]), commit.tree, _FEWEST_PATHS)


def _not_a_release(gate: Gate) -> Iterator[Finding]:
    if not gate.addition.upstream or not (gate.head is None or gate.head.role == "sync"):
        return iter(())
    from .gate_upstream import merged_without_release

    return merged_without_release(gate)


def _ownership(gate: Gate) -> Iterator[Finding]:
    """Of the syncs that head brings, and of what it changes by itself: no path is told twice."""
    told: set[RepoPath] = set()
    if gate.addition.upstream:
        from .gate_merges import reviewed_syncs

        for each in reviewed_syncs(gate):
            told |= {each.path} if each.path is not None else set()
            yield each
    paths = tuple(path for path in _watched(gate) if path not in told)
    if paths:
        from .gate_disowned import disowned_files

        yield from disowned_files(gate, paths)


def _watched(gate: Gate) -> Iterator[RepoPath]:
    """The paths that head changes and that may have to be not there, or exactly upstream's, as far as paths tell."""
    rules = gate.policy.ownership.rules
    by_path = RulesByPath(rule for rule in rules if rule.applies == "always" or rule.scope == "exact")
    return (path for path in gate.addition.changed if any(map(is_watched, by_path.asked(path))))


def _fork_s_work(gate: Gate) -> Iterator[Finding]:
    """The customizations and the marked lines in the files that head changes."""
    if not (_changes_customized(gate) or _changes_marked(gate)):
        return
    from .gate_trees import lost_markers, lost_requirements

    yield from lost_requirements(gate)
    yield from lost_markers(gate)


def _changes_customized(gate: Gate) -> bool:
    wanted = (each.path for each in requirements(gate.policy.customizations))
    return not gate.addition.since_base.keys().isdisjoint(wanted)


def _changes_marked(gate: Gate) -> bool:
    """Whether a file that head changes had a mark of the policy's in it."""
    marks = [each if isinstance(each, str) else each.begin for each in gate.policy.ownership.markers]
    texts = [each.encode() for each in marks]
    repo = gate.addition.fork.repo
    before = (old for old, _ in gate.addition.since_base.values() if old is not None and old.is_file)
    return bool(texts) and any(text in content for content in (repo.read(old.id) for old in before) for text in texts)


def _conflict_markers(gate: Gate) -> Iterator[Finding]:
    """In the files that head leaves: what a later commit of head resolved is no finding."""
    return conflict_markers.judge(gate.policy, conflict_markers.Facts(tuple(_marked(gate.addition))))


def _marked(addition: Addition) -> Iterator[tuple[RepoPath, int]]:
    """The files that head made, and the line of the first marker in each; a file that only moved is none."""
    repo = addition.fork.repo
    for path, entry in addition.changed.items():
        if entry is None or not entry.is_file or entry.id in addition.replaced:
            continue
        line = conflict_markers.marker_line(repo.read(entry.id))
        if line is not None:
            yield path, line


def _version_mismatch(gate: Gate) -> Iterator[Finding]:
    rules, addition = gate.policy.versions, gate.addition
    if rules is None or rules.upstream_version is None:
        return iter(())
    if not (addition.upstream or addition.changes_at(RepoPath(rules.upstream_version.file))):
        return iter(())
    from .gate_version import version_claims

    return version_claims(gate, rules, rules.upstream_version)


def _commit_format(gate: Gate) -> Iterator[Finding]:
    """Oldest commit first."""
    commits = tuple((each.id, each.message) for each in reversed(gate.addition.singles))
    return commit_format.judge(gate.policy, commit_format.Facts(commits))


def _policy_changed(gate: Gate) -> Iterator[Finding]:
    path = gate.policy_path
    if path is None or not any(map(gate.addition.changes_at, (path, *map(RepoPath, gate.policy.templates.values())))):
        return iter(())
    from .gate_policy import changed_policy

    return changed_policy(gate, path)


_CHECKS: tuple[Callable[[Gate], Iterator[Finding]], ...] = (
    _forbidden_merge,
    _unreleased_upstream,
    _wrong_base,
    _squashed_sync,
    _not_a_release,
    _ownership,
    _fork_s_work,
    _conflict_markers,
    _version_mismatch,
    _commit_format,
    _policy_changed,
)
_ANYWHERE: tuple[Callable[[Gate], Iterator[Finding]], ...] = (_forbidden_merge, _wrong_base, _policy_changed)
