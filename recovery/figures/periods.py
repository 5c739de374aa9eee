"""Periods that figures are about: quarters of the fiscal year, months, years, the last days. All in UTC.

A period is a half-open span from one midnight to another. Quarters count from the fiscal year's first month; a fiscal
year has the name of the calendar year in which it ends.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from recovery.errors import Refusal
from recovery.moments import MONTHS as SHORT_MONTHS
from recovery.policy.values import nearest, shown

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
A_YEAR = 12
A_QUARTER = 3
QUARTERS = 4
A_WEEK = 7
DAY = timedelta(days=1)
FIRST_YEAR = 2000  # the question itself is from 2003
LONGEST_DAYS = 3660

_YEAR_FIRST = re.compile(r"(?:fy ?)?([0-9]{4})[ /-]?q([0-9]+)")
_QUARTER_FIRST = re.compile(r"q([0-9]+)(?:[ /-]?(?:fy ?)?([0-9]{4}))?")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})")
_NAMED_MONTH = re.compile(r"([a-z]+)\.?(?: ([0-9]{4}))?")
_DAYS = re.compile(r"(?:the )?(?:(?:last|past) )?([0-9]{1,5}) ?(?:(d|days?)|w|weeks?)")
_YEAR = re.compile(r"(?:fy ?)?([0-9]{4})")
_SPAN = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})")


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` until before `end` (aware UTC midnights).

    `key` is what parse_period reads: "2026Q3", "2026-09", "2026", "30d", or a span of days that are all in it,
    "2026-06-01..2026-06-30". `name` is what people read: "Q3 2026", "September 2026", "the last 30 days".
    `quarter`: fiscal year * 4 + 0 to 3, None for what is no quarter.
    """

    key: str
    name: str
    start: datetime
    end: datetime
    quarter: int | None = None

    def covers(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def is_over(self, at: datetime) -> bool:
        """Whether nothing more can fall into it."""
        return at >= self.end


def quarter_of(moment: datetime, fiscal_year_starts: int = 1) -> int:
    """Give the number of the quarter that a moment lies in: fiscal year * 4 + 0 to 3.

    Raises ValueError for a naive time, or a month that is none.
    """
    months = _months(_utc(moment)) - (_first(fiscal_year_starts) - 1)
    year = months // A_YEAR + (fiscal_year_starts > 1)
    return year * QUARTERS + months % A_YEAR // A_QUARTER


def quarter(number: int, fiscal_year_starts: int = 1) -> Period:
    """Give the quarter with this number. Raises ValueError for a month that is none."""
    year, place = divmod(number, QUARTERS)
    begins = _year_begins(year, fiscal_year_starts) + place * A_QUARTER
    fiscal = "FY" if fiscal_year_starts > 1 else ""
    return Period(
        f"{year}Q{place + 1}", f"Q{place + 1} {fiscal}{year}", _midnight(begins), _midnight(begins + A_QUARTER), number
    )


def month(year: int, number: int) -> Period:
    """Give a calendar month, 1 to 12."""
    begins = year * A_YEAR + number - 1
    return Period(f"{year}-{number:02}", f"{MONTHS[number - 1]} {year}", _midnight(begins), _midnight(begins + 1))


def fiscal_year(year: int, fiscal_year_starts: int = 1) -> Period:
    begins = _year_begins(year, fiscal_year_starts)
    name = f"FY{year}" if fiscal_year_starts > 1 else f"{year}"
    return Period(f"{year}", name, _midnight(begins), _midnight(begins + A_YEAR))


def last_days(number: int, at: datetime) -> Period:
    """Give so many days, of which the last is the one that `at` lies in."""
    end = _day(_utc(at).date()) + DAY
    name = "today" if number == 1 else f"the last {number} days"
    return Period(f"{number}d", name, end - number * DAY, end)


def span(first: date, last: date, name: str = "") -> Period:
    """Give the days from `first` to `last`, both of them in it."""
    key = f"{first.isoformat()}..{last.isoformat()}"
    return Period(key, name or f"{_day_words(first)} to {_day_words(last)}", _day(first), _day(last) + DAY)


def previous(period: Period) -> Period:
    """Give the period that comes before: the quarter, month or year before, or as many days."""
    before = period.start - DAY
    if period.quarter is not None:
        begins = (period.start.month - 1 - period.quarter % QUARTERS * A_QUARTER) % A_YEAR + 1
        return quarter(period.quarter - 1, begins)
    if _MONTH.fullmatch(period.key):
        return month(before.year, before.month)
    if _YEAR.fullmatch(period.key):
        return fiscal_year(int(period.key) - 1, period.start.month)
    days = (period.end - period.start).days
    name = "the day before" if days == 1 else f"the {days} days before"
    return span((period.start - days * DAY).date(), before.date(), name)


def parse_period(text: str, at: datetime, fiscal_year_starts: int = 1) -> Period:
    """Read a period as people write it; `at` is now. "" is the quarter that runs.

    "2026Q3", "Q3 2026", "Q3" (the last one that has begun), "2026-09", "September", "Sep 2026", "2026", "30d",
    "2 weeks", "this quarter", "last quarter", "last month", "last year", "2026-06-01..2026-06-30". Raises Refusal, with
    an example that would do, for anything else and for what hasn't begun.
    """
    asked = _Asked(text, " ".join(text.casefold().split()), _utc(at), _first(fiscal_year_starts))
    relative = _relative(asked.at, asked.starts).get(asked.words)
    if relative:
        return relative
    for read in (_read_quarter, _read_month, _read_named_month, _read_days, _read_year, _read_span):
        found = read(asked)
        if found is not None:
            return _begun(found, asked)
    raise Refusal(f"{shown(text)} is no period{_instead(asked)}")


@dataclass(frozen=True, slots=True)
class _Asked:
    text: str
    words: str
    at: datetime
    starts: int

    @property
    def now(self) -> int:
        return quarter_of(self.at, self.starts)


def _relative(at: datetime, starts: int) -> Mapping[str, Period]:
    now = quarter(quarter_of(at, starts), starts)
    this_month = month(at.year, at.month)
    this_year = fiscal_year((now.quarter or 0) // QUARTERS, starts)
    found = {"": now, "today": last_days(1, at)}
    for word, current in (("quarter", now), ("month", this_month), ("year", this_year)):
        found |= {f"this {word}": current, f"last {word}": previous(current), f"previous {word}": previous(current)}
    return found


def _read_quarter(asked: _Asked) -> Period | None:
    if match := _YEAR_FIRST.fullmatch(asked.words):
        year, place = match[1], match[2]
    elif match := _QUARTER_FIRST.fullmatch(asked.words):
        place, year = match[1], match[2] or ""
    else:
        return None
    if place not in {"1", "2", "3", "4"}:
        raise Refusal(f"A year has four quarters; {shown(asked.text)} is none of them. Write {_latest(asked)}.")
    if year:
        return quarter(_known_year(year, asked) * QUARTERS + int(place) - 1, asked.starts)
    number = asked.now // QUARTERS * QUARTERS + int(place) - 1
    return quarter(number if number <= asked.now else number - QUARTERS, asked.starts)


def _read_month(asked: _Asked) -> Period | None:
    match = _MONTH.fullmatch(asked.words)
    if match is None:
        return None
    if not 1 <= int(match[2]) <= A_YEAR:
        example = f"{asked.at.year}-{asked.at.month:02}"
        raise Refusal(f"A year has twelve months; {shown(asked.text)} is none of them. Write one as {example}.")
    return month(_known_year(match[1], asked), int(match[2]))


def _read_named_month(asked: _Asked) -> Period | None:
    match = _NAMED_MONTH.fullmatch(asked.words)
    number = _month_named(match[1]) if match else None
    if match is None or number is None:
        return None
    if match[2]:
        return month(_known_year(match[2], asked), number)
    return month(asked.at.year - (number > asked.at.month), number)


def _read_days(asked: _Asked) -> Period | None:
    match = _DAYS.fullmatch(asked.words)
    if match is None:
        return None
    days = int(match[1]) * (1 if match[2] else A_WEEK)
    if not 1 <= days <= LONGEST_DAYS:
        raise Refusal(f"{shown(asked.text)} can't be looked at; give 1 to {LONGEST_DAYS} days, such as 30d.")
    return last_days(days, asked.at)


def _read_year(asked: _Asked) -> Period | None:
    match = _YEAR.fullmatch(asked.words)
    return fiscal_year(_known_year(match[1], asked), asked.starts) if match else None


def _read_span(asked: _Asked) -> Period | None:
    match = _SPAN.fullmatch(asked.words)
    if match is None:
        return None
    try:
        first, last = (date.fromisoformat(day) for day in match.groups())
    except ValueError:
        raise Refusal(f"{shown(asked.text)} has a day that isn't in the calendar{_instead(asked)}") from None
    _known_year(str(first.year), asked)
    if first > last:
        raise Refusal(f"{shown(asked.text)} ends before it begins. Write {last.isoformat()}..{first.isoformat()}.")
    if (last - first).days >= LONGEST_DAYS:
        raise Refusal(f"{shown(asked.text)} is too long; {LONGEST_DAYS} days are the most{_instead(asked)}")
    return span(first, last)


def _begun(period: Period, asked: _Asked) -> Period:
    if period.start <= asked.at:
        return period
    raise Refusal(f"{period.name[0].upper()}{period.name[1:]} hasn't begun yet. Write {_latest(asked)}.")


def _known_year(text: str, asked: _Asked) -> int:
    year = int(text)
    if not FIRST_YEAR <= year <= asked.at.year + 1:
        raise Refusal(f"There are no answers from {year}. Write {_latest(asked)}.")
    return year


def _latest(asked: _Asked) -> str:
    return f"{quarter(asked.now, asked.starts).key}, or \u201clast quarter\u201d"


def _instead(asked: _Asked) -> str:
    """End a refusal with the nearest thing that would do, else with one of each kind."""
    at, now = asked.at, quarter(asked.now, asked.starts)
    known = [word for word in _relative(at, asked.starts) if word]
    known += [name.lower() for name in MONTHS] + [now.key, previous(now).key, "30d"]
    near = nearest(asked.words, known)
    if near != ".":
        return near
    return f"; write {now.key}, {at.year}-{at.month:02}, \u201clast quarter\u201d or 30d."


def _month_named(word: str) -> int | None:
    if word == "sept":
        return 9
    for names in (MONTHS, SHORT_MONTHS):
        for place, name in enumerate(names, start=1):
            if word == name.lower():
                return place
    return None


def _first(month_number: int) -> int:
    if not 1 <= month_number <= A_YEAR:
        raise ValueError(f"A fiscal year can't start in month {month_number}.")
    return month_number


def _year_begins(year: int, starts: int) -> int:
    return (year - (_first(starts) > 1)) * A_YEAR + starts - 1


def _months(moment: datetime) -> int:
    return moment.year * A_YEAR + moment.month - 1


def _midnight(months: int) -> datetime:
    return datetime(months // A_YEAR, months % A_YEAR + 1, 1, tzinfo=UTC)


def _day(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("A time without a zone lies in no period.")
    return moment.astimezone(UTC)


def _day_words(day: date) -> str:
    return f"{day.day} {SHORT_MONTHS[day.month - 1]} {day.year}"
