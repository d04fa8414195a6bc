"""Forks whose production has a policy, and the gate held before it."""

from datetime import datetime

from forkpolicy.engine.check_report import CheckReport
from forkpolicy.engine.fork import Fork
from forkpolicy.engine.gate import judge
from forkpolicy.engine.gate_ends import End, Ends
from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.policy_source import load_policy
from forkpolicy.engine.preflight import Branch
from forkpolicy.policy.heads import NamedBranch
from forkpolicy.policy.names import CommitId
from tests.builder import Change, RepositoryBuilder
from tests.numbered import DEV, NOW, POLICY, Numbered

HOME = "CartoDB/litellm"
PRODUCTION = "carto/main"
POLICY_FILE = "carto-fork.yaml"


class Gated(Numbered):
    """A fork in the making; production holds its policy and says upstream 1.79.1 in pyproject.toml."""

    def __init__(self, repository: RepositoryBuilder, policy: str = POLICY) -> None:
        super().__init__(repository)
        change = self.change().write(POLICY_FILE, policy).write("pyproject.toml", 'version = "1.79.1"\n')
        self.production = change.commit("chore: add the policy", DEV)

    def change(self, *parents: CommitId) -> Change:
        """A commit in the making, on production by default."""
        return self.repository.on(*(parents or (self.production,)))

    def sync(self, other: CommitId, message: str = "sync: LiteLLM") -> CommitId:
        """A sync branch's merge of something into production, which stays as it is."""
        before = self.production
        merge = self.merge(other, message)
        self.production = before
        return merge

    def check(
        self,
        head: CommitId,
        name: str | None = "feature/x",
        *,
        base: str | None = PRODUCTION,
        repository: str | None = None,
        now: datetime = NOW,
        at: CommitId | None = None,
    ) -> CheckReport:
        """What the gate says of a head that aims at production, or at another commit; `repository` is head's."""
        repo = Repository.open(self.save())
        commit = at or self.production
        loaded = load_policy(repo, None, commit)
        home = None if repository is None else HOME
        ends = Ends(
            End(commit, None if base is None else NamedBranch(base, home)),
            End(head, None if name is None else NamedBranch(name, repository)),
        )
        fork = Fork(repo, loaded.policy, Branch(ends.base.name, commit))
        return judge(fork, loaded.source, ends, now)

    def errors(self, head: CommitId, name: str | None = "feature/x", repository: str | None = None) -> list[str]:
        """The rules of the errors."""
        report = self.check(head, name, repository=repository)
        return rules(report, "error")


def rules(report: CheckReport, severity: str) -> list[str]:
    """The rules of a report's findings of a severity, each once."""
    return list(dict.fromkeys(each.rule for each in report.findings if each.severity.value == severity))


def messages(report: CheckReport, rule: str) -> list[str]:
    """The messages of a rule's findings."""
    return [each.message for each in report.findings if each.rule == rule]
