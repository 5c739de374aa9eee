"""When a morning digest and a weekly summary may go out."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.clock.regular import LATE_WEEK, WEEK, morning_of, week_of
from recovery.policy.file import Calendar, DigestRules
from tests.recovery.policies import calendar

LONDON, KOLKATA, SANTIAGO = ZoneInfo("Europe/London"), ZoneInfo("Asia/Kolkata"), ZoneInfo("America/Santiago")
OFFICE = calendar(mon=["09:00-17:30"], tue=["09:00-17:30"], wed=["09:00-17:30"], days_off=["2026-11-25"])
RULES = DigestRules()
MONDAY = date(2026, 11, 23)

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
zones = st.sampled_from(["Europe/London", "Asia/Kolkata", "America/Santiago", "Pacific/Apia", "Asia/Kathmandu"])


def local(zone: ZoneInfo, day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second), zone)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (local(LONDON, MONDAY, 8, 29, 59), None),
        (local(LONDON, MONDAY, 8, 30), MONDAY),
        (local(LONDON, MONDAY, 11, 59, 59), MONDAY),
        (local(LONDON, MONDAY, 12), None),
        (local(LONDON, MONDAY, 20), None),
        (local(LONDON, date(2026, 11, 25), 9), None),  # a day off
        (local(LONDON, date(2026, 11, 26), 9), None),  # no working day of this calendar
        (local(LONDON, date(2026, 11, 22), 9), None),
    ],
)
def test_a_morning_begins_at_its_time_and_ends_at_noon(at: datetime, day: date | None) -> None:
    assert morning_of(RULES, OFFICE, LONDON, at.astimezone(UTC)) == day


def test_a_morning_is_that_of_the_persons_own_zone() -> None:
    at = local(KOLKATA, MONDAY, 8, 30).astimezone(UTC)
    assert morning_of(RULES, OFFICE, KOLKATA, at) == MONDAY
    assert morning_of(RULES, OFFICE, LONDON, at) is None


@pytest.mark.parametrize(
    ("written", "at", "goes"),
    [
        ("", local(LONDON, MONDAY, 9), False),
        ("14:00", local(LONDON, MONDAY, 13, 59), False),
        ("14:00", local(LONDON, MONDAY, 16, 59), True),
        ("14:00", local(LONDON, MONDAY, 17), False),
        ("23:30", local(LONDON, MONDAY, 23, 59), True),
        ("23:30", local(LONDON, date(2026, 11, 24), 0, 10), False),
        ("00:00", local(LONDON, MONDAY, 0), True),
    ],
)
def test_a_morning_may_be_never_or_in_the_afternoon(written: str, at: datetime, goes: bool) -> None:
    assert (morning_of(DigestRules(morning=written), OFFICE, LONDON, at.astimezone(UTC)) is not None) is goes


@pytest.mark.parametrize(
    ("written", "at", "name"),
    [
        ("mon 09:00", local(LONDON, MONDAY, 8, 59, 59), None),
        ("mon 09:00", local(LONDON, MONDAY, 9), "2026-W48"),
        ("mon 09:00", local(LONDON, date(2026, 11, 25), 8, 59), "2026-W48"),
        ("mon 09:00", local(LONDON, date(2026, 11, 25), 9), None),
        ("sun 23:30", local(LONDON, MONDAY, 9), "2026-W47"),  # late, and still about the week before
        ("mon 09:00", local(LONDON, date(2027, 1, 4), 9), "2027-W01"),
        ("mon 09:00", local(LONDON, date(2026, 12, 28), 9), "2026-W53"),
        ("", local(LONDON, MONDAY, 9), None),
    ],
)
def test_a_week_is_told_on_its_day_or_two_days_late(written: str, at: datetime, name: str | None) -> None:
    week = week_of(DigestRules(weekly=written), LONDON, at.astimezone(UTC))
    assert (week.name if week else None) == name


@given(moments, zones)
def test_a_week_is_seven_local_days_and_over_when_it_is_told(at: datetime, zone_name: str) -> None:
    zone = ZoneInfo(zone_name)
    week = week_of(RULES, zone, at)
    if week is None:
        return
    assert week.until <= at < week.until + LATE_WEEK
    since, until = week.since.astimezone(zone), week.until.astimezone(zone)
    assert until.replace(tzinfo=None) - since.replace(tzinfo=None) == WEEK
    assert (until.weekday(), until.time()) == (0, time(9))
    assert date.fromisoformat(f"{week.name}-1") == until.date()


@given(moments, zones)
def test_each_week_is_told_once_however_often_somebody_looks(at: datetime, zone_name: str) -> None:
    looks = (week_of(RULES, ZoneInfo(zone_name), at + timedelta(hours=hour)) for hour in range(24 * 8))
    told = [week for week in looks if week]
    assert 1 <= len({week.name for week in told}) <= 2
    assert len({week.name for week in told}) == len({week.until for week in told})


@given(moments, zones)
def test_somebody_who_looks_each_half_hour_has_one_morning_a_working_day(at: datetime, zone_name: str) -> None:
    always = Calendar.model_validate({"zone": zone_name, **{day: ["09:00-17:00"] for day in ("mon", "tue", "wed")}})
    zone = ZoneInfo(zone_name)
    looks = [at + timedelta(minutes=30 * step) for step in range(48 * 7)]
    mornings = {day for look in looks if (day := morning_of(RULES, always, zone, look))}
    days = {look.astimezone(zone).date() for look in looks[48:-48]}
    assert {day for day in days if day.weekday() < 3} <= mornings
    assert all(day.weekday() < 3 for day in mornings)
