"""What must fit together in a policy: between the keys of a rule, between entries, between sections.

The checks work on the document, not on the models, so that they say what they find in the same run that finds
wrong types elsewhere. Each skips what is not of the right type: that has been said.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import get_args

from .checks.names import NAMES
from .document import Document
from .errors import Problem
from .fields import DOTTED, version_key
from .models import Role
from .node import Node
from .origins import DEFAULT
from .rule_consistency import rule_problems
from .wording import choices, quoted, suggestion

_ROLES = get_args(Role)
_ROLES_WITH = {"follows": ("mirror",), "base": ("sync", "topic")}
"""The roles that each key of a branch goes with."""


def inconsistencies(document: Document) -> Iterator[Problem]:
    """Every pair of things in the document that do not go together."""
    root = Node.root(document)
    for check in _CHECKS:
        yield from check(root)


def _sides(root: Node) -> Iterator[Problem]:
    fork, upstream = root["fork"], root["upstream"]
    remotes = fork["remote"].text or "origin", upstream["remote"].text or "upstream"
    if remotes[0] == remotes[1]:
        message = f"the fork and upstream have the same remote, {quoted(remotes[0])}"
        yield upstream["remote"].problem(message, "give each side its own")
    if fork["repository"].text and fork["repository"].text == upstream["repository"].text:
        yield upstream["repository"].problem("this is the fork's own repository", "name upstream's")


def _eras(root: Node) -> Iterator[Problem]:
    for scheme in root["releases"]["schemes"]:
        since, until = scheme["since"], scheme["until"]
        dotted = re.fullmatch(DOTTED, since.text) and re.fullmatch(DOTTED, until.text)
        if dotted and version_key(since.text) >= version_key(until.text):
            message = f"nothing lies between {quoted(since.text)} and {quoted(until.text)}"
            yield until.problem(message, "`since` is inclusive, `until` is exclusive")


def _one_production(root: Node) -> Iterator[Problem]:
    branches = root["branches"]
    production = [branch for branch in branches if branch["role"].text == "production"]
    roles = {branch["role"].text for branch in branches}
    if roles and roles <= {*_ROLES} - {"production"}:
        yield branches.problem("no branch has the role `production`", "give it to the deployed branch")
    for another in production[1:]:
        message = f"a second production branch; the first is in line {production[0].line}"
        yield another["role"].problem(message, "there is exactly one")
    for branch in production[:1]:
        names = [name.text for name in branch["names"]]
        if len(names) > 1 or any("*" in name for name in names):
            yield branch["names"].problem("production must be one branch", "name it, without `*`")


def _keys_of_roles(root: Node) -> Iterator[Problem]:
    for branch in root["branches"]:
        role = branch["role"].text
        for key, roles in _ROLES_WITH.items():
            if branch[key] and role in _ROLES and role not in roles:
                message = f"{quoted(key)} means nothing for the role {quoted(role)}"
                yield branch[key].problem(message, f"it goes with {choices(roles)}")


def _branch_names(root: Node) -> Iterator[Problem]:
    names = [name for branch in root["branches"] for name in branch["names"]]
    yield from _repeated(names, "the branch", "the first entry that matches wins")
    known = {name.text for name in names if name.text}
    for branch in root["branches"]:
        base = branch["base"].text
        if base and "*" not in base and known and base not in known:
            message = f"no entry declares the branch {quoted(base)}"
            yield branch["base"].problem(message, suggestion(base, known))


def _mirrors(root: Node) -> Iterator[Problem]:
    remote = root["upstream"]["remote"].text or "upstream"
    for branch in root["branches"]:
        follows = branch["follows"].text
        if follows and not follows.startswith(f"{remote}/"):
            meant = f"{remote}/{follows.rpartition('/')[2]}"
            message = f"{quoted(follows)} is not a branch of the remote {quoted(remote)}"
            yield branch["follows"].problem(message, f"a mirror follows upstream: {quoted(meant)}")


def _merges(root: Node) -> Iterator[Problem]:
    for branch in root["branches"]:
        allowed = {each.text for each in branch["merges"]["allow"]}
        for source in branch["merges"]["forbid"]:
            if source.text and source.text in allowed:
                yield source.problem(f"{quoted(source.text)} is allowed and forbidden", "keep one of the two")


def _rules(root: Node) -> Iterator[Problem]:
    rules = list(root["ownership"]["rules"])
    yield from _repeated((rule["name"] for rule in rules), "the rule", "every rule needs its own name")
    for rule in rules:
        yield from rule_problems(rule)


def _markers(root: Node) -> Iterator[Problem]:
    for marker in root["ownership"]["markers"]:
        if marker["begin"].text and marker["begin"].text == marker["end"].text:
            yield marker["end"].problem("`begin` and `end` are equal", "mark both ends of a block differently")


def _customizations(root: Node) -> Iterator[Problem]:
    names = (each["name"] for each in root["customizations"])
    yield from _repeated(names, "the customization", "every customization needs its own name")


def _checks(root: Node) -> Iterator[Problem]:
    severity = root["check"]["severity"]
    named = [(name, severity[name]) for name in severity.keys]
    named += [(waiver["finding"].text, waiver["finding"]) for waiver in root["check"]["waivers"]]
    for name, node in named:
        if name and name not in NAMES:
            yield node.problem(f"no check has the finding {quoted(name)}", suggestion(name, NAMES))


def _bumps(root: Node) -> Iterator[Problem]:
    bumps = root["versions"]["bumps"]
    types = chain.from_iterable(bumps[part] for part in ("major", "minor", "patch"))
    yield from _repeated(types, "the type", "a type raises one part")


def _examples(root: Node) -> Iterator[Problem]:
    names = {rule["name"].text for rule in root["ownership"]["rules"]} | {DEFAULT}
    for example in root["examples"]:
        expected = example["expect"].text
        if expected and expected not in names:
            yield example["expect"].problem(f"no rule is called {quoted(expected)}", suggestion(expected, names - {""}))


def _repeated(nodes: Iterable[Node], what: str, hint: str) -> Iterator[Problem]:
    """A problem for each text that stood before."""
    first: dict[str, Node] = {}
    for node in nodes:
        if node.text and node.text in first:
            message = f"{what} {quoted(node.text)} stands here twice, first in line {first[node.text].line}"
            yield node.problem(message, hint)
        first.setdefault(node.text, node)


_CHECKS = (
    _sides,
    _eras,
    _one_production,
    _keys_of_roles,
    _branch_names,
    _mirrors,
    _merges,
    _rules,
    _markers,
    _customizations,
    _checks,
    _bumps,
    _examples,
)
