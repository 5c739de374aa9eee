"""Working time: how long a limit in business hours really takes, in the calendar's own zone.

A shift is the half-open span between the first instants at which the local clock reads its start and its end
or later. So a time that the clocks skip counts from the moment they jump, one that they show twice from its
first showing, and shifts never overlap, whatever the clocks do.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from recovery.policy.tables import Calendar
from recovery.policy.values import MINUTES_A_DAY, Shift

ZERO = timedelta(0)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
LATEST = datetime(9998, 12, 31, tzinfo=UTC)
TOO_LONG = "That much working time ends after the last year a calendar knows."

Span = tuple[datetime, datetime]


def add(calendar: Calendar, start: datetime, amount: timedelta) -> datetime:
    """Find the earliest instant (aware UTC) by which `amount` of working time has passed since `start`.

    `elapsed(calendar, start, add(calendar, start, amount)) == amount`, for every start and amount. No amount
    gives `start` itself. Raises ValueError for a naive start or a negative amount, OverflowError beyond the
    year 9998.
    """
    start = _utc(start)
    if amount < ZERO:
        raise ValueError("Working time is added, never taken away.")
    if amount == ZERO:
        return start
    if amount > LATEST - start:
        raise OverflowError(TOO_LONG)
    left = amount
    day = start.astimezone(calendar.zone_info).date()
    while True:
        # A whole year is skipped at once, once the walk stands on its first day and the year is too short.
        if (day.month, day.day) == (1, 1) and _opens(calendar, day) >= start:
            year = _working_time_of_year(calendar, day.year)
            if year < left:
                left -= year
                day = _first_of(day.year + 1)
                continue
        for opens, closes in _spans(calendar, day):
            worked = closes - max(opens, start)
            if worked >= left:
                return closes - worked + left
            left -= max(worked, ZERO)
        day = _first_of(day.year + 1) if (day.month, day.day) == (12, 31) else day + DAY


def elapsed(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Measure the working time from `start` to `end`; zero when `end` is not after `start`.

    Raises ValueError for a naive datetime.
    """
    start, end = _utc(start), _utc(end)
    if end <= start:
        return ZERO
    zone = calendar.zone_info
    first = start.astimezone(zone).date()
    last = end.astimezone(zone).date()
    whole = range(first.year + 1, last.year)
    # Where clocks are set back over midnight, the next day's hours may have begun already.
    last += DAY
    if not whole:
        return _between(calendar, start, end, first, last)
    return sum(
        (_working_time_of_year(calendar, year) for year in whole),
        _between(calendar, start, end, first, date(first.year, 12, 31))
        + _between(calendar, start, end, date(whole.stop, 1, 1), last),
    )


def _between(calendar: Calendar, start: datetime, end: datetime, first: date, last: date) -> timedelta:
    total, day = ZERO, first
    while day <= last:
        for opens, closes in _spans(calendar, day):
            total += max(min(closes, end) - max(opens, start), ZERO)
        day += DAY
    return total


@lru_cache(maxsize=1024)
def _working_time_of_year(calendar: Calendar, year: int) -> timedelta:
    zone, total, day = calendar.zone_info, ZERO, date(year, 1, 1)
    offset = zone.utcoffset(datetime.combine(day, time()))
    for _ in range((_first_of(year + 1) - day).days):
        following = zone.utcoffset(datetime.combine(day + DAY, time()))
        if following != offset:
            total += sum((closes - opens for opens, closes in _spans(calendar, day)), ZERO)
        elif day not in calendar.closed:
            total += calendar.lengths[day.weekday()]
        day, offset = day + DAY, following
    return total


def _spans(calendar: Calendar, day: date) -> Iterator[Span]:
    if day in calendar.closed:
        return
    for shift in calendar.week[day.weekday()]:
        yield _span(calendar, day, shift)


def _span(calendar: Calendar, day: date, shift: Shift) -> Span:
    return _first_instant(calendar, day, shift.start), _first_instant(calendar, day, shift.end)


def _opens(calendar: Calendar, day: date) -> datetime:
    return _first_instant(calendar, day, 0)


def _first_instant(calendar: Calendar, day: date, minutes: int) -> datetime:
    """Find when the local clock first reads `minutes` after midnight of `day`, or later."""
    if minutes == MINUTES_A_DAY:
        day, minutes = day + DAY, 0
    wall = datetime.combine(day, time(minutes // 60, minutes % 60))
    zone = calendar.zone_info
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    # The clocks skip this time: read with the offset after the jump it lies before it, and the other way round.
    before, after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), first
    while after - before > SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _first_of(year: int) -> date:
    try:
        return date(year, 1, 1)
    except ValueError:
        raise OverflowError(TOO_LONG) from None


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("A time without a zone can't be placed on a calendar.")
    return moment.astimezone(UTC)
