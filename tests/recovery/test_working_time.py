"""Working time is the same forwards and backwards, in every zone, whatever the clocks do."""

import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import FrameType
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.clock.calendar import add, elapsed
from recovery.clock.public_holidays import check_place, holidays_of
from recovery.policy.file import Calendar
from tests.recovery.policies import calendar

ZONES = (
    "Europe/London",
    "America/New_York",
    "Asia/Kolkata",  # half an hour
    "Asia/Kathmandu",  # three quarters
    "Australia/Lord_Howe",  # the clocks change by half an hour
    "America/Sao_Paulo",  # changed at midnight
    "America/Havana",  # 00:00 is skipped, and shown twice
    "America/St_Johns",  # changed at 00:01
    "Africa/Cairo",  # the last second of a Thursday
    "Africa/Casablanca",  # four changes in some years
    "Pacific/Apia",  # skipped a whole day in 2011
    "UTC",
)
HOURS = (
    ["09:00-17:30"],
    ["09:00-12:30", "13:30-17:30"],
    ["00:00-24:00"],
    ["00:00-02:30", "02:30-03:15", "23:00-24:00"],
    ["22:00-24:00"],
    ["01:15-01:45"],
    ["12:00-12:01"],
)
PLACES = ("", "", "GB-ENG", "US-CA", "IN-KA", "IL", "JP")
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def daily(*shifts: str, days: tuple[str, ...] = WEEK) -> dict[str, list[str]]:
    return {day: list(shifts) for day in days}


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    days = draw(st.dictionaries(st.sampled_from(WEEK), st.sampled_from(HOURS), min_size=1))
    zone = draw(st.sampled_from(ZONES))
    off = draw(st.lists(st.dates(date(2009, 1, 1), date(2013, 1, 1)), max_size=5))
    place = draw(st.sampled_from(PLACES))
    working = draw(st.lists(st.sampled_from(sorted(holidays_of(place, 2011))), max_size=3)) if place else []
    more = {"days_off": off, "holidays": place, "working_on": working}
    return Calendar.model_validate({"zone": zone, **more, **days})


# Around the changes of the clocks of these zones, and anywhere else.
moments = st.one_of(
    st.datetimes(datetime(2009, 1, 1), datetime(2013, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    st.builds(
        lambda base, seconds: base + timedelta(seconds=seconds),
        st.sampled_from(
            [
                datetime(2010, 3, 28, 1, tzinfo=UTC),
                datetime(2010, 10, 31, 1, tzinfo=UTC),
                datetime(2010, 11, 7, 2, 31, tzinfo=UTC),
                datetime(2010, 3, 14, 3, 31, tzinfo=UTC),
                datetime(2011, 10, 16, 3, tzinfo=UTC),
                datetime(2012, 2, 26, 2, tzinfo=UTC),
                datetime(2011, 12, 30, 10, tzinfo=UTC),
                datetime(2011, 4, 2, 15, tzinfo=UTC),
                datetime(2012, 4, 1, 5, tzinfo=UTC),
                datetime(2010, 4, 29, 22, tzinfo=UTC),
            ]
        ),
        st.integers(-100_000, 100_000),
    ),
)
amounts = st.one_of(
    st.timedeltas(timedelta(0), timedelta(hours=100)),
    st.integers(0, 100).map(lambda quarters: timedelta(minutes=15 * quarters)),
    st.timedeltas(timedelta(0), timedelta(hours=3000)),
)


@given(calendars(), moments, amounts)
def test_what_was_added_has_elapsed(hours: Calendar, start: datetime, amount: timedelta) -> None:
    assert elapsed(hours, start, add(hours, start, amount)) == amount


@given(calendars(), moments, amounts.filter(bool))
def test_the_end_is_the_earliest_one(hours: Calendar, start: datetime, amount: timedelta) -> None:
    end = add(hours, start, amount)
    assert elapsed(hours, start, end - timedelta(microseconds=1)) == amount - timedelta(microseconds=1)


@given(calendars(), moments, amounts, amounts)
def test_two_limits_in_a_row_are_one(hours: Calendar, start: datetime, one: timedelta, two: timedelta) -> None:
    assert add(hours, add(hours, start, one), two) == add(hours, start, one + two)


@given(calendars(), moments, moments, moments)
def test_time_elapsed_adds_up(hours: Calendar, first: datetime, second: datetime, third: datetime) -> None:
    start, middle, end = sorted((first, second, third))
    assert elapsed(hours, start, middle) + elapsed(hours, middle, end) == elapsed(hours, start, end)
    assert timedelta(0) <= elapsed(hours, start, end) <= end - start


@given(calendars(), moments, amounts, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_who_starts_later_ends_no_earlier(
    hours: Calendar, start: datetime, amount: timedelta, later: timedelta
) -> None:
    assert add(hours, start, amount) <= add(hours, start + later, amount)


def _counted(hours: Calendar, start: datetime, end: datetime) -> timedelta:
    """Working time told minute by minute from the local clock alone; slow, and blind to the code under test."""
    zone, total, at = ZoneInfo(hours.zone), timedelta(0), start
    while at < end:
        local = at.astimezone(zone)
        minutes = local.hour * 60 + local.minute
        day = [] if local.date() in hours.days_off else getattr(hours, WEEK[local.weekday()])
        if any(shift.start <= minutes < shift.end for shift in day):
            total += timedelta(minutes=1)
        at += timedelta(minutes=1)
    return total


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("spring", [True, False])
def test_it_agrees_with_a_clock_on_the_wall(zone: str, spring: bool) -> None:
    """Hours away from the changes themselves: there the wall clock is the whole truth, minute by minute."""
    hours = calendar(zone, **daily("04:00-11:15", "12:45-22:00"))
    start = datetime(2010, 3 if spring else 10, 10, 5, 7, tzinfo=UTC)
    end = start + timedelta(days=30, hours=3, minutes=11)
    assert elapsed(hours, start, end) == _counted(hours, start, end)


OFFICE = calendar(**daily("09:00-12:30", "13:30-17:30", days=WEEK[:5]))
NIGHT = calendar(sat=["22:00-24:00"], sun=["00:00-06:00"])
NEW_YORK_NIGHT = calendar("America/New_York", sun=["00:00-02:30", "02:30-04:00"])


def _at(text: str, zone: str = "Europe/London", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


# calendar, start, hours, end, all on the local clock
TABLE: list[tuple[str, Calendar, datetime, float, datetime]] = [
    ("within a shift", OFFICE, _at("2026-11-23 09:00"), 2, _at("2026-11-23 11:00")),
    ("over lunch", OFFICE, _at("2026-11-23 11:30"), 2, _at("2026-11-23 14:30")),
    ("before opening", OFFICE, _at("2026-11-23 03:00"), 4, _at("2026-11-23 14:00")),
    ("after closing", OFFICE, _at("2026-11-23 19:00"), 4, _at("2026-11-24 14:00")),
    ("over the weekend", OFFICE, _at("2026-11-20 16:30"), 4, _at("2026-11-23 12:00")),
    ("ends with the day, not with the next one", OFFICE, _at("2026-11-20 13:30"), 4, _at("2026-11-20 17:30")),
    ("ends with the morning", OFFICE, _at("2026-11-20 09:00"), 3.5, _at("2026-11-20 12:30")),
    ("nothing at all", OFFICE, _at("2026-11-21 03:00"), 0, _at("2026-11-21 03:00")),
    ("a working week", OFFICE, _at("2026-11-23 09:00"), 37.5, _at("2026-11-27 17:30")),
    ("over the change to summer time", OFFICE, _at("2026-03-27 16:30"), 2, _at("2026-03-30 10:00")),
    ("a night that is an hour short", NIGHT, _at("2026-03-28 22:00"), 7, _at("2026-03-29 06:00")),
    ("a night that is an hour long", NIGHT, _at("2026-10-24 22:00"), 9, _at("2026-10-25 06:00")),
    ("into the hour shown twice, first", NIGHT, _at("2026-10-24 22:00"), 3.5, _at("2026-10-25 01:30")),
    ("into the hour shown twice, second", NIGHT, _at("2026-10-24 22:00"), 4.5, _at("2026-10-25 01:30", fold=1)),
    (
        "a shift that begins in the skipped hour",
        NEW_YORK_NIGHT,
        _at("2026-03-08 00:00", "America/New_York"),
        2.5,
        _at("2026-03-08 03:30", "America/New_York"),
    ),
    (
        "from within the hour shown twice",
        NEW_YORK_NIGHT,
        _at("2026-11-01 01:30", "America/New_York", fold=1),
        2.5,
        _at("2026-11-01 04:00", "America/New_York"),
    ),
]


@pytest.mark.parametrize(
    ("start", "hours", "end", "shifts"),
    [pytest.param(start, hours, end, shifts, id=name) for name, shifts, start, hours, end in TABLE],
)
def test_limits_end_when_people_expect(start: datetime, hours: float, end: datetime, shifts: Calendar) -> None:
    assert add(shifts, start, timedelta(hours=hours)) == end.astimezone(UTC)


def test_days_off_do_not_count() -> None:
    christmas = Calendar.model_validate(
        {"zone": "Europe/London", "thu": ["09:00-17:00"], "fri": ["09:00-17:00"], "days_off": [date(2026, 12, 25)]}
    )
    assert add(christmas, _at("2026-12-24 16:00"), timedelta(hours=2)) == _at("2026-12-31 10:00").astimezone(UTC)


def _of(place: str, *, working_on: tuple[date, ...] = (), days_off: tuple[date, ...] = ()) -> Calendar:
    more = {"holidays": place, "working_on": working_on, "days_off": days_off}
    return Calendar.model_validate({"zone": "Europe/London", **more, **daily("09:00-17:00", days=WEEK[:5])})


# place, a day, whether it is worked
KEPT: list[tuple[str, date, bool]] = [
    ("GB-ENG", date(2026, 12, 25), False),
    ("GB-ENG", date(2026, 12, 28), False),  # Boxing Day falls on a Saturday and moves
    ("GB-ENG", date(2026, 11, 30), True),
    ("GB-SCT", date(2026, 11, 30), False),  # St Andrew's Day
    ("gb-sct", date(2027, 11, 30), False),
    ("US", date(2021, 12, 31), False),  # New Year's Day of 2022, kept on the Friday before
    ("US", date(2026, 11, 26), False),
    ("US-CA", date(2027, 3, 31), False),  # Cesar Chavez Day
    ("US-NY", date(2027, 3, 31), True),
    ("DE-BY", date(2027, 1, 6), False),
    ("DE-HH", date(2027, 1, 6), True),
    ("", date(2026, 12, 25), True),
]


@pytest.mark.parametrize(("place", "day", "worked"), KEPT)
def test_holidays_are_those_of_the_place_and_year(place: str, day: date, worked: bool) -> None:
    start = datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo("Europe/London"))
    expected = timedelta(hours=8) if worked else timedelta(0)
    assert elapsed(_of(place), start, start + timedelta(hours=9)) == expected
    assert (day in _of(place).closed) is not worked


def test_a_limit_runs_over_the_holidays() -> None:
    eve = _at("2026-12-24 16:00")
    assert add(_of("GB-ENG"), eve, timedelta(hours=2)) == _at("2026-12-29 10:00").astimezone(UTC)
    monday = _of("GB-ENG", working_on=(date(2026, 12, 28),))
    assert add(monday, eve, timedelta(hours=2)) == _at("2026-12-28 10:00").astimezone(UTC)
    both = _of("GB-ENG", working_on=(date(2026, 12, 28),), days_off=(date(2026, 12, 29), date(2026, 12, 24)))
    assert add(both, eve, timedelta(hours=10)) == _at("2026-12-30 11:00").astimezone(UTC)


def test_whole_years_count_the_same_as_their_days() -> None:
    """The sum of a year is kept for later; day by day it must come to the same."""
    hours = _of("GB-ENG", working_on=(date(2028, 12, 25),))
    starts = [datetime(2027, 6, 1, tzinfo=UTC) + timedelta(days=day) for day in range(365 * 3)]
    by_day = sum((elapsed(hours, start, start + timedelta(days=1)) for start in starts), timedelta(0))
    assert elapsed(hours, starts[0], starts[-1] + timedelta(days=1)) == by_day


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("year", [1, 1600, 2300, 9998])
def test_years_that_no_list_knows_have_no_holidays_and_no_warning(year: int) -> None:
    for place in ("CN", "GB-ENG", "SA"):
        assert len(holidays_of(place, year)) < 40
    start = datetime(max(year, 2), 6, 1, tzinfo=UTC)
    assert elapsed(_of("CN"), start, add(_of("CN"), start, timedelta(hours=4))) == timedelta(hours=4)


def test_no_country_closes_a_weekday_for_good() -> None:
    """So a calendar with hours on a weekday, which every one has, always has a working day to come."""
    for country, regions in holidays.list_supported_countries(include_aliases=False).items():
        for place in (country, *(f"{country}-{region}" for region in regions)):
            weekdays = Counter(day.weekday() for day in holidays_of(check_place(place), 2026))
            assert max(weekdays.values(), default=0) < 52, place


def test_a_day_that_a_zone_skipped_has_no_hours() -> None:
    apia = calendar("Pacific/Apia", **daily("09:00-17:00"))
    skipped = _at("2011-12-29 16:00", "Pacific/Apia"), _at("2011-12-31 10:00", "Pacific/Apia")
    assert elapsed(apia, *skipped) == timedelta(hours=2)


def test_clocks_set_back_over_midnight_leave_the_next_days_hours_running() -> None:
    """St. John's went from Sunday 00:01 back to Saturday 23:01, when Sunday's hours had begun."""
    sunday = calendar("America/St_Johns", sun=["00:00-24:00"])
    began = _at("2010-11-07 00:00", "America/St_Johns")
    saturday_again = _at("2010-11-06 23:30", "America/St_Johns", fold=1)
    assert elapsed(sunday, began, saturday_again) == timedelta(minutes=30)


def test_exactly_the_hours_of_a_year_end_with_its_last_shift() -> None:
    year = elapsed(OFFICE, _at("2027-01-01 00:00"), _at("2028-01-01 00:00"))
    assert add(OFFICE, _at("2026-12-31 20:00"), year) == _at("2027-12-31 17:30").astimezone(UTC)
    assert add(OFFICE, _at("2027-01-01 00:00"), year) == _at("2027-12-31 17:30").astimezone(UTC)


def test_a_year_begun_is_not_skipped_as_a_whole() -> None:
    always = calendar("UTC", **daily("00:00-24:00"))
    new_year = datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert add(always, new_year, timedelta(days=800)) == new_year + timedelta(days=800)


def test_nothing_elapses_backwards() -> None:
    assert elapsed(OFFICE, _at("2026-11-24 10:00"), _at("2026-11-23 10:00")) == timedelta(0)


@pytest.mark.parametrize(
    "call",
    [
        lambda naive: add(OFFICE, naive, timedelta(hours=1)),
        lambda naive: elapsed(OFFICE, naive, _at("2026-11-24 10:00")),
        lambda naive: elapsed(OFFICE, _at("2026-11-24 10:00"), naive),
    ],
)
def test_naive_times_are_refused(call: Callable[[datetime], object]) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        call(datetime(2026, 11, 23, 10))  # noqa: DTZ001 - naive on purpose


def test_time_is_never_taken_away() -> None:
    with pytest.raises(ValueError, match="never taken away"):
        add(OFFICE, _at("2026-11-23 10:00"), timedelta(hours=-1))


@pytest.mark.parametrize("amount", [timedelta.max, timedelta(days=2_500_000)])
def test_more_time_than_there_is_ends(amount: timedelta) -> None:
    with pytest.raises(OverflowError, match="last year"):
        add(OFFICE, _at("2026-11-23 10:00"), amount)


def test_a_minute_a_week_still_ends() -> None:
    rare = calendar(wed=["12:00-12:01"])
    end = add(rare, _at("2026-11-23 10:00"), timedelta(hours=4))
    assert end == _at("2031-06-25 12:01").astimezone(UTC)


def test_a_hundred_years_take_no_minute_steps() -> None:
    """Counted in calls, which no other work on the machine changes; minute steps would be fifty million."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        end = add(OFFICE, _at("2026-11-23 10:00"), timedelta(hours=195_000))
        taken = elapsed(OFFICE, _at("2026-11-23 10:00"), end)
    finally:
        sys.setprofile(None)
    assert taken == timedelta(hours=195_000)
    assert end.year == 2126
    assert calls < 5_000_000
