"""Nobody is told anything at night or on a day off, on their own clock, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.clock.quiet import speak_at
from recovery.policy.clock import QuietRules
from recovery.policy.file import Calendar
from tests.recovery.policies import calendar

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE = calendar(**{day: ["09:00-17:30"] for day in WEEK[:5]})
ALWAYS = calendar("UTC", **{day: ["00:00-24:00"] for day in WEEK})
NIGHTS = QuietRules(hours="20:00-08:00")
LONDON, KOLKATA, NEW_YORK = "Europe/London", "Asia/Kolkata", "America/New_York"


def _at(text: str, zone: str = LONDON, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


# name, quiet hours, calendar, zone, from, to; all on the receiver's clock
TABLE: list[tuple[str, str, Calendar, str, str, str]] = [
    ("in the middle of the day", "20:00-08:00", OFFICE, LONDON, "2026-11-23 11:07", "2026-11-23 11:07"),
    ("after work but not yet quiet", "20:00-08:00", OFFICE, LONDON, "2026-11-23 19:59", "2026-11-23 19:59"),
    ("when quiet begins", "20:00-08:00", OFFICE, LONDON, "2026-11-23 20:00", "2026-11-24 08:00"),
    ("after midnight", "20:00-08:00", OFFICE, LONDON, "2026-11-24 03:30", "2026-11-24 08:00"),
    ("when quiet ends", "20:00-08:00", OFFICE, LONDON, "2026-11-24 08:00", "2026-11-24 08:00"),
    ("on Friday night", "20:00-08:00", OFFICE, LONDON, "2026-11-20 22:00", "2026-11-23 08:00"),
    ("on Saturday at noon", "20:00-08:00", OFFICE, LONDON, "2026-11-21 12:00", "2026-11-23 08:00"),
    ("a nap within the day", "12:00-14:00", OFFICE, LONDON, "2026-11-23 13:00", "2026-11-23 14:00"),
    ("before the nap", "12:00-14:00", OFFICE, LONDON, "2026-11-23 05:00", "2026-11-23 05:00"),
    ("the nap of a Friday leaves its evening", "12:00-14:00", OFFICE, LONDON, "2026-11-20 12:30", "2026-11-20 14:00"),
    ("quiet until midnight", "22:00-24:00", OFFICE, LONDON, "2026-11-23 22:30", "2026-11-24 00:00"),
    ("quiet until midnight before a weekend", "22:00-24:00", OFFICE, LONDON, "2026-11-20 22:30", "2026-11-23 00:00"),
    ("no quiet hours", "", OFFICE, LONDON, "2026-11-23 03:00", "2026-11-23 03:00"),
    ("no quiet hours, but a Sunday", "", OFFICE, LONDON, "2026-11-22 15:00", "2026-11-23 00:00"),
    ("everybody's hours, half an hour off", "20:00-08:00", ALWAYS, KOLKATA, "2026-11-22 21:40", "2026-11-23 08:00"),
    ("the night that is an hour short", "20:00-08:00", ALWAYS, LONDON, "2026-03-28 23:00", "2026-03-29 08:00"),
    ("the night that is an hour long", "20:00-08:00", ALWAYS, LONDON, "2026-10-24 23:00", "2026-10-25 08:00"),
    ("an end that the clocks skip", "20:00-02:30", ALWAYS, NEW_YORK, "2026-03-08 01:00", "2026-03-08 03:00"),
    ("a leap day", "20:00-08:00", ALWAYS, LONDON, "2028-02-28 21:00", "2028-02-29 08:00"),
]


@pytest.mark.parametrize(
    ("hours", "days", "zone", "start", "end"), [pytest.param(*row, id=name) for name, *row in TABLE]
)
def test_people_are_told_when_they_are_awake_and_at_work(
    hours: str, days: Calendar, zone: str, start: str, end: str
) -> None:
    told = speak_at(QuietRules(hours=hours), days, ZoneInfo(zone), _at(start, zone), critical=False)
    assert told == _at(end, zone)
    assert told.tzinfo is UTC


def test_the_days_off_and_the_holidays_of_the_receiver_are_kept() -> None:
    scotland = Calendar.model_validate(
        {
            "zone": LONDON,
            "holidays": "GB-SCT",
            "working_on": [date(2026, 1, 2)],
            "days_off": [date(2025, 12, 31)],
            **{day: ["09:00-17:30"] for day in WEEK[:5]},
        }
    )
    zone = ZoneInfo(LONDON)
    # The day off, New Year's Day; the second of January is worked by this firm.
    assert speak_at(NIGHTS, scotland, zone, _at("2025-12-31 10:00"), critical=False) == _at("2026-01-02 08:00")
    # The same night a year on: the first is a Friday, the holiday of the second is kept on Monday.
    assert speak_at(NIGHTS, scotland, zone, _at("2026-12-31 21:00"), critical=False) == _at("2027-01-05 08:00")


def test_the_zone_is_the_persons_and_not_the_calendars() -> None:
    """Somebody of the London team who sits in Bengaluru: Monday begins there while London is still in Sunday."""
    told = speak_at(NIGHTS, OFFICE, ZoneInfo(KOLKATA), _at("2026-11-22 12:00"), critical=False)
    assert told == _at("2026-11-23 08:00", KOLKATA)
    assert told.astimezone(ZoneInfo(LONDON)).hour == 2


@pytest.mark.parametrize(
    ("crosses", "critical", "at_once"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_what_is_critical_crosses_if_the_policy_says_so(crosses: bool, critical: bool, at_once: bool) -> None:
    quiet = QuietRules(hours="20:00-08:00", critical_crosses=crosses)
    night = _at("2026-11-21 03:00")
    assert (speak_at(quiet, OFFICE, ZoneInfo(LONDON), night, critical=critical) == night) is at_once


def test_a_naive_time_is_refused_also_for_what_is_critical() -> None:
    quiet = QuietRules(hours="20:00-08:00", critical_crosses=True)
    for critical in (True, False):
        with pytest.raises(ValueError, match="without a zone"):
            speak_at(quiet, OFFICE, ZoneInfo(LONDON), datetime(2026, 11, 23, 10), critical=critical)  # noqa: DTZ001 - naive on purpose


zones = st.sampled_from(
    [
        "Europe/London",
        "America/New_York",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "America/St_Johns",
        "Pacific/Apia",
        "UTC",
    ]
)
minutes = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
quiets = st.tuples(minutes, minutes).filter(lambda span: span[0] != span[1]).map("-".join)
moments = st.datetimes(datetime(2009, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)) | st.builds(  # noqa: DTZ001 - hypothesis adds the zone
    lambda base, seconds: base + timedelta(seconds=seconds),
    st.sampled_from(
        [
            datetime(2026, 3, 29, 1, tzinfo=UTC),
            datetime(2026, 10, 25, 1, tzinfo=UTC),
            datetime(2026, 3, 8, 7, tzinfo=UTC),
            datetime(2026, 11, 1, 6, tzinfo=UTC),
            datetime(2010, 11, 7, 2, 31, tzinfo=UTC),
            datetime(2011, 12, 30, 10, tzinfo=UTC),
        ]
    ),
    st.integers(-100_000, 100_000),
)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    days = draw(st.lists(st.sampled_from(WEEK), min_size=1, unique=True))
    off = draw(st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=10))
    place = draw(st.sampled_from(["", "GB-ENG", "US", "IN"]))
    hours = {day: ["09:00-17:00"] for day in days}
    return Calendar.model_validate({"zone": draw(zones), "days_off": off, "holidays": place, **hours})


def _may_hear(hours: str, days: Calendar, zone: str, at: datetime) -> bool:
    """Told from the local clock alone, blind to the code under test."""
    local = at.astimezone(ZoneInfo(zone))
    start, end = hours.split("-")
    now = f"{local.hour:02}:{local.minute:02}"
    is_quiet = start <= now < end if start < end else now >= start or now < end
    return not is_quiet and bool(days.week[local.weekday()]) and local.date() not in days.closed


def _in_a_change(zone: str, at: datetime) -> bool:
    """Whether the clocks change around this moment: there the local time alone doesn't tell what comes first."""
    offsets = {(at + timedelta(hours=h)).astimezone(ZoneInfo(zone)).utcoffset() for h in range(-26, 27)}
    return len(offsets) > 1


@given(quiets, calendars(), zones, moments)
def test_it_is_the_earliest_moment_at_which_the_receiver_may_hear(
    hours: str, days: Calendar, zone: str, at: datetime
) -> None:
    told = speak_at(QuietRules(hours=hours), days, ZoneInfo(zone), at, critical=False)
    assert told >= at
    assert speak_at(QuietRules(hours=hours), days, ZoneInfo(zone), told, critical=False) == told
    if not _in_a_change(zone, told):
        assert _may_hear(hours, days, zone, told)
    step, probe = (told - at) / 50, at
    while step > timedelta(0) and probe < told:
        assert _in_a_change(zone, probe) or not _may_hear(hours, days, zone, probe)
        probe += step


@given(quiets, calendars(), zones, moments, st.timedeltas(timedelta(0), timedelta(days=5)))
def test_what_comes_later_is_never_said_earlier(
    hours: str, days: Calendar, zone: str, at: datetime, later: timedelta
) -> None:
    quiet, there = QuietRules(hours=hours), ZoneInfo(zone)
    assert speak_at(quiet, days, there, at, critical=False) <= speak_at(quiet, days, there, at + later, critical=False)
