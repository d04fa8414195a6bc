"""Runs whole processes and says what they cost: wall time, and the peak of their memory."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

Command = Sequence[str]

# The unit of `ru_maxrss` is the one thing that systems do not agree on.
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


class CommandError(Exception):
    """A measured command ended in a way that makes its cost meaningless."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What processes run one after another cost: their seconds in sum, the largest peak in bytes."""

    seconds: float
    peak: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The median costs of two ways to do a thing, measured by turns."""

    subject: Cost
    reference: Cost

    @property
    def ratio(self) -> float:
        """How many times the reference's seconds the subject takes."""
        return self.subject.seconds / self.reference.seconds


def compare(subject: Sequence[Command], reference: Sequence[Command], rounds: int) -> Comparison:
    """Measure two sequences of commands by turns, so that what slows the machine slows both.

    Raises:
        CommandError: a command failed.
    """
    measured = by_turns([subject, reference], rounds)
    return Comparison(_middle([pair[0] for pair in measured]), _middle([pair[1] for pair in measured]))


def by_turns(
    sequences: Sequence[Sequence[Command]], rounds: int, before: Callable[[], None] = lambda: None
) -> list[list[Cost]]:
    """What sequences of commands cost, round by round; `before` is called before every round.

    One round goes first and is thrown away: it fills the caches.

    Raises:
        CommandError: a command failed.
    """
    measured: list[list[Cost]] = []
    for _ in range(rounds + 1):
        before()
        measured.append([cost_of(commands) for commands in sequences])
    return measured[1:]


def cost_of(commands: Sequence[Command]) -> Cost:
    """Run commands one after another.

    Raises:
        CommandError: a command failed.
    """
    costs = [_run(command) for command in commands]
    return Cost(sum(each.seconds for each in costs), max(each.peak for each in costs))


def _run(command: Command) -> Cost:
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=_environment()
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if not _succeeded(command, process.returncode):
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()
            raise CommandError(f"exit {process.returncode}: {' '.join(command)}\n{said}")
    return Cost(seconds, usage.ru_maxrss * _MAXRSS_UNIT)


def _environment() -> dict[str, str]:
    # a shell that forbids Python to keep compiled modules would make every run compile them again
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _succeeded(command: Command, code: int) -> bool:
    # merge-tree answers 1 where there are conflicts, which is what it is asked for here
    return code == 0 or (code == 1 and "merge-tree" in command)


def _middle(costs: list[Cost]) -> Cost:
    return Cost(median(each.seconds for each in costs), max(each.peak for each in costs))
