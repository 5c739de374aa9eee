"""What the one-page readout concludes from counts (playbook, sections 6 and 7): trends, movers, inversions, divergence.

Everything here is pure and works on tallies and rows; nothing is claimed of a group with too few answers.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from recovery.cases.case import Urgency
from recovery.figures.case_row import CaseRow
from recovery.figures.dimensions import NOT_KNOWN, Dimension, folded
from recovery.figures.nps import Tally, under_sampled
from recovery.figures.share import Share, rounded
from recovery.policy.figures import FigureRules

MOVED = 5  # points; more than these is a move that somebody explains (playbook, section 7)
# From the lowest promoter (9) to a user in the middle of the detractors (5): nobody takes that for one opinion.
DIVERGED = 4
LOOK_AT = 3
NO_TIME = timedelta(0)


class Trend(StrEnum):
    """UP, DOWN: by a point or more. LEVEL: less. UNDER_SAMPLED: too few answers now, or before, to say anything."""

    UP = "up"
    DOWN = "down"
    LEVEL = "level"
    UNDER_SAMPLED = "under_sampled"


@dataclass(frozen=True, slots=True)
class Standing:
    """A group, or everybody: its tally in the period and in the one before.

    `value` is the group as recovery.figures.dimensions writes it, "" where it isn't known. `target`: how many answers a
    quarter should bring; None when nothing is asked.
    """

    value: str
    now: Tally
    before: Tally
    target: int | None = None

    @property
    def change(self) -> Fraction | None:
        """The difference of both NPS, in points, before any rounding; None when one of both isn't there."""
        if self.now.exact is None or self.before.exact is None:
            return None
        return self.now.exact - self.before.exact

    @property
    def within_margin(self) -> bool:
        """Whether the change is no larger than chance makes it (95 %, both margins of error together)."""
        if self.change is None or self.now.margin is None or self.before.margin is None:
            return True
        return abs(self.change) <= math.hypot(self.now.margin, self.before.margin)

    @property
    def missing(self) -> int:
        """How many answers are missing to the target; 0 when it is reached, or there is none."""
        return max((self.target or 0) - self.now.n, 0)


def standings(
    now: Mapping[str, Tally], before: Mapping[str, Tally], rules: FigureRules, dimension: Dimension
) -> tuple[Standing, ...]:
    """Pair the groups of a dimension by period: most answers first, then by name; what isn't known comes last."""
    target = rules.target(dimension)
    found = [
        Standing(value, now.get(value, Tally()), before.get(value, Tally()), target if value != NOT_KNOWN else None)
        for value in now.keys() | before.keys()
    ]
    present = [each for each in found if each.now.n or each.before.n]
    return tuple(sorted(present, key=lambda each: (each.value == NOT_KNOWN, -each.now.n, each.value)))


def trend(standing: Standing, rules: FigureRules, *, overall: bool = False) -> Trend:
    """Say where a standing goes; a trend needs enough answers in both periods."""
    change = standing.change
    few = any(under_sampled(each, rules, overall=overall) for each in (standing.now, standing.before))
    if few or change is None:
        return Trend.UNDER_SAMPLED
    points = rounded(change)
    if points == 0:
        return Trend.LEVEL
    return Trend.UP if points > 0 else Trend.DOWN


def trend_words(standing: Standing, rules: FigureRules, *, overall: bool = False) -> str:
    """Say it for people: "up 7 points", "down 1 point, within the margin", "under-sampled: 12 of 30 answers"."""
    enough = rules.enough(overall=overall)
    if standing.now.n < enough:
        return f"under-sampled: {standing.now.n} of {enough} answers"
    if standing.before.n < enough:
        return f"no trend: {standing.before.n} of {enough} answers in the period before"
    points = rounded(standing.change or 0)
    if points == 0:
        return "no change"
    unit = "point" if abs(points) == 1 else "points"
    chance = ", within the margin" if standing.within_margin else ""
    return f"{'up' if points > 0 else 'down'} {abs(points)} {unit}{chance}"


def strata(groups: Iterable[Standing]) -> tuple[tuple[str, Share], ...]:
    """Give each group's share of the answers, so that a change of who was asked can be seen beside the score."""
    kept = tuple(groups)
    whole = sum(each.now.n for each in kept)
    return tuple((each.value, Share(each.now.n, whole)) for each in kept if each.now.n)


def movers(groups: Iterable[Standing], rules: FigureRules) -> tuple[Standing, ...]:
    """List the groups that moved more than 5 points with enough answers in both periods, the largest move first."""
    moved = [
        (abs(each.change), each)
        for each in groups
        if each.value != NOT_KNOWN
        and trend(each, rules) is not Trend.UNDER_SAMPLED
        and each.change is not None
        and abs(each.change) > MOVED
    ]
    return tuple(each for _, each in sorted(moved, key=lambda pair: (-pair[0], pair[1].value)))


def inversions(segments: Iterable[Standing], strengths: Collection[str], rules: FigureRules) -> tuple[Standing, ...]:
    """List the segments that we claim as a strength (keys of [segments]) and that score worst of all.

    Only segments with enough answers are compared, and one alone is neither best nor worst.
    """
    compared = [
        (each.now.exact, each)
        for each in segments
        if each.value != NOT_KNOWN and each.now.exact is not None and not under_sampled(each.now, rules)
    ]
    scores = [score for score, _ in compared]
    if not scores or min(scores) == max(scores):
        return ()
    return tuple(each for score, each in compared if score == min(scores) and each.value in strengths)


@dataclass(frozen=True, slots=True)
class Voice:
    """What one contact of an account says now: their latest answer in the programme and period."""

    account_id: int
    role: str
    score: int


@dataclass(frozen=True, slots=True)
class Divergence:
    """Roles of one account that see it differently: each with its mean score, the most content first."""

    account_id: int
    roles: tuple[tuple[str, Fraction], ...]

    @property
    def apart(self) -> Fraction:
        """How many points lie between the most and the least content role."""
        return self.roles[0][1] - self.roles[-1][1]


def diverging(voices: Iterable[Voice]) -> tuple[Divergence, ...]:
    """List the accounts of which two roles are 4 points or more apart, the furthest apart first.

    Voices without a role are left out: nobody could be named.
    """
    heard: dict[int, dict[str, list[int]]] = {}
    for voice in voices:
        if role := folded(voice.role):
            heard.setdefault(voice.account_id, {}).setdefault(role, []).append(voice.score)
    found = (Divergence(account, _means(roles)) for account, roles in heard.items())
    apart = [each for each in found if each.apart >= DIVERGED]
    return tuple(sorted(apart, key=lambda each: (-each.apart, each.account_id)))


def look_first(rows: Iterable[CaseRow], at: datetime, many: int = LOOK_AT) -> tuple[CaseRow, ...]:
    """Pick the open cases to look at first: critical ones, then late ones, then the most money, then what is due.

    Critical cases outrank all else (playbook, section 5).
    """
    opened = [row for row in rows if row.is_open]
    return tuple(sorted(opened, key=lambda row: _rank(row, at))[:many])


def _means(roles: Mapping[str, Sequence[int]]) -> tuple[tuple[str, Fraction], ...]:
    means = ((role, Fraction(sum(scores), len(scores))) for role, scores in roles.items())
    return tuple(sorted(means, key=lambda pair: (-pair[1], pair[0])))


def _rank(row: CaseRow, at: datetime) -> tuple[bool, bool, Decimal, bool, datetime, int]:
    return (
        row.urgency is not Urgency.CRITICAL,
        row.late_by(at) == NO_TIME,
        -(row.acv or Decimal(0)),
        row.first_due is None,
        row.first_due or at,
        row.id,
    )
