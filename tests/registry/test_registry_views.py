"""The registry as people read it: list, messages and windows, with whatever customers and leads may have typed."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.surfaces import ItemPart, ItemSurface, parse
from bot.views import registry as views
from bot.views import registry_messages, registry_windows
from bot.views.look import Look
from bot.views.readouts.page import ROOMS
from bot.views.registry import Carried, Entry, Review, place_value, read_place, read_value, value
from bot.views.registry_messages import Told
from bot.views.registry_windows import metadata, read_metadata
from recovery.errors import Refusal
from recovery.figures.case_figures import Amount
from recovery.readouts.registry import ItemState, Plan, Weight
from tests.registry.items import AMARA, ITEM, MARCUS, PLAN, PRIYA, WEIGHT
from tests.support import briefs
from tests.support.reading import pressed, read
from tests.support.slack_limits import message_problems, view_problems

PLANNED = replace(ITEM, plan=PLAN)
CARDS = (("Northwind", "https://slack.com/archives/C1/p175"), ("Fabrikam", ""))
ENTRY = Entry(
    ITEM, WEIGHT, "Q4 2026", quote="The invoice is wrong.\nAgain.", cards=CARDS, may_plan=True, may_finish=True
)
REVIEW = Review("relational", "Relational", "USD", entries=(ENTRY,), open=1, unplanned=1, after=5, may_share=True)
LEAD = Told(MARCUS, ItemPart.LEAD, "Relational", "USD")
OWNER = Told(AMARA, ItemPart.OWNER, "Relational", "USD")
DUE = Told(AMARA, ItemPart.DUE, "Relational", "USD", PLAN.due)


def lines(look: Look) -> list[str]:
    assert message_problems(look) == []
    return read(look.blocks)


def test_the_list_as_it_is_read() -> None:
    late = replace(ENTRY, item=replace(PLANNED, id=8, tag="exports lose columns"), is_late=True, cards=())
    closed = Counter({ItemState.DONE: 3, ItemState.DROPPED: 1})
    review = replace(REVIEW, entries=(ENTRY, late), open=12, unplanned=1, late=1, closed=closed, page=2)
    assert lines(views.own(review)) == [
        "*Actions of Relational* · 12 open · 1 without a plan · 1 late",
        "invoices are wrong · 5 customers behind it · $410k and 1 account of unknown value · open since Q4 2026",
        "Nobody has planned anything yet.",
        "Cases: Northwind, Fabrikam and 4 more",
        "[*Plan…] [Drop…]",
        "exports lose columns · 5 customers behind it · $410k and 1 account of unknown value · open since Q4 2026",
        f"Finance checks every invoice against the contract before it goes out. @{AMARA}, late since Mon 21 Dec 2026.",
        "Done when: No invoice of January has to be corrected.",
        "[Change…] [Done…] [Drop…]",
        "Closed in the last 90 days: 3 done, 1 dropped.",
        "Page 2 of 3",
        "[Share in channel] [Back] [Next]",
    ]


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (5, "One opens by itself when 5 different detractors of a quarter bring up the same."),
        (1, "One opens by itself with each theme that detractors of a quarter bring up."),
        (0, "None opens by itself: the policy has `systemic_after = 0`."),
    ],
)
def test_an_empty_registry_says_when_one_opens(after: int, said: str) -> None:
    review = replace(REVIEW, entries=(), open=0, unplanned=0, after=after, others=("onboarding",), may_share=False)
    assert lines(views.own(review))[0] == f"*Actions of Relational:* none is open. {said}"


def test_the_channel_reads_it_without_buttons() -> None:
    for look in (views.shared(REVIEW, PRIYA), views.after_sharing(REVIEW, "C0RELATIONAL")):
        assert not pressed(look.blocks)
        assert "invoices are wrong" in "\n".join(lines(look))
    assert lines(views.shared(REVIEW, PRIYA))[-1] == f"Shared by @{PRIYA}."


@pytest.mark.parametrize(
    ("may_plan", "may_finish", "item", "buttons"),
    [
        (True, True, ITEM, ["registry_plan", "registry_drop"]),
        (True, True, PLANNED, ["registry_plan", "registry_done", "registry_drop"]),
        (False, True, PLANNED, ["registry_done"]),
        (False, True, ITEM, []),
        (False, False, PLANNED, []),
        (True, True, replace(PLANNED, state=ItemState.DONE), []),
    ],
)
def test_what_each_may_press(may_plan: bool, may_finish: bool, item: views.Item, buttons: list[str]) -> None:
    entry = replace(ENTRY, item=item, may_plan=may_plan, may_finish=may_finish)
    assert [each["action_id"] for each in pressed(views.buttons(entry, 1, ROOMS[0]))] == buttons


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (Amount(Decimal(410_000), 4, 0), "$410k"),
        (Amount(Decimal(0), 2, 0), "$0"),
        (Amount(None, 0, 3), "3 accounts of unknown value"),
        (Amount(Decimal(10), 1, 2), "$10 and 2 accounts of unknown value"),
        (Amount(None, 0, 0), ""),
        (Amount(Decimal(0), 0, 0), ""),
    ],
)
def test_money_that_nobody_knows_is_said_and_not_counted_as_nothing(amount: Amount, said: str) -> None:
    assert views.money_words(amount, "USD") == said


def test_a_lead_reads_who_says_it_and_in_which_words() -> None:
    look = registry_messages.message(ENTRY, LEAD)
    assert lines(look) == [
        "5 customers say the same: *invoices are wrong*",
        "❝ The invoice is wrong.",
        "❝ Again.",
        "Cases: Northwind, Fabrikam and 4 more",
        "$410k and 1 account of unknown value · 6 cases · Relational, since Q4 2026",
        "[*Plan it…] [Drop it…]",
    ]
    assert look.text == "5 customers say the same: invoices are wrong 'The invoice is wrong. Again.'"
    one = replace(ENTRY, weight=Weight(1, 1, Amount(None, 0, 1)))
    assert lines(registry_messages.message(one, LEAD))[0] == "1 customer says the same: *invoices are wrong*"
    nobody = replace(ENTRY, weight=Weight())
    assert lines(registry_messages.message(nobody, LEAD))[0] == "Detractors say the same: *invoices are wrong*"


@pytest.mark.parametrize(
    ("change", "told", "head"),
    [
        ({}, OWNER, "You look after an action now: *invoices are wrong*"),
        ({}, DUE, "The day of your action has come: *invoices are wrong*"),
        ({"is_late": True}, DUE, "The day of your action has passed: *invoices are wrong*"),
        ({}, replace(DUE, day=date(2026, 12, 1)), "The day of your action has moved: *invoices are wrong*"),
        ({}, replace(OWNER, user=PRIYA), f"@{AMARA} looks after this action now: *invoices are wrong*"),
        ({"item": ITEM}, OWNER, "The action *invoices are wrong* has no plan at the moment."),
        (
            {"owner_gone": True},
            replace(DUE, user=MARCUS),
            f"The day of this action has come, and @{AMARA} isn't here any more: *invoices are wrong*",
        ),
        (
            {"item": replace(PLANNED, state=ItemState.DONE, closed_by=PRIYA, result="It held")},
            LEAD,
            f"@{PRIYA} has marked this action as done: *invoices are wrong*",
        ),
        (
            {"item": replace(ITEM, state=ItemState.DROPPED, closed_by=PRIYA, result="Too rare")},
            OWNER,
            f"@{PRIYA} has dropped this action: *invoices are wrong*",
        ),
    ],
)
def test_a_message_says_how_it_stands_now(change: dict[str, object], told: Told, head: str) -> None:
    entry = replace(replace(ENTRY, item=PLANNED), **change)  # type: ignore[arg-type] - tests name fields freely
    said = lines(registry_messages.message(entry, told))
    assert said[0] == head
    if not entry.item.is_open:
        assert said[1:] == [f"{entry.item.result}."]


def test_the_windows_begin_with_what_was_said() -> None:
    carried = Carried(7, 3, 2, "https://hooks.slack.example/1")
    plan = registry_windows.plan(replace(ENTRY, item=PLANNED), carried, "USD")
    done = registry_windows.done(replace(ENTRY, item=PLANNED), carried, "USD")
    drop = registry_windows.drop(ENTRY, carried, "USD")
    for window in (plan, done, drop):
        assert view_problems(window) == []
        assert read(window["blocks"])[:3] == [
            "invoices are wrong · 5 customers behind it · $410k and 1 account of unknown value",
            "❝ The invoice is wrong.",
            "❝ Again.",
        ]
        assert read_metadata(window["private_metadata"]) == carried
    assert "Done when: No invoice of January has to be corrected." in read(done["blocks"])
    filled = "\n".join(read(plan["blocks"]))
    for part in (PLAN.action, AMARA, "2026-12-21", PLAN.criterion):
        assert part in filled


@given(st.integers(0, 10**17), st.integers(0, 99_998))
def test_what_a_button_carries_comes_back(item: int, page: int) -> None:
    assert read_value(value(item, page)) == Carried(item, page=page)
    assert read_place(place_value("relational", page + 1)) == ("relational", page + 1)
    carried = Carried(item, 12, page, "https://hooks.slack.example/x")
    assert read_metadata(metadata(carried)) == carried


@given(
    st.text(max_size=40) | st.sampled_from(["1:1\n", "\u0661:1", "1:1:1", "relational|01", "relational|\u0661", "|1"])
)
def test_what_is_not_ours_is_refused(text: str) -> None:
    for reading in (read_value, read_place, read_metadata):
        try:
            reading(text)
        except Refusal as refused:
            assert "Type `/nps actions` once more" in refused.sentence  # noqa: PT017 - what is ours may come by, too


def test_an_address_too_long_for_a_window_is_left_out() -> None:
    carried = Carried(7, 3, 2, "https://hooks.slack.example/" + "x" * 4000)
    assert read_metadata(metadata(carried)) == replace(carried, respond="")


@given(
    st.sampled_from(["U1", "W0KOFI"]),
    st.integers(0, 10**12),
    st.sampled_from(ItemPart),
    st.sampled_from(["0", "17", "2026-12-21"]),
)
def test_the_name_of_a_message_is_read_again(user: str, item: int, part: ItemPart, mark: str) -> None:
    surface = ItemSurface(user, item, part, mark)
    assert parse(str(surface)) == surface
    assert parse(f"{surface}:x") is None


@settings(max_examples=40)
@given(
    texts=st.lists(briefs.texts, min_size=8, max_size=8),
    late=st.booleans(),
    planned=st.booleans(),
    acv=st.none() | st.decimals(allow_nan=True, allow_infinity=True),
)
def test_hostile_words_fit_and_do_nothing(texts: list[str], late: bool, planned: bool, acv: Decimal | None) -> None:
    plan = Plan(texts[0], AMARA, date(2026, 12, 21), texts[1]) if planned else None
    item = replace(ITEM, tag=texts[2], plan=plan, result=texts[3])
    cards = tuple((texts[4], address) for address in ("https://slack.com/archives/C1/p1", texts[5], ""))
    weight = Weight(10**6, 10**6, Amount(acv, 5, 10**6))
    entry = Entry(item, weight, "Q4 FY2026", late, texts[6], cards, may_plan=True, may_finish=True)
    rows = tuple(replace(entry, item=replace(item, id=number)) for number in range(views.ROWS))
    review = replace(
        REVIEW, name=texts[7], entries=rows, open=900, unplanned=1, late=3, others=("a", "b"), channel="C1"
    )
    for look in (views.own(review), views.shared(review, MARCUS)):
        assert message_problems(look) == []
        harmless(look)
    closed = replace(entry, item=replace(item, state=ItemState.DROPPED, closed_by=MARCUS))
    for each in (entry, closed):
        for told in (LEAD, OWNER, DUE):
            look = registry_messages.message(each, replace(told, programme=texts[7]))
            assert message_problems(look) == []
            harmless(look)
    for window in (registry_windows.plan, registry_windows.done, registry_windows.drop):
        assert view_problems(window(entry, Carried(1), "USD")) == []


def harmless(look: Look) -> None:
    """Nothing that Slack would act on stands in texts that it parses."""
    parsed = [look.text, *(block["text"]["text"] for block in look.blocks if block["type"] == "section")]
    for text in parsed:
        assert "<!" not in text
        assert "<@U0PRIYA>" not in text
        assert "<https://evil" not in text
