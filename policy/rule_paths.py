"""The paths of one rule: those that its patterns match and, where it disables files, their disabled copies."""

from collections.abc import Iterable

from msgspec import Struct

from .decisions import Resolution
from .models import Rule
from .names import RepoPath
from .patterns import PathSet


class RulePaths(Struct, frozen=True):
    """The paths that a rule owns. A rule that disables files owns `<path><suffix>` too, in both states of a file."""

    patterns: PathSet
    suffix: str | None = None

    @classmethod
    def of(cls, rule: Rule) -> "RulePaths | None":
        """The paths of a rule; None where it names none, and only its conditions tell."""
        if not rule.paths:
            return None
        return cls(PathSet(rule.paths), rule.suffix if rule.resolve is Resolution.DISABLE else None)

    @property
    def places(self) -> tuple[RepoPath, ...]:
        """Where to look for the rule's paths: each of them is one of these, or below one; "" is the root."""
        places = self.patterns.places
        copies = (RepoPath(f"{place}{self.suffix}") for place in places if place and self.suffix)
        return (*places, *copies)

    def match(self, path: RepoPath) -> str | None:
        """The pattern that makes the path the rule's; None where none does."""
        found = self.patterns.match(path)
        if found is None and self.suffix and path.endswith(self.suffix):
            return self.patterns.match(RepoPath(path.removesuffix(self.suffix)))
        return found


class RulesByPath:
    """Rules by the files that they may decide, as far as paths tell."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = [(rule, RulePaths.of(rule)) for rule in rules]

    def asked(self, path: RepoPath) -> tuple[Rule, ...]:
        """The rules that are asked about a path, in order, up to the first that has no conditions."""
        found: list[Rule] = []
        for rule, owned in self._rules:
            if owned is None or owned.match(path) is not None:
                found.append(rule)
                if rule.when is None:
                    break
        return tuple(found)
