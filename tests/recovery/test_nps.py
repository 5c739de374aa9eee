"""NPS, its margin of error, and when there are too few (playbook, section 6)."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.errors import Refusal
from recovery.figures.nps import Tally, signed, under_sampled
from recovery.policy.file import FigureRules
from recovery.survey import Category, category_of

counts = st.integers(0, 5000)
tallies = st.builds(Tally, counts, counts, counts)
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


@pytest.mark.parametrize(
    ("category", "scores"),
    [(Category.DETRACTOR, range(7)), (Category.PASSIVE, range(7, 9)), (Category.PROMOTER, range(9, 11))],
)
def test_each_score_has_its_category(category: Category, scores: range) -> None:
    assert {category_of(score) for score in scores} == {category}


@pytest.mark.parametrize("score", [-1, 11])
def test_a_number_that_is_no_score_is_refused(score: int) -> None:
    with pytest.raises(Refusal):
        category_of(score)


@pytest.mark.parametrize(("points", "words"), [(12, "+12"), (0, "0"), (-5, "\u22125")])
def test_points_carry_their_sign(points: int, words: str) -> None:
    assert signed(points) == words


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
