"""What is doubtful about a policy: failing examples, and rules held against the files they are meant for."""

from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from .decisions import Resolution
from .facts import Change, Entry, FileFacts, Kind, Versions
from .findings import Finding, Severity
from .models import Example, Policy, Rule, When
from .names import BlobId, CommitId, RepoPath
from .origins import DEFAULT
from .ownership import Ownership, RuleTrace
from .rule_paths import RulePaths

_SHOWN = 5
"""How many paths a message names."""


class Files(Struct, frozen=True, dict=True):
    """The files of production and of the newest release."""

    production: Mapping[RepoPath, Entry]
    release: Mapping[RepoPath, Entry]

    @cached_property
    def paths(self) -> frozenset[RepoPath]:
        """The files of either."""
        return frozenset(self.production.keys() | self.release.keys())

    def of_rule(self, rule: Rule) -> frozenset[RepoPath]:
        """The files that a rule's patterns make its own; none where it has no patterns."""
        owned = RulePaths.of(rule)
        return frozenset() if owned is None else frozenset(filter(owned.match, self.paths))

    def differ(self, path: RepoPath) -> bool:
        """Whether production has something else than the release at a path."""
        return self.production.get(path) != self.release.get(path)


def lint(policy: Policy, files: Files | None) -> tuple[Finding, ...]:
    """Everything doubtful about a policy, in the order of the file; without files, what the policy alone shows."""
    rules = never_wins(policy, {}) if files is None else _held_against(policy, files)
    return tuple(sorted((*failing_examples(policy), *rules), key=lambda each: each.line or 0))


def failing_examples(policy: Policy) -> Iterator[Finding]:
    """Examples that another rule decides than the one they expect."""
    ownership = Ownership(policy)
    for example in policy.examples:
        traces = ownership.explain(_facts_of(example), example.kind or Kind.CONTENT)
        winner = traces[-1].ruling.rule
        if winner != example.expect:
            message = f"`{winner}` decides the example {example.path}, not `{example.expect}`"
            line = policy.line_of(winner) or policy.line_of(example.expect)
            fix = "correct the rules, or what the example expects"
            yield Finding("example-fails", Severity.ERROR, f"{message}{_why(traces, example)}", line=line, fix=fix)


def never_wins(policy: Policy, owned: Mapping[str, frozenset[RepoPath]]) -> Iterator[Finding]:
    """Rules behind others that match wherever they do."""
    rules = policy.ownership.rules
    fix = "move it up, or take it out"
    for position, rule in enumerate(rules):
        earlier = [each for each in rules[:position] if _implies(rule, each)]
        whole = next((each.name for each in earlier if not each.paths), None)
        covering = _covering(rule, earlier, owned)
        if whole is not None:
            message = f"rule `{rule.name}` can never win: `{whole}`, before it, matches all that it matches"
            yield _about(policy, rule, "rule-never-wins", Severity.WARNING, message, fix)
        elif covering:
            names = " and ".join(f"`{name}`" for name in covering)
            files = _counted(owned[rule.name], "file")
            message = f"rule `{rule.name}` wins nowhere: {names}, before it, decide all of its {files}"
            yield _about(policy, rule, "rule-never-wins", Severity.WARNING, message, fix)


def matches_nothing(policy: Policy, rule: Rule, files: Files) -> Iterator[Finding]:
    """Patterns that match no file of production and none of the newest release."""
    for pattern in rule.paths:
        alone = replace(rule, paths=(pattern,))
        if not pattern.startswith("!") and not files.of_rule(alone):
            message = f"rule `{rule.name}`: {pattern} matches no file of production nor of the newest release"
            yield _about(
                policy, rule, "pattern-matches-nothing", Severity.WARNING, message, "correct it, or take it out"
            )


def several_depths(policy: Policy, rule: Rule, owned: frozenset[RepoPath]) -> Iterator[Finding]:
    """Patterns without an anchor that match at several depths, which is seldom meant."""
    for pattern in rule.paths:
        name = pattern.removesuffix("/")
        if "/" in name or name.startswith("!"):
            continue
        places = {place for path in owned if (place := _place(path, name)) is not None}
        if len({place.count("/") for place in places}) > 1:
            message = f"rule `{rule.name}`: {pattern} matches at several depths: {_listed(places)}"
            fix = f"anchor it: /{pattern}; or say that every depth is meant: **/{pattern}"
            yield _about(policy, rule, "pattern-several-depths", Severity.WARNING, message, fix)


def protects_nothing(policy: Policy, rule: Rule, owned: frozenset[RepoPath], files: Files) -> Iterator[Finding]:
    """Rules that protect changes of the fork in files that equal upstream's."""
    if owned and _protects(rule) and not any(map(files.differ, owned)):
        equal = "the only file it matches equals" if len(owned) == 1 else f"all {len(owned)} files it matches equal"
        message = f"rule `{rule.name}` protects nothing today: {equal} {policy.upstream.name}'s newest release"
        fix = "take it out, unless it is meant for changes to come"
        yield _about(policy, rule, "rule-protects-nothing", Severity.NOTE, message, fix)


def gives_away(policy: Policy, rule: Rule, owned: frozenset[RepoPath], files: Files) -> Iterator[Finding]:
    """Paths under `may_lose: all` at which production differs from upstream: work that nothing guards."""
    if rule.may_lose != "all":
        return
    differing = {path for path in owned if path in files.production and files.differ(path)}
    if differing:
        held = f"what {policy.fork.name} has in {_counted(differing, 'file')}"
        message = f"rule `{rule.name}` may lose {held} unlike {policy.upstream.name}'s newest release: "
        fix = "where something in there must stay, name only the lines that may go"
        yield _about(policy, rule, "may-lose-all", Severity.NOTE, message + _listed(differing), fix)


# Private


def _held_against(policy: Policy, files: Files) -> Iterator[Finding]:
    """What the files of production and of the newest release show about the rules."""
    owned = {rule.name: files.of_rule(rule) for rule in policy.ownership.rules}
    yield from never_wins(policy, owned)
    for rule in policy.ownership.rules:
        yield from matches_nothing(policy, rule, files)
        yield from several_depths(policy, rule, owned[rule.name])
        yield from protects_nothing(policy, rule, owned[rule.name], files)
        yield from gives_away(policy, rule, owned[rule.name], files)


def _about(policy: Policy, rule: Rule, name: str, severity: Severity, message: str, fix: str | None) -> Finding:
    return Finding(name, severity, message, fix=fix, line=policy.line_of(rule.name))


def _why(traces: tuple[RuleTrace, ...], example: Example) -> str:
    """What keeps the expected rule from deciding an example."""
    expected = next((each for each in traces if each.ruling.rule == example.expect), None)
    if expected is None:
        return ": it matches" if example.expect == DEFAULT else ": it comes first"
    failing = next(each for each in expected.conditions if not each.holds)
    return f", whose `{failing.key}` wants {failing.expected}: {failing.observed}"


def _facts_of(example: Example) -> FileFacts:
    """The facts that an example describes."""
    path = RepoPath(example.path)
    versions = _versions(example.fork, example.upstream)
    return FileFacts(
        path=path,
        versions=versions,
        binary=example.binary,
        untouched=CommitId("0" * 40) if example.untouched else None,
        fork_only=example.fork_only,
        leftover=example.leftover,
    )


def _versions(fork: Change | None, upstream: Change | None) -> Versions:
    """Three versions in which each side did what an example says; without a word, nothing."""
    base = None if Change.ADDED in (fork, upstream) else _entry("base")
    return Versions(base, _side(base, fork, "fork"), _side(base, upstream, "upstream"))


def _side(base: Entry | None, change: Change | None, name: str) -> Entry | None:
    if change is None:
        return base
    return None if change is Change.DELETED else _entry(name)


def _entry(name: str) -> Entry:
    return Entry(0o100644, BlobId(name))


def _implies(rule: Rule, earlier: Rule) -> bool:
    """Whether an earlier rule's conditions hold, and it applies, wherever the rule's do; paths aside."""
    if rule.applies == "always" and earlier.applies != "always":
        return False
    if earlier.when is None:
        return True
    return rule.when is not None and all(_narrower(rule.when, earlier.when, key) for key in When.__struct_fields__)


def _narrower(when: When, earlier: When, key: str) -> bool:
    mine: object = getattr(when, key)
    wanted: object = getattr(earlier, key)
    if isinstance(mine, tuple) and isinstance(wanted, tuple):
        return all(each in wanted for each in cast("tuple[object, ...]", mine))
    return wanted is None or mine == wanted


def _covering(rule: Rule, earlier: list[Rule], owned: Mapping[str, frozenset[RepoPath]]) -> list[str]:
    """The earlier rules that together match every file that the rule matches; empty where they do not."""
    left = owned.get(rule.name, frozenset[RepoPath]())
    names: list[str] = []
    for each in earlier if left else ():
        if left & owned[each.name]:
            left -= owned[each.name]
            names.append(each.name)
    return [] if left else names


def _protects(rule: Rule) -> bool:
    if rule.resolve in (Resolution.KEEP_FORK, Resolution.MANUAL_REVIEW):
        return True
    return rule.resolve is Resolution.ACCEPT_UPSTREAM and rule.scope == "hunks"


def _place(path: RepoPath, name: str) -> str | None:
    """Where in a path a pattern of one component matches: the path up to there."""
    parts = path.split("/")
    index = next((index for index, part in enumerate(parts) if fnmatchcase(part, name)), None)
    return None if index is None else "/".join(parts[: index + 1])


def _listed(paths: Collection[str]) -> str:
    shown = sorted(paths)[:_SHOWN]
    more = len(paths) - len(shown)
    return ", ".join(shown) + (f" … and {more} more" if more else "")


def _counted(paths: Collection[str], noun: str) -> str:
    return f"{len(paths)} {noun}{'' if len(paths) == 1 else 's'}"
