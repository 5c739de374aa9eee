"""Periods: how people write them, where they begin and end, which comes before."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.errors import Refusal
from recovery.figures.periods import (
    Period,
    fiscal_year,
    last_days,
    month,
    parse_period,
    previous,
    quarter,
    quarter_of,
    span,
)

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
_begin = datetime(2001, 1, 1, tzinfo=UTC)
moments = st.integers(0, 90 * 365 * 86400).map(lambda seconds: _begin + timedelta(seconds=seconds))
starts = st.integers(1, 12)


def day(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)


READ = [
    # text, key, name, start, end
    ("", "2026Q4", "Q4 2026", "2026-10-01", "2027-01-01"),
    ("   ", "2026Q4", "Q4 2026", "2026-10-01", "2027-01-01"),
    ("this quarter", "2026Q4", "Q4 2026", "2026-10-01", "2027-01-01"),
    ("2026Q3", "2026Q3", "Q3 2026", "2026-07-01", "2026-10-01"),
    ("2026q3", "2026Q3", "Q3 2026", "2026-07-01", "2026-10-01"),
    ("2026-Q3", "2026Q3", "Q3 2026", "2026-07-01", "2026-10-01"),
    ("  Q3   2026 ", "2026Q3", "Q3 2026", "2026-07-01", "2026-10-01"),
    ("Q3", "2026Q3", "Q3 2026", "2026-07-01", "2026-10-01"),
    ("Q4", "2026Q4", "Q4 2026", "2026-10-01", "2027-01-01"),
    ("Last Quarter", "2026Q3", "Q3 2026", "2026-07-01", "2026-10-01"),
    ("previous quarter", "2026Q3", "Q3 2026", "2026-07-01", "2026-10-01"),
    ("2026-09", "2026-09", "September 2026", "2026-09-01", "2026-10-01"),
    ("2026-9", "2026-09", "September 2026", "2026-09-01", "2026-10-01"),
    ("2025-12", "2025-12", "December 2025", "2025-12-01", "2026-01-01"),
    ("september", "2026-09", "September 2026", "2026-09-01", "2026-10-01"),
    ("Sept.", "2026-09", "September 2026", "2026-09-01", "2026-10-01"),
    ("Sep 2024", "2024-09", "September 2024", "2024-09-01", "2024-10-01"),
    ("november", "2026-11", "November 2026", "2026-11-01", "2026-12-01"),
    ("december", "2025-12", "December 2025", "2025-12-01", "2026-01-01"),
    ("this month", "2026-11", "November 2026", "2026-11-01", "2026-12-01"),
    ("last month", "2026-10", "October 2026", "2026-10-01", "2026-11-01"),
    ("2026", "2026", "2026", "2026-01-01", "2027-01-01"),
    ("FY2025", "2025", "2025", "2025-01-01", "2026-01-01"),
    ("this year", "2026", "2026", "2026-01-01", "2027-01-01"),
    ("last year", "2025", "2025", "2025-01-01", "2026-01-01"),
    ("30d", "30d", "the last 30 days", "2026-10-24", "2026-11-23"),
    ("last 30 days", "30d", "the last 30 days", "2026-10-24", "2026-11-23"),
    ("The last 30 days", "30d", "the last 30 days", "2026-10-24", "2026-11-23"),
    ("2 weeks", "14d", "the last 14 days", "2026-11-09", "2026-11-23"),
    ("1d", "1d", "today", "2026-11-22", "2026-11-23"),
    ("today", "1d", "today", "2026-11-22", "2026-11-23"),
    (
        "2026-06-24..2026-07-23",
        "2026-06-24..2026-07-23",
        "24 Jun 2026 to 23 Jul 2026",
        "2026-06-24",
        "2026-07-24",
    ),
]


@pytest.mark.parametrize(("text", "key", "name", "start", "end"), READ, ids=[row[0] for row in READ])
def test_what_people_write(text: str, key: str, name: str, start: str, end: str) -> None:
    found = parse_period(text, NOW)
    assert (found.key, found.name, found.start, found.end) == (key, name, day(start), day(end))


FISCAL = [
    # The fiscal year that ends in March 2027 is FY2027; November lies in its third quarter.
    ("", 4, "2027Q3", "Q3 FY2027", "2026-10-01", "2027-01-01"),
    ("Q3", 4, "2027Q3", "Q3 FY2027", "2026-10-01", "2027-01-01"),
    ("Q4", 4, "2026Q4", "Q4 FY2026", "2026-01-01", "2026-04-01"),
    ("2027Q1", 4, "2027Q1", "Q1 FY2027", "2026-04-01", "2026-07-01"),
    ("last quarter", 2, "2027Q3", "Q3 FY2027", "2026-08-01", "2026-11-01"),
    ("this quarter", 2, "2027Q4", "Q4 FY2027", "2026-11-01", "2027-02-01"),
    ("2026", 7, "2026", "FY2026", "2025-07-01", "2026-07-01"),
    ("this year", 12, "2026", "FY2026", "2025-12-01", "2026-12-01"),
    ("2026-09", 4, "2026-09", "September 2026", "2026-09-01", "2026-10-01"),
]


@pytest.mark.parametrize(
    ("text", "first", "key", "name", "start", "end"), FISCAL, ids=[f"{r[0]}/{r[1]}" for r in FISCAL]
)
def test_a_fiscal_year_that_starts_later(text: str, first: int, key: str, name: str, start: str, end: str) -> None:
    found = parse_period(text, NOW, first)
    assert (found.key, found.name, found.start, found.end) == (key, name, day(start), day(end))


REFUSED = [
    ("2026Q5", "four quarters"),
    ("q0", "four quarters"),
    ("q11", "four quarters"),
    ("2026-13", "twelve months"),
    ("2026-00", "twelve months"),
    ("2027Q1", "Q1 2027 hasn't begun yet. Write 2026Q4"),
    ("2026-12", "December 2026 hasn't begun yet"),
    ("December 2026", "hasn't begun yet"),
    ("2027", "2027 hasn't begun yet"),
    ("2027-01-01..2027-01-31", "hasn't begun yet"),
    ("9999", "no answers from 9999"),
    ("1999Q4", "no answers from 1999"),
    ("0000", "no answers from 0"),
    ("0d", "1 to 3660 days"),
    ("99999d", "1 to 3660 days"),
    ("3661 days", "1 to 3660 days"),
    ("lst quarter", "did you mean “last quarter”"),
    ("septembre", "did you mean “september”"),
    ("letztes Quartal", "write 2026Q4, 2026-11, “last quarter” or 30d."),
    ("2026-07-23..2026-06-24", "ends before it begins. Write 2026-06-24..2026-07-23"),
    ("2026-02-30..2026-03-01", "isn't in the calendar"),
    ("2001-01-01..2026-01-01", "3660 days are the most"),
    ("2026-01-01..9999-12-31", "3660 days are the most"),
    ("2026Q3; drop table", "is no period"),
    ("\u0662\u0660\u0662\u0666", "is no period"),  # digits of another script
    ("x" * 5000, "is no period"),
]


@pytest.mark.parametrize(("text", "words"), REFUSED, ids=[row[0][:30] for row in REFUSED])
def test_what_is_refused_and_with_which_way_out(text: str, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_period(text, NOW)
    assert words.replace("“", '"').replace("”", '"') in refused.value.sentence.replace("“", '"').replace("”", '"')
    assert len(refused.value.sentence) < 200


LIKELY = r"(fy ?)?[12][09][0-9]{2}[ /-]?q[0-9]|[0-9]{4}-[0-9]{1,2}|[0-9]{1,5} ?(d|days|w)|q[0-9]( [0-9]{4})?|[0-9]{4}"
anything = st.one_of(
    st.text(max_size=60),
    st.from_regex(LIKELY, fullmatch=True, alphabet=st.characters(max_codepoint=127)),
    st.builds("{}..{}".format, st.dates(), st.dates()),
    st.builds("{} {}".format, st.sampled_from(["last", "this", "may", "sept", "the last"]), st.text(max_size=9)),
)


@given(anything, moments, starts)
def test_anything_is_a_period_that_has_begun_or_refused_in_a_sentence(text: str, at: datetime, first: int) -> None:
    try:
        found: Period | str = parse_period(text, at, first)
    except Refusal as refusal:
        found = refusal.sentence
    if isinstance(found, str):
        assert found.endswith((".", "?"))
        assert len(found) < 250
    else:
        assert found.start <= at
        assert found.start < found.end
        assert previous(found).end == found.start


def test_times_without_zone_and_months_that_are_none_are_errors_of_the_caller() -> None:
    with pytest.raises(ValueError, match="zone"):
        parse_period("", datetime(2026, 9, 1))  # noqa: DTZ001 - that is the point
    for first in (0, 13):
        with pytest.raises(ValueError, match="month"):
            quarter_of(NOW, first)
        with pytest.raises(ValueError, match="month"):
            quarter(8106, first)


def test_another_zone_is_read_as_utc() -> None:
    early = datetime(2027, 1, 1, 8, tzinfo=timezone(timedelta(hours=9)))
    assert parse_period("", early).key == "2026Q4"
    assert parse_period("1d", early).start == day("2026-12-31")


def test_the_number_of_a_quarter() -> None:
    assert quarter_of(NOW) == 2026 * 4 + 3
    assert quarter_of(NOW, 4) == 2027 * 4 + 2
    assert quarter_of(day("2026-03-31"), 4) == 2026 * 4 + 3
    assert quarter_of(day("2026-04-01"), 4) == 2027 * 4


@given(moments, starts)
def test_a_moment_lies_in_its_quarter_and_in_no_other(moment: datetime, first: int) -> None:
    number = quarter_of(moment, first)
    found = quarter(number, first)
    assert found.covers(moment)
    assert not quarter(number - 1, first).covers(moment)
    assert not quarter(number + 1, first).covers(moment)
    assert found.quarter == number
    assert found.end == quarter(number + 1, first).start
    assert found.start.month in {(first - 1 + 3 * place) % 12 + 1 for place in range(4)}


@given(moments, starts)
def test_four_quarters_make_a_fiscal_year_named_by_its_end(moment: datetime, first: int) -> None:
    year = quarter_of(moment, first) // 4
    whole = fiscal_year(year, first)
    assert (whole.start, whole.end) == (quarter(year * 4, first).start, quarter(year * 4 + 3, first).end)
    assert (whole.end - timedelta(days=1)).year == year
    assert whole.covers(moment)


def periods(at: datetime, first: int) -> list[Period]:
    days = (at.date() - timedelta(days=41), at.date())
    return [
        quarter(quarter_of(at, first), first),
        month(at.year, at.month),
        fiscal_year(quarter_of(at, first) // 4, first),
        last_days(30, at),
        last_days(1, at),
        span(*days),
    ]


@given(moments, starts)
def test_the_one_before_ends_where_this_begins_and_can_be_read_again(at: datetime, first: int) -> None:
    for period in periods(at, first):
        before = previous(period)
        assert before.end == period.start
        assert before.start < before.end
        read = parse_period(before.key, at, first)
        assert (read.key, read.start, read.end, read.quarter) == (before.key, before.start, before.end, before.quarter)
        assert parse_period(period.key, at, first) == period
        assert (before.quarter is None) == (period.quarter is None)
        assert period.covers(at)
        assert not period.is_over(at)
        assert before.is_over(at)


@pytest.mark.parametrize(
    ("text", "key", "name"),
    [
        ("2026Q1", "2025Q4", "Q4 2025"),
        ("2026-01", "2025-12", "December 2025"),
        ("2026", "2025", "2025"),
        ("30d", "2026-09-24..2026-10-23", "the 30 days before"),
        ("today", "2026-11-21..2026-11-21", "the day before"),
    ],
)
def test_the_one_before(text: str, key: str, name: str) -> None:
    before = previous(parse_period(text, NOW))
    assert (before.key, before.name) == (key, name)


def test_the_end_is_not_part_of_it() -> None:
    september = month(2026, 9)
    assert september.covers(september.start)
    assert september.covers(september.end - timedelta(microseconds=1))
    assert not september.covers(september.end)
    assert not september.is_over(september.end - timedelta(microseconds=1))
    assert september.is_over(september.end)
