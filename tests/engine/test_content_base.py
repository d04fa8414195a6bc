"""The content base: which commit the fork's content stands on, when a plan takes it, and what people must see."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from forkpolicy.engine.base_review import doubtful_paths
from forkpolicy.engine.content_base import ContentSearch, Origin
from forkpolicy.engine.evaluation import scratch_for
from forkpolicy.engine.merge_base import BasedMerge, merge_on_base
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


@dataclass
class Found:
    """What a plan of the newest release stands on."""

    based: BasedMerge
    base: int
    """Where on upstream's line the content base stands."""
    doubts: Mapping[str, str]

    @property
    def put_back(self) -> set[str]:
        return set(self.based.content.put_back) if self.based.content else set()

    @property
    def conflicts(self) -> set[str]:
        return {path for conflict in self.based.merge.conflicts for path in conflict.files}


def found(product: Product, tip: CommitId, base: str = "auto", git: int = 0) -> Found:
    """Look for the base of the merge of the newest release; git's is `upstream[git]`."""
    fork, release = product.fork(tip, base), product.upstream[-1]
    bases = fork.repo.merge_bases(tip, release)
    assert bases == (product.upstream[git],)
    with scratch_for(fork) as scratch:
        based = merge_on_base(fork, scratch, release, bases)
        doubts = doubtful_paths(scratch, fork.history, release, based)
    commit = based.content.commit if based.content else bases[0]
    return Found(based, product.upstream.index(commit), {str(path): reason for path, reason in doubts.items()})


class TestTheSearch:
    def test_a_squashed_sync_moves_the_base(self, product: Product, start: CommitId) -> None:
        assert found(product, product.commit(product.own(8), start)).base == 8

    def test_without_one_it_is_git_s(self, product: Product, start: CommitId) -> None:
        assert found(product, start).base == 0

    def test_two_squashed_syncs_move_it_twice(self, product: Product, start: CommitId) -> None:
        first = product.commit(product.own(6), start)
        product.release(product.states[-1] | {"f0": text(2)})
        assert found(product, product.commit(product.own(12), first)).base == 12

    def test_so_does_a_rebased_sync_that_no_single_commit_brought(self, product: Product, start: CommitId) -> None:
        tip = start
        for number in range(1, 9):
            tip = product.commit(product.own(number), tip)
        result = found(product, tip)
        assert (result.base, result.based.lost_syncs) == (8, ())

    def test_a_cherry_pick_moves_nothing(self, product: Product, start: CommitId) -> None:
        assert found(product, product.commit(product.own(0, f5=text(1)), start)).base == 0

    def test_of_equally_near_commits_the_oldest_is_the_base(self, product: Product, start: CommitId) -> None:
        product.release(product.states[-1] | {"f0": text(2)})
        assert found(product, product.commit(product.own(-1, f0="rewritten\n"), start)).base == 12

    def test_a_base_that_is_newer_than_one_file_is_too_new(self, product: Product, start: CommitId) -> None:
        """The squash kept an old f4, which upstream's fifth commit changed: from there on it would look reverted."""
        result = found(product, product.commit(product.own(8, f4=text(0)), start))
        assert result.base == 4
        assert set(result.doubts) == {"f4"}

    def test_a_file_that_the_squash_left_out_is_an_older_state_too(self, product: Product, start: CommitId) -> None:
        product.release(product.states[-1] | {"new": "new\n"})
        product.release(product.states[-1] | {"f0": text(2)})
        product.release(product.states[-1] | {"f1": text(2), "new": "newer\n"})
        result = found(product, product.commit(without(product.own(14), "new"), start))
        assert result.base == 12
        assert set(result.doubts) == {"new"}

    def test_a_file_that_git_s_base_had_may_be_deleted(self, product: Product, start: CommitId) -> None:
        squash = product.commit(product.own(8), start)
        result = found(product, product.commit(without(product.own(8), "f4"), squash))
        assert (result.base, result.doubts) == (8, {})

    def test_what_a_commit_put_back_does_not_make_a_base_too_new(self, product: Product, start: CommitId) -> None:
        squash = product.commit(product.own(8), start)
        reverted = product.commit(product.own(8, f4=text(0)), squash)
        result = found(product, reverted)
        assert (result.base, result.put_back, set(result.doubts)) == (8, {"f4"}, {"f4"})

    def test_an_earlier_sync_from_a_release_branch_is_a_candidate(self, product: Product, start: CommitId) -> None:
        backported = product.states[4] | {"f10": text(1), "f11": text(1), "notes": "4.1\n"}
        branch = product.commit(backported, product.upstream[4])
        product.repository.ref("refs/remotes/upstream/4.x", branch)
        tip = product.commit(backported | {"own": "own\n"}, start, branch)
        fork = product.fork(tip)
        search = ContentSearch(fork.repo, fork.history, product.upstream[-1], product.upstream[4])
        base = search.find()
        assert (base.commit, base.origin, base.distance) == (branch, Origin.SYNC, 1)

    def test_so_is_a_release(self, product: Product, start: CommitId) -> None:
        released = product.states[4] | {"f10": text(1), "f11": text(1), "notes": "4.1\n"}
        tag = product.commit(released, product.upstream[4])
        fork = product.fork(product.commit(released | {"own": "own\n"}, start))
        search = ContentSearch(fork.repo, fork.history, product.upstream[-1], product.upstream[0])
        assert (search.find([tag]).commit, search.find([tag]).origin) == (tag, Origin.TAG)
        assert search.find().commit == product.upstream[4]


class TestTheChoice:
    @pytest.fixture
    def tip(self, product: Product, start: CommitId) -> CommitId:
        """After a squashed sync that the fork's own line in f0 survived, and a newer release changes f1 again."""
        product.release(product.states[-1] | {"f1": text(2)})
        return product.commit(product.own(8, f0=text(1, "own\n"), f1=text(1)), start)

    def test_auto_takes_it_where_it_is_clearly_better(self, product: Product, tip: CommitId) -> None:
        result = found(product, tip)
        assert (result.based.uses_content, result.conflicts) == (True, set())
        assert result.based.why is not None
        assert "7 of the 8 paths" in result.based.why

    def test_git_never_does(self, product: Product, tip: CommitId) -> None:
        result = found(product, tip, base="git")
        assert (result.based.content, result.conflicts) == (None, {"f1"})

    def test_a_base_that_holds_little_of_what_lies_between_is_refused(self, product: Product, start: CommitId) -> None:
        """Three of eight files arrived, each in a commit of its own."""
        product.release({path: text(3) for path in product.states[-1]})
        some = {f"f{number}": text(1) for number in (0, 1, 7)}
        tip = product.commit(product.own(0, **some, **{f"f{n}": "rewritten\n" for n in (2, 3, 4, 5, 6)}), start)
        result = found(product, tip)
        assert result.based.content is not None
        assert not result.based.uses_content
        assert result.based.why is not None
        assert "less than half" in result.based.why

    def test_content_takes_it_all_the_same(self, product: Product, start: CommitId) -> None:
        product.release({path: text(3) for path in product.states[-1]})
        some = {f"f{number}": text(1) for number in (0, 1, 7)}
        tip = product.commit(product.own(0, **some, **{f"f{n}": "rewritten\n" for n in (2, 3, 4, 5, 6)}), start)
        assert found(product, tip, base="content").based.uses_content

    def test_one_that_leads_away_from_the_release_is_refused(self, product: Product, start: CommitId) -> None:
        """An old branch that goes nowhere: near to the fork, far from the release."""
        aside = product.upstream[4]
        files = product.states[4]
        for number in range(20):
            files = files | {f"aside{number}": "x\n"}
            aside = product.commit(files, aside)
        product.repository.ref("refs/remotes/upstream/aside", aside)
        merged = product.commit(files | {"own": "own\n"}, start, aside)
        result = found_anywhere(product, merged)
        assert not result.uses_content
        assert result.why is not None
        assert "no nearer to the release" in result.why

    def test_the_plan_of_a_proper_fork_does_not_change(self, product: Product, start: CommitId) -> None:
        product.release(product.states[-1] | {"f1": text(2)})
        result = found(product, product.commit(product.own(8), start, product.upstream[8]), git=8)
        assert (result.based.content, result.doubts, result.based.lost_syncs) == (None, {}, ())


class TestEquallyLikelyBases:
    """After a squashed sync up to commit 8, the fork took the change of commit 9 as a commit of its own."""

    def picked(self, product: Product, start: CommitId, own: str = "") -> Found:
        squash = product.commit(product.own(8), start)
        picked = product.commit(product.own(8, f8=text(1, own)), squash, message="fix: upstream's (#62)")
        product.release(product.states[-1] | {"f8": text(2)})
        return found(product, picked)

    def test_a_file_that_the_fork_never_changed_is_upstream_s_on_any(self, product: Product, start: CommitId) -> None:
        result = self.picked(product, start)
        assert result.based.likely == (product.upstream[8], product.upstream[9])
        assert (result.base, result.doubts) == (9, {})
        assert "f8" in result.based.merge.changes

    def test_one_with_a_line_of_the_fork_s_waits_for_a_person(self, product: Product, start: CommitId) -> None:
        result = self.picked(product, start, "own\n")
        assert (result.base, result.conflicts, set(result.doubts)) == (8, {"f8"}, {"f8"})


class TestWhatPeopleMustSee:
    def test_what_a_commit_undid_that_is_newer_than_the_base(self, product: Product, start: CommitId) -> None:
        """Without f7 the fork is nearer to commit 7 than to 8, and on 7 its revert would look like nothing at all."""
        product.release(product.states[-1] | {"f0": text(2)})
        squash = product.commit(product.own(8), start)
        result = found(product, product.commit(product.own(8, f7=text(0)), squash))
        assert result.base == 7
        assert set(result.doubts) == {"f7"}

    def test_what_a_commit_undid_that_stood_on_text_of_its_own(self, product: Product, start: CommitId) -> None:
        """The squash left the newest f7 with a line of the fork's; a commit then took an old copy of upstream's."""
        product.release(product.states[-1] | {"f7": text(1, "upstream\n"), "f0": text(2)})
        squash = product.commit(product.own(8, f7=text(1, "own\n")), start)
        result = found(product, product.commit(product.own(8, f7=text(0)), squash))
        assert result.base == 7
        assert set(result.doubts) == {"f7"}

    def test_part_of_a_change_that_the_fork_lacks(self, product: Product, start: CommitId) -> None:
        """The squash kept the old f2 with the fork's line: no whole entry of upstream's, and still too old."""
        tip = product.commit(product.own(8, f2=text(0, "own\n")), start)
        assert "lacks" in found(product, tip).doubts["f2"]

    def test_nothing_where_the_fork_s_line_stands_on_the_new_state(self, product: Product, start: CommitId) -> None:
        assert found(product, product.commit(product.own(8, f2=text(1, "own\n")), start)).doubts == {}

    def test_what_upstream_reverts_after_the_sync(self, product: Product, start: CommitId) -> None:
        """Commits 11 and 12 are as near, for the fork rewrote what 12 changed; which one it is, is seen at f11."""
        product.release(product.states[-1] | {"f11": text(0)})
        result = found(product, product.commit(product.own(12, f11=text(1, "own\n")), start))
        assert result.base == 11
        assert set(result.doubts) == {"f11"}

    def test_what_both_changed_before_a_base_that_no_sync_brought(self, product: Product, start: CommitId) -> None:
        tip = start
        for number in range(1, 9):
            tip = product.commit(product.own(number, f0="name\nmine\n"), tip)
        assert "no sync settled" in found(product, tip).doubts["f0"]

    def test_a_file_that_upstream_deleted_before_the_base(self, product: Product, start: CommitId) -> None:
        product.release(without(product.states[-1], "f3"))
        product.release(product.states[-1] | {"f0": text(2)})
        tip = product.commit(product.own(-1, f3=text(1, "own\n")), start)
        assert "deleted" in found(product, tip).doubts["f3"]

    def test_nothing_at_a_path_where_both_sides_are_the_same(self, product: Product, start: CommitId) -> None:
        product.release(product.states[-1] | {"f4": text(0)})
        assert found(product, product.commit(product.own(8, f4=text(0)), start)).doubts == {}


def found_anywhere(product: Product, tip: CommitId) -> BasedMerge:
    fork, release = product.fork(tip), product.upstream[-1]
    with scratch_for(fork) as scratch:
        return merge_on_base(fork, scratch, release, fork.repo.merge_bases(tip, release))
