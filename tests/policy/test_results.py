"""What a side's result is, and what either side loses by it."""

import pytest

from forkpolicy.policy.decisions import Resolution
from forkpolicy.policy.facts import Entry, Kind, Versions
from forkpolicy.policy.names import BlobId

from .conflicts import EXECUTABLE, FILE, SUBMODULE, SYMLINK, UPSTREAM_COMMIT, entry, facts, group, result_of, versions

SIDES = {"fork": Resolution.KEEP_FORK, "upstream": Resolution.ACCEPT_UPSTREAM}


@pytest.mark.parametrize(
    ("base", "fork", "upstream", "side", "lost_by_fork", "lost_by_upstream"),
    [
        ("a\n", "a\nmine\n", "a\nother\n", "upstream", ("mine",), ()),
        ("a\n", "a\nmine\n", "a\nother\n", "fork", (), ("other",)),
        ("a\n", None, "a\nother\n", "upstream", ("a", "other"), ()),
        ("a\n", "a\nmine\n", None, "upstream", ("mine",), ()),
        ("a\n", "a \n", None, "upstream", ("a ", "a"), ()),
        ("a\n", "a\nmine\n", None, "fork", (), ("a", "mine")),
        (None, "mine\n", "other\n", "upstream", ("mine",), ()),
        ("a\n", "same\n", "same\n", "upstream", (), ()),
    ],
    ids=[
        "the fork's line",
        "upstream's line",
        "a file that the fork removed",
        "a file that upstream removed",
        "white space of a file that disappears",
        "a file that upstream removed comes back",
        "both added",
        "both the same",
    ],
)
def test_losses(
    base: str | None,
    fork: str | None,
    upstream: str | None,
    side: str,
    lost_by_fork: tuple[str, ...],
    lost_by_upstream: tuple[str, ...],
) -> None:
    _, loss = result_of(facts(file=versions(base, fork, upstream)), SIDES[side])
    assert (loss.fork, loss.upstream) == (lost_by_fork, lost_by_upstream)


@pytest.mark.parametrize(
    ("base", "fork", "upstream", "lost"),
    [
        ((FILE, "a"), (EXECUTABLE, "a"), (FILE, "b"), ("(mode 100755)",)),
        ((FILE, "a"), (EXECUTABLE, "a"), (EXECUTABLE, "b"), ()),
        ((FILE, "a"), (FILE, "a"), (EXECUTABLE, "b"), ()),
        ((FILE, "a"), (EXECUTABLE, "a"), None, ("(mode 100755)",)),
        (None, (EXECUTABLE, "a"), (FILE, "a"), ("(mode 100755)",)),
        (None, (EXECUTABLE, "a"), None, ("a",)),
        ((FILE, "a"), (SYMLINK, "target"), (FILE, "b"), ("(mode 120000)", "target")),
        ((SYMLINK, "one"), (SYMLINK, "two"), (SYMLINK, "three"), ("two",)),
        ((SUBMODULE, "1"), (SUBMODULE, "2"), (SUBMODULE, "3"), None),
        ((FILE, "a"), (SUBMODULE, "2"), (FILE, "b"), None),
        ((SUBMODULE, "1"), None, (SUBMODULE, "3"), None),
    ],
    ids=[
        "its mode",
        "the same mode",
        "no change of its own",
        "a mode with the file",
        "the mode of a new file",
        "a new file",
        "a file became a link",
        "a link's target",
        "a submodule",
        "a file became a submodule",
        "a submodule comes back",
    ],
)
def test_what_the_fork_loses_besides_text(
    base: tuple[int, str] | None,
    fork: tuple[int, str] | None,
    upstream: tuple[int, str] | None,
    lost: tuple[str, ...] | None,
) -> None:
    file = Versions(*(each and Entry(each[0], BlobId(each[1])) for each in (base, fork, upstream)))
    assert result_of(facts(file=file), Resolution.ACCEPT_UPSTREAM)[1].fork == lost


def test_lines_of_binary_files_cannot_be_told() -> None:
    _, loss = result_of(facts(file=versions("\0a", "\0b", "\0c")), Resolution.ACCEPT_UPSTREAM)
    assert (loss.fork, loss.upstream) == (None, ())


def test_an_untouched_file_has_no_work_of_the_fork_to_lose() -> None:
    for fork in ("b\n", "\0b"):
        known = facts(file=versions("a\n", fork, None), untouched=UPSTREAM_COMMIT)
        assert result_of(known, Resolution.ACCEPT_UPSTREAM)[1].fork == ()


def test_a_side_of_a_group_has_its_entry_or_absence_at_every_name() -> None:
    renamed = group(
        Kind.RENAME_RENAME,
        "old",
        {"old": versions("a\n", None, None), "f": versions(None, "a\nf\n", None), "u": versions(None, None, "a\nu\n")},
    )
    kept, loss = result_of(renamed, Resolution.KEEP_FORK)
    assert kept.results == {"old": None, "f": entry("a\nf\n"), "u": None}
    assert loss.upstream == ("a", "u")


def test_a_file_that_one_side_renamed_stands_at_the_merged_name_alone() -> None:
    edited = versions("a\n", "f\n", "u\n")
    conflict = group(Kind.CONTENT, "new", {"old": edited, "new": edited})
    renamed, loss = result_of(conflict, Resolution.ACCEPT_UPSTREAM)
    assert renamed.results == {"old": None, "new": entry("u\n")}
    assert loss.fork == ("f",)
