"""A plan on the content base: what it says of its base, of each path that stops conflicting, and of lost syncs."""

from datetime import UTC, datetime

import pytest

from forkpolicy.engine import oracle
from forkpolicy.engine.base_findings import unhealed_syncs
from forkpolicy.engine.doctor import History, State, doctor
from forkpolicy.engine.plan import Base, Plan, Status
from forkpolicy.engine.planner import Request, make_plan
from forkpolicy.engine.preflight import Expected
from forkpolicy.engine.provenance import PolicySource
from forkpolicy.policy.decisions import Decision, Resolution
from forkpolicy.policy.findings import Finding
from forkpolicy.policy.names import CommitId, RepoPath
from tests.builder import RepositoryBuilder
from tests.squashed import Product, text

NOW = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def product(repository: RepositoryBuilder) -> Product:
    return Product.of(repository)


@pytest.fixture
def squash(product: Product) -> CommitId:
    """A squashed sync of commit 8, with work of the fork in f0 and f2; the release changes f1 to f3 again."""
    start = product.commit(product.own(0), product.upstream[0])
    again = {f"f{number}": text(2) for number in (1, 2, 3)}
    product.release(product.states[-1] | again)
    own = {"f0": text(1, "own\n"), "f2": text(1, "own\n")}
    return product.commit(product.own(8, **own), start, message="sync of 8 (#12)")


def plan(product: Product, tip: CommitId, base: str = "auto", cross_check: str = "never") -> Plan:
    source = PolicySource("policy.yaml", None, "0" * 64)
    return make_plan(product.fork(tip, base), source, Request("v1.0.0", cross_check), NOW)


def at(plan: Plan, path: str) -> Decision:
    return next(each for each in plan.decisions if each.path == path)


def lost_syncs(plan: Plan) -> list[Finding]:
    return [each for each in plan.findings if each.rule == "lost-sync"]


def test_the_plan_says_which_base_it_uses_and_why(product: Product, squash: CommitId) -> None:
    base = plan(product, squash).base
    assert base is not None
    assert (base.git, base.content, base.used) == ((product.upstream[0],), product.upstream[8], "content")
    assert (base.conflicts_on_git_base, base.conflicts, base.commit) == (3, 0, product.upstream[8])
    assert base.why is not None


def test_every_path_that_stops_conflicting_is_told_with_its_result(product: Product, squash: CommitId) -> None:
    found = plan(product, squash)
    fork = product.fork(squash)
    assert {each.path for each in found.settled} == {"f1", "f2", "f3"}
    assert {(each.resolution, each.kind, each.base) for each in found.settled} == {
        (Resolution.MERGE, None, product.upstream[8])
    }
    taken = at(found, "f1")
    assert taken.results == {RepoPath("f1"): fork.repo.entry(fork.repo.tree(product.upstream[-1]), RepoPath("f1"))}
    assert taken.untouched == product.upstream[8]
    assert "release" in taken.reason
    combined = at(found, "f2")
    assert combined.untouched is None
    assert "combine" in combined.reason
    assert [each.commit for each in combined.fork_commits] == [squash]


@pytest.mark.skipif(not oracle.is_available(), reason="needs git 2.38 or newer")
def test_git_agrees_on_the_same_base_and_counts_the_same(product: Product, squash: CommitId) -> None:
    asked = plan(product, squash, cross_check="always")
    assert asked.cross_check.agrees is True
    assert asked.base == plan(product, squash).base


def test_without_git_the_plan_is_the_same(product: Product, squash: CommitId, monkeypatch: pytest.MonkeyPatch) -> None:
    with_git = plan(product, squash)
    monkeypatch.setattr(oracle, "is_available", lambda: False)
    without = plan(product, squash)
    assert (without.base, without.decisions) == (with_git.base, with_git.decisions)


def test_the_lost_sync_is_named_with_the_repair(product: Product, squash: CommitId) -> None:
    (lost,) = lost_syncs(plan(product, squash))
    assert lost.commit == squash
    assert "sync of 8 (#12)" in lost.message
    assert "6 of 8 paths" in lost.message  # in f0 and f2 the fork has lines of its own
    assert lost.fix is not None
    assert "merge commit" in lost.fix


def test_on_git_s_base_the_same_paths_conflict(product: Product, squash: CommitId) -> None:
    found = plan(product, squash, base="git")
    assert found.base == Base((product.upstream[0],), None, "git", 3, 3)
    assert {each.path for each in found.conflicts} == {"f1", "f2", "f3"}
    assert found.settled == ()


def test_where_both_bases_give_the_same_nothing_is_said(product: Product) -> None:
    """The squash of what the release does not touch again: git's base is older, and comes to the same."""
    start = product.commit(product.own(0), product.upstream[0])
    found = plan(product, product.commit(product.own(8), start))
    assert found.base == Base((product.upstream[0],), None, "git", 0, 0)
    assert found.status is Status.CLEAN


def test_unless_the_policy_asks_for_the_content_base(product: Product) -> None:
    start = product.commit(product.own(0), product.upstream[0])
    base = plan(product, product.commit(product.own(8), start), base="content").base
    assert base is not None
    assert (base.used, base.content) == ("content", product.upstream[8])


def test_a_doubtful_path_is_left_to_a_person(product: Product) -> None:
    start = product.commit(product.own(0), product.upstream[0])
    squash = product.commit(product.own(8, f4=text(0)), start)
    found = plan(product, squash)
    assert [each.path for each in found.for_people] == ["f4"]
    assert (at(found, "f4").kind, at(found, "f4").results) == (None, {})
    assert found.status is Status.REVIEW


def test_a_sync_that_is_merged_heals_what_was_lost(product: Product, squash: CommitId) -> None:
    assert [each.commit for each in unhealed_syncs(product.fork(squash))] == [squash]
    healed = product.commit(product.own(-1), squash, product.upstream[12])
    assert unhealed_syncs(product.fork(healed)) == ()


def test_doctor_tells_of_what_nothing_has_healed(product: Product, squash: CommitId) -> None:
    fork = product.fork(squash)
    expected = Expected.of(fork.policy)
    for lost, state in ((unhealed_syncs(fork), State.NOTE), ((), State.OK)):
        diagnosis = doctor(fork.repo, expected, History(product.upstream[-1], lost_syncs=lost), git=None)
        assert [check.state for check in diagnosis.checks if check.subject == "syncs"] == [state]
