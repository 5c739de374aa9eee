"""NPS, its margin of error, whose answer counts, and when there are too few (playbook, section 6)."""

import math
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.errors import Refusal
from recovery.nps import Answer, Tally, latest, one_of, signed, tally, under_sampled
from recovery.policy import FigureRules
from recovery.share import Share
from recovery.survey import Category

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
counts = st.integers(0, 5000)
tallies = st.builds(Tally, counts, counts, counts)
answers = st.lists(
    st.builds(
        lambda contact, hours, score: (contact, NOON + timedelta(hours=hours), score),
        st.integers(1, 6),
        st.integers(0, 3),
        st.integers(0, 10),
    ),
    max_size=30,
).map(lambda found: [Answer(contact, place, at, score) for place, (contact, at, score) in enumerate(found)])

SHOWN = [
    (Tally(), None, None, "no answers"),
    (Tally(promoters=1), 100, 0.0, "+100 \u00b1 0"),
    (Tally(passives=4), 0, 0.0, "0 \u00b1 0"),
    (Tally(detractors=3), -100, 0.0, "\u2212100 \u00b1 0"),
    (Tally(50, 30, 20), 30, 1.96 * 100 * math.sqrt((0.7 - 0.09) / 100), "+30 \u00b1 15"),
    (Tally(20, 30, 50), -30, 1.96 * 100 * math.sqrt((0.7 - 0.09) / 100), "\u221230 \u00b1 15"),
    (Tally(9, 190, 1), 4, 1.96 * 100 * math.sqrt((0.05 - 0.0016) / 200), "+4 \u00b1 3"),
    # 12.5 and -12.5: half away from zero
    (Tally(3, 3, 2), 13, 1.96 * 100 * math.sqrt((0.625 - 0.125**2) / 8), "+13 \u00b1 54"),
    (Tally(2, 3, 3), -13, 1.96 * 100 * math.sqrt((0.625 - 0.125**2) / 8), "\u221213 \u00b1 54"),
]


@pytest.mark.parametrize(("counted", "nps", "margin", "shown"), SHOWN)
def test_the_figure_and_how_it_is_shown(counted: Tally, nps: int | None, margin: float | None, shown: str) -> None:
    assert (counted.nps, counted.shown) == (nps, shown)
    assert counted.margin == (None if margin is None else pytest.approx(margin, rel=1e-12, abs=1e-12))


@given(tallies)
def test_it_is_the_playbooks_formula(counted: Tally) -> None:
    n = counted.promoters + counted.passives + counted.detractors
    if n == 0:
        assert (counted.exact, counted.nps, counted.margin) == (None, None, None)
        return
    p, d = Fraction(counted.promoters, n), Fraction(counted.detractors, n)
    assert counted.exact == 100 * (p - d)
    assert counted.margin == pytest.approx(1.96 * 100 * math.sqrt((p + d - (p - d) ** 2) / n), rel=1e-12, abs=1e-9)
    assert -100 <= counted.exact <= 100
    assert counted.nps is not None
    assert abs(counted.nps - counted.exact) <= Fraction(1, 2)


@given(tallies)
def test_promoters_and_detractors_mirror_each_other(counted: Tally) -> None:
    mirrored = Tally(counted.detractors, counted.passives, counted.promoters)
    assert mirrored.margin == counted.margin
    assert (mirrored.nps or 0) == -(counted.nps or 0)


@given(tallies, tallies)
def test_groups_add_up_by_their_people(one: Tally, other: Tally) -> None:
    both = one + other
    assert both.n == one.n + other.n
    if one.exact is not None and other.exact is not None and both.exact is not None:
        assert both.exact == (one.exact * one.n + other.exact * other.n) / both.n


@pytest.mark.parametrize(("score", "counted"), [(s, Tally(0, 0, 1)) for s in range(7)] + [
    (7, Tally(0, 1, 0)), (8, Tally(0, 1, 0)), (9, Tally(1, 0, 0)), (10, Tally(1, 0, 0)),
])  # fmt: skip
def test_each_score_has_its_category(score: int, counted: Tally) -> None:
    assert one_of(score) == counted
    assert tally([Answer(1, 1, NOON, score)]) == counted


@pytest.mark.parametrize("score", [-1, 11])
def test_a_number_that_is_no_score_is_refused(score: int) -> None:
    with pytest.raises(Refusal):
        one_of(score)
    with pytest.raises(Refusal):
        tally([Answer(1, 1, NOON, score)])


def test_only_the_latest_answer_of_a_contact_counts() -> None:
    first, second = Answer(1, 1, NOON, 2), Answer(1, 2, NOON + timedelta(days=1), 9)
    other = Answer(2, 3, NOON, 5)
    assert tally([second, other, first]) == Tally(promoters=1, detractors=1)


def test_of_two_at_the_same_moment_the_higher_number_counts() -> None:
    assert latest([Answer(1, 8, NOON, 2), Answer(1, 7, NOON, 10)]) == (Answer(1, 8, NOON, 2),)


@given(answers, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(found: list[Answer], dice: object) -> None:
    shuffled = [*found, *found[:5]]
    dice.shuffle(shuffled)  # type: ignore[attr-defined] - hypothesis gives a random.Random
    assert tally(shuffled) == tally(found)


@given(answers)
def test_it_counts_what_sorting_counts(found: list[Answer]) -> None:
    each = defaultdict(list)
    for answer in found:
        each[answer.contact_id].append((answer.responded_at, answer.id, answer.score))
    scores = [max(theirs)[2] for theirs in each.values()]
    assert tally(found) == Tally(
        sum(s >= 9 for s in scores), sum(s in {7, 8} for s in scores), sum(s <= 6 for s in scores)
    )


@pytest.mark.parametrize(("points", "words"), [(12, "+12"), (0, "0"), (-5, "\u22125")])
def test_points_carry_their_sign(points: int, words: str) -> None:
    assert signed(points) == words


def test_shares_of_the_categories() -> None:
    counted = Tally(5, 3, 2)
    assert [counted.share_of(each) for each in Category] == [Share(5, 10), Share(3, 10), Share(2, 10)]


@pytest.mark.parametrize(
    ("n", "overall", "few"),
    [(29, False, True), (30, False, False), (99, True, True), (100, True, False), (0, False, True)],
)
def test_too_few_is_what_the_policy_says(n: int, overall: bool, few: bool) -> None:
    assert under_sampled(Tally(passives=n), FigureRules(), overall=overall) is few


def test_the_policy_can_ask_for_less() -> None:
    rules = FigureRules.model_validate({"enough_in_group": 5, "enough_overall": 10})
    assert not under_sampled(Tally(passives=5), rules)
    assert under_sampled(Tally(passives=9), rules, overall=True)
