"""A product of twelve files, of which each upstream commit changes one, and forks of it with lost syncs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from forkpolicy.engine.fork import Fork
from forkpolicy.engine.git.repository import Repository
from forkpolicy.policy.loader import load
from forkpolicy.policy.names import CommitId
from tests.builder import START, RepositoryBuilder
from tests.forked_histories import POLICY

Files = dict[str, str]
_PADDING = "padding\n" * 6
_BRANCH = "production"


def text(version: int, own: str = "") -> str:
    """A file of upstream's in one of its versions; the fork's own lines stand far from the version."""
    return f"name\n{_PADDING}version {version}\n{_PADDING}{own}"


@dataclass
class Product:
    """Upstream's line: `states[n]` is what commit `upstream[n]` holds; commit n changed file n - 1."""

    repository: RepositoryBuilder
    states: list[Files] = field(default_factory=list[Files])
    upstream: list[CommitId] = field(default_factory=list[CommitId])
    _days: int = 0
    _contents: dict[CommitId, Mapping[str, str]] = field(default_factory=dict[CommitId, Mapping[str, str]])

    @classmethod
    def of(cls, repository: RepositoryBuilder, commits: int = 12) -> "Product":
        """A product of so many commits after the first."""
        product = cls(repository)
        files = {f"f{number}": text(0) for number in range(12)}
        product.release(files)
        for number in range(commits):
            files = files | {f"f{number}": text(1)}
            product.release(files)
        return product

    def release(self, files: Files) -> None:
        """Add a commit to upstream's line."""
        self.states.append(files)
        self.upstream.append(self.commit(files, *self.upstream[-1:]))

    def commit(self, files: Mapping[str, str], *parents: CommitId, message: str = "change") -> CommitId:
        """A commit that holds exactly some files, a day after the one before."""
        self._days += 1
        change = self.repository.on(*parents)
        before: Mapping[str, str] = self._contents[parents[0]] if parents else {}
        change.delete(*(before.keys() - files.keys()))
        for path, content in files.items() - before.items():
            change.write(path, content)
        commit = change.commit(message, when=START + timedelta(days=self._days))
        self._contents[commit] = files
        return commit

    def own(self, number: int, **more: str) -> Files:
        """What a fork holds that stands on commit `number`: a file of its own, and more."""
        return self.states[number] | {"own": "own\n"} | more

    def fork(self, tip: CommitId, base: str = "auto") -> Fork:
        """The fork whose production ends in `tip`, with upstream's line as the release 1.0.0."""
        self.repository.branch(_BRANCH, tip).tag("v1.0.0", self.upstream[-1])
        self.repository.ref("refs/remotes/upstream/main", self.upstream[-1])
        policy = POLICY.replace(b"base: auto", f"base: {base}".encode()).replace(b"BRANCH", _BRANCH.encode())
        return Fork.of(Repository.open(self.repository.path), load(policy, "policy.yaml"))


def without(files: Files, *paths: str) -> Files:
    """Files, some aside."""
    return {path: content for path, content in files.items() if path not in paths}
