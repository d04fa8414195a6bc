"""What a branch violates by itself: lost customizations, active files that the policy disables, markers, the version.

The gate only counts it; `status` lists it.
"""

from collections.abc import Iterator
from datetime import date
from functools import cached_property

from msgspec import Struct

from ..policy.checks import conflict_markers, not_upstream, version_mismatch
from ..policy.decisions import Decision
from ..policy.findings import Finding
from ..policy.names import CommitId, RepoPath
from ..policy.patterns import PathSet
from .contained import Containment
from .evaluation import evaluate, ownership_of, scratch_for
from .fork import Fork
from .glance import NOT_ACTIVE, active_file, missing_customizations, not_waived
from .lost_syncs import LostSyncs
from .merge import merge_commits
from .merge_base import BasedMerge
from .production_base import content_base_of
from .version_findings import file_claims


def standing(fork: Fork, policy_path: str, today: date) -> tuple[Finding, ...]:
    """Every violation in the files of the branch, as the checks of the gate call them, but what the policy waives.

    Raises:
        RepositoryError: an object is missing.
    """
    branch = _Branch(fork, policy_path)
    found = (
        *missing_customizations(fork),
        *branch.disowned_files(),
        *branch.marked_files(),
        *branch.wrong_versions(),
    )
    return not_waived(found, fork.policy, today)


# Private


class _Branch(Struct, frozen=True, dict=True):
    fork: Fork
    policy_path: str

    def disowned_files(self) -> Iterator[Finding]:
        """What the policy would make otherwise, were the release merged once more that production stands on."""
        if self._upstream is None:
            return
        with scratch_for(self.fork) as scratch:
            merge = merge_commits(scratch, self.fork.production.commit, self._upstream, (self._upstream,))
            based = BasedMerge(merge, (self._upstream,))
            ownership = ownership_of(self.fork, self.policy_path)
            for decision in evaluate(self.fork, scratch, self._upstream, based, ownership).decisions:
                yield from self._violations(decision)

    def marked_files(self) -> Iterator[Finding]:
        """In the files that upstream has otherwise."""
        repo, tree = self.fork.repo, self.fork.repo.tree(self.fork.production.commit)
        known = None if self._upstream is None else repo.tree(self._upstream)
        files = (
            repo.files(tree) if known is None else ((path, new) for path, (_, new) in repo.changes(known, tree).items())
        )
        marked: list[tuple[RepoPath, int]] = []
        for path, entry in files:
            line = conflict_markers.marker_line(repo.read(entry.id)) if entry is not None and entry.is_file else None
            marked += [] if line is None else [(path, line)]
        yield from conflict_markers.judge(self.fork.policy, conflict_markers.Facts(tuple(marked)))

    def wrong_versions(self) -> Iterator[Finding]:
        rules, commit = self.fork.policy.versions, self.fork.production.commit
        if rules is None:
            return
        containment = Containment(self.fork, LostSyncs(self.fork), self._content_base)
        for claim in file_claims(self.fork, rules):
            judged = version_mismatch.Claim(claim.version, containment.denies(commit, claim.version))
            facts = version_mismatch.Facts(claim.path or RepoPath(""), (judged,))
            yield from version_mismatch.judge(self.fork.policy, facts)

    @cached_property
    def _content_base(self) -> CommitId | None:
        return content_base_of(self.fork)

    @cached_property
    def _upstream(self) -> CommitId | None:
        """The commit of upstream's that production stands on; None where no release is known."""
        release = self.fork.newest_contained
        return self._content_base or (None if release is None else self.fork.releases[release])

    def _violations(self, decision: Decision) -> Iterator[Finding]:
        """What production has otherwise than a decision, or than a rule whose decision is left to a person."""
        rule = next((each for each in self.fork.policy.ownership.rules if each.name == decision.rule), None)
        if rule is None:
            return
        repo, tree = self.fork.repo, self.fork.repo.tree(self.fork.production.commit)
        if rule.resolve in NOT_ACTIVE:
            there = (path for path in decision.paths if repo.entry(tree, path) is not None)
            yield from (active_file(path, rule) for path in there if PathSet(rule.paths).matches(path))
        elif rule.scope == "exact" and self._content_base is None:
            off = (path for path, entry in decision.results.items() if repo.entry(tree, path) != entry)
            message = f"differs from the release, though the rule `{rule.name}` wants it exact"
            yield from (not_upstream.CHECK.finding(f"{path} {message}", path=path) for path in off)
