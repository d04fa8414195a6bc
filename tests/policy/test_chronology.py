"""The order of commits: a law for every history, and the cases that decide it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from forkpolicy.policy.chronology import Node, chronological
from forkpolicy.policy.names import CommitId

START = datetime(2026, 1, 1, tzinfo=UTC)


def node(day: int, *parents: str) -> Node:
    return Node([CommitId(each) for each in parents], START + timedelta(days=day))


def order(tip: str, **nodes: Node) -> str:
    return "".join(chronological(CommitId(tip), {CommitId(name): each for name, each in nodes.items()}))


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[list[int], int]]:
    """Commits, each with earlier ones as its parents, and a day; the last one reaches whatever it reaches."""
    size = draw(st.integers(1, 12))
    return [
        (
            draw(st.lists(st.integers(0, max(number - 1, 0)), max_size=3, unique=True)) if number else [],
            draw(st.integers(0, 4)),
        )
        for number in range(size)
    ]


def named(history: list[tuple[list[int], int]], name: str) -> dict[CommitId, Node]:
    return {
        CommitId(f"{name}{index * 7919 % 1000}"): node(day, *(f"{name}{parent * 7919 % 1000}" for parent in parents))
        for index, (parents, day) in enumerate(history)
    }


class TestOrder:
    def test_two_branches_are_told_by_date(self) -> None:
        assert order("e", a=node(0), b=node(1, "a"), c=node(2, "a"), d=node(3, "b"), e=node(4, "d", "c")) == "abcde"

    def test_a_commit_never_comes_before_its_parents_whatever_its_date(self) -> None:
        assert order("c", a=node(9), b=node(1, "a"), c=node(2, "b")) == "abc"

    def test_the_first_parent_s_side_is_the_newer_one_of_equal_dates(self) -> None:
        assert order("d", a=node(0), b=node(1, "a"), c=node(1, "a"), d=node(2, "b", "c")) == "acbd"

    def test_what_is_not_asked_for_or_not_reachable_is_left_out(self) -> None:
        assert order("c", b=node(1, "outside"), c=node(2, "b"), other=node(3, "c")) == "bc"
        assert order("nowhere", b=node(1)) == ""


@given(histories())
def test_the_order_depends_on_topology_and_dates_alone(history: list[tuple[list[int], int]]) -> None:
    one, other = named(history, "a"), named(history, "z")
    renamed = dict(zip(one, other, strict=True))
    tip = list(one)[-1]
    shuffled = dict(sorted(other.items(), key=lambda item: item[0][::-1]))
    assert [renamed[each] for each in chronological(tip, one)] == chronological(renamed[tip], shuffled)


@given(histories())
def test_parents_come_first_and_every_reachable_commit_once(history: list[tuple[list[int], int]]) -> None:
    nodes = named(history, "n")
    found = chronological(list(nodes)[-1], nodes)
    place = {commit: index for index, commit in enumerate(found)}
    assert len(place) == len(found)
    assert all(place[parent] < place[commit] for commit in found for parent in nodes[commit].parents)
