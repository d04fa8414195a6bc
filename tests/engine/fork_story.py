"""A fork and its upstream, told commit by commit, each three days after the one before."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.history import ForkHistory, fork_history, upstream_tips
from forkpolicy.engine.untouched import untouched_paths
from forkpolicy.policy.facts import Entry
from forkpolicy.policy.names import CommitId, RepoPath
from tests.builder import FILE, RepositoryBuilder

PATH = RepoPath("src/app.py")
STEP = timedelta(days=3)
"""More than clocks may differ: what is told later is not known before."""

Files = Mapping[str, str | None]
"""What a commit writes, by path; None deletes."""


class ForkStory:
    """Branches of upstream's and the fork's, by name; every commit moves its branch."""

    def __init__(self, directory: Path) -> None:
        self.repository = RepositoryBuilder(directory)
        self.tips: dict[str, CommitId] = {}
        self._shown: dict[str, CommitId] = {}
        self._repo = Repository.open(directory)
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def upstream(self, content: str | None, branch: str = "main", message: str = "upstream") -> CommitId:
        """A commit of upstream's that sets the file; None deletes it."""
        return self._write(f"upstream/{branch}", message, (), {PATH: content})

    def release_branch(self, branch: str = "release") -> CommitId:
        """Upstream's main becomes a release branch, too."""
        self.tips[f"upstream/{branch}"] = self.tips["upstream/main"]
        return self.tips["upstream/main"]

    def start(self, commit: CommitId | None = None) -> CommitId:
        """The fork starts from a commit of upstream's, main's tip where none is named."""
        self.tips["fork"] = commit or self.tips["upstream/main"]
        return self.tips["fork"]

    def topic(self, branch: str) -> None:
        """A branch of the fork's starts where production is."""
        self.tips[branch] = self.tips["fork"]

    def fork(self, content: str | None, message: str = "fork", *, branch: str = "fork", mode: int = FILE) -> CommitId:
        """A commit of the fork's that sets the file."""
        return self._write(branch, message, (), {PATH: content}, mode)

    def merge(self, other: str, content: str | None, message: str = "merge", *, into: str = "fork") -> CommitId:
        """A merge of the fork's that records a content, whatever the two sides have."""
        return self._write(into, message, (self.tips[other],), {PATH: content})

    def write(
        self, files: Files, message: str = "fork", *, branch: str = "fork", merging: str | None = None
    ) -> CommitId:
        """A commit that writes any files; `merging` another branch, it is a merge."""
        return self._write(branch, message, () if merging is None else (self.tips[merging],), files)

    @property
    def repo(self) -> Repository:
        """The repository, with a ref for every branch."""
        if self._shown != self.tips:
            self._shown = dict(self.tips)
            for name, commit in self.tips.items():
                of = "remotes" if name.startswith("upstream/") else "heads"
                self.repository.ref(f"refs/{of}/{name}", commit)
        return self._repo

    def history(self) -> ForkHistory:
        """The fork's own history."""
        repo = self.repo
        upstream = upstream_tips(repo.refs("refs/remotes/upstream/").values(), (), None)
        return fork_history(repo, self.tips["fork"], upstream, None)

    def entry(self, path: RepoPath = PATH, commit: CommitId | None = None) -> Entry | None:
        """What a commit, the fork's tip where none is named, has at a path."""
        repo = self.repo
        return repo.entry(repo.tree(commit or self.tips["fork"]), path)

    def untouched(self) -> CommitId | None:
        """The evidence that the file is untouched, checked; None where it is not."""
        entry = self.entry()
        assert entry is not None
        evidence = untouched_paths(self.repo, self.history(), {PATH: entry}).get(PATH)
        if evidence is not None:
            assert self.entry(commit=evidence) == entry
            assert any(self.repo.is_ancestor(evidence, tip) for tip in self.history().upstream)
        return evidence

    def _write(
        self, branch: str, message: str, others: tuple[CommitId, ...], files: Files, mode: int = FILE
    ) -> CommitId:
        parents = (self.tips[branch],) if branch in self.tips else ()
        change = self.repository.on(*parents, *others).write(f"log/{branch}", str(self.now))
        for path, content in files.items():
            if content is not None:
                change.write(path, content, mode)
            elif parents and self.entry(RepoPath(path), parents[0]):
                change.delete(path)
        self.now += STEP
        self.tips[branch] = change.commit(message, when=self.now)
        return self.tips[branch]
