"""What a resolution leaves at every path that it decides, and what each side loses by it."""

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from .decisions import Loss, Resolution
from .facts import Conflict, ConflictFacts, Entry, FileFacts, Versions
from .hunks import Winner
from .loss import is_binary, lost_lines, returned_lines
from .models import Rule
from .names import RepoPath
from .store import Side, Store


class Settled(Struct, frozen=True):
    """One file with what it becomes: the versions that met, and the entry that stands at the path in the end."""

    path: RepoPath
    versions: Versions
    result: Entry | None
    untouched: bool = False
    """The fork holds no work of its own there, so it cannot lose any."""
    guarded: bool = True
    """Whether `may_lose` has a say: not where the rule itself says that the content is another's, or made anew."""


class Outcome(Struct, frozen=True):
    """What stands at every path that a resolution decides; None for absence."""

    results: Mapping[RepoPath, Entry | None]
    settled: tuple[Settled, ...]
    """The files whose content is at stake."""

    @property
    def guarded(self) -> "Outcome":
        """The part of it that `may_lose` has a say in."""
        return replace(self, settled=tuple(each for each in self.settled if each.guarded))


def is_automatic(resolution: Resolution) -> bool:
    """Whether a resolution says what the result is, so that nobody has to."""
    return resolution is not Resolution.MANUAL_REVIEW


def winner_of(resolution: Resolution) -> Winner:
    """The side that gets what conflicts. What is made anew has upstream's as a placeholder."""
    return "fork" if resolution is Resolution.KEEP_FORK else "upstream"


def outcome(facts: ConflictFacts, resolution: Resolution, rule: Rule | None, store: Store) -> Outcome:
    """Carry out a resolution on every path of a conflict, or of what git merges by itself."""
    if resolution is Resolution.REMOVE:
        return _of_files(facts, dict.fromkeys(facts.conflict.paths))
    if resolution is Resolution.DISABLE and rule is not None:
        return _disabled(facts, rule, store)
    if facts.conflict.moves and rule is not None and rule.moves is not None:
        return Outcome(_moved(facts.conflict, follow=rule.moves == "follow"), ())  # contents stay whole
    made_anew = resolution is Resolution.REGENERATE
    return _of_files(facts, _side_results(facts, winner_of(resolution)), guarded=not made_anew)


def loss_of(result: Outcome, store: Store) -> Loss:
    """What either side loses by an outcome, in lines; None where lines cannot be told."""
    fork = [each for each in result.settled if not each.untouched]  # else the fork has no work of its own there
    return Loss(
        _joined(_lost(each, each.versions.fork, store) for each in fork),
        _joined(_lost(each, each.versions.upstream, store) for each in result.settled),
    )


def merge_loss(result: Outcome, store: Store) -> Loss:
    """What either side loses where git merged by itself: the lines that it removed and that come back."""
    return Loss(
        tuple(line for each in result.settled for line in returned_to_fork(each, store)),
        tuple(line for each in result.settled for line in _returned(each, each.versions.upstream, store)),
    )


def returned_to_fork(file: Settled, store: Store) -> tuple[str, ...]:
    """The lines that the fork removed from a file, and that come back where git merged it by itself."""
    return () if file.untouched else _returned(file, file.versions.fork, store)


def files_with_results(facts: ConflictFacts) -> tuple[FileFacts, ...]:
    """The files of a conflict that get a result: each, but of a file that one side renamed only the merged name."""
    conflict = facts.conflict
    return tuple(each for each in facts.files if not conflict.follows_rename or each.path == conflict.path)


def merged_file(facts: ConflictFacts) -> FileFacts | None:
    """The one file that a conflict is about; None where it is about several."""
    files = files_with_results(facts)
    return files[0] if len(files) == 1 else None


def merged_outcome(facts: ConflictFacts, result: Entry | None) -> Outcome:
    """What git's own merge leaves of a file."""
    files = files_with_results(facts)
    settled = (Settled(file.path, file.versions, result, file.untouched is not None) for file in files)
    return Outcome({facts.conflict.path: result}, tuple(settled))


# Private


def _of_files(facts: ConflictFacts, results: Mapping[RepoPath, Entry | None], *, guarded: bool = True) -> Outcome:
    settled = (
        Settled(file.path, file.versions, results[file.path], file.untouched is not None, guarded)
        for file in files_with_results(facts)
    )
    return Outcome(results, tuple(settled))


def _side_results(facts: ConflictFacts, side: str) -> dict[RepoPath, Entry | None]:
    """A side's entry, or its absence, at every path of a conflict.

    Where one side renamed a file and the contents conflict, the file stands at the merged path alone.
    """
    conflict = facts.conflict
    if conflict.follows_rename:
        merged = conflict.files[conflict.path]
        return {path: _entry(merged, side) if path == conflict.path else None for path in conflict.paths}
    return {path: _entry(versions, side) for path, versions in conflict.files.items()}


def can_move(conflict: Conflict) -> bool:
    """Whether every file of a renamed folder is a new one of one side, and its place under the new name is free."""
    places = set(conflict.moves.values())
    return bool(conflict.moves) and all(
        versions.is_empty
        or (path in conflict.moves and path not in places and None in (versions.fork, versions.upstream))
        for path, versions in conflict.files.items()
    )


def _moved(conflict: Conflict, *, follow: bool) -> dict[RepoPath, Entry | None]:
    """The new files of a renamed folder, in one of the two places that each has."""
    results: dict[RepoPath, Entry | None] = dict.fromkeys(conflict.paths)
    for old, new in conflict.moves.items():
        versions = conflict.files[old]
        results[new if follow else old] = versions.fork or versions.upstream
    return results


def _disabled(facts: ConflictFacts, rule: Rule, store: Store) -> Outcome:
    """No active file; beside it, under the suffix, the copy that the rule wants."""
    results: dict[RepoPath, Entry | None] = {}
    settled: list[Settled] = []
    untouched = {file.path for file in facts.files if file.untouched is not None}
    made_of = {copy.path: copy.made_of for copy in facts.copies}
    for active in dict.fromkeys(_active(path, rule.suffix, store) for path in facts.conflict.paths):
        base, fork, upstream = (store.entry(side, active) for side in _TREES)
        if (base, upstream) == (None, None) and active.endswith(rule.suffix):
            results[active] = fork  # the fork's own, or the copy of what upstream has no more
            continue
        disabled = RepoPath(f"{active}{rule.suffix}")
        kept = store.entry("fork", disabled)
        copy = {"follow": upstream, "keep": kept, "none": None}[rule.copy_]
        results |= {active: None, disabled: copy}
        origin = Versions(made_of.get(disabled) or base, kept, upstream)
        no_work = kept in (None, origin.base)
        settled.append(Settled(disabled, origin, copy, no_work, rule.copy_ != "follow"))
        settled.append(Settled(active, Versions(base, fork, None), None, active in untouched))
    return Outcome(results, tuple(settled))


_TREES: tuple[Side, ...] = ("base", "fork", "upstream")


def _active(path: RepoPath, suffix: str, store: Store) -> RepoPath:
    """The name of the active file: without the suffix, where any side has a file of that name."""
    bare = RepoPath(path.removesuffix(suffix))
    return bare if any(store.entry(side, bare) for side in _TREES) else path


def _entry(versions: Versions, side: str) -> Entry | None:
    return versions.fork if side == "fork" else versions.upstream


def _joined(losses: Iterable[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    found: list[str] = []
    for lines in losses:
        if lines is None:
            return None
        found.extend(lines)
    return tuple(found)


def _returned(file: Settled, side: Entry | None, store: Store) -> tuple[str, ...]:
    """The lines that a side removed and that come back; none where a side has the base's entry, and in no binary."""
    base, fork, upstream = file.versions.entries
    other = upstream if side is fork else fork
    entries = [each for each in (base, side, other, file.result) if each is not None and each.is_file]
    if len(entries) < 4 or base in (fork, upstream):
        return ()
    contents = [store.read(each.id) for each in entries]
    return () if any(map(is_binary, contents)) else returned_lines(*contents)


def _lost(file: Settled, side: Entry | None, store: Store) -> tuple[str, ...] | None:
    """The lines of one side's work that a result drops; None where lines cannot be told."""
    base, result = file.versions.base, file.result
    if side in (base, result):
        return ()
    entries = (base, side, result)
    if any(entry is not None and entry.is_submodule for entry in entries):
        return None
    contents = tuple(None if entry is None else store.read(entry.id) for entry in entries)
    if any(content is not None and is_binary(content) for content in contents):
        return None
    return (*_lost_mode(base, side, result), *lost_lines(*contents))


def _lost_mode(base: Entry | None, side: Entry | None, result: Entry | None) -> tuple[str, ...]:
    """A side's change of mode that the result does not have; a file that disappears takes it along."""
    if side is None or (result is not None and result.mode == side.mode):
        return ()
    unchanged = result is None if base is None else side.mode == base.mode
    return () if unchanged else (f"(mode {side.mode:o})",)
