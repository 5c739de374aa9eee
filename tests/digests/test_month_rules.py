"""When a month may be told, of which months recovery is, and which groups are compared."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.clock.regular import LATE_MONTH, month_of
from recovery.figures.case_figures import SavedFigures
from recovery.figures.month import ENOUGH, actions_of, count_months, months_until, ranked
from recovery.figures.periods import month
from recovery.policy.clock import QuietRules
from recovery.policy.file import Calendar, DigestRules, Policy, load_policy
from recovery.readouts.registry import Item, ItemState, Plan
from tests.digests.months import POLICY
from tests.recovery.policies import calendar

RULES = load_policy(POLICY)
DAYS = {day: ["09:00-17:30"] for day in ("mon", "tue", "wed", "thu", "fri")}
OFFICE = calendar(**DAYS, days_off=["2027-01-01", "2027-02-01", "2027-02-02"])
ALWAYS = calendar(**DAYS, sat=["09:00-17:30"], sun=["09:00-17:30"])
FRIDAYS = calendar(fri=["09:00-12:00"])

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 3 * 365 * 24 * 4).map(lambda quarters: FIRST + timedelta(minutes=15 * quarters))
zones = st.sampled_from(
    ["Europe/London", "Asia/Tokyo", "Pacific/Apia", "Pacific/Honolulu", "America/Santiago", "Asia/Kathmandu"]
).map(ZoneInfo)


def policy(monthly: str = "09:00", quiet: str = "20:00-08:00") -> Policy:
    return RULES.model_copy(
        update={"digests": DigestRules(monthly=monthly), "quiet": QuietRules.model_validate({"hours": quiet})}
    )


def told(zone: str, local: str, days: Calendar = OFFICE, rules: Policy | None = None) -> str:
    """The month that is told at this moment of the zone's own clock; "" for none."""
    info = ZoneInfo(zone)
    found = month_of(rules or policy(), days, info, datetime.fromisoformat(local).replace(tzinfo=info).astimezone(UTC))
    return found.key if found else ""


@pytest.mark.parametrize(
    ("zone", "local", "key"),
    [
        ("Europe/London", "2026-12-01 08:59:59", ""),
        ("Europe/London", "2026-12-01 09:00:00", "2026-11"),
        ("Europe/London", "2026-12-01 19:59:59", "2026-11"),
        ("Europe/London", "2026-12-01 20:00:00", ""),  # quiet hours
        ("Europe/London", "2026-12-02 08:00:00", "2026-11"),  # late, and people may be told
        ("Europe/London", "2026-12-05 10:00:00", ""),  # a Saturday
        ("Europe/London", "2026-12-08 08:59:59", "2026-11"),
        ("Europe/London", "2026-12-08 09:00:00", ""),
        # the end of a year: New Year's day is off, the second and third are a weekend
        ("Europe/London", "2027-01-01 09:00:00", ""),
        ("Europe/London", "2027-01-04 09:00:00", "2026-12"),
        ("Europe/London", "2027-01-11 08:59:59", "2026-12"),
        ("Europe/London", "2027-02-01 09:00:00", ""),  # days off
        ("Europe/London", "2027-02-03 09:00:00", "2027-01"),
        # leap years and others
        ("Europe/London", "2028-02-29 09:00:00", ""),
        ("Europe/London", "2028-03-01 09:00:00", "2028-02"),
        ("Europe/London", "2027-03-01 09:00:00", "2027-02"),
        # the clocks change in the night before, or within the week
        ("Europe/London", "2026-03-30 09:00:00", ""),
        ("America/New_York", "2026-11-02 08:59:59", ""),
        ("America/New_York", "2026-11-02 09:00:00", "2026-10"),
        ("Asia/Gaza", "2026-04-01 09:00:00", "2026-03"),
        # who is far east of UTC hears when the month is over there, too
        ("Asia/Tokyo", "2026-12-01 09:00:00", "2026-11"),
        ("Pacific/Apia", "2026-12-01 12:59:59", ""),
        ("Pacific/Apia", "2026-12-01 13:00:00", "2026-11"),
        ("Pacific/Honolulu", "2026-11-30 14:00:00", ""),  # December 1 in UTC, and not there
        ("Pacific/Honolulu", "2026-12-01 09:00:00", "2026-11"),
    ],
)
def test_a_month_is_told_from_its_first_working_day_on(zone: str, local: str, key: str) -> None:
    assert told(zone, local) == key


@pytest.mark.parametrize(
    ("monthly", "quiet", "local", "key"),
    [
        ("", "20:00-08:00", "2026-12-01 09:00", ""),
        ("16:30", "20:00-08:00", "2026-12-01 16:29", ""),
        ("16:30", "20:00-08:00", "2026-12-01 16:30", "2026-11"),
        ("06:00", "20:00-08:00", "2026-12-01 07:59", ""),
        ("06:00", "20:00-08:00", "2026-12-01 08:00", "2026-11"),
        ("21:00", "20:00-08:00", "2026-12-01 21:00", ""),
        ("21:00", "20:00-08:00", "2026-12-02 08:00", "2026-11"),  # the first moment after
        ("21:00", "20:00-08:00", "2026-12-09 07:59", ""),
        ("21:00", "20:00-08:00", "2026-12-08 19:59", "2026-11"),
        ("09:00", "", "2026-12-02 03:00", "2026-11"),
    ],
)
def test_the_policy_says_when_and_quiet_hours_come_first(monthly: str, quiet: str, local: str, key: str) -> None:
    assert told("Europe/London", local, rules=policy(monthly, quiet)) == key


def test_a_calendar_of_one_day_a_week_is_enough() -> None:
    assert told("Europe/London", "2026-12-04 09:00", FRIDAYS) == "2026-11"
    assert told("Europe/London", "2026-12-11 08:59", FRIDAYS) == "2026-11"
    assert told("Europe/London", "2026-12-11 09:00", FRIDAYS) == ""


@given(moments, zones, st.sampled_from([OFFICE, ALWAYS, FRIDAYS]))
def test_a_month_is_over_when_it_is_told_and_not_long(at: datetime, zone: ZoneInfo, days: Calendar) -> None:
    found = month_of(policy(), days, zone, at)
    if found is None:
        return
    local = at.astimezone(zone)
    assert found.is_over(at)
    assert found == month(
        (local.replace(day=1) - timedelta(days=1)).year, (local.replace(day=1) - timedelta(days=1)).month
    )
    assert time(8) <= local.time() < time(20)
    assert days.week[local.weekday()]
    # Seven days from the first working day, which is one of the first seven days but for holidays.
    assert local.day <= 7 + LATE_MONTH.days + 3


@given(st.integers(2026, 2032), st.integers(1, 12), zones, st.sampled_from([OFFICE, ALWAYS, FRIDAYS]))
def test_who_looks_each_hour_hears_of_each_month(year: int, number: int, zone: ZoneInfo, days: Calendar) -> None:
    starts = datetime(year, number, 1, tzinfo=zone).astimezone(UTC)
    looks = [month_of(policy(), days, zone, starts + timedelta(hours=hour)) for hour in range(24 * 27)]
    told_of = [found.key for found in looks if found]
    before = (date(year, number, 1) - timedelta(days=1)).strftime("%Y-%m")
    assert set(told_of) == {before}


@pytest.mark.parametrize(
    ("over", "first", "key", "months"),
    [
        ((2026, 11), "2020-05-04", "2025-12-01..2026-11-30", 12),
        ((2026, 11), "2025-12-01", "2025-12-01..2026-11-30", 12),
        ((2026, 11), "2026-09-30", "2026-09-01..2026-11-30", 3),
        ((2026, 11), "2026-11-30", "2026-11-01..2026-11-30", 1),
        ((2026, 12), "2020-01-01", "2026-01-01..2026-12-31", 12),
        ((2028, 2), "2020-01-01", "2027-03-01..2028-02-29", 12),
        ((2027, 2), "2020-01-01", "2026-03-01..2027-02-28", 12),
    ],
)
def test_recovery_is_that_of_up_to_twelve_months(over: tuple[int, int], first: str, key: str, months: int) -> None:
    found = months_until(month(*over), datetime.fromisoformat(first).replace(tzinfo=UTC))
    assert (found.key, count_months(found)) == (key, months)


def test_only_groups_with_a_name_and_enough_customers_are_compared() -> None:
    found = ranked(
        {
            "": SavedFigures(saved=50, not_saved=0),
            "few": SavedFigures(saved=ENOUGH - 1, not_saved=0, pending=50),
            "worst": SavedFigures(saved=1, not_saved=ENOUGH - 1),
            "same but more": SavedFigures(saved=10, not_saved=10),
            "best": SavedFigures(saved=ENOUGH, not_saved=0),
            "same": SavedFigures(saved=5, not_saved=5),
        }
    )
    assert [group.key for group in found] == ["best", "same but more", "same", "worst"]
    assert [group.recovery.exact for group in found] == [100, 50, 50, Fraction(100, ENOUGH)]
    assert ranked({}) == ()


def test_an_action_is_late_when_its_day_is_over_where_the_programme_is() -> None:
    at = datetime(2026, 12, 1, 20, tzinfo=UTC)

    def item(due: date | None, state: ItemState = ItemState.OPEN) -> Item:
        plan = Plan("a", "U0PRIYA", due, "c") if due else None
        return Item(1, "relational", "t", "t", 8107, state, at, plan=plan)

    items = [item(None), item(date(2026, 12, 1)), item(date(2026, 11, 30)), item(date(2026, 1, 1), ItemState.DONE)]
    found = actions_of(items, at, ZoneInfo("Europe/London"))
    assert (found.open, found.late, found.unplanned) == (3, 1, 1)
    assert actions_of(items, at, ZoneInfo("Asia/Tokyo")).late == 2
    assert actions_of([], at, ZoneInfo("UTC")).open == 0
