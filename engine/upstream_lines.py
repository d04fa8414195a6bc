"""Lines that upstream's files had for a while: what a fork took from upstream early is not the fork's own."""

from collections.abc import Iterable, Mapping, Set

from ..policy.loss import text_lines
from ..policy.names import CommitId, RepoPath
from .git.repository import Repository
from .git.search import find_states


def upstream_lines(
    repo: Repository, commits: Iterable[CommitId], asked: Mapping[RepoPath, Set[str]]
) -> dict[RepoPath, frozenset[str]]:
    """For every path those of the lines asked for, without white space at their ends, that some of the commits had."""
    found: dict[RepoPath, frozenset[str]] = {}
    for path, states in find_states(repo, commits, asked).items():
        missing = set(asked[path])
        for entry in states:
            if missing and not entry.is_submodule:
                missing -= _held(missing, repo.read(entry.id))
        found[path] = frozenset(asked[path] - missing)
    return found


def _held(lines: Set[str], content: bytes) -> frozenset[str]:
    """Those of the lines that a content has; to look for some text is quicker than to take a large file apart."""
    if not any(line.encode("utf-8", "surrogateescape") in content for line in lines):
        return frozenset()
    return frozenset(lines).intersection(text_lines(content))
