"""NPS with its margin of error (playbook, section 6), from counts. Two programmes are never added up."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from recovery.figures.share import rounded
from recovery.policy.figures import FigureRules

WHOLE = 100
TWO_SIDED_95 = 1.96
MINUS = "\u2212"
PLUS_MINUS = "\u00b1"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people stand where with their latest answer in one programme and period."""

    promoters: int = 0
    passives: int = 0
    detractors: int = 0

    def __add__(self, other: Self) -> "Tally":
        return Tally(
            self.promoters + other.promoters, self.passives + other.passives, self.detractors + other.detractors
        )

    @property
    def n(self) -> int:
        return self.promoters + self.passives + self.detractors

    @property
    def exact(self) -> Fraction | None:
        """The NPS, -100 to 100, as it is; None when nobody has answered."""
        return Fraction(WHOLE * (self.promoters - self.detractors), self.n) if self.n else None

    @property
    def nps(self) -> int | None:
        """The NPS as it is shown, rounded half away from zero; None when nobody has answered."""
        return None if self.exact is None else rounded(self.exact)

    @property
    def margin(self) -> float | None:
        """The margin of error at 95 %, in points of NPS, not rounded; None when nobody has answered.

        1.96 · 100 · sqrt((p + d - (p - d)²) / n) with p and d as shares of n.
        """
        if not self.n:
            return None
        # In whole numbers up to the root, so that it is never that of a number just below zero.
        spread = (self.promoters + self.detractors) * self.n - (self.promoters - self.detractors) ** 2
        return TWO_SIDED_95 * WHOLE * math.sqrt(Fraction(spread, self.n**3))

    @property
    def shown(self) -> str:
        """The figure for people: "+12 \u00b1 8"; "no answers" where there are none."""
        if self.nps is None or self.margin is None:
            return "no answers"
        return f"{signed(self.nps)} {PLUS_MINUS} {rounded(self.margin)}"


def signed(points: int) -> str:
    """Write points with their sign: "+12", "0", "\u22125"."""
    if points == 0:
        return "0"
    return f"{'+' if points > 0 else MINUS}{abs(points)}"


def under_sampled(counted: Tally, rules: FigureRules, *, overall: bool = False) -> bool:
    """Whether there are too few answers to claim a trend: of everybody (`overall`), or of one group."""
    return counted.n < rules.enough(overall=overall)
