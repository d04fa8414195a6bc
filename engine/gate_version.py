"""What the check of the version asks: what the file says at head, and what head's history says to that."""

from collections.abc import Iterator

from ..policy.checks import version_mismatch
from ..policy.findings import Finding
from ..policy.models import UpstreamVersion, Versions
from ..policy.names import RepoPath
from .contained import Containment
from .fork import Fork, fork_at
from .gate_facts import Addition, Gate
from .lost_syncs import LostSyncs
from .version_findings import file_claims


def version_claims(gate: Gate, rules: Versions, place: UpstreamVersion) -> Iterator[Finding]:
    """`version-mismatch`, where head changes the version or brings a release; what base says already is base's."""
    addition, path = gate.addition, RepoPath(place.file)
    brings = _brings_release(addition)
    if not (brings or addition.changes_at(path)):
        return iter(())
    head = fork_at(addition.fork, addition.head)
    claims = _versions(head, rules)
    if not brings and claims == _versions(addition.fork, rules):
        return iter(())
    return version_mismatch.judge(gate.policy, _facts(head, path, claims))


# Private


def _brings_release(addition: Addition) -> bool:
    return not set(addition.upstream).isdisjoint(addition.fork.releases.values())


def _versions(fork: Fork, rules: Versions) -> tuple[str, ...]:
    return tuple(each.version for each in file_claims(fork, rules))


def _facts(head: Fork, path: RepoPath, claims: tuple[str, ...]) -> version_mismatch.Facts:
    containment, commit = Containment(head, LostSyncs(head)), head.production.commit
    judged = tuple(version_mismatch.Claim(each, containment.denies(commit, each)) for each in claims)
    return version_mismatch.Facts(path, judged, containment.at(commit).unknown)
