"""Forks that number their releases: a policy like CARTO's, and a history told in few words."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

from forkpolicy.engine.fork import Fork
from forkpolicy.engine.git.repository import Repository
from forkpolicy.policy.loader import load
from forkpolicy.policy.models import Policy
from forkpolicy.policy.names import CommitId, RepoPath
from tests.builder import START, Change, RepositoryBuilder

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DEV = "dev@carto.com"

POLICY = """\
schema: 1
fork:     { name: CARTO, repository: CartoDB/litellm }
upstream: { name: LiteLLM, repository: BerriAI/litellm }
releases:
  schemes:
    - { tags: ["v{version}", "v{version}.post{patch}"], since: 1.84.0 }
    - tags: ["v{version}-stable", "v{version}-stable.patch{patch}", "v{version}-stable.patch.{patch}"]
      until: 1.84.0
  deny: { v1.82.7-stable: withdrawn by upstream }
  min_age: 3d
  stale_after: 60d
branches:
  - { names: [main], role: mirror, follows: upstream/main }
  - { names: [carto/main], role: production }
  - { names: [upstream-sync/*], role: sync, base: carto/main }
ownership:
  rules:
    - { name: untouched, when: { untouched: true }, resolve: accept-upstream }
versions:
  format: v{upstream}-carto.{major}.{minor}.{patch}
  legacy: ["carto-v{upstream}-{major}.{minor}.{patch}"]
  initial: 1.0.0
  upstream_version: { file: pyproject.toml, pattern: '^version = "(?P<version>[^"]+)"' }
  authors: ["*@carto.com", "*@cartodb.com"]
  skip: ["sync:*", "Merge *"]
  bumps: { major: [breaking, major], minor: [feat, feature], patch: [fix, bugfix], other: none }
  images: ["{tag}", carto-stable, "carto-v{upstream}-latest"]
"""


def policy(text: str = POLICY) -> Policy:
    """A policy from YAML."""
    return load(dedent(text).encode(), "carto-fork.yaml")


class Numbered:
    """A fork in the making: upstream's line, production's, and what happens between them.

    Production begins on release 1.79.1, and is tagged v1.79.1-carto.1.7.1.
    """

    def __init__(self, repository: RepositoryBuilder) -> None:
        self.repository = repository
        self.upstream = repository.on().write("core.txt", "1\n").commit("start", "up@example.com")
        self._files = 0
        self.release("v1.79.1-stable")
        self.production = self.upstream
        self.commit("feat: before the first release")
        self.tag("v1.79.1-carto.1.7.1")

    def commit(self, message: str, author: str = DEV) -> CommitId:
        """A commit on production."""
        self.production = self.on(self.production, message, author)
        return self.production

    def on(self, parent: CommitId, message: str, author: str = DEV) -> CommitId:
        """A commit of the fork on any other."""
        self._files += 1
        change = self.repository.on(parent).write(f"fork/{self._files}.txt", f"{message}\n")
        return change.commit(message, author)

    def upstream_commit(self, message: str = "feat: upstream's", author: str = "up@example.com") -> CommitId:
        """A commit on upstream's branch."""
        self._files += 1
        change = self.repository.on(self.upstream).write(f"core/{self._files}.txt", f"{message}\n")
        self.upstream = change.commit(message, author)
        return self.upstream

    def release(self, tag: str, commits: int = 2) -> CommitId:
        """A release of upstream, some commits later."""
        for _ in range(commits):
            self.upstream_commit()
        self.repository.tag(tag, self.upstream)
        return self.upstream

    def merge(self, other: CommitId, message: str = "Merge pull request #1 from CartoDB/sync") -> CommitId:
        """Merge something into production: the files of both."""
        self.production = self._with_files(other, self.production, other).commit(message, DEV)
        return self.production

    def squash(self, other: CommitId, message: str) -> CommitId:
        """The content of a merge without the other parent."""
        self.production = self._with_files(other, self.production).commit(message, DEV)
        return self.production

    def _with_files(self, other: CommitId, *parents: CommitId) -> Change:
        change = self.repository.on(*parents)
        for path, content in self._files_of(other):
            change.write(path, content)
        return change

    def _files_of(self, commit: CommitId) -> Iterator[tuple[RepoPath, bytes]]:
        repo = Repository.open(self.repository.path)
        for path, entry in repo.files(repo.tree(commit)):
            yield path, repo.read(entry.id)

    def tag(self, name: str) -> None:
        """Tag production."""
        self.repository.tag(name, self.production)

    def fork(self, rules: Policy | None = None, *, upstream_branch: bool = True) -> Fork:
        """The fork as it stands."""
        self.save(upstream_branch=upstream_branch)
        return Fork.of(Repository.open(self.repository.path), rules or policy())

    def save(self, *, upstream_branch: bool = True) -> Path:
        """Point the branches at what there is."""
        self.repository.branch("carto/main", self.production)
        self.repository.raw.set_head("refs/heads/carto/main")
        if upstream_branch:
            self.repository.ref("refs/remotes/upstream/main", self.upstream)
        return self.repository.path


__all__ = ["DEV", "NOW", "POLICY", "START", "Numbered", "policy"]
