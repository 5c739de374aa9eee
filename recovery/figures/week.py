"""A programme's week in counts, for the summary in its channel (playbook, section 6 for "contacted in time")."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from recovery.cases.case import Case, State
from recovery.cases.rungs import RungState, ladder_view, next_step
from recovery.cases.steps import Step
from recovery.figures.contacted import Reached, contacted_in_time


@dataclass(frozen=True, slots=True)
class Open:
    """The open cases of one programme at one moment.

    `steps`: how many have an owner and this as their next step; `none_left`: every step is done, but not closed.
    `overdue` cases have a step overdue, the naming of an owner included.
    """

    total: int = 0
    unassigned: int = 0
    overdue: int = 0
    none_left: int = 0
    steps: Mapping[Step, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """What the summary tells.

    `detractors`: cases that were opened in the week; of these `in_time` of `decided` contacted in time, and
    `undecided` can still be. `saved` customers and what they pay a year, None where no account's amount is known.
    """

    detractors: int
    in_time: int
    decided: int
    undecided: int
    open: Open
    saved: int
    saved_acv: Decimal | None

    @property
    def says_anything(self) -> bool:
        """Whether there is anything to tell; a channel without cases is left in peace."""
        return bool(self.detractors or self.open.total or self.saved)


def opened_in_week(cases: Iterable[Reached], at: datetime) -> tuple[int, int, int, int]:
    """Count the cases of the week: all, contacted in time, decided, undecided. Withdrawn ones are in none of them."""
    counted = contacted_in_time(cases, at)
    return counted.decided + counted.undecided, counted.in_time, counted.decided, counted.undecided


def open_now(cases: Iterable[Case], at: datetime) -> Open:
    """Count open cases as they stand at `at`; closed ones are passed over."""
    total = unassigned = overdue = none_left = 0
    steps: Counter[Step] = Counter()
    for case in cases:
        if case.state is State.CLOSED:
            continue
        total += 1
        overdue += any(rung.state is RungState.OVERDUE for rung in ladder_view(case, at))
        rung = next_step(case, at)
        if not case.owner:
            unassigned += 1
        elif rung is None:
            none_left += 1
        else:
            steps[rung.step] += 1
    return Open(total, unassigned, overdue, none_left, {step: steps[step] for step in Step if steps[step]})
