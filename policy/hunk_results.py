"""Conflicting hunks, given to a side one by one; what guards object to stays open for a person."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable

from msgspec import Struct

from .decisions import Loss
from .guards import Objection
from .hunks import LABELS, MARKER_SIZE, HunkMerge, Labels, Region, Winner
from .loss import lost_lines, returned_lines
from .markers import Marker, marked_numbers

Judge = Callable[[tuple[str, ...], Loss], Iterable[Objection]]
"""What speaks against giving a hunk to a side, from the fork's marked lines and all lines that would be lost."""


class OpenHunk(Struct, frozen=True):
    """A region that is left for a person, why, and the lines at stake."""

    region: Region
    reason: str
    at_stake: tuple[str, ...]


class HunkResult(Struct, frozen=True):
    """A merged text whose conflicts are decided but for those that are open."""

    merge: HunkMerge
    parts: tuple[bytes | OpenHunk, ...]
    lost: Loss
    """What the decided regions drop of either side."""
    returned: Loss
    """What either side removed, and the text has again though no region lost it: it merged cleanly."""

    @property
    def open(self) -> tuple[OpenHunk, ...]:
        """What is left for a person, in order."""
        return tuple(part for part in self.parts if isinstance(part, OpenHunk))

    @property
    def loss(self) -> Loss:
        """All that either side loses by what is decided."""
        return _sum([self.lost, self.returned])

    @property
    def reason(self) -> str:
        """How many hunks are left, and why; where several are, for how many lines in all."""
        total, left = len(self.merge.regions), self.open
        why = left[0].reason if len(left) == 1 else f"{len(self.at_stake)} lines at stake"
        return f"{len(left)} of {total} hunk{'' if total == 1 else 's'} left: {why}"

    @property
    def at_stake(self) -> tuple[str, ...]:
        """The lines at stake in what is left, hunk by hunk."""
        return tuple(line for each in self.open for line in each.at_stake)

    @property
    def content(self) -> bytes | None:
        """The whole text; None while regions are open."""
        done = [part for part in self.parts if isinstance(part, bytes)]
        return b"".join(done) if len(done) == len(self.parts) else None

    def with_markers(self, labels: Labels = LABELS, size: int = MARKER_SIZE) -> bytes:
        """The text with conflict markers around what is open, in git's zdiff3 style."""
        parts = (part.region if isinstance(part, OpenHunk) else part for part in self.parts)
        return self.merge.rendered(parts, labels, size)


def resolve(
    merge: HunkMerge, side: Winner, judge: Judge, markers: Collection[Marker] = (), *, untouched: bool = False
) -> HunkResult:
    """Give every conflicting region to a side, except where the judge objects.

    Args:
        merge: the merged text.
        side: who gets the regions.
        judge: what speaks against giving a region away.
        markers: what flags the fork's own lines; a block may begin outside a region.
        untouched: the fork holds no work of its own in this file, so that it can lose none.
    """
    marked = frozenset[int]() if untouched else _marked(merge, markers)
    parts: list[bytes | OpenHunk] = []
    losses: list[Loss] = []
    for part in merge.parts:
        if isinstance(part, bytes):
            parts.append(part)
            continue
        loss = _loss(part, side, untouched)
        objections = tuple(judge(_lost_marked(part, side, marked), loss))
        if objections:
            parts.append(_open(part, objections))
        else:
            parts.append(part.of(side))
            losses.append(loss)
    lost = _sum(losses)
    return HunkResult(merge, tuple(parts), lost, _returned(merge, parts, lost, untouched))


# Private


def _loss(region: Region, side: Winner, untouched: bool) -> Loss:
    """What either side loses when one gets the region: no more than what stands in it."""
    result = region.of(side)
    fork = () if untouched else lost_lines(region.base, region.fork, result)
    return Loss(fork, lost_lines(region.base, region.upstream, result))


def _returned(merge: HunkMerge, parts: Iterable[bytes | OpenHunk], lost: Loss, untouched: bool) -> Loss:
    """What comes back in all that is done, and is not among the lost lines already."""
    done = b"".join(part for part in parts if isinstance(part, bytes))
    fork = () if untouched else returned_lines(merge.base, merge.fork, merge.upstream, done)
    upstream = returned_lines(merge.base, merge.upstream, merge.fork, done)
    return Loss(_without(fork, lost.fork), _without(upstream, lost.upstream))


def _without(lines: tuple[str, ...], told: Collection[str] | None) -> tuple[str, ...]:
    return tuple(line for line in lines if line not in (told or ()))


def _sum(losses: list[Loss]) -> Loss:
    fork = tuple(line for loss in losses for line in loss.fork or ())
    return Loss(fork, tuple(line for loss in losses for line in loss.upstream or ()))


def _open(region: Region, objections: tuple[Objection, ...]) -> OpenHunk:
    reason = "; ".join(dict.fromkeys(each.reason for each in objections))
    return OpenHunk(region, reason, tuple(dict.fromkeys(line for each in objections for line in each.at_stake)))


def _marked(merge: HunkMerge, markers: Collection[Marker]) -> frozenset[int]:
    return marked_numbers(_lines(merge.fork), markers)


def _lost_marked(region: Region, side: Winner, marked: Collection[int]) -> tuple[str, ...]:
    """The fork's marked lines that the region has no more when a side gets it."""
    left = Counter(_lines(region.of(side)))
    lost: list[str] = []
    for number, line in enumerate(_lines(region.fork), region.fork_start):
        if not line or number not in marked:
            continue
        if left[line] > 0:
            left[line] -= 1
        else:
            lost.append(line)
    return tuple(lost)


def _lines(content: bytes) -> list[str]:
    """All lines, blank ones too, so that their numbers are the file's; without white space at their ends."""
    return [line.rstrip() for line in content.decode("utf-8", "surrogateescape").split("\n")]
