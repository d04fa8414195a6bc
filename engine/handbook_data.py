"""The policy as plain data for the blocks of a handbook, with examples that the engine computes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

from msgspec import to_builtins

from ..policy.branches import merge_allowed, role_of
from ..policy.commits import bump_of, parse, problems
from ..policy.customizations import requirements
from ..policy.models import Branch, Customization, Merges, Policy, Rule, Versions
from ..policy.releases import in_words
from ..policy.versions import Bump, ForkVersion, VersionFormat, image_tags
from .report.document import Data

_PURPOSE = {
    "mirror": "follows upstream's development, for reference only",
    "production": "what is deployed: a stable release plus the fork's changes",
    "sync": "carries one sync of a release",
    "topic": "development",
}
_EXAMPLES = ("1.75.2", "1.79.1")
"""The upstream versions of the examples."""

_GOOD = (
    "feat: add support for custom labels",
    "fix(proxy): correct the path in offline mode",
    "feat!: redesign the authentication",
)
_BAD = ("updated stuff", "fixes", "WIP: testing things")


def handbook_data(policy: Policy) -> Data:
    """What every template of a handbook block gets: dictionaries, lists, strings and numbers only."""
    return {
        "labels": {
            "fork": policy.fork.name,
            "upstream": policy.upstream.name,
            "fork_repository": policy.fork.repository,
            "upstream_repository": policy.upstream.repository,
            "fork_remote": policy.fork.remote,
            "upstream_remote": policy.upstream.remote,
        },
        "production": policy.production,
        "branches": [_branch(each) for each in policy.branches],
        "merges": list(_merges(policy)),
        "method": (_production(policy).judged_by or Merges()).method,
        "releases": _releases(policy),
        "versions": None if policy.versions is None else _versions(policy.versions),
        "commits": _commits(policy),
        "rules": [_rule(each, policy) for each in policy.ownership.rules],
        "default": _winner(policy.ownership.default.value, policy),
        "markers": [each if isinstance(each, str) else each.begin for each in policy.ownership.markers],
        "customizations": [_customization(each) for each in policy.customizations],
        "pull_request": {
            "branch": policy.pull_request.branch,
            "checklist": list(policy.pull_request.checklist),
            "labels": [
                *policy.pull_request.labels.always,
                *policy.pull_request.labels.clean,
                *policy.pull_request.labels.conflicts,
            ],
        },
    }


# Branches


def _production(policy: Policy) -> Branch:
    return next(each for each in policy.branches if each.role == "production")


def _branch(branch: Branch) -> Data:
    base = branch.follows or branch.base or ("stable releases of upstream" if branch.role == "production" else None)
    return {"names": list(branch.names), "role": branch.role, "purpose": _PURPOSE[branch.role], "base": base}


def _merges(policy: Policy) -> Iterator[Data]:
    """What may and what must not be merged into production; a mirror, by its name, first."""
    production = role_of(policy.production, policy.branches)
    mirrors = [name for each in policy.branches if each.role == "mirror" for name in each.names]
    for source in ("mirror", "release", "sync", "topic"):
        verdict = merge_allowed(production, source)
        yield {"source": source, "allowed": verdict.allowed, "names": mirrors if source == "mirror" else []}


def _releases(policy: Policy) -> Data:
    releases = policy.releases
    schemes = [{"tags": list(each.tags), "since": each.since, "until": each.until} for each in releases.schemes]
    age = in_words(releases.min_age) if releases.min_age > timedelta() else None
    return {"schemes": schemes, "deny": dict(releases.deny), "min_age": age}


# Versions and commits


def _versions(versions: Versions) -> Data:
    formats = VersionFormat(versions.format, versions.legacy)
    newest = ForkVersion(_EXAMPLES[1], 1, 7, 1)
    return {
        "format": versions.format,
        "legacy": list(versions.legacy),
        "authors": list(versions.authors),
        "skip": list(versions.skip),
        "progression": list(_progression(versions, formats)),
        "calculation": list(_calculation(versions, formats, newest)),
        "sync": {"before": formats.tag(newest), "after": formats.tag(newest.on("1.79.3"))},
        "images": list(image_tags(versions.images, newest, formats.tag(newest))),
        "file": versions.upstream_version.file if versions.upstream_version else None,
    }


def _progression(versions: Versions, formats: VersionFormat) -> Iterator[Data]:
    major, minor, patch = map(int, versions.initial.split("."))
    version = ForkVersion(_EXAMPLES[0], major, minor, patch)
    yield {"tag": formats.tag(version), "words": f"the first release, on upstream {version.upstream}"}
    version = version.bump(Bump.MINOR)
    yield {"tag": formats.tag(version), "words": "a feature of the fork"}
    for _ in range(3):
        version = version.bump(Bump.PATCH)
    yield {"tag": formats.tag(version), "words": "after three fixes"}
    version = version.on(_EXAMPLES[1])
    yield {"tag": formats.tag(version), "words": "an upstream sync: the fork's part stays"}
    version = version.bump(Bump.MINOR)
    yield {"tag": formats.tag(version), "words": "another feature"}
    yield {"tag": formats.tag(version.bump(Bump.MAJOR)), "words": "a breaking change of the fork"}


def _calculation(versions: Versions, formats: VersionFormat, version: ForkVersion) -> Iterator[Data]:
    kinds = (versions.bumps.patch, versions.bumps.minor, versions.bumps.patch)
    for types, what in zip(kinds, ("correct a check", "add streaming", "correct an error"), strict=True):
        if not types:
            continue
        subject = f"{types[0]}: {what}"
        following = version.bump(bump_of(parse(subject), versions.bumps))
        yield {"subject": subject, "before": version.own, "after": following.own, "tag": formats.tag(following)}
        version = following


def _commits(policy: Policy) -> Data:
    commits, bumps = policy.commits, policy.versions.bumps if policy.versions else None
    raised: dict[str, str] = {}
    if bumps is not None:
        for bump, types in (("major", bumps.major), ("minor", bumps.minor), ("patch", bumps.patch)):
            raised |= dict.fromkeys(types, bump)
    every = list(dict.fromkeys((*raised, *commits.types)))
    other = "none" if bumps is None else bumps.other
    examples = ((text, problems(parse(text), commits.types, commits.subject_max)) for text in (*_GOOD, *_BAD))
    return {
        "types": [{"type": each, "bump": raised.get(each, other), "allowed": each in commits.types} for each in every],
        "numbered": bumps is not None,
        "subject_max": commits.subject_max,
        "examples": [{"subject": text, "problems": list(found)} for text, found in examples],
    }


# Conflicts


def _rule(rule: Rule, policy: Policy) -> Data:
    return {
        "name": rule.name,
        "paths": list(rule.paths),
        "conditions": list(_conditions(rule)),
        "resolution": rule.resolve.value,
        "winner": _winner(rule.resolve.value, policy),
        "scope": rule.scope,
        "reason": rule.reason,
        "guidance": rule.guidance,
        "command": rule.command,
    }


def _conditions(rule: Rule) -> Iterator[str]:
    given: dict[str, Any] = {} if rule.when is None else to_builtins(rule.when)
    for name, value in given.items():
        words = (
            ", ".join(map(str, cast("list[object]", value))) if isinstance(value, list) else ("yes" if value else "no")
        )
        yield f"{name.replace('_', ' ')}: {words}"


def _winner(resolution: str, policy: Policy) -> str:
    return {
        "keep-fork": policy.fork.name,
        "accept-upstream": policy.upstream.name,
        "manual-review": "a person",
        "disable": "disabled",
        "remove": "removed",
        "regenerate": "made anew",
    }[resolution]


def _customization(customization: Customization) -> Data:
    return {
        "name": customization.name,
        "reason": customization.reason,
        "pull_requests": list(customization.pull_requests),
        "upstream": list(customization.upstream),
        "checked": customization.checked.isoformat() if customization.checked else None,
        "test": customization.test,
        "paths": list(dict.fromkeys(each.path for each in requirements([customization]))),
    }
