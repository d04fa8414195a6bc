"""The lines of the table: what was measured, beside the bar that it has to keep."""

from dataclasses import dataclass

from .measure import Comparison

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line; `bar` is the most that `value` may be."""

    what: str
    value: float
    bar: float
    unit: str
    detail: str = ""

    def __str__(self) -> str:
        """The line as printed."""
        mark = "ok  " if self.value <= self.bar else "OVER"
        figure, bar = f"{self.value:.2f} {self.unit}", f"{self.bar:g} {self.unit}"
        return f"{mark} {self.what:<52} {figure:>10}  at most {bar:<7} {self.detail}"


def ratio(what: str, both: Comparison, bar: float) -> Row:
    """How many times the reference's seconds the subject takes."""
    return Row(what, both.ratio, bar, "x", seconds(both))


def memory(what: str, peak: int, bar: float) -> Row:
    """The peak of a process's memory; `peak` in bytes, `bar` in megabytes."""
    return Row(what, peak / MEGABYTE, bar, "MB")


def seconds(both: Comparison) -> str:
    """What a comparison's ratio was made of."""
    return f"{both.subject.seconds:.3f} s to {both.reference.seconds:.3f} s"
