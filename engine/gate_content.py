"""What the checks of the gate ask about files and messages: markers of conflicts, the version, the commits' form."""

from collections.abc import Iterator

from ..policy.checks import commit_format, conflict_markers, version_mismatch
from ..policy.findings import Finding
from ..policy.models import Versions
from ..policy.names import RepoPath
from .contained import Containment
from .fork import Fork
from .gate_facts import Addition, Gate
from .lost_syncs import LostSyncs
from .version_findings import file_claims
from .versioning import fork_at


def marked_files(gate: Gate) -> Iterator[Finding]:
    """`conflict-markers`, in the files that head leaves: what a later commit of head resolved is no finding."""
    facts = conflict_markers.Facts(tuple(_marked(gate.addition)))
    return conflict_markers.judge(gate.policy, facts)


def version_claims(gate: Gate) -> Iterator[Finding]:
    """`version-mismatch`, where head changes the version or brings a release; what base says already is base's."""
    rules, addition = gate.policy.versions, gate.addition
    if rules is None or rules.upstream_version is None:
        return iter(())
    path = RepoPath(rules.upstream_version.file)
    brings = _brings_release(addition)
    if not (brings or addition.changes_at(path)):
        return iter(())
    head = fork_at(addition.fork, addition.head)
    claims = _versions(head, rules)
    if not brings and claims == _versions(addition.fork, rules):
        return iter(())
    return version_mismatch.judge(gate.policy, _version_facts(head, path, claims))


def commit_formats(gate: Gate) -> Iterator[Finding]:
    """`commit-format`, oldest commit first."""
    own = [each for each in gate.addition.own.values() if not each.is_merge][::-1]
    return commit_format.judge(gate.policy, commit_format.Facts(tuple((each.id, each.message) for each in own)))


# Private


def _marked(addition: Addition) -> Iterator[tuple[RepoPath, int]]:
    """The files that head made, and the line of the first marker in each; a file that only moved is none."""
    repo, known = addition.fork.repo, addition.replaced
    for path, entry in addition.changed.items():
        if entry is None or not entry.is_file or entry.id in known:
            continue
        line = conflict_markers.marker_line(repo.read(entry.id))
        if line is not None:
            yield path, line


def _brings_release(addition: Addition) -> bool:
    upstream = set(addition.upstream)
    return bool(upstream) and any(commit in upstream for commit in addition.fork.releases.values())


def _versions(fork: Fork, rules: Versions) -> tuple[str, ...]:
    return tuple(each.version for each in file_claims(fork, rules))


def _version_facts(head: Fork, path: RepoPath, claims: tuple[str, ...]) -> version_mismatch.Facts:
    """What the file at head claims, and what head's history says to that."""
    containment, commit = Containment(head, LostSyncs(head)), head.production.commit
    judged = tuple(version_mismatch.Claim(each, containment.denies(commit, each)) for each in claims)
    return version_mismatch.Facts(path, judged, containment.at(commit).unknown)
