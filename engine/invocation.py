"""Commands as people are to type them: with the options that they gave, so that they work where people stand.

Findings, hints and steps say `forkpolicy plan`, and `git fetch`: the same for everybody. Where one is printed for the
person at the terminal, `Invocation` adds what that person's own command had; this is the one place that does.
"""

import re
from pathlib import Path

from msgspec import Struct

from .escape import shell

_BEGINS = r"(?:^|(?<=[:;] )|(?<=&& )|(?<=[(`]))"
_FORKPOLICY = re.compile(_BEGINS + r"forkpolicy (?=[a-z])(?!demo )", re.MULTILINE)
_GIT = re.compile(_BEGINS + r"git (?=[a-z])(?!clone |config --global |help )", re.MULTILINE)


PROGRAMS = ("forkpolicy ", "git ", "rm ")
"""How a text begins that is a command as it stands, and no sentence about one."""


class Invocation(Struct, frozen=True):
    """The options that the user gave before the command."""

    directory: Path = Path()
    policy: Path | None = None
    policy_ref: str | None = None

    def complete(self, text: str) -> str:
        """The text, where every command in it works from where the user stands."""
        there = "" if self.directory == Path() else f"-C {shell(str(self.directory))} "
        own = f"forkpolicy {there}{self._of_policy()}"
        return _GIT.sub(lambda _: f"git {there}", _FORKPOLICY.sub(lambda _: own, text))

    def _of_policy(self) -> str:
        file = "" if self.policy is None else f"--policy {shell(str(self.policy))} "
        return file + ("" if self.policy_ref is None else f"--policy-ref {shell(self.policy_ref)} ")
