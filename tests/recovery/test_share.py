"""Parts of a whole, and rounding: half away from zero, exactly, and nothing of nothing is no percentage."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.figures.share import Share, rounded

ROUNDED = [
    (0, 0),
    (0.5, 1),
    (-0.5, -1),
    (1.5, 2),
    (2.5, 3),
    (-2.5, -3),
    (0.49999999999999994, 0),  # adding a half to it in floats gives 1.0
    (Decimal("-12.4999"), -12),
    (Decimal("12.5"), 13),
    (Fraction(-1, 2), -1),
    (Fraction(10**40 + 1, 2), (10**40 + 2) // 2),
]


@pytest.mark.parametrize(("value", "whole"), ROUNDED)
def test_halves_go_away_from_zero(value: Decimal | float | Fraction, whole: int) -> None:
    assert rounded(value) == whole


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity")])
def test_what_is_no_number_is_never_rounded(value: Decimal | float) -> None:
    with pytest.raises((ValueError, OverflowError)):
        rounded(value)


@given(st.decimals(min_value=-1000, max_value=1000, places=3))
def test_it_is_what_decimal_calls_half_up(value: Decimal) -> None:
    assert rounded(value) == int(value.quantize(Decimal(1), ROUND_HALF_UP))
    assert rounded(-value) == -rounded(value)


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(0, 0, None), (0, 7, 0), (7, 7, 100), (1, 8, 13), (1, 3, 33), (2, 3, 67), (1, 200, 1), (199, 200, 100)],
)
def test_percentages(part: int, whole: int, percent: int | None) -> None:
    assert Share(part, whole).percent == percent


def test_the_exact_percentage_is_kept() -> None:
    assert Share(43, 48).exact == Fraction(4300, 48)
    assert Share(43, 48).percent == 90
    assert Share().exact is None


@pytest.mark.parametrize(("part", "whole"), [(1, 0), (8, 7), (-1, 7), (0, -1)])
def test_what_is_no_part_is_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="no part of"):
        Share(part, whole)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_shares_add_up_by_their_counts(part: int, rest: int, other: int, other_rest: int) -> None:
    both = Share(part, part + rest) + Share(other, other + other_rest)
    assert (both.part, both.whole) == (part + other, part + rest + other + other_rest)
    assert both.percent is None or 0 <= both.percent <= 100
