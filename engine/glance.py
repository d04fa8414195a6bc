"""What a branch violates by itself, as far as a look at a few files tells: for the gate, which has no time for more."""

from collections.abc import Iterable, Iterator
from datetime import date

from ..policy import waivers
from ..policy.checks import customization_lost, disabled_file
from ..policy.customizations import content_of, requirements
from ..policy.decisions import Resolution
from ..policy.findings import Finding
from ..policy.models import Policy, Rule
from ..policy.names import RepoPath
from ..policy.rule_paths import RulePaths, RulesByPath
from .fork import Fork

NOT_ACTIVE = (Resolution.DISABLE, Resolution.REMOVE)
"""What a rule says of files that must not be there, under their own name."""


def standing_at_a_glance(fork: Fork, today: date) -> tuple[Finding, ...]:
    """Some of the violations in the files of the branch, but what the policy waives; `standing` finds all.

    Raises:
        RepositoryError: an object is missing.
    """
    return not_waived((*missing_customizations(fork), *_active_files(fork)), fork.policy, today)


def is_watched(rule: Rule) -> bool:
    """Whether a rule says of files, by path alone, that they are not there, or exactly upstream's."""
    return bool(rule.paths) and rule.when is None and (rule.resolve in NOT_ACTIVE or rule.scope == "exact")


def missing_customizations(fork: Fork) -> Iterator[Finding]:
    """What customizations ask for and the branch does not have."""
    repo, tree = fork.repo, fork.repo.tree(fork.production.commit)
    for each in requirements(fork.policy.customizations):
        if not each.holds(content_of(repo.entry(tree, each.path), repo.read)):
            message = f"the customization “{each.customization}” is missing: {each.wanted}"
            yield customization_lost.CHECK.finding(message, path=each.path)


def active_file(path: RepoPath, rule: Rule) -> Finding:
    """The finding about a file that is there though a rule disables or removes it."""
    state = "there" if rule.resolve is Resolution.REMOVE else "active"
    message = f"{path} is {state}, though the rule `{rule.name}` says {rule.resolve}"
    return disabled_file.CHECK.finding(message, path=path)


def not_waived(findings: Iterable[Finding], policy: Policy, today: date) -> tuple[Finding, ...]:
    """The findings that no waiver of the policy accepts today."""
    judged = waivers.judge(findings, policy.check.waivers, today)
    return tuple(each.finding for each in judged if each.waiver is None)


# Private


def _active_files(fork: Fork) -> Iterator[Finding]:
    """The files that a rule disables or removes whatever history says of them: no rule with conditions comes first."""
    repo, tree = fork.repo, fork.repo.tree(fork.production.commit)
    always = [rule for rule in fork.policy.ownership.rules if rule.applies == "always"]
    by_path = RulesByPath(always)
    for rule in always:
        owned = RulePaths.of(rule)
        if owned is None or rule.resolve not in NOT_ACTIVE or rule.when is not None:
            continue
        for path in dict.fromkeys(path for place in owned.patterns.places for path in repo.files_at(tree, place)):
            if owned.patterns.matches(path) and by_path.asked(path) == (rule,):
                yield active_file(path, rule)
