"""What a plan makes of things in production's tree that are no files: symbolic links, submodules."""

from datetime import UTC, datetime
from typing import Any

import pytest

from forkpolicy.engine.fork import Fork
from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.plan import Plan
from forkpolicy.engine.planner import Request, make_plan
from forkpolicy.engine.provenance import PolicySource
from tests.builder import RepositoryBuilder, lines
from tests.policy.conflicts import policy

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def planned(built: RepositoryBuilder, *rules: dict[str, Any], **policy_parts: Any) -> Plan:
    """The plan of v9.0 into `prod`, cross-checked with git."""
    fork = Fork.of(Repository.open(built.path), policy(*rules, **policy_parts))
    return make_plan(fork, PolicySource("x", None, ""), Request("v9.0", "always"), NOW)


@pytest.mark.parametrize(("mode", "conflicts"), [(0o100644, 0), (0o120000, 1)], ids=["file", "symbolic link"])
def test_attributes_are_read_from_a_file_only_as_git_does(
    repository: RepositoryBuilder, mode: int, conflicts: int
) -> None:
    base = repository.on().write("f", lines(1, 9)).write(".gitattributes", "* merge=union", mode).commit()
    repository.branch("prod", repository.on(base).write("f", lines(1, 9, l5="fork")).commit())
    repository.tag("v9.0", repository.on(base).write("f", lines(1, 9, l5="upstream")).commit())
    plan = planned(repository)
    assert len(plan.conflicts) == conflicts
    assert plan.cross_check.agrees


def test_a_symbolic_link_below_the_root_is_no_attributes_file(repository: RepositoryBuilder) -> None:
    base = repository.on().write("d/f", lines(1, 9)).link("d/.gitattributes", "../attributes").commit()
    repository.branch("prod", repository.on(base).write("d/f", lines(1, 9, l1="fork")).commit())
    repository.tag("v9.0", repository.on(base).write("d/f", lines(1, 9, l9="upstream")).commit())
    assert not [each for each in planned(repository).findings if each.rule == "merge-attributes"]


def test_a_rule_may_decide_a_submodule_that_must_exist(repository: RepositoryBuilder) -> None:
    base = repository.on().submodule("vendor", "a" * 40).commit()
    repository.branch("prod", repository.on(base).submodule("vendor", "b" * 40).commit())
    repository.tag("v9.0", repository.on(base).submodule("vendor", "c" * 40).commit())
    rule = {"name": "vendor", "paths": ["/vendor"], "resolve": "accept-upstream", "may_lose": "all"}
    plan = planned(repository, rule, customizations=[{"name": "vendored", "must_exist": ["vendor"]}])
    assert [each.needs_person for each in plan.decisions] == [False]
    assert [each.survives for each in plan.customizations] == [True]
