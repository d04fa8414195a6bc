"""Merging three trees path by path, with renames and directory renames followed as git follows them.

Only paths that a side changed are looked at: the others cannot matter. Every such path gets a slot; moves bring the
versions of one file together in one slot; then each slot is settled by itself.
"""

from functools import partial

from msgspec import Struct

from ..policy.facts import Entry, Kind, Versions
from ..policy.names import RepoPath, TreeId
from .contents import Contents, Merged
from .directory_renames import moved, nearest, parents
from .git.merging import blob_size, has_directory
from .renames import perhaps_renamed
from .sides import Side, read_sides
from .similarity import Fingerprints

FORK, UPSTREAM = 0, 1


class Slot(Struct):
    """The versions of a file that meet at a path, and every name that they come from."""

    base: Entry | None
    sides: list[Entry | None]
    """The fork's entry and upstream's."""
    names: set[RepoPath]
    conflict: Kind | None = None
    """Set where the names conflict, whatever the contents are."""
    called: Kind | None = None
    """What to call the conflict should the contents not merge."""
    followed: bool = False
    """Whether the versions are one file's, followed through a rename."""
    directory: str | None = None
    """The renamed directory that the file was found in."""
    possibly_renamed: bool = False

    @property
    def versions(self) -> Versions:
        """The three versions as they meet here."""
        return Versions(self.base, self.sides[FORK], self.sides[UPSTREAM])


class ThreeWay:
    """One merge of three trees, done when constructed.

    `slots` tells where the versions came from, `merged` what stands at each path in the end.
    """

    def __init__(self, contents: Contents, base: TreeId, fork: TreeId, upstream: TreeId) -> None:
        self._contents = contents
        repository = contents.scratch.repository
        self._fingerprints = Fingerprints(repository.read, partial(blob_size, repository))
        self.sides = read_sides(repository, base, fork, upstream, self._fingerprints)
        self.slots = _slots(*self.sides)
        self.original = {path: slot.versions for path, slot in self.slots.items()}
        self.moves: dict[RepoPath, RepoPath] = {}
        """Files in renamed directories, with the places that the directory renames suggest."""
        self.combined: list[RepoPath] = []
        """The paths where changes of both sides to contents met."""
        if not contents.depth:
            self._follow_directories()
        self._follow_renames()
        self.merged = {path: self._settle(path, slot) for path, slot in self.slots.items()}
        self._separate_files_from_directories()

    # Directory renames

    def _follow_directories(self) -> None:
        for one, other in ((FORK, UPSTREAM), (UPSTREAM, FORK)):
            places: dict[RepoPath, list[RepoPath]] = {}
            for path in sorted(self.sides[other].added):
                place = self._place(path, one, other)
                if place is not None:
                    places.setdefault(place, []).append(path)
            for place, paths in places.items():
                self._move_all(paths, place, other)

    def _place(self, path: RepoPath, one: int, other: int) -> RepoPath | None:
        """Where a file that one side added belongs, now that the other renamed its directory."""
        renamed = self.sides[one].directories.renamed
        directory = nearest(path, renamed)
        if directory is None:
            return path if nearest(path, self.sides[one].directories.split) else None
        # A directory that the adding side renamed itself: the file follows that rename instead.
        if renamed[directory] in self.sides[other].directories.renamed:
            return None
        return moved(path, directory, renamed[directory])

    def _move_all(self, paths: list[RepoPath], place: RepoPath, side: int) -> None:
        """Move an added file; where it cannot be moved, because the place is taken, it conflicts where it is."""
        if len(paths) == 1 and paths[0] != place and not self._is_taken(place, side):
            self._move(paths[0], place, side)
            return
        for path in paths:
            slot = self.slots[path]
            slot.conflict, slot.directory = Kind.DIRECTORY_RENAME, path.rpartition("/")[0]

    def _is_taken(self, place: RepoPath, side: int) -> bool:
        """Whether the side has a file or a directory at a place."""
        tree, repository = self.sides[side].tree, self._contents.scratch.repository
        return repository.entry(tree, place) is not None or has_directory(repository, tree, place)

    def _move(self, path: RepoPath, place: RepoPath, side: int) -> None:
        slot = self.slots[path]
        target = self.slots.setdefault(place, Slot(None, [None, None], {place}))
        target.sides[side], slot.sides[side] = slot.sides[side], None
        target.conflict, target.directory = Kind.DIRECTORY_RENAME, path.rpartition("/")[0]
        target.names.add(path)
        self.moves[path] = place
        renames = self.sides[side].renames
        renames.update({old: place for old, new in renames.items() if new == path})

    # Renames

    def _follow_renames(self) -> None:
        fork, upstream = (side.renames for side in self.sides)
        for old in sorted(fork.keys() | upstream.keys()):
            targets = fork.get(old), upstream.get(old)
            if targets[FORK] == targets[UPSTREAM]:
                self._renamed_alike(old, fork[old])
            elif None not in targets:
                self._renamed_apart(old, fork[old], upstream[old])
            elif old in fork:
                self._renamed_once(old, fork[old], FORK)
            else:
                self._renamed_once(old, upstream[old], UPSTREAM)

    def _renamed_alike(self, old: RepoPath, new: RepoPath) -> None:
        target = self.slots[new]
        target.base, target.followed = self.slots[old].base, True
        target.names.add(old)
        self._retire(old)

    def _renamed_apart(self, old: RepoPath, fork_name: RepoPath, upstream_name: RepoPath) -> None:
        source, fork, upstream = self.slots[old], self.slots[fork_name], self.slots[upstream_name]
        fork.sides[FORK] = upstream.sides[UPSTREAM] = self._merge_renamed(
            old, source.base, fork.sides[FORK], upstream.sides[UPSTREAM]
        )
        for slot in (source, fork, upstream):
            slot.conflict = slot.conflict or Kind.RENAME_RENAME
            slot.names |= {old, fork_name, upstream_name}

    def _renamed_once(self, old: RepoPath, new: RepoPath, side: int) -> None:
        source, target, other = self.slots[old], self.slots[new], 1 - side
        remaining, renamed = source.sides[other], target.sides[side]
        changed_type = bool(remaining and renamed and remaining.is_file != renamed.is_file)
        if changed_type:
            # The other side put something else in the file's place: that stays there, and the file was deleted.
            target.base, target.followed = source.base, True
            if new in self.sides[other].renames.values():
                target.conflict = target.conflict or Kind.RENAME_RENAME
            elif target.sides[other] is None:
                target.conflict = target.conflict or Kind.SYMLINK
            source.base = None
            return
        target.names.add(old)
        if target.sides[other]:
            self._collide(old, new, side)
        elif remaining is None:
            target.base, target.conflict = source.base, target.conflict or Kind.RENAME_DELETE
        else:
            target.base, target.sides[other], target.followed = source.base, remaining, True
        self._retire(old)

    def _collide(self, old: RepoPath, new: RepoPath, side: int) -> None:
        """The other side has a file of its own at the new name."""
        source, target, other = self.slots[old], self.slots[new], 1 - side
        renamed_too = new in self.sides[other].renames.values()
        target.called = Kind.RENAME_RENAME if renamed_too else Kind.RENAME_ADD
        if source.sides[other] is None:
            target.conflict = target.conflict or Kind.RENAME_DELETE
            return
        versions = list(source.sides)
        versions[side] = target.sides[side]
        target.sides[side] = self._merge_renamed(old, source.base, *versions)

    def _merge_renamed(
        self, path: RepoPath, base: Entry | None, fork: Entry | None, upstream: Entry | None
    ) -> Entry | None:
        """Merge a renamed file before it meets another one; conflict markers in it nest."""
        if fork is None or upstream is None:
            return fork or upstream
        return self._contents.merge(path, base, fork, upstream, nested=1).entry

    def _retire(self, path: RepoPath) -> None:
        """Leave nothing at a name whose file has moved."""
        self.slots[path] = Slot(self.slots[path].base, [None, None], {path})

    # Contents

    def _settle(self, path: RepoPath, slot: Slot) -> Merged:
        fork, upstream = slot.sides
        if slot.conflict:
            return Merged(self._left_at(path, slot), slot.conflict)
        if upstream in (fork, slot.base):
            return Merged(fork)
        if fork == slot.base:
            return Merged(upstream)
        if fork is None or upstream is None:
            slot.possibly_renamed = self._perhaps_renamed(path, slot)
            return Merged(self._left_at(path, slot), Kind.MODIFY_DELETE)
        self.combined.append(path)
        merged = self._contents.merge(path, slot.base, fork, upstream)
        return Merged(merged.entry, merged.kind and (slot.called or merged.kind))

    def _left_at(self, path: RepoPath, slot: Slot) -> Entry | None:
        """What git leaves at a path whose names conflict."""
        fork, upstream = slot.sides
        if fork and upstream:
            return self._contents.merge(path, slot.base, fork, upstream).entry
        return slot.base if self._contents.depth and slot.base else fork or upstream

    def _perhaps_renamed(self, path: RepoPath, slot: Slot) -> bool:
        if self._contents.depth or slot.base is None:
            return False
        deleting = self.sides[UPSTREAM if slot.sides[FORK] else FORK]
        return perhaps_renamed(path, slot.base, deleting.added, deleting.renames.values(), self._fingerprints)

    def _separate_files_from_directories(self) -> None:
        """A file cannot stand where the other side has a directory."""
        present = [path for path, merged in self.merged.items() if merged.entry]
        directories = {each for path in present for each in parents(path)}
        for path in [path for path in present if path in directories]:
            self.merged[path] = Merged(self.merged[path].entry, Kind.FILE_DIRECTORY)
            below = (each for each in present if each.startswith(f"{path}/"))
            self.slots[path].names.update(below)


# Private


def _slots(fork: Side, upstream: Side) -> dict[RepoPath, Slot]:
    slots = {path: Slot(old, [new, old], {path}) for path, (old, new) in fork.changes.items()}
    for path, (old, new) in upstream.changes.items():
        slots.setdefault(path, Slot(old, [old, old], {path})).sides[UPSTREAM] = new
    return slots
