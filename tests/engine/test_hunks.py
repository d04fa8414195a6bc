"""The merge of lines: held against `git merge-file`, and its laws."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forkpolicy.engine.git.merging import Algorithm, write_blob
from forkpolicy.engine.git.scratch import Scratch, scratch_store
from forkpolicy.engine.hunks import merge_file_hunks, merge_hunks
from forkpolicy.policy.facts import Entry, Versions
from forkpolicy.policy.guards import Guards
from forkpolicy.policy.hunk_results import Judge, resolve
from forkpolicy.policy.hunks import HunkMerge, Labels, Winner, lines_of
from forkpolicy.policy.names import RepoPath
from tests.builder import FILE, RepositoryBuilder
from tests.policy.conflicts import policy
from tests.texts import Triple, merge_file, triples

sides = st.sampled_from(["fork", "upstream"])


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    objects = RepositoryBuilder(tmp_path_factory.mktemp("store")).objects_dir
    with scratch_store(objects, b"*.lock -merge\n*.log merge=union\n") as store:
        yield store


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("texts")


class TestAgainstGit:
    """Clean text, regions, and marker lines too, byte for byte."""

    @given(triple=triples())
    def test_generated(self, scratch: Scratch, folder: Path, triple: Triple) -> None:
        merge = merge_hunks(scratch, *triple)
        assert merge.with_markers(zealous=False) == merge_file(folder, triple, "--diff3")
        assert merge.with_markers() == merge_file(folder, triple, "--zdiff3")

    @pytest.mark.parametrize(
        "triple",
        [
            (b"", b"", b""),
            (b"", b"a\n", b"b\n"),
            (b"a\n", b"", b"b\n"),
            (b"a\n", b"b\n", b""),
            (b"a", b"b", b"c"),
            (b"a\nb", b"a\nc", b"a\nb\n"),
            (b"a\r\nb\r\n", b"a\r\nc", b"a\r\nd"),
            (b"a\r\nb\r\n", b"a\nc\n", b"a\r\nd\r\n"),
            (b"a\r\n", b"x\r\nb\r\n", b"x\r\nc\r\n"),
            (b"a\r\n", b"b", b"c\r\n"),
            (b"\xff\n", b"\xfe\n", b"\xfd\n"),
            (b"<<<<<<< fork\n", b"=======\n", b">>>>>>> upstream\n"),
            (b"|||||||\n" * 3, b"||||||| base\n" * 2, b"=======\n" * 4),
            (b"<" * 40 + b"\na\n", b"<" * 40 + b"\nb\n", b"<" * 40 + b"\nc\n"),
        ],
    )
    def test_edges(self, scratch: Scratch, folder: Path, triple: Triple) -> None:
        merge = merge_hunks(scratch, *triple)
        assert merge.with_markers(zealous=False) == merge_file(folder, triple, "--diff3")
        assert merge.with_markers() == merge_file(folder, triple, "--zdiff3")


class TestLaws:
    @given(triple=triples())
    def test_a_region_s_place_is_the_fork_s(self, scratch: Scratch, triple: Triple) -> None:
        merge = merge_hunks(scratch, *triple)
        fork = lines_of(merge.fork)
        for region in merge.regions:
            lines = lines_of(region.fork)
            assert fork[region.fork_start : region.fork_start + len(lines)] == lines

    @given(triple=triples())
    def test_without_conflicts_the_side_does_not_matter(self, scratch: Scratch, triple: Triple) -> None:
        merge = merge_hunks(scratch, *triple)
        assert merge.regions or taking(merge, "fork") == taking(merge, "upstream")

    @given(triple=triples(), side=sides)
    def test_where_all_may_be_lost_nothing_stays_open(self, scratch: Scratch, triple: Triple, side: Winner) -> None:
        result = resolve(merge_hunks(scratch, *triple), side, judge(may_lose="all"))
        assert result.open == ()
        assert result.content == result.with_markers() == taking(result.merge, side)

    @given(triple=triples(), side=sides)
    def test_what_may_not_be_lost_stays_open(self, scratch: Scratch, triple: Triple, side: Winner) -> None:
        """No decided region loses what the rule forbids, and every line of an open one is still shown."""
        merge = merge_hunks(scratch, *triple)
        result = resolve(merge, side, judge(may_lose_upstream="none"))
        assert (result.lost.fork, result.lost.upstream) == ((), ())
        assert (result.content is None) == bool(result.open)
        shown = result.with_markers()
        open_lines = (lines_of(each.region.fork) + lines_of(each.region.upstream) for each in result.open)
        assert all(line in shown for lines in open_lines for line in lines)

    @given(triple=triples(), side=sides)
    def test_a_resolved_file_has_only_lines_of_its_versions(
        self, scratch: Scratch, triple: Triple, side: Winner
    ) -> None:
        merge = merge_hunks(scratch, *triple)
        assert set(lines_of(taking(merge, side))) <= {line for text in triple for line in lines_of(text)}

    @given(triple=triples())
    def test_only_regions_lose_lines(self, scratch: Scratch, triple: Triple) -> None:
        merge = merge_hunks(scratch, *triple)
        outside, place = list[bytes](), 0
        fork = lines_of(merge.fork)
        for region in merge.regions:
            outside += fork[place : region.fork_start]
            place = region.fork_start + len(lines_of(region.fork))
        outside += fork[place:]
        assert set(outside) - set(lines_of(merge.base)) <= set(lines_of(taking(merge, "upstream")))

    @given(triple=triples(), algorithm=st.sampled_from(Algorithm))
    def test_the_direction_does_not_matter(self, scratch: Scratch, triple: Triple, algorithm: Algorithm) -> None:
        base, fork, upstream = triple
        merge = merge_hunks(scratch, base, fork, upstream, algorithm)
        turned = merge_hunks(scratch, base, upstream, fork, algorithm)
        assert swapped(merge) == versions(turned)
        assert taking(merge, "fork") == taking(turned, "upstream")


class TestFiles:
    def test_a_file_is_merged_by_its_entries(self, scratch: Scratch) -> None:
        merge = merge_file_hunks(scratch, RepoPath("a.txt"), file(scratch, b"a\nb\nc\n", b"x\nb\nc\n", b"y\nb\nz\n"))
        assert merge is not None
        assert (taking(merge, "fork"), taking(merge, "upstream")) == (b"x\nb\nz\n", b"y\nb\nz\n")

    def test_without_a_base_all_lines_are_new(self, scratch: Scratch) -> None:
        merge = merge_file_hunks(scratch, RepoPath("a.txt"), file(scratch, None, b"a\nb\n", b"a\nc\n"))
        assert merge is not None
        assert merge.with_markers(Labels(base="")) == (b"a\n<<<<<<< fork\nb\n|||||||\n=======\nc\n>>>>>>> upstream\n")

    @pytest.mark.parametrize(
        ("path", "fork"),
        [("a.txt", b"\0"), ("a.lock", b"x\n"), ("a.log", b"x\n"), ("a.txt", None)],
        ids=["binary", "merged as binary", "union", "absent"],
    )
    def test_what_git_does_not_merge_as_text_is_left_alone(
        self, scratch: Scratch, path: str, fork: bytes | None
    ) -> None:
        assert merge_file_hunks(scratch, RepoPath(path), file(scratch, b"a\n", fork, b"b\n")) is None


def judge(**allowed: str) -> Judge:
    """What a rule that allows some loss says of a hunk."""
    acme = policy({"paths": ["/a"], "resolve": "accept-upstream", **allowed})
    rule = acme.ownership.rules[0]
    return lambda marked, loss: Guards(acme).hunk_objections(rule, marked, loss)


def file(scratch: Scratch, base: bytes | None, fork: bytes | None, upstream: bytes | None) -> Versions:
    """Three versions of a file, written to the store."""
    entries = (None if text is None else Entry(FILE, write_blob(scratch, text)) for text in (base, fork, upstream))
    return Versions(*entries)


def taking(merge: HunkMerge, side: Winner) -> bytes:
    """The merged text with every conflict given to one side."""
    return b"".join(part if isinstance(part, bytes) else part.of(side) for part in merge.parts)


def versions(merge: HunkMerge) -> list[bytes | Triple]:
    """The parts of a merge, with the versions of each region."""
    return [part if isinstance(part, bytes) else (part.base, part.fork, part.upstream) for part in merge.parts]


def swapped(merge: HunkMerge) -> list[bytes | Triple]:
    """The parts of a merge, with the sides' names swapped."""
    return [part if isinstance(part, bytes) else (part.base, part.upstream, part.fork) for part in merge.parts]
