"""The four demands of customizations."""

import pytest

from forkpolicy.policy.customizations import Demand, Requirement, requirements
from forkpolicy.policy.names import RepoPath

from .conflicts import policy

PATH = RepoPath("a.py")


@pytest.mark.parametrize(
    ("demand", "text", "holding", "failing"),
    [
        (Demand.CONTAIN, "uuid4().hex", [b"x = uuid4().hex\n"], [b"", b"uuid4()", None]),
        (Demand.MATCH, r"^x = \d+$", [b"y\nx = 1\nz\n"], [b"  x = 1\n", None]),
        (Demand.NOT_CONTAIN, "workflow_run:", [b"", b"push:\n", None], [b"on:\n  workflow_run:\n"]),
        (Demand.EXIST, "", [b"", b"\0"], [None]),
    ],
)
def test_demands(demand: Demand, text: str, holding: list[bytes | None], failing: list[bytes | None]) -> None:
    requirement = Requirement("name", demand, PATH, text)
    assert all(requirement.holds(content) for content in holding)
    assert not any(requirement.holds(content) for content in failing)


def test_bytes_that_are_no_utf_8_do_no_harm() -> None:
    assert Requirement("name", Demand.CONTAIN, PATH, "kept").holds(b"\xff kept \xfe")


def test_requirements_come_in_the_order_of_the_policy_and_say_what_they_want() -> None:
    loaded = policy(
        customizations=[
            {
                "name": "one",
                "must_contain": [{"path": "a.py", "text": "x"}],
                "must_match": [{"path": "b.py", "pattern": "^y"}],
                "must_not_contain": [{"path": "c.py", "text": "z"}],
            },
            {"name": "two", "must_exist": ["d.py"]},
        ]
    )
    found = list(requirements(loaded.customizations))
    assert [each.customization for each in found] == ["one", "one", "one", "two"]
    assert [each.wanted for each in found] == [
        "a.py must contain: x",
        "b.py must match: ^y",
        "c.py must not contain: z",
        "d.py must exist",
    ]
