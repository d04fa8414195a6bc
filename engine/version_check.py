"""Whether a tag is the fork version that has to follow."""

from collections.abc import Iterable, Iterator

from ..policy.fields import version_key
from ..policy.findings import Finding, Severity
from ..policy.versions import ForkVersion
from .fork import Fork, Tagged, fork_at
from .versioning import Versioning, VersionState


def check_tag(fork: Fork, tag: str) -> tuple[Finding, ...]:
    """What is wrong with a tag of a fork version; one that exists is judged where it stands, a new one at the tip.

    Raises:
        UsageError: the policy numbers no versions.
        RepositoryError: history was cut off, or nothing tells which release the fork stands on.
    """
    versioning = Versioning(fork)
    version = versioning.formats.parse(tag)
    if version is None:
        message = f"{tag} is no version of the fork: it has not the format {versioning.formats.current}"
        return (Finding("version-format", Severity.ERROR, message),)
    existing = next((each for each in fork.tagged if each.tag == tag), None)
    if existing is not None:
        versioning = Versioning(fork_at(fork, f"refs/tags/{tag}"))
    before = [each for each in versioning.tagged if each.tag != tag]
    state = versioning.since(before[0] if before else None)
    return (
        *_format_problems(tag, version, versioning),
        *_order_problems(tag, version, before if existing else fork.tagged),
        *_next_problems(tag, version, state),
        *_upstream_problems(tag, version, versioning, state),
        *(each for each in state.findings if each.severity is Severity.NOTE),
    )


def _format_problems(tag: str, version: ForkVersion, versioning: Versioning) -> Iterator[Finding]:
    if version.format:
        form = versioning.formats.current
        yield _error("version-format", f"{tag} has a legacy format: versions are made as {form}")


def _order_problems(tag: str, version: ForkVersion, before: Iterable[Tagged]) -> Iterator[Finding]:
    newest = max(before, key=lambda each: each.version, default=None)
    if newest is not None and version <= newest.version:
        yield _error("version-order", f"{tag} is not greater than {newest.tag}")


def _next_problems(tag: str, version: ForkVersion, state: VersionState) -> Iterator[Finding]:
    if version.own == state.next.own:
        return
    after = f"after {state.current.tag}" if state.current else "as the first version"
    counted = sum(each.passed_over is None for each in state.effects)
    message = f"{tag} has the fork's part {version.own}: {after}, {counted} commits that count give {state.next.own}"
    yield _error("version-next", message, f"{state.tag}; see: forkpolicy version explain")


def _upstream_problems(
    tag: str, version: ForkVersion, versioning: Versioning, state: VersionState
) -> Iterator[Finding]:
    fork = versioning.fork
    wanted = version_key(version.upstream)
    if not any(version_key(release.version) == wanted for release in fork.releases):
        message = f"{tag} names upstream {version.upstream}, and no release of that version is known here"
        yield _error("version-upstream", message, f"git fetch --tags {fork.policy.upstream.remote}")
    contained = versioning.denies(state.commit, version.upstream)
    if contained is not None:
        message = f"{tag} names upstream {version.upstream}, but the newest release in its history is {contained.tag}"
        yield _error("version-upstream", message, f"name upstream {contained.version}: {state.tag}")


def _error(rule: str, message: str, fix: str | None = None) -> Finding:
    return Finding(rule, Severity.ERROR, message, fix=fix)
