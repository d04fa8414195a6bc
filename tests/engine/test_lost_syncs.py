"""Lost syncs, told by structure: what a squash brings, and what only looks like one."""

import pytest

from forkpolicy.engine.lost_syncs import LostSyncs, lost_syncs_towards
from forkpolicy.policy.names import CommitId
from tests.builder import RepositoryBuilder
from tests.squashed import Product, text, without


@pytest.fixture
def product(repository: RepositoryBuilder) -> Product:
    return Product.of(repository)


@pytest.fixture
def start(product: Product) -> CommitId:
    """The fork's first commit, on the oldest of upstream's."""
    return product.commit(product.own(0), product.upstream[0])


def found(product: Product, tip: CommitId) -> list[CommitId]:
    """The lost syncs in the fork's history, which both ways of looking must agree on."""
    fork = product.fork(tip)
    every = LostSyncs(fork).among(fork.history.commits.values())
    on_the_way = lost_syncs_towards(fork.repo, fork.history, product.upstream, len(product.upstream) - 1)
    assert set(every.values()) == set(on_the_way)
    return [each.commit for each in on_the_way]


def test_a_squashed_sync_is_one_and_says_what_it_brought(product: Product, start: CommitId) -> None:
    squash = product.commit(product.own(8), start)
    fork = product.fork(squash)
    (lost,) = LostSyncs(fork).among(fork.history.commits.values()).values()
    assert (lost.commit, lost.upstream, lost.brought, lost.missing) == (squash, product.upstream[8], 8, 8)
    assert str(lost) == f"8 of 8 paths that upstream had changed up to {product.upstream[8][:10]}"
    assert found(product, squash) == [squash]


def test_two_of_them_are_two(product: Product, start: CommitId) -> None:
    first = product.commit(product.own(6), start)
    second = product.commit(product.own(12), first)
    assert found(product, second) == [first, second]


def test_one_on_a_branch_of_the_fork_is_found_behind_its_merge(product: Product, start: CommitId) -> None:
    squash = product.commit(product.own(8), start)
    other = product.commit(product.own(0, more="x\n"), start)
    for parents in ((other, squash), (squash, other)):
        assert found(product, product.commit(product.own(8, more="x\n"), *parents)) == [squash]


def test_most_of_it_is_enough(product: Product, start: CommitId) -> None:
    kept = {"f1": text(0), "f2": text(0, "own\n")}
    squash = product.commit(product.own(8, **kept), start)
    assert found(product, squash) == [squash]


def test_a_proper_sync_is_none(product: Product, start: CommitId) -> None:
    assert found(product, product.commit(product.own(8), start, product.upstream[8])) == []


def test_a_cherry_pick_is_none(product: Product, start: CommitId) -> None:
    assert found(product, product.commit(product.own(0, f5=text(1)), start)) == []


def test_one_large_commit_of_upstream_s_is_a_cherry_pick(product: Product) -> None:
    large = product.states[-1] | {f"page{number}": "built\n" for number in range(30)}
    product.release(large)
    product.release(large | {"f0": text(2)})
    start = product.commit(product.own(12), product.upstream[12])
    pages = {path: content for path, content in large.items() if path.startswith("page")}
    assert found(product, product.commit(product.own(12, **pages), start)) == []


def test_undoing_the_fork_s_own_changes_is_none_though_it_comes_nearer(product: Product) -> None:
    mine = {f"f{number}": text(1, "own\n") for number in range(12)}
    changed = product.commit(product.own(12, **mine), product.upstream[12])
    undone = product.commit(product.own(12), changed)
    assert found(product, undone) == []


def test_deletions_are_brought_too(product: Product) -> None:
    files = product.states[-1]
    for number in range(6):
        files = without(files, f"f{number}")
        product.release(files)
    start = product.commit(product.own(12), product.upstream[12])
    squash = product.commit(product.own(-1), start)
    assert found(product, squash) == [squash]


def test_branches_that_cross_often_are_looked_at_once(product: Product, start: CommitId) -> None:
    """Forty merges of two lines with one another: a path for every subset of them leads down."""
    one, other = product.commit(product.own(0, one="1\n"), start), product.commit(product.own(0, other="1\n"), start)
    squash = product.commit(product.own(8, one="1\n"), one)
    one = squash
    for number in range(40):
        files = product.own(8, one="1\n", other=f"{number}\n")
        one, other = product.commit(files, one, other), product.commit(product.own(0, other=f"{number}\n"), other, one)
    assert found(product, one) == [squash]
