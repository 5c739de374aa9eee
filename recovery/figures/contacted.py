"""Contacted in time (playbook, section 6): cases whose first outreach fell inside the limit, of those decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from recovery.cases.case import Outcome

LEFT_OUT = frozenset({Outcome.WITHDRAWN, Outcome.DUPLICATE})


@dataclass(frozen=True, slots=True)
class Reached:
    """What the figure needs of a case: its first outreach that counts, its outreach deadline, how it ended."""

    contacted_at: datetime | None
    outreach_due: datetime
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Contacted:
    """`in_time` of `decided` cases were contacted in time; `undecided` ones still can be."""

    in_time: int = 0
    decided: int = 0
    undecided: int = 0


def contacted_in_time(cases: Iterable[Reached], at: datetime) -> Contacted:
    """Count as they stand at `at`. Withdrawn and duplicate cases are in none of the three."""
    in_time = decided = undecided = 0
    for case in cases:
        if case.outcome in LEFT_OUT:
            continue
        verdict = was_in_time(case, at)
        if verdict is None:
            undecided += 1
        else:
            decided += 1
            in_time += verdict
    return Contacted(in_time, decided, undecided)


def was_in_time(case: Reached, at: datetime) -> bool | None:
    """Whether the customer was contacted in time; None while nobody has, and the limit has not passed."""
    if case.contacted_at is not None:
        return case.contacted_at <= case.outreach_due
    return False if at > case.outreach_due else None
