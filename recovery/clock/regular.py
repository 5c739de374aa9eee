"""When the regular summaries go out: an owner's morning, a programme's week and month. Late ones go, old ones don't."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from recovery.clock.quiet import speak_at
from recovery.clock.sla import is_working_day
from recovery.figures.periods import DAY, Period, month, previous
from recovery.policy.file import Calendar, DigestRules, Policy

NOON = time(12, 0)
AFTER_NOON = timedelta(hours=3)  # how late a "morning" may come that the policy puts into the afternoon
WEEK = timedelta(days=7)
LATE_WEEK = timedelta(days=2)
LATE_MONTH = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """The week that a summary is about: from `since` until `until` (aware UTC); `name` as ISO 8601, "2026-W48"."""

    name: str
    since: datetime
    until: datetime


def morning_of(rules: DigestRules, calendar: Calendar, zone: ZoneInfo, at: datetime) -> date | None:
    """Give the day whose morning digest may go out to somebody at `at`; None when it isn't the time for one.

    On a working day of their calendar, from the policy's time in their own zone until noon: what starts late on the
    same morning still sends, and nobody gets a good morning at night.
    """
    local = at.astimezone(zone)
    begins = rules.morning_at
    if begins is None or local.time() < begins or local.time() >= _morning_ends(begins):
        return None
    return local.date() if is_working_day(calendar, local.date()) else None


def week_of(rules: DigestRules, zone: ZoneInfo, at: datetime) -> Week | None:
    """Give the week whose summary may go out at `at`; None when it isn't the time for one.

    It is about the seven days before its moment in the programme's zone, and may come two days late.
    """
    weekly = rules.weekly_at
    if weekly is None:
        return None
    today = at.astimezone(zone).date()
    day = today - timedelta(days=(today.weekday() - weekly.weekday) % 7)
    # The hour may still be to come on the day itself; then the last one is a week old, and too late.
    until = datetime.combine(day, weekly.at, zone).astimezone(UTC)
    if not until <= at < until + LATE_WEEK:
        return None
    year, number, _ = day.isocalendar()
    return Week(f"{year}-W{number:02}", datetime.combine(day - WEEK, weekly.at, zone).astimezone(UTC), until)


def month_of(policy: Policy, calendar: Calendar, zone: ZoneInfo, at: datetime) -> Period | None:
    """Give the month that a reader may be told of at `at`; None when it isn't the time for one.

    It is the calendar month (UTC, as all figures) before the one that runs in the reader's zone, from the policy's time
    on their first working day, for seven days, outside their quiet hours. East of UTC it may begin later on that day:
    a month is told when it is over.
    """
    told = policy.digests.monthly_at
    today = at.astimezone(zone).date()
    first = _first_working_day(calendar, today)
    if told is None or first is None:
        return None
    over = previous(month(today.year, today.month))
    begins = max(datetime.combine(first, told, zone).astimezone(UTC), over.end)
    if not begins <= at < begins + LATE_MONTH:
        return None
    return over if speak_at(policy.quiet, calendar, zone, at, critical=False) <= at else None


def _first_working_day(calendar: Calendar, today: date) -> date | None:
    """The first working day of the month that `today` lies in, where it isn't still to come."""
    day = today.replace(day=1)
    while day <= today:
        if is_working_day(calendar, day):
            return day
        day += DAY
    return None


def _morning_ends(begins: time) -> time:
    if begins < NOON:
        return NOON
    ends = datetime.combine(date.min, begins) + AFTER_NOON
    return ends.time() if ends.date() == date.min else time.max
