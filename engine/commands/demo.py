"""`forkpolicy demo`: a small fork to play with, and the plan of its sync."""

import tempfile
from pathlib import Path

from msgspec.structs import replace

from ..console import Output, say
from ..demo import make_demo
from ..invocation import Invocation
from . import plan


def run(output: Output, directory: Path | None) -> int:
    """Make the fork, plan its sync, and say where it lies."""
    place = directory or Path(tempfile.mkdtemp(prefix="forkpolicy-demo-"))
    make_demo(place)
    there = Invocation(place)
    code = plan.run(_In(place), plan.Request(), replace(output, invocation=there), onto=None, detailed_exitcode=False)
    say(f"\nThe fork lies in {place}, to play with:  {there.complete('forkpolicy explain widget/login.py')}")
    return code


class _In:
    """The options of a command that works in another place, with the policy that lies there."""

    policy = None
    policy_ref = None

    def __init__(self, directory: Path) -> None:
        self.directory = directory
