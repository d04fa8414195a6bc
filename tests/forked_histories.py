"""Random histories of a fork that took upstream's work in a sync: made properly, and the same sync squashed."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from forkpolicy.engine.fork import Fork
from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.git.scratch import scratch_store
from forkpolicy.engine.merge import merge_trees
from forkpolicy.policy.loader import load
from forkpolicy.policy.names import CommitId
from tests.builder import RepositoryBuilder

POLICY = b"""schema: 1
fork: { name: Fork, repository: us/product }
upstream: { name: Upstream, repository: them/product }
releases: { schemes: [{ tags: ["v{version}"] }] }
merge: { base: auto }
branches:
  - { names: [main], role: mirror, follows: upstream/main }
  - { names: [BRANCH], role: production }
ownership: { rules: [] }
"""

Files = dict[str, str]


@dataclass(frozen=True)
class Forked:
    """A fork after a sync, in two histories with the same contents, and the release that comes next."""

    path: Path
    proper: CommitId
    """Production, where the sync is a merge."""
    squashed: CommitId
    """Production, where it is a commit with one parent."""
    root: CommitId
    lost: CommitId
    """The squashed sync."""
    synced: CommitId
    """What upstream's side of the sync was."""
    release: CommitId

    def fork(self, branch: str, base: str = "auto") -> Fork:
        """The fork, seen from one of its two histories: `proper` or `squashed`."""
        text = POLICY.replace(b"base: auto", f"base: {base}".encode()).replace(b"BRANCH", branch.encode())
        return Fork.of(Repository.open(self.path), load(text, "policy.yaml"))


@contextmanager
def forked(seed: int) -> Generator[Forked, None, None]:
    """The histories that a seed gives, in a folder that goes away."""
    with TemporaryDirectory() as folder:
        yield _Maker(RepositoryBuilder(Path(folder) / "repository.git"), Random(seed)).make()


class _Maker:
    def __init__(self, repository: RepositoryBuilder, random: Random) -> None:
        self._repository, self._random = repository, random
        self._numbers = 0
        self._files: dict[CommitId, Files] = {}

    def make(self) -> Forked:
        count = self._random.choice([15, 40])
        base = {f"f{file:02}": "".join(f"l{file}-{line}\n" for line in range(25)) for file in range(count)}
        first, second = self._random.randint(4, 25), self._random.randint(3, 12)
        upstream = self._upstream(base, first + second)
        commits = [commit for commit, _ in upstream]
        own = self._edited(base, "k", self._random.randint(1, 8), None)
        start = self._commit(own, commits[0])
        synced = self._synced(start, commits[0], commits[first])
        proper, squashed = self._commit(synced, start, commits[first]), self._commit(synced, start)
        lost, older = squashed, upstream[max(0, first - 3)][1]
        for _ in range(self._random.randint(0, 3)):
            put_back = older if self._random.random() < 0.3 else None
            synced = self._edited(synced, "k", self._random.randint(1, 2), put_back)
            proper, squashed = self._commit(synced, proper), self._commit(synced, squashed)
        self._repository.branch("proper", proper).branch("squashed", squashed)
        self._repository.ref("refs/remotes/upstream/main", commits[-1]).tag("v1.0.0", commits[-1])
        path = self._repository.path
        return Forked(path, proper, squashed, commits[0], lost, commits[first], commits[-1])

    def _upstream(self, base: Files, count: int) -> list[tuple[CommitId, Files]]:
        history = [(self._commit(base), base)]
        for _ in range(count):
            older = history[max(0, len(history) - 5)][1] if self._random.random() < 0.15 else None
            files = self._edited(history[-1][1], "u", self._random.randint(1, 3), older)
            history.append((self._commit(files, history[-1][0]), files))
        return history

    def _synced(self, fork: CommitId, base: CommitId, upstream: CommitId) -> Files:
        """What a person made of the sync: every conflict for one side, for the other, or both together."""
        repo = Repository.open(self._repository.path)
        trees = [repo.tree(each) for each in (base, fork, upstream)]
        how = self._random.choice(["mixed", "fork", "upstream"])
        with scratch_store(repo.objects_dir) as scratch:
            merge = merge_trees(scratch, *trees)
            read = scratch.repository.read
            result = dict(repo.files(trees[1])) | dict(merge.changes)
            files: Files = {path: read(entry.id).decode() for path, entry in result.items() if entry is not None}
            for conflict in merge.conflicts:
                for path, versions in conflict.files.items():
                    sides = [read(each.id).decode() if each else None for each in (versions.fork, versions.upstream)]
                    chosen = self._resolved(how, *sides)
                    files.pop(path, None)
                    files |= {} if chosen is None else {path: chosen}
        return files

    def _resolved(self, how: str, fork: str | None, upstream: str | None) -> str | None:
        pick = self._random.choice(["fork", "upstream", "both"]) if how == "mixed" else how
        if pick == "both" and fork is not None and upstream is not None:
            known = upstream.splitlines()
            return upstream + "".join(f"{line}\n" for line in fork.splitlines() if line not in known)
        return fork if pick == "fork" else upstream if pick == "upstream" else None

    def _edited(self, files: Files, tag: str, changes: int, older: Files | None) -> Files:
        """Some changes; those to `older` files are reverts."""
        files = dict(files)
        for _ in range(changes):
            chance = self._random.random()
            if chance < 0.06:
                files[self._new(tag)] = "".join(f"{self._new(tag)}\n" for _ in range(8))
            elif chance < 0.10:
                del files[self._random.choice(sorted(files))]
            elif chance < 0.14 and older:
                path = self._random.choice(sorted(older))
                files[path] = older[path]
            else:
                path = self._random.choice(sorted(files))
                files[path] = self._edited_lines(files[path], tag)
        return files

    def _edited_lines(self, text: str, tag: str) -> str:
        lines = text.splitlines() or [""]
        at, chance = self._random.randrange(len(lines)), self._random.random()
        if chance < 0.7:
            lines[at] = self._new(tag)
        elif chance < 0.9:
            lines.insert(at, self._new(tag))
        elif len(lines) > 3:
            del lines[at]
        return "".join(f"{line}\n" for line in lines)

    def _new(self, tag: str) -> str:
        self._numbers += 1
        return f"{tag}{self._numbers}"

    def _commit(self, files: Files, *parents: CommitId) -> CommitId:
        change, before = self._repository.on(*parents), self._files[parents[0]] if parents else {}
        change.delete(*(before.keys() - files.keys()))
        for path, text in files.items() - before.items():
            change.write(path, text)
        commit = change.commit()
        self._files[commit] = files
        return commit
