"""`/nps away`: which days are meant, and for whom a case is held."""

import contextlib
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.case import Event, EventKind
from recovery.clock.absence import (
    AWAY_FOR,
    BACK_TO,
    MOST_AHEAD,
    MOST_DAYS,
    Days,
    back_again,
    held_for,
    parse_days,
    while_away,
)
from recovery.errors import Refusal

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2026-12-24..2027-01-02", date(2026, 12, 24), date(2027, 1, 2)),
        ("2026-12-24 .. 2027-01-02", date(2026, 12, 24), date(2027, 1, 2)),
        ("2026-12-24...2027-01-02", date(2026, 12, 24), date(2027, 1, 2)),
        ("2026-12-24\u20262027-01-02", date(2026, 12, 24), date(2027, 1, 2)),
        ("2026-12-24 \u2013 2027-01-02", date(2026, 12, 24), date(2027, 1, 2)),
        ("  2026-12-24 to 2027-01-02 ", date(2026, 12, 24), date(2027, 1, 2)),
        ("2026-12-24 UNTIL 2027-01-02", date(2026, 12, 24), date(2027, 1, 2)),
        ("2026-11-23", TODAY, TODAY),
        ("2026-11-23..2026-11-23", TODAY, TODAY),
        ("2028-02-29", None, None),
        ("2027-02-28..2027-03-01", date(2027, 2, 28), date(2027, 3, 1)),
    ],
)
def test_what_is_understood(typed: str, first: date | None, last: date | None) -> None:
    if first is None or last is None:
        with pytest.raises(Refusal, match="more than a year away"):
            parse_days(typed, TODAY)
    else:
        assert parse_days(typed, TODAY) == Days(first, last)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Nothing is no day and no range of days. For example: “/nps away 2026-12-24..2027-01-02”."),
        ("soon", "“soon” is no day and no range of days."),
        ("2026-12-24..", "“2026-12-24..” is no day and no range of days."),
        ("..2026-12-24", "is no day and no range of days."),
        ("2026-12-24-2027-01-02", "is no day and no range of days."),
        ("24.12.2026", "is no day and no range of days."),
        ("2026-12-24..2027-01-02 please", "is no day and no range of days."),
        ("\u0662026-12-24", "is no day and no range of days."),
        ("2026-02-30", "2026-02-30 is no day of the calendar."),
        ("2026-12-24..2027-13-02", "2027-13-02 is no day of the calendar."),
        ("0000-00-00", "0000-00-00 is no day of the calendar."),
        ("2027-01-02..2026-12-24", "Did you mean “/nps away 2026-12-24..2027-01-02”?"),
        ("2026-11-22", "2026-11-22 is over; today is 2026-11-23."),
        ("2026-11-01..2026-11-22", "2026-11-22 is over; today is 2026-11-23."),
        ("2026-11-22..2026-11-30", "Begin today: “/nps away 2026-11-23..2026-11-30”."),
        ("2027-01-01..2027-06-30", "That is 181 days; 180 are the most."),
        ("2026-11-23..9999-12-31", "180 are the most."),
        ("9999-12-31", "more than a year away. Check the year."),
        ("x" * 3000, "x" * 40 + "…” is no day"),
        ("<!channel>", "“<!channel>” is no day"),
    ],
)
def test_what_is_refused_says_how_to_put_it_right(typed: str, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_days(typed, TODAY)
    assert says in refused.value.sentence
    assert len(refused.value.sentence) < 250


def test_who_is_away_already_may_give_the_first_day_again() -> None:
    began = TODAY - timedelta(days=3)
    assert parse_days("2026-11-20..2026-12-01", TODAY, began) == Days(began, date(2026, 12, 1))
    with pytest.raises(Refusal, match="Begin today"):
        parse_days("2026-11-19..2026-12-01", TODAY, began)


@given(st.text(max_size=60))
def test_any_text_is_days_to_come_or_refused(typed: str) -> None:
    with contextlib.suppress(Refusal):
        found = parse_days(typed, TODAY)
        assert TODAY <= found.first <= found.last


@given(st.dates(TODAY, TODAY + timedelta(days=MOST_AHEAD)), st.integers(0, MOST_DAYS - 1))
def test_every_range_that_may_be_is_read_as_written(first: date, more: int) -> None:
    last = first + timedelta(days=more)
    assert parse_days(f"{first}..{last}", TODAY) == Days(first, last)


def test_the_last_day_is_included() -> None:
    days = Days(TODAY, TODAY + timedelta(days=1))
    asked = [TODAY + timedelta(days=n) for n in range(-1, 3)]
    assert [days.include(day) for day in asked] == [False, True, True, False]


def test_the_notes() -> None:
    assert while_away("Priya", date(2027, 1, 2), TODAY) == "While Priya is away until 2 Jan 2027."
    assert while_away("Priya", date(2026, 12, 2), TODAY) == "While Priya is away until 2 Dec."
    assert back_again("Priya") == "Priya is back."


def on(user: str) -> Event:
    return Event(EventKind.ASSIGNED, "winback", NOW, before=user, after="U0ELSE", details={AWAY_FOR: user})


def back(user: str) -> Event:
    return Event(EventKind.ASSIGNED, "winback", NOW, before="U0ELSE", after=user, details={BACK_TO: user})


def by_somebody(kind: EventKind) -> Event:
    return Event(kind, "U0MARCUS", NOW)


@pytest.mark.parametrize(
    ("history", "waiting"),
    [
        ([], ()),
        ([by_somebody(EventKind.CLAIMED)], ()),
        ([by_somebody(EventKind.CLAIMED), on("P")], ("P",)),
        ([on("P"), back("P")], ()),
        ([on("P"), on("J")], ("P", "J")),
        ([on("P"), on("J"), back("J")], ("P",)),
        ([on("P"), on("J"), back("P")], ()),
        ([on("P"), back("P"), on("P")], ("P",)),
        ([on("P"), by_somebody(EventKind.ASSIGNED)], ()),
        ([on("P"), by_somebody(EventKind.RELEASED)], ()),
        ([on("P"), by_somebody(EventKind.CLAIMED)], ()),
        ([on("P"), by_somebody(EventKind.OUTREACH_LOGGED), by_somebody(EventKind.JOINED)], ("P",)),
    ],
)
def test_for_whom_a_case_is_held(history: list[Event], waiting: tuple[str, ...]) -> None:
    assert held_for(history) == waiting


@given(st.lists(st.tuples(st.sampled_from(["on", "back", "claim"]), st.sampled_from("PJK"))))
def test_a_case_is_held_for_nobody_who_got_it_back(steps: list[tuple[str, str]]) -> None:
    history = [on(who) if what == "on" else back(who) if what == "back" else by_somebody(EventKind.CLAIMED)
               for what, who in steps]  # fmt: skip
    history += [on("P"), back("P")]
    assert "P" not in held_for(history) or held_for(history).count("P") < held_for(history[:-1]).count("P")
    assert held_for([*history, by_somebody(EventKind.CLAIMED)]) == ()
