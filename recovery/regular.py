"""When the regular summaries go out: an owner's morning, a programme's week. Late ones still go, old ones don't."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from recovery.policy import Calendar, DigestRules
from recovery.sla import is_working_day

NOON = time(12, 0)
AFTER_NOON = timedelta(hours=3)  # how late a "morning" may come that the policy puts into the afternoon
WEEK = timedelta(days=7)
LATE_WEEK = timedelta(days=2)


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


def _morning_ends(begins: time) -> time:
    if begins < NOON:
        return NOON
    ends = datetime.combine(date.min, begins) + AFTER_NOON
    return ends.time() if ends.date() == date.min else time.max
