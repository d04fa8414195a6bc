"""What is doubtful about a policy: failing examples, and rules held against the files they are meant for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from .decisions import Resolution
from .facts import Change, Entry, FileFacts, Versions
from .findings import Finding, Severity
from .models import Example, Policy, Rule, When
from .names import BlobId, CommitId, RepoPath
from .ownership import Ownership
from .patterns import PathSet

_SHOWN = 5
"""How many paths a message names."""


@dataclass(frozen=True, slots=True)
class Files:
    """The files of production and of the newest release."""

    production: Mapping[RepoPath, Entry]
    release: Mapping[RepoPath, Entry]

    def matching(self, paths: PathSet) -> frozenset[RepoPath]:
        """The files of either that a pattern list matches."""
        return frozenset(path for path in self.production.keys() | self.release.keys() if paths.matches(path))

    def differ(self, path: RepoPath) -> bool:
        """Whether production has something else than the release at a path."""
        return self.production.get(path) != self.release.get(path)


def lint(policy: Policy, files: Files | None) -> tuple[Finding, ...]:
    """Everything doubtful about a policy, in the order of the file; without files, its examples alone."""
    found = list(failing_examples(policy))
    if files is not None:
        matched = {rule.name: files.matching(PathSet(rule.paths)) for rule in policy.ownership.rules if rule.paths}
        found.extend(never_wins(policy, matched))
        for rule in policy.ownership.rules:
            found.extend(matches_nothing(policy, rule, files))
            found.extend(several_depths(policy, rule, matched.get(rule.name, frozenset())))
            found.extend(protects_nothing(policy, rule, matched.get(rule.name, frozenset()), files))
            found.extend(gives_away(policy, rule, matched.get(rule.name, frozenset()), files))
    return tuple(sorted(found, key=lambda each: each.line or 0))


def failing_examples(policy: Policy) -> Iterator[Finding]:
    """Examples that another rule decides than the one they expect."""
    ownership = Ownership(policy)
    for example in policy.examples:
        winner = ownership.explain(_facts_of(example), example.kind)[-1].ruling.rule
        if winner != example.expect:
            yield Finding(
                "example-fails",
                Severity.ERROR,
                f"example {example.path}: `{winner}` decides it, not `{example.expect}`",
                line=policy.line_of(winner),
                fix=f"forkpolicy explain {example.expect}",
            )


def never_wins(policy: Policy, matched: Mapping[str, frozenset[RepoPath]]) -> Iterator[Finding]:
    """Rules behind others that match wherever they do."""
    rules = policy.ownership.rules
    for position, rule in enumerate(rules):
        earlier = [each for each in rules[:position] if _implies(rule, each)]
        whole = [each.name for each in earlier if not each.paths]
        names = whole or _covering(rule, earlier, matched)
        if names:
            shown = ", ".join(f"`{name}`" for name in names)
            message = f"rule `{rule.name}` can never win: {shown} before it matches all that it matches"
            yield _about(policy, rule, "rule-never-wins", Severity.WARNING, message, "move it up, or take it out")


def matches_nothing(policy: Policy, rule: Rule, files: Files) -> Iterator[Finding]:
    """Patterns that match no file of production and none of the newest release."""
    for pattern in rule.paths:
        if not pattern.startswith("!") and not files.matching(PathSet((pattern,))):
            message = f"rule `{rule.name}`: {pattern} matches no file of production nor of the newest release"
            yield _about(
                policy,
                rule,
                "pattern-matches-nothing",
                Severity.WARNING,
                message,
                "correct it, or take it out",
            )


def several_depths(policy: Policy, rule: Rule, matched: frozenset[RepoPath]) -> Iterator[Finding]:
    """Patterns without an anchor that match at several depths, which is seldom meant."""
    for pattern in rule.paths:
        name = pattern.removesuffix("/")
        if "/" in name or name.startswith("!"):
            continue
        places = {place for path in matched if (place := _place(path, name)) is not None}
        if len({place.count("/") for place in places}) > 1:
            message = f"rule `{rule.name}`: {pattern} matches at several depths: {_listed(places)}"
            fix = f"anchor it: /{pattern}; or say that every depth is meant: **/{pattern}"
            yield _about(policy, rule, "pattern-several-depths", Severity.WARNING, message, fix)


def protects_nothing(policy: Policy, rule: Rule, matched: frozenset[RepoPath], files: Files) -> Iterator[Finding]:
    """Rules that protect changes of the fork in files that equal upstream's."""
    if matched and _protects(rule) and not any(map(files.differ, matched)):
        count = f"{len(matched)} file{'' if len(matched) == 1 else 's'}"
        message = f"rule `{rule.name}` protects nothing today: the {count} it matches equal upstream's"
        yield _about(policy, rule, "rule-protects-nothing", Severity.NOTE, message, None)


def gives_away(policy: Policy, rule: Rule, matched: frozenset[RepoPath], files: Files) -> Iterator[Finding]:
    """Paths under `may_lose: all` at which production differs from upstream: work that nothing guards."""
    if rule.may_lose != "all":
        return
    differing = {path for path in matched if path in files.production and files.differ(path)}
    if differing:
        message = f"rule `{rule.name}` may lose all of {len(differing)} paths that differ from upstream's: {_listed(differing)}"
        yield _about(policy, rule, "may-lose-all", Severity.NOTE, message, None)


# Private


def _about(policy: Policy, rule: Rule, name: str, severity: Severity, message: str, fix: str | None) -> Finding:
    return Finding(name, severity, message, fix=fix, line=policy.line_of(rule.name))


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
    return rule.when is not None and all(_narrower(rule.when, earlier.when, key) for key in When.model_fields)


def _narrower(when: When, earlier: When, key: str) -> bool:
    mine, wanted = getattr(when, key), getattr(earlier, key)
    if wanted is None:
        return True
    return mine is not None and (set(mine) <= set(wanted) if isinstance(mine, tuple) else mine == wanted)


def _covering(rule: Rule, earlier: list[Rule], matched: Mapping[str, frozenset[RepoPath]]) -> list[str]:
    """The earlier rules that together match every file that the rule matches; empty where they do not."""
    left = matched.get(rule.name, frozenset())
    names: list[str] = []
    for each in earlier if left else ():
        if left & matched.get(each.name, frozenset()):
            left -= matched[each.name]
            names.append(each.name)
    return names if names and not left else []


def _protects(rule: Rule) -> bool:
    if rule.resolve in (Resolution.KEEP_FORK, Resolution.MANUAL_REVIEW):
        return True
    return rule.resolve is Resolution.ACCEPT_UPSTREAM and rule.scope == "hunks"


def _place(path: RepoPath, name: str) -> str | None:
    """Where in a path a pattern of one component matches: the path up to there."""
    parts = path.split("/")
    index = next((index for index, part in enumerate(parts) if fnmatchcase(part, name)), None)
    return None if index is None else "/".join(parts[: index + 1])


def _listed(paths: "set[RepoPath] | set[str]") -> str:
    shown = sorted(paths)[:_SHOWN]
    more = len(paths) - len(shown)
    return ", ".join(shown) + (f" … and {more} more" if more else "")
