"""Hypothesis strategies: small histories in which a fork and its upstream change the same few files."""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from forkpolicy.engine.directory_renames import parents
from forkpolicy.policy.names import CommitId
from tests.builder import EXECUTABLE, FILE, SUBMODULE, SYMLINK, RepositoryBuilder

PATHS = (
    "a.txt",
    "b.txt",
    "d/a.txt",
    "d/b.txt",
    "d/e/c.txt",
    "d/e/f.txt",
    "x/a.txt",
    "x/y",
    "x/y/z.txt",
    "q",
    "caf\udce9.txt",
    "d/\u00fc.bin",
)
FOLDERS = ("d/", "d/e/", "x/", "n/", "n/m/")
ATTRIBUTES = (b"*.txt merge=union\n", b"a.txt -merge\nd/** merge=binary\n", b"*.bin binary\n")

Snapshot = dict[str, tuple[int, bytes]]
"""The mode and the content of every path; a submodule's content is its commit."""


@dataclass(frozen=True)
class Edit:
    """One change to a snapshot: which, and two numbers to choose with."""

    what: str
    where: int
    how: int


@dataclass(frozen=True)
class History:
    """A base and what either side does to it; where they had crossed before, also what they did until then."""

    base: Snapshot
    fork: list[Edit]
    upstream: list[Edit]
    crossed: tuple[list[Edit], list[Edit]] | None = None
    attributes: bytes | None = None

    def build(self, repository: RepositoryBuilder) -> tuple[CommitId, CommitId]:
        """Write the history; the tips of the fork and of upstream."""
        root = _commit(repository, self.base)
        fork = upstream = root
        fork_files, upstream_files = self.base, self.base
        if self.crossed:
            fork_files, upstream_files = (edited(self.base, edits) for edits in self.crossed)
            one, other = _commit(repository, fork_files, root), _commit(repository, upstream_files, root)
            fork = _commit(repository, fork_files, one, other)
            upstream = _commit(repository, upstream_files, other, one)
        return (
            _commit(repository, edited(fork_files, self.fork), fork),
            _commit(repository, edited(upstream_files, self.upstream), upstream),
        )


def edited(files: Snapshot, edits: list[Edit]) -> Snapshot:
    """A snapshot after some changes; a change that finds nothing to change does nothing."""
    for edit in edits:
        files = _EDITS[edit.what](files, edit)
        folders = {folder for path in files for folder in parents(path)}
        files = {path: file for path, file in files.items() if path not in folders}
    return files


def _commit(repository: RepositoryBuilder, files: Snapshot, *parents: CommitId) -> CommitId:
    change = repository.on(*parents).clear()
    for path, (mode, content) in sorted(files.items()):
        if mode == SUBMODULE:
            change.submodule(path, content.decode())
        else:
            change.write(path, content, mode)
    return change.commit()


# Changes


def _pick(files: Snapshot, number: int) -> str | None:
    return sorted(files)[number % len(files)] if files else None


def _text(seed: int) -> bytes:
    return b"".join(b"%d: line number %d of text %d\n" % (number * seed, number, seed) for number in range(12))


def _lines(change: Callable[[list[bytes], int, bytes], list[bytes]]) -> Callable[[Snapshot, Edit], Snapshot]:
    """An edit of a file's lines, from a function of the lines, a line number and a new line."""

    def apply(files: Snapshot, edit: Edit) -> Snapshot:
        path = _pick(files, edit.where)
        if path is None or files[path][0] not in (FILE, EXECUTABLE):
            return files
        lines = files[path][1].splitlines(keepends=True)
        new = b"".join(change(lines, edit.how % (len(lines) + 1), b"new %d\n" % edit.how))
        return files | {path: (files[path][0], new)}

    return apply


def _entry(change: Callable[[int, bytes, int], tuple[int, bytes]]) -> Callable[[Snapshot, Edit], Snapshot]:
    """An edit of an entry, from a function of its mode, its content and a number."""

    def apply(files: Snapshot, edit: Edit) -> Snapshot:
        path = _pick(files, edit.where)
        return files if path is None else files | {path: change(*files[path], edit.how)}

    return apply


def _delete(files: Snapshot, edit: Edit) -> Snapshot:
    gone = _pick(files, edit.where)
    return {path: file for path, file in files.items() if path != gone}


def _add(files: Snapshot, edit: Edit) -> Snapshot:
    return files | {PATHS[edit.where % len(PATHS)]: (FILE, _text(edit.how))}


def _rename(files: Snapshot, edit: Edit) -> Snapshot:
    old, new = _pick(files, edit.where), PATHS[edit.how % len(PATHS)]
    return {new if path == old else path: file for path, file in files.items()}


def _rename_folder(files: Snapshot, edit: Edit) -> Snapshot:
    old, new = FOLDERS[edit.where % len(FOLDERS)], FOLDERS[edit.how % len(FOLDERS)]
    return {new + path[len(old) :] if path.startswith(old) else path: file for path, file in files.items()}


def _add_to_folder(files: Snapshot, edit: Edit) -> Snapshot:
    return files | {f"{FOLDERS[edit.where % len(FOLDERS)]}new{edit.how % 2}.txt": (FILE, _text(edit.how + 50))}


def _file_to_folder(files: Snapshot, edit: Edit) -> Snapshot:
    old = _pick(files, edit.where)
    return {f"{path}/inside.txt" if path == old else path: file for path, file in files.items()}


def _change_mode(mode: int, content: bytes, _: int) -> tuple[int, bytes]:
    return {FILE: EXECUTABLE, EXECUTABLE: FILE}.get(mode, mode), content


_EDITS: dict[str, Callable[[Snapshot, Edit], Snapshot]] = {
    "change a line": _lines(lambda lines, at, new: [*lines[:at], new, *lines[at + 1 :]]),
    "insert a line": _lines(lambda lines, at, new: [*lines[:at], new, *lines[at:]]),
    "delete a line": _lines(lambda lines, at, _: [*lines[:at], *lines[at + 1 :]]),
    "convert line ends": _lines(lambda lines, _at, _new: [line.rstrip(b"\r\n") + b"\r\n" for line in lines]),
    "spoil encoding": _lines(lambda lines, at, new: [*lines[:at], b"caf\xe9 " + new, *lines[at:]]),
    "make binary": _lines(lambda lines, _, new: [b"\0" + new, *lines]),
    "change mode": _entry(_change_mode),
    "make a link": _entry(lambda _mode, _content, how: (SYMLINK, b"target%d" % (how % 3))),
    "make a submodule": _entry(lambda _mode, _content, how: (SUBMODULE, b"%040x" % (how % 3 + 1))),
    "empty": _entry(lambda _mode, _content, _how: (FILE, b"")),
    "delete": _delete,
    "add": _add,
    "rename": _rename,
    "rename a folder": _rename_folder,
    "add to a folder": _add_to_folder,
    "file to folder": _file_to_folder,
}

# Strategies

_number = st.integers(0, 11)
edits = st.lists(st.builds(Edit, st.sampled_from(sorted(_EDITS)), _number, _number), max_size=5)
snapshots = st.dictionaries(
    st.sampled_from([path for path in PATHS if path != "x/y"]),
    st.tuples(st.just(FILE), st.builds(_text, _number)),
    min_size=1,
    max_size=8,
)
histories = st.builds(
    History,
    base=snapshots,
    fork=edits,
    upstream=edits,
    crossed=st.none() | st.tuples(edits, edits),
    attributes=st.none() | st.sampled_from(ATTRIBUTES),
)
