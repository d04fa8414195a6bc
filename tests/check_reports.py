"""Reports of the gate for the tests of its outputs."""

from forkpolicy.engine.check_report import CheckReport, Waived, ranked
from forkpolicy.engine.provenance import PolicySource
from forkpolicy.policy.findings import Finding
from forkpolicy.policy.names import CommitId

BASE, HEAD = CommitId("a" * 40), CommitId("b" * 40)


def report(*findings: Finding, waived: tuple[Waived, ...] = (), standing: int = 0) -> CheckReport:
    """What a feature branch of three commits adds to production."""
    policy = PolicySource("carto-fork.yaml", "aaaa", "0" * 64)
    return CheckReport(policy, BASE, HEAD, "carto/main", "feature/x", 3, ranked(findings), waived, standing)
