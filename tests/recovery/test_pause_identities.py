"""Waiting on the customer: paused time and counted time are clock time, on both clocks, and nothing counts twice.

Also the working time around it: holidays that meet a change of the clocks, leap days, zones half an hour off.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.progress import Pause
from recovery.cases.steps import Step
from recovery.clock.calendar import Span, add, elapsed
from recovery.clock.pauses import is_waiting, waiting
from recovery.clock.sla import Calendars, due, moment, retimed
from recovery.policy.file import Calendar, Clock, Limit
from tests.recovery.policies import calendar
from tests.recovery.step_values import CASE, DAY, HOUR, POLICY, PROGRAMME, SUBMITTED

NO_TIME = timedelta(0)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONES = (
    "Europe/London",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
)
PLACES = ("", "GB-ENG", "US-CA", "IN-KA", "JP")
# Changes of the clocks both ways, Good Friday beside one of them, both ends of a leap day, New Year.
EVENTFUL = (
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2024, 3, 31, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2027, 4, 3, 15, tzinfo=UTC),
    datetime(2028, 2, 29, tzinfo=UTC),
    datetime(2028, 3, 1, tzinfo=UTC),
    datetime(2026, 12, 31, 18, 30, tzinfo=UTC),
)
moments = st.builds(
    lambda base, seconds: base + timedelta(seconds=seconds), st.sampled_from(EVENTFUL), st.integers(-400_000, 400_000)
)
amounts = st.integers(1, 400).map(lambda quarters: timedelta(minutes=15 * quarters)) | st.timedeltas(
    timedelta(seconds=1), timedelta(hours=60)
)
lengths = st.timedeltas(timedelta(seconds=1), timedelta(days=6))
clocks = st.sampled_from(Clock)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    hours = st.sampled_from([["09:00-17:30"], ["09:00-12:30", "13:30-17:30"], ["00:00-24:00"], ["22:15-24:00"]])
    days = draw(st.dictionaries(st.sampled_from(WEEK), hours, min_size=2))
    off = draw(st.lists(st.dates(date(2026, 1, 1), date(2028, 12, 31)), max_size=5))
    place = draw(st.sampled_from(PLACES))
    return Calendar.model_validate({"zone": draw(st.sampled_from(ZONES)), "days_off": off, "holidays": place, **days})


@st.composite
def stories(draw: st.DrawFn) -> tuple[datetime, tuple[Pause, ...]]:
    """A start, and pauses around it: before it, over it, after it, over each other, some ended early."""
    start = draw(moments)
    pauses = []
    for _ in range(draw(st.integers(0, 4))):
        begins = start + draw(st.timedeltas(timedelta(days=-3), timedelta(days=12)))
        until = begins + draw(lengths)
        ended_at = draw(st.none() | st.timedeltas(NO_TIME, timedelta(days=6)).map(lambda after, at=begins: at + after))
        pauses.append(Pause(begins, until, "On holiday.", ended_at))
    return start, tuple(sorted(pauses, key=lambda pause: pause.start))


def _limit(amount: timedelta, clock: Clock) -> Limit:
    return Limit(amount, clock, "as long as it takes")


def _clock_time(hours: Calendar, clock: Clock, start: datetime, end: datetime) -> timedelta:
    return elapsed(hours, start, end) if clock is Clock.BUSINESS else max(end - start, NO_TIME)


def _paused(hours: Calendar, clock: Clock, spans: Sequence[Span], start: datetime, end: datetime) -> timedelta:
    return sum((_clock_time(hours, clock, max(opens, start), min(closes, end)) for opens, closes in spans), NO_TIME)


def _length(spans: Sequence[Span]) -> timedelta:
    return sum((closes - opens for opens, closes in spans), NO_TIME)


LONG = timedelta(days=400)


@given(calendars(), stories(), amounts, clocks)
def test_paused_time_and_counted_time_are_clock_time(
    hours: Calendar, story: tuple[datetime, tuple[Pause, ...]], amount: timedelta, clock: Clock
) -> None:
    start, pauses = story
    spans = waiting(pauses, LONG)
    end = due(hours, start, _limit(amount, clock), spans)
    paused = _paused(hours, clock, spans, start, end)
    assert _clock_time(hours, clock, start, end) == amount + paused
    just_before = end - timedelta.resolution
    counted = _clock_time(hours, clock, start, just_before) - _paused(hours, clock, spans, start, just_before)
    assert counted < amount


@given(stories())
def test_pauses_over_each_other_count_once(story: tuple[datetime, tuple[Pause, ...]]) -> None:
    start, pauses = story
    spans = waiting(pauses, LONG)
    for (_, closes), (opens, _) in pairwise(spans):
        assert closes < opens
    for minutes in range(-4000, 30_000, 257):
        at = start + timedelta(minutes=minutes)
        covered = any(pause.start <= at < min(pause.until, pause.ended_at or pause.until) for pause in pauses)
        assert covered == any(opens <= at < closes for opens, closes in spans)
    assert waiting((*pauses, *pauses), LONG) == spans


@given(calendars(), moments, amounts, clocks, lengths, lengths, lengths)
def test_two_overlapping_pauses_move_a_deadline_like_one(
    hours: Calendar, start: datetime, amount: timedelta, clock: Clock, before: timedelta, one: timedelta, two: timedelta
) -> None:
    first = Pause(start + before, start + before + one, "On holiday.")
    second = Pause(start + before + one / 2, start + before + one / 2 + two, "Ill.")
    both = Pause(first.start, max(first.until, second.until), "Away.")
    limit = _limit(amount, clock)
    assert due(hours, start, limit, waiting((first, second), LONG)) == due(hours, start, limit, waiting((both,), LONG))


@given(calendars(), moments, amounts, st.integers(0, 20), st.floats(0, 1), st.floats(0, 1))
def test_a_pause_outside_working_hours_moves_no_business_deadline(
    hours: Calendar, start: datetime, amount: timedelta, night: int, one: float, other: float
) -> None:
    # Between the last instant of work and the next one, after so many quarters of an hour of work.
    closes = add(hours, start, timedelta(minutes=15 * night) or timedelta.resolution)
    opens = add(hours, closes, timedelta.resolution) - timedelta.resolution
    begins, ends = sorted((closes + (opens - closes) * one, closes + (opens - closes) * other))
    spans = waiting((Pause(begins, ends, "Asleep."),), LONG)
    limit = _limit(amount, Clock.BUSINESS)
    plain = due(hours, start, limit)
    assert elapsed(hours, begins, ends) == NO_TIME
    assert due(hours, start, limit, spans) == plain


@given(calendars(), stories(), amounts, clocks)
def test_waiting_never_makes_a_deadline_earlier_and_only_counts_while_the_clock_runs(
    hours: Calendar, story: tuple[datetime, tuple[Pause, ...]], amount: timedelta, clock: Clock
) -> None:
    start, pauses = story
    limit = _limit(amount, clock)
    plain = due(hours, start, limit)
    ends = [due(hours, start, limit, waiting(pauses[:count], LONG)) for count in range(len(pauses) + 1)]
    assert ends[0] == plain
    assert ends == sorted(ends)
    before = Pause(start - DAY, start, "Before the clock began.")
    after = Pause(plain, plain + DAY, "When it was over.")
    assert due(hours, start, limit, waiting((before, after), LONG)) == plain


@given(stories(), st.timedeltas(NO_TIME, timedelta(days=10)))
def test_all_pauses_together_are_capped(story: tuple[datetime, tuple[Pause, ...]], most: timedelta) -> None:
    _, pauses = story
    capped, whole = waiting(pauses, most), waiting(pauses, LONG)
    assert _length(capped) == min(_length(whole), most)
    # The first days count, and what is above the cap is no waiting.
    assert all(any(opens == start and closes <= end for start, end in whole) for opens, closes in capped)


@given(stories(), st.integers(-3000, 20_000))
def test_a_case_waits_while_one_of_its_pauses_lasts(story: tuple[datetime, tuple[Pause, ...]], minutes: int) -> None:
    start, pauses = story
    at = start + timedelta(minutes=minutes)
    case = replace(CASE, progress=replace(CASE.progress, pauses=pauses))
    assert is_waiting(case, at) == any(opens <= at < closes for opens, closes in waiting(pauses, LONG))


percents = st.integers(1, 100)
limited = st.sampled_from([Step.ASSIGN, Step.OUTREACH, Step.CONVERSATION, Step.ACTION])


@given(limited, percents, percents, st.lists(st.tuples(st.integers(0, 300), st.integers(1, 200)), max_size=3))
def test_shares_of_a_limit_rise_to_its_deadline(step: Step, one: int, other: int, waits: list[tuple[int, int]]) -> None:
    office = POLICY.calendar_of(PROGRAMME)
    calendars = Calendars(office, office)
    pauses = tuple(
        Pause(SUBMITTED + at * HOUR, SUBMITTED + (at + length) * HOUR, "Away.") for at, length in sorted(waits)
    )
    waits_on = replace(CASE, progress=replace(CASE.progress, pauses=pauses))
    case = retimed(POLICY, PROGRAMME, calendars, waits_on)
    low, high = sorted((one, other))
    first, second, last = (moment(POLICY, calendars, case, step, percent) for percent in (low, high, 100))
    assert first is not None
    assert second is not None
    assert SUBMITTED < first <= second <= last  # type: ignore[operator] - the two before are told not to be None
    assert last == getattr(case.deadlines, step.value)


# Working time ------------------------------------------------------------------------------------------------------


@given(calendars(), moments, amounts)
def test_with_holidays_too_what_was_added_has_elapsed(hours: Calendar, start: datetime, amount: timedelta) -> None:
    end = add(hours, start, amount)
    assert elapsed(hours, start, end) == amount
    assert elapsed(hours, start, end - timedelta.resolution) == amount - timedelta.resolution


def _at(text: str, zone: str = "Europe/London") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


ALL_DAY = {day: ["00:00-24:00"] for day in WEEK}
OFFICE_HOURS = {day: ["09:00-17:30"] for day in WEEK[:5]}


@pytest.mark.parametrize(
    ("days", "place", "zone", "start", "hours", "end"),
    [
        pytest.param(ALL_DAY, "", "Europe/London", "2028-02-28 12:00", 36, "2028-03-01 00:00", id="a leap day counts"),
        pytest.param(ALL_DAY, "", "Europe/London", "2027-02-28 12:00", 36, "2027-03-02 00:00", id="no leap year"),
        pytest.param(ALL_DAY, "", "Europe/London", "2100-02-28 12:00", 36, "2100-03-02 00:00", id="nor a century"),
        pytest.param(
            OFFICE_HOURS, "", "Asia/Kolkata", "2028-02-29 17:00", 1, "2028-03-01 09:30", id="a leap day's end"
        ),
        pytest.param(
            OFFICE_HOURS, "GB-ENG", "Europe/London", "2024-03-28 17:00", 1, "2024-04-02 09:30", id="Easter and spring"
        ),
        pytest.param(
            ALL_DAY, "GB-ENG", "Europe/London", "2024-03-28 12:00", 48, "2024-03-31 13:00", id="the hour lost at Easter"
        ),
        pytest.param(
            OFFICE_HOURS, "US", "America/New_York", "2026-11-25 17:00", 1, "2026-11-27 09:30", id="Thanksgiving"
        ),
        pytest.param(
            ALL_DAY, "", "America/New_York", "2026-10-31 12:00", 24, "2026-11-01 11:00", id="the hour won in autumn"
        ),
        pytest.param(
            ALL_DAY, "", "Australia/Lord_Howe", "2027-04-03 12:00", 24, "2027-04-04 11:30", id="half an hour won"
        ),
    ],
)
def test_days_that_people_trip_over(
    days: dict[str, list[str]], place: str, zone: str, start: str, hours: float, end: str
) -> None:
    office = Calendar.model_validate({"zone": zone, "holidays": place, **days})
    assert add(office, _at(start, zone), timedelta(hours=hours)) == _at(end, zone)


def test_a_day_that_is_worked_in_spite_of_the_list_counts_in_a_pause_too() -> None:
    monday = date(2026, 12, 28)
    for working_on, moved in (((), NO_TIME), ((monday,), timedelta(hours=8.5))):
        office = Calendar.model_validate(
            {"zone": "Europe/London", "holidays": "GB-ENG", "working_on": working_on, **OFFICE_HOURS}
        )
        start, limit = _at("2026-12-24 09:00"), _limit(timedelta(hours=20), Clock.BUSINESS)
        pause = Pause(_at("2026-12-28 00:00"), _at("2026-12-29 00:00"), "On holiday.")
        plain, later = due(office, start, limit), due(office, start, limit, waiting((pause,), LONG))
        assert elapsed(office, plain, later) == moved


def test_half_an_hour_off_is_half_an_hour_off() -> None:
    kolkata, kathmandu = (calendar(zone, **OFFICE_HOURS) for zone in ("Asia/Kolkata", "Asia/Kathmandu"))
    start = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    assert add(kolkata, start, HOUR) == datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
    assert add(kathmandu, start, HOUR) == datetime(2026, 11, 23, 4, 15, tzinfo=UTC)
