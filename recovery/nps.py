"""NPS with its margin of error (playbook, section 6), from counts. Two programmes are never added up."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Self

from recovery.policy_figures import FigureRules
from recovery.share import Share, rounded
from recovery.survey import Category, category_of

WHOLE = 100
TWO_SIDED_95 = 1.96
MINUS = "\u2212"
PLUS_MINUS = "\u00b1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What NPS needs of an answer: whose it is, when, what. `id` decides between two of the same moment."""

    contact_id: int
    id: int
    responded_at: datetime
    score: int


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

    def share_of(self, category: Category) -> Share:
        """Give the share of people in a category."""
        parts = {
            Category.PROMOTER: self.promoters,
            Category.PASSIVE: self.passives,
            Category.DETRACTOR: self.detractors,
        }
        return Share(parts[category], self.n)


def signed(points: int) -> str:
    """Write points with their sign: "+12", "0", "\u22125"."""
    if points == 0:
        return "0"
    return f"{'+' if points > 0 else MINUS}{abs(points)}"


def one_of(score: int) -> Tally:
    """Give the tally of a single answer. Raises Refusal for a number that is no score."""
    match category_of(score):
        case Category.PROMOTER:
            return Tally(promoters=1)
        case Category.PASSIVE:
            return Tally(passives=1)
        case Category.DETRACTOR:
            return Tally(detractors=1)


def latest(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Keep the latest answer of each contact (by time, then id), in the order of the contacts' ids."""
    found: dict[int, Answer] = {}
    for answer in answers:
        known = found.get(answer.contact_id)
        if known is None or (known.responded_at, known.id) < (answer.responded_at, answer.id):
            found[answer.contact_id] = answer
    return tuple(found[contact] for contact in sorted(found))


def tally(answers: Iterable[Answer]) -> Tally:
    """Count the latest answer of each contact. `answers`: those of one programme and period, in any order."""
    counts = dict.fromkeys(Category, 0)
    for answer in latest(answers):
        counts[category_of(answer.score)] += 1
    return Tally(counts[Category.PROMOTER], counts[Category.PASSIVE], counts[Category.DETRACTOR])


def under_sampled(counted: Tally, rules: FigureRules, *, overall: bool = False) -> bool:
    """Whether there are too few answers to claim a trend: of everybody (`overall`), or of one group."""
    return counted.n < rules.enough(overall=overall)
