"""The messages that come by the calendar: for one case and for hundreds, in whatever words a customer has."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views import digests
from bot.views.digests import Line
from bot.views.home import HomeRow
from recovery.cases.case import Urgency
from recovery.cases.steps import Step
from recovery.clock.agenda import Reason
from recovery.figures.week import Open, WeekFigures
from tests.support.briefs import CLAIMED, NOW, texts
from tests.support.reading import pressed, read
from tests.support.slack_limits import message_problems, parsed_texts

LINK = "https://acme.slack.example/archives/C0RELATIONAL/p1?thread=2&x=1"
LATE = NOW + timedelta(hours=60)


def line(number: int = 42, reason: Reason = Reason.TODAY, account: str = "Northwind Traders", link: str = LINK) -> Line:
    case = replace(CLAIMED.case, id=number, urgency=Urgency.NORMAL)
    row = HomeRow(case, 2, account, "Dana Okafor", Decimal(180_000), link)
    return Line(row, reason, NOW + timedelta(hours=3))


def week(**changes: object) -> WeekFigures:
    held = Open(29, 4, 6, 1, {Step.OUTREACH: 9, Step.CONVERSATION: 8, Step.ACTION: 4, Step.FOLLOW_UP: 3})
    figures = WeekFigures(12, 7, 9, 3, held, 2, Decimal(240_000))
    return replace(figures, **changes)  # type: ignore[arg-type] - tests name fields freely


def test_a_morning_names_what_is_due_and_leads_to_the_cards() -> None:
    lines = [line(1, Reason.ESCALATED), line(2, Reason.OVERDUE), line(3), line(4, Reason.BACK, link="")]
    look = digests.morning(lines, 4, currency="USD", at=NOW)
    assert read(look.blocks) == [
        "4 cases need you today",
        "🟡 2 · Northwind Traders · $180k | Outreach due Mon 23 Nov, 11:58 UTC · managers know · [Open card]",
        "🟡 2 · Northwind Traders · $180k | Outreach due Mon 23 Nov, 11:58 UTC · [Open card]",
        "🟡 2 · Northwind Traders · $180k | Outreach due Mon 23 Nov, 11:58 UTC · [Open card]",
        "🟡 2 · Northwind Traders · $180k | waiting ends Sat 21 Nov, 15:05 UTC",
    ]
    assert look.text == (
        "4 cases need you today: Northwind Traders · $180k, Northwind Traders · $180k, Northwind Traders · $180k "
        "and 1 more"
    )
    assert pressed(look.blocks) == []  # nothing in it can go stale
    assert message_problems(look) == []


def test_one_case_needs_and_an_overdue_one_is_red() -> None:
    look = digests.morning([line(1, Reason.OVERDUE)], 1, currency="USD", at=LATE)
    assert read(look.blocks)[0] == "1 case needs you today"
    assert read(look.blocks)[1].startswith("🔴 2 · Northwind Traders · $180k | Outreach overdue since")
    assert look.text == "1 case needs you today: Northwind Traders · $180k"


@pytest.mark.parametrize(("total", "rows"), [(15, 15), (16, 15), (1000, 15)])
def test_more_than_fit_are_counted(total: int, rows: int) -> None:
    lines = [line(number) for number in range(1, min(total, 30) + 1)]
    look = digests.morning(lines, total, currency="USD", at=NOW)
    shown = read(look.blocks)
    assert sum("Northwind" in each for each in shown) == rows
    assert (shown[-1] == f"and {total - rows:,} more on your Home") is (total > rows)
    assert message_problems(look) == []


def test_a_week_in_plain_words() -> None:
    look = digests.weekly("Relational", week(), currency="USD")
    assert read(look.blocks) == [
        "Relational: the last seven days",
        "12 new detractors: 7 of 9 contacted in time, 3 can still be.",
        (
            "*Open: 29* · 4 without an owner · 9 outreach · 8 conversation · 4 action · 3 follow-up · "
            "1 ready to close · *6 overdue*"
        ),
        "2 saved ($240k).",
    ]
    assert look.text == (
        "Relational: the last seven days. 12 new detractors: 7 of 9 contacted in time, 3 can still be."
    )
    assert message_problems(look) == []


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (week(detractors=0, in_time=0, decided=0, undecided=0), "No new detractors."),
        (
            week(detractors=1, in_time=0, decided=0, undecided=1),
            "1 new detractor: none had to be contacted so far, 1 can still be.",
        ),
        (week(detractors=1, in_time=1, decided=1, undecided=0), "1 new detractor: 1 of 1 contacted in time."),
        (week(open=Open()), "*Nothing is open.*"),
        (week(open=Open(total=2, unassigned=2)), "*Open: 2* · 2 without an owner"),
        (week(saved=1, saved_acv=None), "1 saved."),
    ],
)
def test_a_week_without_something(figures: WeekFigures, said: str) -> None:
    assert said in read(digests.weekly("Relational", figures, currency="USD").blocks)


def test_a_week_in_which_nobody_was_saved_says_nothing_of_it() -> None:
    assert not any("saved" in each for each in read(digests.weekly("R", week(saved=0), currency="USD").blocks))


@given(texts, st.sampled_from(Reason), st.integers(1, 40))
def test_any_customers_words_fit_and_stay_words(words: str, reason: Reason, total: int) -> None:
    lines = [line(number, reason, account=words) for number in range(1, total + 1)]
    look = digests.morning(lines, total, currency="USD", at=NOW)
    assert message_problems(look) == []
    for text in (look.text, *parsed_texts(look.blocks)):
        assert "<!channel" not in text
        assert "<@" not in text


@pytest.mark.parametrize("name", ["\U00010000" * 200, "\u05d0" * 300, "&<>*_~`" * 60, "\u2067" * 90 + "x" * 90])
def test_the_longest_names_of_a_full_list_fit(name: str) -> None:
    lines = [line(2**53 + number, Reason.ESCALATED, name, f"https://slack.com/{'a' * 60}") for number in range(15)]
    assert message_problems(digests.morning(lines, 10_000, currency="USD", at=LATE)) == []


@given(texts)
def test_any_programmes_name_fits(name: str) -> None:
    assert message_problems(digests.weekly(name or "x", week(), currency="USD")) == []
