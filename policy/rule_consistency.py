"""What must fit together inside one ownership rule."""

from collections.abc import Iterator

from .errors import Problem
from .node import Node
from .origins import ORIGINS
from .wording import choices, quoted

_RESOLUTIONS_WITH = {
    "copy": {"disable"},
    "suffix": {"disable"},
    "command": {"regenerate"},
    "scope": {"keep-fork", "accept-upstream"},
    "may_lose": {"accept-upstream", "disable", "remove", "regenerate"},
    "may_lose_upstream": {"keep-fork"},
    "moves": {"keep-fork", "accept-upstream"},
}
"""The resolutions that each option goes with."""

_RESOLUTIONS = {"keep-fork", "accept-upstream", "manual-review", "disable", "remove", "regenerate"}


def rule_problems(rule: Node) -> Iterator[Problem]:
    """What does not go together in a rule."""
    for check in (_reserved_name, _matches_something, _untouched_always, _both_added, _options, _exact, _regenerate):
        yield from check(rule)


def _reserved_name(rule: Node) -> Iterator[Problem]:
    name = rule["name"].text
    if name in ORIGINS:
        yield rule["name"].problem(f"{quoted(name)} stands for {ORIGINS[name]}", "choose another name")


def _matches_something(rule: Node) -> Iterator[Problem]:
    paths = [path.text for path in rule["paths"]]
    if not rule["paths"] and not rule["when"]:
        yield rule.problem(
            "the rule has neither `paths` nor `when`", "give it one of them; `paths: ['**']` is every path"
        )
    if paths and all(path.startswith("!") for path in paths):
        yield rule["paths"].problem("the patterns only exclude", "begin with a pattern that matches something")


def _untouched_always(rule: Node) -> Iterator[Problem]:
    if rule["when"]["untouched"] and rule["applies"].text == "always":
        hint = "leave `applies` out: what the fork never changed and git merges is upstream's anyway"
        yield rule["applies"].problem("`untouched` does not go with `applies: always`", hint)


def _both_added(rule: Node) -> Iterator[Problem]:
    fork, upstream = ([each.text for each in rule["when"][side]] for side in ("fork", "upstream"))
    if fork == upstream == ["added"]:
        message = "upstream adds nothing to a path that the fork has, so both never hold"
        yield rule["when"]["upstream"].problem(message, "where both added it, `kinds: [add-add]` holds")


def _options(rule: Node) -> Iterator[Problem]:
    resolution = rule["resolve"].text
    for option, resolutions in _RESOLUTIONS_WITH.items():
        if rule[option] and resolution in _RESOLUTIONS - resolutions:
            message = f"{quoted(option)} means nothing under `resolve: {resolution}`"
            yield rule[option].problem(message, f"it goes with {choices(resolutions)}")


def _exact(rule: Node) -> Iterator[Problem]:
    if rule["scope"].text != "exact":
        return
    if rule["resolve"].text == "keep-fork":
        yield rule["scope"].problem("`exact` takes the release's tree", "it goes with `accept-upstream`")
    if not rule["paths"]:
        yield rule["scope"].problem("`exact` needs `paths`", "name the paths that shall equal the release's")


def _regenerate(rule: Node) -> Iterator[Problem]:
    if rule["resolve"].text == "regenerate" and not rule["command"]:
        yield rule["resolve"].problem("`regenerate` needs a `command`", "write the command that makes the file")
