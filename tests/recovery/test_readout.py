"""What the readout concludes: trends, movers, inversions, divergence, where to look; nothing from too few answers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.case import State, Urgency
from recovery.figures.case_row import CaseRow
from recovery.figures.dimensions import Dimension
from recovery.figures.nps import Tally
from recovery.figures.share import Share
from recovery.policy.file import FigureRules
from recovery.readouts.readout import (
    Divergence,
    Standing,
    Trend,
    Voice,
    diverging,
    inversions,
    look_first,
    movers,
    standings,
    strata,
    trend,
    trend_words,
)

RULES = FigureRules()
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
counts = st.integers(0, 120)
tallies = st.builds(Tally, counts, counts, counts)
groups = st.dictionaries(st.sampled_from(["", "enterprise", "mid", "smb", "public"]), tallies)


def tally(nps: int, n: int = 100) -> Tally:
    """So many people with that NPS; n and nps of the same parity."""
    up = (n + nps * n // 100) // 2
    assert Tally(up, 0, n - up).exact == nps, "this NPS needs another n"
    return Tally(up, 0, n - up)


def standing(now: Tally, before: Tally, value: str = "mid") -> Standing:
    return Standing(value, now, before)


TRENDS = [
    (tally(20), tally(10), False, Trend.UP, "up 10 points, within the margin"),
    (tally(60), tally(10), False, Trend.UP, "up 50 points"),
    (tally(-60), tally(10), False, Trend.DOWN, "down 70 points"),
    (tally(10), tally(10), False, Trend.LEVEL, "no change"),
    (Tally(500, 100, 400), Tally(499, 102, 399), False, Trend.LEVEL, "no change"),  # 0 points, other people
    (Tally(505, 100, 395), Tally(500, 100, 400), False, Trend.UP, "up 1 point, within the margin"),
    (Tally(502, 100, 398), Tally(500, 100, 400), False, Trend.LEVEL, "no change"),  # 0.4 of a point
    (Tally(29, 0, 0), tally(10), False, Trend.UNDER_SAMPLED, "under-sampled: 29 of 30 answers"),
    (tally(10), Tally(29, 0, 0), False, Trend.UNDER_SAMPLED, "no trend: 29 of 30 answers in the period before"),
    (tally(10), Tally(), False, Trend.UNDER_SAMPLED, "no trend: 0 of 30 answers in the period before"),
    (Tally(), Tally(), False, Trend.UNDER_SAMPLED, "under-sampled: 0 of 30 answers"),
    (Tally(30, 0, 0), Tally(0, 0, 30), False, Trend.UP, "up 200 points"),
    (Tally(99, 0, 0), tally(10), True, Trend.UNDER_SAMPLED, "under-sampled: 99 of 100 answers"),
    (tally(20), Tally(0, 0, 100), True, Trend.UP, "up 120 points"),
]


@pytest.mark.parametrize(("now", "before", "overall", "goes", "words"), TRENDS, ids=[row[4] for row in TRENDS])
def test_a_trend_and_its_words(now: Tally, before: Tally, overall: bool, goes: Trend, words: str) -> None:
    each = standing(now, before)
    assert trend(each, RULES, overall=overall) is goes
    assert trend_words(each, RULES, overall=overall) == words


@given(tallies, tallies, st.booleans())
def test_a_trend_is_claimed_exactly_when_both_periods_have_enough(now: Tally, before: Tally, overall: bool) -> None:
    enough = 100 if overall else 30
    each = standing(now, before)
    claimed = trend(each, RULES, overall=overall) is not Trend.UNDER_SAMPLED
    assert claimed == (now.n >= enough and before.n >= enough)
    words = trend_words(each, RULES, overall=overall)
    assert claimed == words.startswith(("up ", "down ", "no change"))
    mirrored = trend(standing(before, now), RULES, overall=overall)
    opposite = {Trend.UP: Trend.DOWN, Trend.DOWN: Trend.UP}
    here = trend(each, RULES, overall=overall)
    assert mirrored is opposite.get(here, here)


def test_the_change_is_taken_before_rounding() -> None:
    # 12.5 is shown as 13 and -12.5 as -13; they are 25 points apart, not 26.
    each = standing(Tally(3, 3, 2), Tally(2, 3, 3))
    assert (each.now.nps, each.before.nps, each.change) == (13, -13, Fraction(25))


def test_groups_are_paired_sorted_and_measured_against_their_target() -> None:
    found = standings(
        {"mid": tally(10), "": Tally(150, 0, 0), "smb": Tally(1, 0, 0), "gone": Tally()},
        {"mid": tally(0), "old": Tally(0, 0, 2), "": Tally(1, 0, 0)},
        RULES,
        Dimension.SEGMENT,
    )
    assert [(each.value, each.now.n, each.before.n, each.target, each.missing) for each in found] == [
        ("mid", 100, 100, 200, 100),
        ("smb", 1, 0, 200, 199),
        ("old", 0, 2, 200, 200),
        ("", 150, 1, None, 0),
    ]
    assert standings({}, {}, RULES, Dimension.SEGMENT) == ()
    assert [each.target for each in standings({"a": Tally(1)}, {}, RULES, Dimension.PLAN)] == [None]


@given(groups, groups)
def test_nothing_is_lost_between_the_groups(now: dict[str, Tally], before: dict[str, Tally]) -> None:
    found = standings(now, before, RULES, Dimension.SEGMENT)
    assert sum((each.now for each in found), Tally()) == sum(now.values(), Tally())
    assert sum((each.before for each in found), Tally()) == sum(before.values(), Tally())
    assert len({each.value for each in found}) == len(found)
    shares = [share for _, share in strata(found)]
    assert sum(share.part for share in shares) == sum(each.n for each in now.values())
    assert len({share.whole for share in shares}) <= 1


def test_who_was_asked_stands_beside_the_score() -> None:
    found = standings({"a": Tally(3), "b": Tally(1)}, {"c": Tally(5)}, RULES, Dimension.ROLE)
    assert strata(found) == (("a", Share(3, 4)), ("b", Share(1, 4)))
    assert strata(()) == ()


def test_movers_moved_more_than_five_points_with_enough_answers() -> None:
    up, down = standing(tally(20), tally(10), "up"), standing(tally(-30), tally(10), "down")
    five = standing(Tally(105, 0, 95), Tally(100, 0, 100), "five")
    more = standing(Tally(1051, 0, 949), Tally(1000, 0, 1000), "more")
    few = standing(Tally(29), tally(-100), "few")
    fresh = standing(tally(90), Tally(), "fresh")
    unknown = standing(tally(90), tally(-90), "")
    assert five.change == 5
    assert more.change == Fraction("5.1")
    assert movers([five, few, more, unknown, fresh, up, down], RULES) == (down, up, more)
    assert movers([], RULES) == ()


def test_moves_of_the_same_size_come_by_name() -> None:
    pair = [standing(tally(20), tally(10), "b"), standing(tally(10), tally(20), "a")]
    assert [each.value for each in movers(pair, RULES)] == ["a", "b"]


INVERSIONS = [
    ({"enterprise": tally(-10), "mid": tally(20)}, ["enterprise"]),
    ({"enterprise": tally(20), "mid": tally(-10)}, []),
    ({"enterprise": tally(20), "mid": tally(20)}, []),  # nobody scores worst
    ({"enterprise": tally(20), "smb": tally(20), "mid": tally(40)}, ["enterprise"]),  # worst, with company
    ({"enterprise": tally(-10)}, []),  # one alone is neither
    ({"enterprise": Tally(0, 0, 29), "mid": tally(20)}, []),
    ({"enterprise": tally(-10), "mid": Tally(29)}, []),
    ({"enterprise": tally(0), "": tally(-90), "mid": tally(20)}, ["enterprise"]),
    ({"mid": tally(-10), "smb": tally(20)}, []),
    ({}, []),
]


@pytest.mark.parametrize(("now", "found"), INVERSIONS)
def test_a_claimed_strength_that_scores_worst(now: dict[str, Tally], found: list[str]) -> None:
    segments = standings(now, {}, RULES, Dimension.SEGMENT)
    assert [each.value for each in inversions(segments, ("enterprise", "gone"), RULES)] == found


@given(groups, st.sets(st.sampled_from(["enterprise", "mid", "smb", "public"])))
def test_an_inversion_is_below_or_level_with_every_segment_that_can_be_compared(
    now: dict[str, Tally], strengths: set[str]
) -> None:
    segments = standings(now, {}, RULES, Dimension.SEGMENT)
    compared = [each.now.exact for each in segments if each.value and each.now.n >= 30 and each.now.exact is not None]
    for each in inversions(segments, strengths, RULES):
        assert each.value in strengths
        assert each.now.exact == min(compared) < max(compared)


def test_roles_of_one_account_that_see_it_differently() -> None:
    voices = [
        Voice(1, "User", 5),
        Voice(1, "Executive", 9),
        Voice(1, " user", 4),
        Voice(2, "Executive", 9),
        Voice(2, "User", 6),
        Voice(3, "Executive", 10),
        Voice(3, "User", 0),
        Voice(3, "", 10),
        Voice(4, "User", 10),
        Voice(4, "USER", 0),
        Voice(5, "", 10),
        Voice(5, " ", 0),
    ]
    assert diverging(voices) == (
        Divergence(3, (("executive", Fraction(10)), ("user", Fraction(0)))),
        Divergence(1, (("executive", Fraction(9)), ("user", Fraction(9, 2)))),
    )
    assert diverging([]) == ()


@pytest.mark.parametrize(("score", "apart"), [(6, False), (5, True)])
def test_four_points_are_enough(score: int, apart: bool) -> None:
    assert bool(diverging([Voice(1, "cio", 9), Voice(1, "user", score)])) is apart


@given(st.lists(st.builds(Voice, st.integers(1, 3), st.sampled_from(["cio", "user", "Admin", ""]), st.integers(0, 10))))
def test_the_order_of_voices_changes_nothing(voices: list[Voice]) -> None:
    found = diverging(voices)
    assert diverging(list(reversed(voices))) == found
    for each in found:
        means = [mean for _, mean in each.roles]
        assert means == sorted(means, reverse=True)
        assert each.apart == means[0] - means[-1] >= 4


ROW = CaseRow(
    id=1,
    programme="relational",
    state=State.CLAIMED,
    submitted_at=NOON - timedelta(days=3),
    assign_due=NOON,
    outreach_due=NOON,
    first_due=NOON + timedelta(days=1),
)


def test_where_to_look_first() -> None:
    soon = ROW
    later = replace(ROW, id=2, first_due=NOON + timedelta(days=2))
    rich = replace(ROW, id=3, acv=Decimal(90000), first_due=NOON + timedelta(days=9))
    late = replace(ROW, id=4, first_due=NOON - timedelta(minutes=1))
    later_than_late = replace(ROW, id=5, first_due=NOON - timedelta(days=9))
    critical = replace(ROW, id=6, urgency=Urgency.CRITICAL, first_due=None)
    closed = replace(critical, id=7, state=State.CLOSED, acv=Decimal(10**9))
    twin = replace(soon, id=8)
    rows = [twin, closed, soon, later, rich, late, later_than_late, critical]
    assert [row.id for row in look_first(rows, NOON, many=99)] == [6, 5, 4, 3, 1, 8, 2]
    assert [row.id for row in look_first(rows, NOON)] == [6, 5, 4]
    assert look_first([closed], NOON) == ()
    assert look_first([], NOON) == ()
