"""The conditions of a rule: each held against one file of a conflict, with what was expected and observed."""

from collections.abc import Iterator

from msgspec import Struct

from .facts import Change, FileFacts, Kind
from .models import Rule, When
from .rule_paths import RulePaths


class Condition(Struct, frozen=True):
    """One condition of a rule, judged."""

    key: str
    """The key in the policy: `paths`, `when.untouched`."""
    holds: bool
    expected: str
    observed: str


class Question(Struct, frozen=True):
    """What a rule is asked about: a file of a conflict, its kind, and whether a customization names the path."""

    file: FileFacts
    kind: Kind | None
    """None outside a conflict."""
    customized: bool


def conditions(rule: Rule, paths: RulePaths | None, question: Question) -> Iterator[Condition]:
    """Every condition of a rule, judged in the order of the language; some rules decide nothing but conflicts."""
    if question.kind is None:
        holds = decides_always(rule)
        yield Condition("applies", holds, "a conflict", "always" if holds else "git merges it by itself")
    if paths is not None:
        matching = paths.match(question.file.path)
        yield Condition("paths", matching is not None, " or ".join(rule.paths), matching or "no pattern matches")
    if rule.when is not None:
        yield from _when(rule.when, question)


def applies(rule: Rule, paths: RulePaths | None, question: Question) -> bool:
    """Whether all conditions of a rule hold; what fails most is asked first, without words for it."""
    if question.kind is None and not decides_always(rule):
        return False
    if paths is not None and paths.match(question.file.path) is None:
        return False
    return rule.when is None or all(each.holds for each in _when(rule.when, question))


def decides_always(rule: Rule) -> bool:
    """Whether a rule also decides what git merges by itself; one for hunks leaves clean ones to git."""
    return rule.scope == "exact" or (rule.applies == "always" and rule.scope != "hunks")


def _when(when: When, question: Question) -> Iterator[Condition]:
    file = question.file
    flags = {
        "untouched": (when.untouched, file.untouched is not None),
        "fork_only": (when.fork_only, file.fork_only),
        "customized": (when.customized, question.customized),
        "leftover": (when.leftover, file.leftover),
        "binary": (when.binary, file.binary),
    }
    for key, (expected, observed) in flags.items():
        if expected is not None:
            yield Condition(f"when.{key}", expected == observed, _yes_no(expected), _yes_no(observed))
    changes = {
        "upstream": (when.upstream, file.upstream_change),
        "fork": (when.fork, file.versions.fork_change),
    }
    for key, (wanted, change) in changes.items():
        if wanted:
            yield _one_of(f"when.{key}", wanted, change)
    if when.kinds:
        yield _one_of("when.kinds", when.kinds, question.kind)


def _one_of(key: str, wanted: tuple[Change | Kind | str, ...], observed: Change | Kind | None) -> Condition:
    return Condition(key, observed in wanted, " or ".join(wanted), observed or "nothing")


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
