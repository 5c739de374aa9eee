"""When something may be said to somebody: outside quiet hours, on a working day of theirs, on their own clock."""

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from recovery.clock.calendar import add
from recovery.policy.clock import QuietRules
from recovery.policy.clock_values import WEEKDAYS
from recovery.policy.tables import Calendar
from recovery.policy.values import MINUTES_A_DAY, Shift

INSTANT = timedelta.resolution


def speak_at(quiet: QuietRules, calendar: Calendar, zone: ZoneInfo, at: datetime, *, critical: bool) -> datetime:
    """Give the earliest moment (aware UTC), `at` or later, at which the receiver may be told.

    `calendar` is the receiver's: its weekdays with hours, without days off and holidays, are their working days. Days
    and quiet hours are those of `zone`, the receiver's own, which may be another one than the calendar's. What is
    critical crosses both if the policy says so. Raises ValueError for a naive `at`.
    """
    if critical and quiet.critical_crosses:
        return add(calendar, at, timedelta(0))
    open_hours = _hours_to_speak(quiet.start, quiet.end, calendar, zone.key)
    # The first instant that counts ends just after the earliest moment within the hours to speak.
    return add(open_hours, at, INSTANT) - INSTANT


@lru_cache(maxsize=1024)
def _hours_to_speak(start: int | None, end: int | None, calendar: Calendar, zone: str) -> Calendar:
    """The receiver's days as working time, so that the clocks' changes are counted in one place only."""
    loud = _loud(start, end)
    days = {day: loud if shifts else () for day, shifts in zip(WEEKDAYS, calendar.week, strict=True)}
    return Calendar(
        zone=zone, days_off=calendar.days_off, holidays=calendar.holidays, working_on=calendar.working_on, **days
    )


def _loud(start: int | None, end: int | None) -> tuple[Shift, ...]:
    """All of a day but its quiet hours, which may cross midnight."""
    if start is None or end is None:
        spans = [(0, MINUTES_A_DAY)]
    elif start < end:
        spans = [(0, start), (end, MINUTES_A_DAY)]
    else:
        spans = [(end, start)]
    return tuple(Shift(opens, closes) for opens, closes in spans if opens < closes)
