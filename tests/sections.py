"""Sections of a policy from plain data, for tests that need no file."""

from typing import TypeVar

from forkpolicy.policy.conversion import convert
from forkpolicy.policy.judge import errors
from forkpolicy.policy.section import Section

SectionT = TypeVar("SectionT", bound=Section)


def made(kind: type[SectionT], data: object) -> SectionT:
    """The section; fails with all that is wrong where there is none."""
    section = convert(data, kind)
    assert section is not None, errors(data, kind)
    return section
