"""Decisions in groups, so that 854 conflicts can be read: by resolution and rule, and by directory."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from msgspec import Struct

from ...policy.decisions import Decision, Loss, Resolution
from ...policy.names import RepoPath

TOP = "(top directory)"
"""Stands for the top directory in a list of directories."""

ELSEWHERE = "(elsewhere)"
"""Stands for the directories that a list has no room for."""


class RuleGroup(Struct, frozen=True):
    """The decisions that one rule made with one resolution for one reason."""

    resolution: Resolution
    rule: str
    line: int | None
    reason: str
    decisions: tuple[Decision, ...]


def by_rule(decisions: Iterable[Decision]) -> tuple[RuleGroup, ...]:
    """The decisions by resolution, rule and reason; the largest group first, then as they came."""
    groups: defaultdict[tuple[Resolution, str, int | None, str], list[Decision]] = defaultdict(list)
    for decision in decisions:
        groups[decision.resolution, decision.rule, decision.line, decision.reason].append(decision)
    largest_first = sorted(groups.items(), key=lambda item: -len(item[1]))
    return tuple(RuleGroup(*key, tuple(members)) for key, members in largest_first)


def by_rule_alone(decisions: Iterable[Decision]) -> tuple[tuple[Decision, ...], ...]:
    """The decisions by rule, whatever the reason; the largest group first, then as they came."""
    groups: defaultdict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        groups[decision.rule].append(decision)
    return tuple(tuple(members) for members in sorted(groups.values(), key=len, reverse=True))


def by_directory(paths: Iterable[str], limit: int) -> tuple[tuple[str, int], ...]:
    """The directories of some paths with their counts: as deep as at most `limit` of them allow.

    Where even the top ones are more, the smallest stand together at the end.
    """
    parents = [path.split("/")[:-1] for path in paths]
    for depth in range(max(map(len, parents), default=0), 0, -1):
        counts = Counter("/".join(parent[:depth]) for parent in parents)
        if len(counts) <= limit:
            break
    else:
        counts = Counter("/".join(parent[:1]) for parent in parents)
    return _with_rest([(f"{name}/" if name else TOP, number) for name, number in counts.most_common()], limit)


def deleted(decisions: Iterable[Decision]) -> str:
    """How many of some decisions leave no file, in words; what a resolution's own name says is not said again."""
    gone = [each.resolution for each in decisions if each.results and each.result is None]
    words = {Resolution.ACCEPT_UPSTREAM: "deleted", Resolution.KEEP_FORK: "stays deleted"}
    told = ((gone.count(resolution), word) for resolution, word in words.items())
    return ", ".join(f"{number:,} {word}" for number, word in told if number)


def by_folder(paths: Iterable[RepoPath]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every path, as its folder and the names in it, sorted."""
    folders: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        folder, slash, name = path.rpartition("/")
        folders[folder + slash or TOP].append(name)
    return tuple((folder, tuple(names)) for folder, names in folders.items())


def lost(loss: Loss) -> bool:
    """Whether a result drops a line of either side, as far as lines can be told."""
    return bool(loss.fork or loss.upstream)


def untold(loss: Loss) -> bool:
    """Whether the losses of a side cannot be told in lines."""
    return loss.fork is None or loss.upstream is None


def _with_rest(counts: list[tuple[str, int]], limit: int) -> tuple[tuple[str, int], ...]:
    if len(counts) <= limit:
        return tuple(counts)
    return (*counts[: limit - 1], (ELSEWHERE, sum(number for _, number in counts[limit - 1 :])))
