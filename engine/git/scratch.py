"""The scratch store: a temporary bare repository that sees the user's objects and keeps every write to itself."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import pygit2
from msgspec import Struct, field

from ...policy.names import TreeId
from .repository import Repository
from .termination import exit_on_sigterm

RENAME_LIMIT = 1_000_000
"""So many files may be compared before git gives up looking for inexact renames: as good as none."""


class Scratch(Struct, frozen=True):
    """A scratch store: what is written to it is gone when its context ends."""

    repository: Repository
    """Reads the user's objects as well as those written here."""
    git_dir: Path
    empty_tree: TreeId
    has_attributes: bool
    running: list[Popen[bytes]] = field(default_factory=list["Popen[bytes]"])
    """The processes that work in the store; what still runs at the end is ended before the store is removed."""


@contextmanager
def scratch_store(
    objects_dir: Path, attributes: bytes | None = None, below: Repository | None = None
) -> Generator[Scratch, None, None]:
    """A temporary bare repository on top of an object store; it is removed however the block ends.

    `attributes` is production's root `.gitattributes`: git and libgit2 ignore a committed one in a bare repository,
    and both read `info/attributes`. The merge's settings live in the scratch store's own configuration, so that the
    user's has no say. `below` is the user's repository, where it is open already.
    """
    with exit_on_sigterm(), tempfile.TemporaryDirectory(prefix="forkpolicy-") as folder:
        git_dir = Path(folder)
        raw = pygit2.init_repository(folder, bare=True)
        _configure(raw.config)
        stores = "".join(f"{store}\n" for store in _with_alternates(objects_dir.resolve(), {}))
        (git_dir / "objects/info").mkdir(exist_ok=True)
        (git_dir / "objects/info/alternates").write_text(stores, encoding="utf-8", errors="surrogateescape")
        if attributes:
            (git_dir / "info").mkdir(exist_ok=True)
            (git_dir / "info/attributes").write_bytes(attributes)
        repository = Repository(pygit2.Repository(folder), below)
        empty_tree = TreeId(str(repository.raw.TreeBuilder().write()))
        scratch = Scratch(repository, git_dir, empty_tree, bool(attributes))
        try:
            yield scratch
        finally:
            for process in scratch.running:
                process.kill()
                process.wait()
            repository.raw.free()


# Private


def _configure(config: pygit2.Config) -> None:
    config["merge.renameLimit"] = RENAME_LIMIT
    config["merge.default"] = "text"
    config["core.attributesFile"] = "/dev/null"
    config["gc.auto"] = 0


def _with_alternates(store: Path, seen: dict[Path, None]) -> dict[Path, None]:
    """The store and all that its alternates name, each once: a chain that git follows for five steps only."""
    if store in seen:
        return seen
    seen[store] = None
    listed = store / "info/alternates"
    if listed.exists():
        for line in listed.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
            if line and not line.startswith("#"):
                _with_alternates((store / line).resolve(), seen)
    return seen
