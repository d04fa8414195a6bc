"""What a resolution leaves at every path of a conflict, and what each side loses by it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from .decisions import Loss, Resolution
from .facts import ConflictFacts, Entry, FileFacts, Versions
from .loss import lost_lines
from .names import BlobId, RepoPath

Read = Callable[[BlobId], bytes]
"""Reads a blob's content."""

_SIDES = {Resolution.KEEP_FORK: "fork", Resolution.ACCEPT_UPSTREAM: "upstream"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What stands at every path of a conflict when a side's result is taken; None for absence."""

    results: Mapping[RepoPath, Entry | None]
    loss: Loss


def side_of(resolution: Resolution) -> str | None:
    """The side whose result a resolution takes: `fork`, `upstream`, or None where it takes neither whole."""
    return _SIDES.get(resolution)


def side_results(facts: ConflictFacts, side: str) -> dict[RepoPath, Entry | None]:
    """A side's entry, or its absence, at every path of a conflict.

    Where one side renamed a file and the contents conflict, the file stands at the merged path alone.
    """
    conflict = facts.conflict
    if conflict.follows_rename:
        return {path: _entry(conflict.files[path], side) if path == conflict.path else None for path in conflict.paths}
    return {path: _entry(versions, side) for path, versions in conflict.files.items()}


def files_with_results(facts: ConflictFacts) -> tuple[FileFacts, ...]:
    """The files of a conflict that get a result: each, but of a file that one side renamed only the merged name."""
    conflict = facts.conflict
    return tuple(each for each in facts.files if not conflict.follows_rename or each.path == conflict.path)


def outcome(facts: ConflictFacts, side: str, read: Read) -> Outcome:
    """Take one side's result at every path, and count what either side loses."""
    results = side_results(facts, side)
    files = files_with_results(facts)
    changed = [each for each in files if each.untouched is None]  # else the fork has no work of its own there
    return Outcome(
        results, Loss(_side_loss("fork", changed, results, read), _side_loss("upstream", files, results, read))
    )


def _entry(versions: Versions, side: str) -> Entry | None:
    return versions.fork if side == "fork" else versions.upstream


def _side_loss(
    side: str, files: Iterable[FileFacts], results: Mapping[RepoPath, Entry | None], read: Read
) -> tuple[str, ...] | None:
    """The lines that one side loses in all files; None where lines cannot be told."""
    lost: list[str] = []
    for file in files:
        lines = _lost(file, _entry(file.versions, side), results[file.path], read)
        if lines is None:
            return None
        lost.extend(lines)
    return tuple(lost)


def _lost(file: FileFacts, side: Entry | None, result: Entry | None, read: Read) -> tuple[str, ...] | None:
    """The lines of one side's work that a result drops; None where lines cannot be told."""
    base = file.versions.base
    if side in (base, result):
        return ()
    if file.binary or any(entry is not None and entry.is_submodule for entry in (base, side, result)):
        return None
    contents = (None if entry is None else read(entry.id) for entry in (base, side, result))
    return (*_lost_mode(base, side, result), *lost_lines(*contents))


def _lost_mode(base: Entry | None, side: Entry | None, result: Entry | None) -> tuple[str, ...]:
    """A side's change of mode that the result does not have; a file that disappears takes it along."""
    if side is None or (result is not None and result.mode == side.mode):
        return ()
    unchanged = result is None if base is None else side.mode == base.mode
    return () if unchanged else (f"(mode {side.mode:o})",)
