from msgspec.structs import replace

from forkpolicy.policy.backtest import Backtest, Candidate, Score, Trial
from forkpolicy.policy.names import CommitId, RepoPath
from forkpolicy.policy.origins import DEFAULT
from forkpolicy.policy.verdicts import Side, Verdict, side_of
from tests.policy.conflicts import EXECUTABLE, entry


def trial(merge: int, path: str, recorded: str | None, rule: str = DEFAULT, decided: str | None = "?") -> Trial:
    """A conflict of the fork's `F` with upstream's `U`; `decided` is `?` where it is left for a person."""
    verdict = Verdict.UNDECIDED
    if decided != "?":
        verdict = Verdict.AGREES if decided == recorded else Verdict.DISAGREES
    fork, upstream = entry("F"), entry("U")
    return Trial(CommitId(f"{merge:040}"), RepoPath(path), rule, verdict, fork, upstream, entry(recorded))


def test_each_rule_is_scored_in_the_order_of_the_policy_and_what_is_no_rule_after_them() -> None:
    backtest = Backtest(
        [
            trial(1, "a", "U", "untouched", "U"),
            trial(1, "b", "F", "untouched", "U"),
            trial(1, "c", "F"),
            trial(2, "d", "x", "docs", "F"),
            trial(2, "e", "x", "docs"),
        ],
        ("docs", "untouched", "never"),
    )

    docs, untouched = Score("docs", 1, 0, 1), Score("untouched", 2, 1, 0)
    assert backtest.by_rule == (docs, untouched, Score("default", undecided=1))
    assert backtest.idle == ("never",)
    assert backtest.total == Score("policy", 3, 1, 2)
    assert (backtest.total.coverage, backtest.total.agreement, backtest.total.disagrees) == (3 / 5, 1 / 3, 2)


def test_what_git_merges_by_itself_counts_for_its_rule_but_is_no_conflict() -> None:
    clean = replace(trial(1, "a", "U", "exact", "U"), is_conflict=False)

    backtest = Backtest([clean, trial(1, "b", "F")], ("exact",))

    assert backtest.by_rule[0] == Score("exact", 1, 1)
    assert backtest.total == Score("policy", 0, 0, 1)
    assert backtest.nobody == Score("everything to a person", undecided=1)


def test_nothing_to_decide_has_neither_coverage_nor_agreement() -> None:
    assert (Backtest([]).total.coverage, Backtest([]).total.agreement) == (None, None)


def test_repeating_takes_the_side_of_the_last_time_and_leaves_blends_to_people() -> None:
    history = [("a", "U"), ("b", "x"), ("a", "U"), ("b", "F"), ("a", "F"), ("b", "U"), ("a", "F")]
    backtest = Backtest([trial(number, path, recorded) for number, (path, recorded) in enumerate(history)])

    # a: first, hit, miss, hit; b: first, after a blend, miss
    assert backtest.repeating == Score("repeat the last", decided=4, agrees=2, undecided=3)


def test_a_deletion_repeats_the_choice_of_the_side_that_lacks_the_file() -> None:
    deleted = Trial(CommitId("1" * 40), RepoPath("a"), DEFAULT, Verdict.UNDECIDED, entry("F"), None, None)

    backtest = Backtest([deleted, trial(2, "a", "U"), trial(3, "a", None)])

    assert backtest.repeating == Score("repeat the last", decided=2, agrees=1, undecided=1)


def test_as_often_as_the_policy_it_repeats_what_was_alike_longest() -> None:
    steady = [trial(number, "a", "U", "rule", "U" if number == 3 else "?") for number in range(4)]
    changing = [trial(4, "b", "F"), trial(5, "b", "U")]

    backtest = Backtest([*steady, *changing])

    assert backtest.repeating == Score("repeat the last", decided=4, agrees=3, undecided=2)
    assert backtest.repeating_as_often == Score("repeat the last", decided=1, agrees=1, undecided=5)


def test_older_merges_are_repeated_but_not_scored() -> None:
    backtest = Backtest([trial(2, "a", "U", "rule", "U")], before=[trial(1, "a", "U"), trial(1, "b", "F")])

    assert backtest.repeating == Score("repeat the last", decided=1, agrees=1)
    assert backtest.total == Score("policy", 1, 1)


def test_paths_that_conflict_again_and_have_no_rule_are_candidates() -> None:
    backtest = Backtest(
        [
            trial(1, "once", "F"),
            trial(1, "often", "F"),
            trial(2, "often", "x"),
            trial(3, "often", "F"),
            *(trial(number, "ruled", "F", "rule") for number in range(5)),
        ]
    )

    assert backtest.candidates == (Candidate(RepoPath("often"), 3, {Side.FORK: 2, Side.BLEND: 1}),)


def test_the_side_is_told_by_mode_and_content() -> None:
    fork, upstream = entry("F"), entry("U")

    assert side_of(fork, fork, upstream) is Side.FORK
    assert side_of(upstream, fork, upstream) is Side.UPSTREAM
    assert side_of(entry("U", EXECUTABLE), fork, upstream) is Side.BLEND
    assert side_of(None, fork, None) is Side.DELETED
