"""Forks with syncs in their past, and the audit held before them."""

from collections.abc import Mapping
from typing import Any

from forkpolicy.engine.audit import Order, audit
from forkpolicy.engine.audit_report import AuditReport
from forkpolicy.engine.fork import Fork
from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.past_syncs import Asked
from forkpolicy.engine.provenance import PolicySource
from forkpolicy.policy.loader import load
from forkpolicy.policy.names import CommitId
from tests.builder import Change, RepositoryBuilder
from tests.numbered import DEV, NOW

POLICY = """\
schema: 1
fork:     { name: CARTO, repository: CartoDB/litellm }
upstream: { name: LiteLLM, repository: BerriAI/litellm }
releases: { schemes: [{ tags: ["v{version}-stable"] }] }
branches:
  - { names: [main], role: mirror, follows: upstream/main }
  - { names: [carto/main], role: production }
ownership:
  rules:
    - { name: never, paths: [/never], resolve: keep-fork }
    - { name: docs, paths: ["*.md"], resolve: keep-fork }
    - { name: untouched, when: { untouched: true }, resolve: accept-upstream }
    - { name: pages, paths: [/pages/], resolve: accept-upstream, applies: always, may_lose: all }
customizations:
  - { name: own port, must_contain: [{ path: config.txt, text: port 1 }] }
versions:
  format: v{upstream}-carto.{major}.{minor}.{patch}
  upstream_version: { file: version.txt, pattern: '^(?P<version>.*)$' }
"""

Files = Mapping[str, str | None]
"""Contents by path; None removes."""

BASE: Files = {
    "code.txt": "base\n",
    "guide.md": "base\n",
    "old.txt": "base\n",
    "config.txt": "port 1\n",
    "version.txt": "1.0\n",
    **{f"pages/{number}.html": "base\n" for number in range(3)},
}


class Audited:
    """A fork in the making: upstream's line and production's, both from the release v1.0-stable on."""

    def __init__(self, repository: RepositoryBuilder, policy: str = POLICY) -> None:
        self.repository = repository
        self.policy = policy
        self.upstream = write(repository.on(), BASE).commit("start", "up@example.com")
        self.repository.tag("v1.0-stable", self.upstream)
        self.production = self.upstream
        self.edit({"code.txt": "fork\n", "guide.md": "fork\n"}, "feat: own")

    def edit(self, files: Files, message: str = "feat: change") -> CommitId:
        """A commit on production."""
        self.production = write(self.repository.on(self.production), files).commit(message, DEV)
        return self.production

    def release(self, files: Files, tag: str | None) -> CommitId:
        """A commit of upstream's, released where there is a tag."""
        self.upstream = write(self.repository.on(self.upstream), files).commit("feat: upstream's", "up@example.com")
        if tag is not None:
            self.repository.tag(tag, self.upstream)
        return self.upstream

    def merge(self, files: Files, *, swapped: bool = False, message: str = "sync: LiteLLM") -> CommitId:
        """Merge upstream into production: upstream's tree, and on top of it what is recorded."""
        change = write(self.repository.on(self.upstream, self.production), files)
        if not swapped:
            change = Change(self.repository, (self.production, self.upstream))
            change.clear()
            repo = Repository.open(self.repository.path)
            for path, entry in repo.files(repo.tree(self.upstream)):
                change.write(path, repo.read(entry.id))
            write(change, files)
        self.production = change.commit(message, DEV)
        return self.production

    def audit(self, *merges: str, refs: bool = True, jobs: int = 1, then: bool = False, **asked: Any) -> AuditReport:
        """Audit production as it stands; without `refs` nothing says which commits are upstream's."""
        self.repository.branch("carto/main", self.production)
        if refs:
            self.repository.ref("refs/remotes/upstream/main", self.upstream)
        else:
            for name in [each for each in self.repository.raw.references if not each.startswith("refs/heads/")]:
                self.repository.raw.references.delete(name)
        fork = Fork.of(Repository.open(self.repository.path), load(self.policy.encode(), "carto-fork.yaml"))
        order = Order(Asked(merges, **asked), then, jobs)
        return audit(fork, PolicySource("carto-fork.yaml", None, ""), order, NOW, lambda results, _: results)


def write(change: Change, files: Files) -> Change:
    """A commit in the making that changes some files."""
    for path, content in files.items():
        change = change.delete(path) if content is None else change.write(path, content)
    return change


def verdicts(report: AuditReport) -> list[dict[str, tuple[str, str, str]]]:
    """For every merge the rule, the recorded side and the verdict by path."""
    return [
        {each.path: (each.decision.rule, each.side.value, each.verdict.value) for each in merge.paths}
        for merge in report.merges
    ]


def found(report: AuditReport, rule: str) -> list[str]:
    """The messages of a rule's findings."""
    return [each.message for each in report.findings if each.rule == rule]
