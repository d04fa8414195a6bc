"""What a change of the policy changes in meaning: rules that come, go, move; sections; who owns which files."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from .models import Policy, Rule
from .names import RepoPath
from .origins import DEFAULT
from .rule_paths import RulesByPath
from .section import Section
from .wording import quoted


class NewOwner(Struct, frozen=True):
    """A file that another rule decides than before, as far as its path tells."""

    path: RepoPath
    before: str
    after: str


def changes(before: Policy, after: Policy) -> tuple[str, ...]:
    """What differs between two policies, in words; nothing for what only looks different."""
    return (*_rule_changes(before.ownership.rules, after.ownership.rules), *_other_changes(before, after))


def new_owners(before: Policy, after: Policy, paths: Iterable[RepoPath]) -> Iterator[NewOwner]:
    """The files whose rules, in the order in which they are asked, are others than before."""
    rules_before, rules_after = RulesByPath(before.ownership.rules), RulesByPath(after.ownership.rules)
    for path in paths:
        old, new = _owners(before, rules_before.asked(path)), _owners(after, rules_after.asked(path))
        if old != new:
            place = next(index for index in range(max(len(old), len(new))) if old[index:][:1] != new[index:][:1])
            yield NewOwner(path, _named(old, place), _named(new, place))


# Private


def _owners(policy: Policy, rules: tuple[Rule, ...]) -> tuple[tuple[str, str], ...]:
    """Rules by name, each with what it resolves; the default where the last of them has conditions."""
    named = tuple((rule.name, str(rule.resolve)) for rule in rules)
    if rules and rules[-1].when is None:
        return named
    return (*named, (DEFAULT, str(policy.ownership.default)))


def _named(rules: tuple[tuple[str, str], ...], place: int) -> str:
    name, resolution = rules[min(place, len(rules) - 1)]
    return f"{name} ({resolution})"


def _rule_changes(before: tuple[Rule, ...], after: tuple[Rule, ...]) -> Iterator[str]:
    old, new = {rule.name: rule for rule in before}, {rule.name: rule for rule in after}
    yield from (f"rule {quoted(name)} added" for name in new if name not in old)
    yield from (f"rule {quoted(name)} removed" for name in old if name not in new)
    yield from (f"rule {quoted(name)} changed" for name in new if name in old and old[name] != new[name])
    moved = _moved([name for name in old if name in new], [name for name in new if name in old])
    if moved:
        yield f"rules reordered, from {quoted(moved)} on"


def _moved(before: list[str], after: list[str]) -> str | None:
    return next((new for old, new in zip(before, after, strict=True) if old != new), None)


def _other_changes(before: Policy, after: Policy) -> Iterator[str]:
    for key in Policy.__struct_fields__:
        if key == "schema_location":
            continue
        old, new = getattr(before, key), getattr(after, key)
        if isinstance(old, Section) and isinstance(new, Section) and type(old) is type(new):
            parts = [part for part in old.__struct_fields__ if getattr(old, part) != getattr(new, part)]
            yield from (f"{quoted(f'{key}.{part}')} changed" for part in parts if (key, part) != ("ownership", "rules"))
        elif old != new:
            yield f"{quoted(key)} changed"
