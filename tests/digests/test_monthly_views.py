"""What leadership reads: any figures in words, within Slack's limits, whatever the policy's names are."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.monthly import monthly
from recovery.cases.steps import Step
from recovery.figures.case_figures import (
    Amount,
    ContactRate,
    Cost,
    EscalationFigures,
    OnTime,
    OpenFigures,
    SavedFigures,
    Spread,
)
from recovery.figures.month import Actions, Group, MonthFigures, Recovered, Summary
from recovery.figures.periods import month, previous
from recovery.figures.share import Share
from tests.support.briefs import HOSTILE
from tests.support.reading import read
from tests.support.slack_limits import message_problems

AT = datetime(2027, 1, 4, 9, tzinfo=UTC)
MANY = 10**9

counts = st.integers(0, MANY)
shares = st.tuples(counts, counts).map(lambda both: Share(min(both), max(both)))
lengths = st.timedeltas(timedelta(0), timedelta(days=4000))
spreads = st.just(Spread()) | st.builds(Spread, lengths, lengths, st.integers(1, MANY))
amounts = st.none() | st.decimals(0, 10**14, places=2)
saves = st.builds(SavedFigures, counts, counts, counts, counts, amounts)
figures = st.builds(
    MonthFigures,
    st.builds(ContactRate, shares, counts),
    spreads,
    st.dictionaries(st.sampled_from(Step), st.builds(OnTime, shares, counts)),
    st.builds(EscalationFigures, shares, spreads),
    saves,
)
names = st.sampled_from(HOSTILE) | st.text(min_size=1, max_size=200)
groups = st.lists(
    st.builds(Group, names, st.integers(10, MANY).map(lambda whole: Share(whole // 3, whole))), max_size=5
).map(tuple)
recovered = st.builds(
    Recovered,
    st.integers(1, 12),
    saves,
    st.builds(Cost, st.fractions(0, 10**12), amounts),
    groups,
    groups,
)
summaries = st.builds(
    Summary,
    st.just(month(2026, 12)),
    st.just(month(2026, 11)),
    st.just(AT),
    figures,
    figures,
    recovered,
    st.builds(OpenFigures, counts, counts),
    st.builds(Amount, amounts, counts, counts),
    st.builds(Actions, counts, counts, counts),
    st.sampled_from(["", "48 hours"]),
)
NOTHING = Summary(
    month=month(2026, 12),
    before=previous(month(2026, 12)),
    at=AT,
    now=MonthFigures(),
    then=MonthFigures(),
    recovered=Recovered(12, SavedFigures(), Cost(Fraction(0), Decimal(0))),
    open=OpenFigures(),
    at_risk=Amount(Decimal(0), 0, 0),
)


def lines_of(found: Summary, **names_of: str) -> list[str]:
    return read(monthly("Relational", found, names_of, currency="USD").blocks)


def test_nothing_at_all_is_said_in_words() -> None:
    look = monthly("Relational", NOTHING, {}, currency="USD")
    assert look.text == "Relational: December 2026. No detractor answered. Nothing is open."
    assert read(look.blocks) == [
        "Relational: December 2026",
        "*No detractor answered.* · November: no detractor answered",
        "*Nothing is open.*",
        "*Action registry:* nothing is open",
        "*Steps on time*",
        "Nothing was due in either month",
        "*Escalations:* none · November: none",
        "*Saved:* no case to measure · November: no case to measure",
        "*Won back in the last 12 months:* no customer has answered again yet",
        "Counted Mon 4 Jan, 09:00 UTC, by the month in which the customer answered.",
    ]


def test_the_notification_says_the_most_important_on_one_line() -> None:
    now = replace(MonthFigures(), contacted=ContactRate(Share(34, 41), 6))
    found = replace(NOTHING, now=now, limit="48 hours", open=OpenFigures(total=29, overdue=6))
    look = monthly("Relational", found, {}, currency="USD")
    assert (
        look.text == "Relational: December 2026. 83 % contacted in 48 hours (34 of 41), slipping. 29 open, 6 overdue."
    )


@pytest.mark.parametrize(
    ("part", "judged", "more"),
    [
        (90, "on target", ""),
        (89, "slipping, target 90 %", ""),
        (74, "performative, target 90 %", ""),
        (49, "pause the survey, target 90 %", "*Pause the survey until you can staff the response.*"),
    ],
)
def test_the_contact_rate_has_its_band(part: int, judged: str, more: str) -> None:
    now = replace(MonthFigures(), contacted=ContactRate(Share(part, 100)))
    lines = lines_of(replace(NOTHING, now=now))
    assert f"*Contacted in time: {part} %* ({part} of 100) — {judged} · November: no detractor answered" in lines
    assert more in [*lines, ""]


@pytest.mark.parametrize(
    ("answered", "raised", "took", "said"),
    [
        (0, 0, None, "none"),
        (0, 3, None, "3 raised, none acknowledged"),
        (1, 1, 3, "1 raised, acknowledged (after 3 h)"),
        (3, 3, 3, "3 raised, all acknowledged (median 3 h)"),
        (1, 3, 3, "3 raised, 1 acknowledged (after 3 h)"),
        (2, 3, 3, "3 raised, 2 acknowledged (median 3 h)"),
    ],
)
def test_escalations(answered: int, raised: int, took: int | None, said: str) -> None:
    length = None if took is None else timedelta(hours=took)
    found = EscalationFigures(Share(answered, raised), Spread(length, length, answered))
    lines = lines_of(replace(NOTHING, now=replace(MonthFigures(), escalations=found)))
    assert f"*Escalations:* {said} · November: none" in lines


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ((), "fewer than 10 customers measured in each, too few to compare"),
        ((Group("smb", Share(1, 10)),), "only Small 10 % (1 of 10) has enough customers measured"),
        ((Group("smb", Share(5, 10)), Group("x", Share(1, 10))), "Small 50 % (5 of 10) best, x 10 % (1 of 10) worst"),
        ((Group("smb", Share(5, 10)), Group("x", Share(6, 12))), "alike, 50 % in each of 2"),
    ],
)
def test_the_best_and_the_worst_group(found: tuple[Group, ...], said: str) -> None:
    whole = Recovered(
        12, SavedFigures(saved=4, not_saved=16), NOTHING.recovered.cost, found, (Group("a", Share(1, 20)),)
    )
    lines = lines_of(replace(NOTHING, recovered=whole), smb="Small")
    assert "*Won back in the last 12 months: 20 %* (4 of 20 measured) — as usual" in lines
    assert f"By segment: {said}" in lines


@pytest.mark.parametrize(
    ("cost", "prevented", "said"),
    [
        (60_000, "500000", "the programme cost $60k and saved $500k a year: the cost is 12 % of that"),
        (60_000, "60000000", "the programme cost $60k and saved $60M a year: the cost is less than 1 % of that"),
        (60_000, "50000", "the programme cost $60k and saved $50k a year: the cost is 120 % of that"),
        (60_000, "24000", "the programme cost $60k and saved $24k a year: the cost is 2.5 times that"),
        (60_000, "30000", "the programme cost $60k and saved $30k a year: the cost is 2 times that"),
        (60_000, "0", "the programme cost $60k; nothing has been saved yet"),
        (60_000, None, "the programme cost $60k; what the saved customers pay isn't known"),
    ],
)
def test_what_it_cost(cost: int, prevented: str | None, said: str) -> None:
    found = Cost(Fraction(cost), None if prevented is None else Decimal(prevented))
    lines = lines_of(replace(NOTHING, recovered=replace(NOTHING.recovered, cost=found)))
    assert f"In that time {said}" in lines


def test_who_gave_no_cost_reads_of_none() -> None:
    assert not [line for line in lines_of(NOTHING) if "cost" in line]


@given(summaries, names)
def test_any_figures_are_words_within_slacks_limits(found: Summary, name: str) -> None:
    look = monthly(name, found, {}, currency="USD")
    assert message_problems(look) == []
    ours = monthly(
        "R", replace(found, recovered=replace(found.recovered, segments=(), root_causes=())), {}, currency="USD"
    )
    said = "\n".join([ours.text, *read(ours.blocks)])
    assert not re.search(r"NaN|None|\b(nan|inf)\b|!|[{}]|timedelta", said)
