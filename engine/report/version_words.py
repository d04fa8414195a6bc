"""Words and a picture for where the fork stands."""

from ...policy.models import Policy
from ..status import Status
from ..versioning import VersionState
from .words import count


def version_words(version: VersionState, unreleased: int) -> str:
    """What is unreleased, and what it makes of the version."""
    commits = count(unreleased, "commit")
    return f"{commits}; next is {version.next_tag}" if version.is_due else f"{commits}; nothing to release"


def branch_picture(status: Status, policy: Policy) -> list[str]:
    """The branches as lines from left to right, the oldest on the left.

    ──●── v1.81.0-stable ──●── v1.81.9-stable ──── upstream/main
      ╰── 230 commits of CARTO ── carto/main
    """
    contained, behind = status.releases.contained, status.behind
    base = contained.tag if contained else policy.upstream.name
    line = f"──●── {base}"
    if behind is not None:
        line += f" ──●── {behind.newest.tag}"
    if status.followed is not None and status.upstream_ahead is not None:
        line += f" ──── {status.followed} ({count(status.upstream_ahead, 'commit')} ahead)"
    version = f" ({status.version.current.tag})" if status.version and status.version.current else ""
    own = f"  ╰── {count(status.fork_commits, 'commit')} of {policy.fork.name} ── {status.production}{version}"
    pending = [f"        ╰── {each.ref.removeprefix('refs/heads/')}" for each in status.pending]
    return [line, own, *pending]
