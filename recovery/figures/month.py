"""A programme's month in figures, for the summary to leadership (playbook, section 6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from recovery.cases.steps import Step
from recovery.figures.case_figures import (
    Amount,
    ContactRate,
    Cost,
    EscalationFigures,
    OnTime,
    OpenFigures,
    SavedFigures,
    Spread,
)
from recovery.figures.periods import A_YEAR, DAY, Period, month, span
from recovery.figures.share import Share
from recovery.readouts.registry import Item, is_late

ENOUGH = 10  # measured customers of a group: from there on one more or less moves its rate by ten points at most


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """What became of the cases submitted in one month, and the escalations raised in it."""

    contacted: ContactRate = field(default_factory=ContactRate)
    took: Spread = field(default_factory=Spread)
    steps: Mapping[Step, OnTime] = field(default_factory=dict)
    escalations: EscalationFigures = field(default_factory=lambda: EscalationFigures(Share(), Spread()))
    saved: SavedFigures = field(default_factory=SavedFigures)

    @property
    def detractors(self) -> int:
        """Cases that are in the figures: not those that were withdrawn, or are duplicates."""
        return self.contacted.share.whole + self.contacted.undecided

    @property
    def is_empty(self) -> bool:
        return not self.detractors and not self.escalations.acknowledged.whole


@dataclass(frozen=True, slots=True)
class Group:
    """How many of a segment, or of those with one root cause, was won back. `key` as the policy knows it."""

    key: str
    recovery: Share


@dataclass(frozen=True, slots=True)
class Recovered:
    """Who was won back of the cases of the last `months`, up to twelve: that a later answer tells takes more than one.

    `segments` and `root_causes`: those with ENOUGH measured customers, the best first. `cost` is that of these months.
    """

    months: int
    saved: SavedFigures
    cost: Cost
    segments: tuple[Group, ...] = ()
    root_causes: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Actions:
    """Open items of the action registry: all, those whose day has passed, those that nobody has planned."""

    open: int = 0
    late: int = 0
    unplanned: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that leadership is told of a month.

    `now` is that month, `then` the one before. `open`, `at_risk`, `actions` are as of `at` (aware UTC). `limit` is how
    long a first contact may take, as the policy says it; "" where that differs from case to case.
    """

    month: Period
    before: Period
    at: datetime
    now: MonthFigures
    then: MonthFigures
    recovered: Recovered
    open: OpenFigures
    at_risk: Amount
    actions: Actions = field(default_factory=Actions)
    limit: str = ""

    @property
    def says_anything(self) -> bool:
        return not self.now.is_empty or not self.then.is_empty or bool(self.open.total or self.actions.open)


def months_until(over: Period, first: datetime) -> Period:
    """Give the twelve months of which `over` is the last; from that of the `first` case on, where it came later."""
    ends = over.end
    year_ago = date(ends.year - 1, ends.month, 1)
    began = month(first.year, first.month).start.date()
    return span(max(year_ago, began), (ends - DAY).date())


def count_months(period: Period) -> int:
    """Give how many whole months a period has."""
    return (period.end.year - period.start.year) * A_YEAR + period.end.month - period.start.month


def ranked(found: Mapping[str, SavedFigures]) -> tuple[Group, ...]:
    """Give the groups that have a name and ENOUGH measured customers, the best recovery first."""
    groups = [Group(key, each.recovery) for key, each in found.items() if key and each.recovery.whole >= ENOUGH]
    return tuple(sorted(groups, key=lambda group: (-(group.recovery.exact or 0), -group.recovery.whole, group.key)))


def actions_of(items: Iterable[Item], at: datetime, zone: ZoneInfo) -> Actions:
    """Count the open ones of these items; `zone` is that of the programme's calendar."""
    open_items = [item for item in items if item.is_open]
    return Actions(
        open=len(open_items),
        late=sum(is_late(item, at, zone) for item in open_items),
        unplanned=sum(item.plan is None for item in open_items),
    )
