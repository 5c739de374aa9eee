"""The rules of the action registry: which themes open an item, what a plan needs, what is late, in which order."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.errors import FieldRefusal, Refusal
from recovery.figures.case_figures import Amount
from recovery.readouts.registry import (
    Item,
    ItemState,
    Plan,
    Weight,
    check_open,
    check_plan,
    check_said,
    goes_on_in,
    in_review_order,
    is_late,
    late_from,
    refusals,
    systemic,
)
from recovery.themes import Part, Remembered, Theme
from tests.registry.items import AMARA, AT, ITEM, PLAN, POLICY, Q4

VAGUE = POLICY.commitment.vague_words
TODAY = date(2026, 11, 23)
NEW_YORK = ZoneInfo("America/New_York")


def theme(key: str, *members: int) -> Theme:
    return Theme(key, f"about {key}", members[0], members)


def opened(*themes: Theme, contacts: dict[int, int], after: int = 3, items: tuple[Item, ...] = ()) -> list[str]:
    """The keys of the themes that open an item."""
    return [each.theme.key for each in systemic(themes, contacts, after, items, Q4) if each.item is None]


# Which items open


def test_the_nth_different_customer_opens_an_item_and_the_same_one_twice_does_not() -> None:
    many = theme("a", 1, 2, 3)
    assert opened(many, contacts={1: 10, 2: 11, 3: 12}) == ["a"]
    assert opened(many, contacts={1: 10, 2: 10, 3: 12}) == []
    assert opened(many, contacts={1: 10, 2: 11}) == []  # the third one's case was withdrawn
    assert opened(many, contacts={1: 10, 2: 11, 3: 12}, after=4) == []
    assert opened(many, contacts={1: 10, 2: 11, 3: 12}, after=0) == []
    assert opened(theme("b", 9), contacts={9: 1}, after=1) == ["b"]


def test_a_theme_with_an_open_item_opens_no_second_one_of_whichever_quarter() -> None:
    contacts = {1: 10, 2: 11, 3: 12}
    (found,) = systemic([theme("a", 1, 2, 3)], contacts, 3, [replace(ITEM, theme="a", quarter=Q4 - 2)], Q4)
    assert found.item is not None
    assert found.item.quarter == Q4 - 2
    # One customer is enough to join what is open, also where the policy opens nothing by itself.
    (found,) = systemic([theme("a", 1)], contacts, 0, [replace(ITEM, theme="a")], Q4)
    assert found.item is not None
    assert systemic([theme("a", 4)], contacts, 3, [replace(ITEM, theme="a")], Q4) == ()


@pytest.mark.parametrize("state", [ItemState.DONE, ItemState.DROPPED])
def test_what_was_closed_in_this_quarter_stays_closed_and_opens_again_in_the_next(state: ItemState) -> None:
    closed = replace(ITEM, theme="a", state=state)
    contacts = {1: 10, 2: 11, 3: 12}
    assert opened(theme("a", 1, 2, 3), contacts=contacts, items=(closed,)) == []
    assert opened(theme("a", 1, 2, 3), contacts=contacts, items=(replace(closed, quarter=Q4 - 1),)) == ["a"]


def test_where_two_items_go_on_in_one_theme_cases_join_the_older() -> None:
    older, newer = replace(ITEM, id=3, theme="a"), replace(ITEM, id=4, theme="b")
    for items in permutations((older, newer)):
        (found,) = systemic([theme("b", 1)], {1: 10}, 3, items, Q4, {3: "b"})
        assert found.item == older


def test_an_item_goes_on_in_the_theme_that_people_merged_its_own_into() -> None:
    def kept(key: str, *numbers: int) -> Remembered:
        return Remembered(key, key, (Part(numbers, ("x",)),))

    item = replace(ITEM, theme="a")
    assert goes_on_in(item, {1, 2, 3}, [kept("a", 9), kept("b", 1, 2, 3)]) == "a"
    assert goes_on_in(item, {1, 2, 3}, [kept("b", 1, 2), kept("c", 3)]) == "b"
    assert goes_on_in(item, {1, 2, 3}, [kept("b", 1), kept("c", 3)]) == "a"
    assert goes_on_in(item, {1, 2, 3}, [kept("b", 9)]) == "a"
    assert goes_on_in(item, set(), [kept("b", 1)]) == "a"
    assert goes_on_in(item, {1}, []) == "a"


@given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=8, unique=True), max_size=6), st.integers(0, 6))
def test_what_opens_has_so_many_customers_and_nothing_that_has_is_left_out(groups: list[list[int]], after: int) -> None:
    themes = [theme(f"t{number}", *members) for number, members in enumerate(groups)]
    contacts = {number: number // 2 for number in range(25)}
    many = {each.key: len({contacts[m] for m in each.member_ids if m in contacts}) for each in themes}
    wanted = [key for key, count in many.items() if after and count >= after]
    assert opened(*themes, contacts=contacts, after=after) == wanted


# What a plan needs


def test_a_plan_that_can_be_held_against_somebody_is_taken() -> None:
    check_plan(PLAN, TODAY, VAGUE)
    check_plan(replace(PLAN, due=TODAY), TODAY, VAGUE)
    check_plan(replace(PLAN, due=TODAY + timedelta(days=366)), TODAY, VAGUE)
    check_plan(replace(PLAN, action="請求書を毎回確認する", criterion="二月の請求書に訂正がない"), TODAY, VAGUE)


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"action": "Consider a new invoicing tool"}, "deliverable", "“consider” changes nothing. What will be done?"),
        ({"action": "Discuss and monitor invoices"}, "deliverable", "“discuss” and “monitor” change nothing."),
        ({"action": "We look into it"}, "deliverable", "“look into” changes nothing"),
        ({"action": " \u200b "}, "deliverable", "What will be done?"),
        ({"action": "Invoices"}, "deliverable", "What will be done?"),
        ({"action": "x " * 151}, "deliverable", "Shorten it to 300 characters."),
        ({"owner": ""}, "owner", "Choose the one person"),
        ({"due": date(2026, 11, 22)}, "due", "Sun 22 Nov 2026 has passed."),
        ({"due": date(2027, 11, 25)}, "due", "more than a year away"),
        ({"criterion": "Improve invoicing"}, "criterion", "“improve” can't be checked. How will one know"),
        ({"criterion": "Invoices get better and we monitor them"}, "criterion", "“better” and “monitor” can't be"),
        ({"criterion": "Improve invoices to 98 %"}, "criterion", "“improve” can't be checked"),
        ({"criterion": "There are fewer complaints"}, "criterion", "“fewer” can't be checked"),
        ({"criterion": "..."}, "criterion", "How will one know that it worked?"),
        ({"criterion": "Happy"}, "criterion", "How will one know that it worked?"),
        ({"criterion": "\U0001f600 " * 151}, "criterion", "How will one know"),
    ],
)
def test_what_keeps_a_plan_from_being_one_is_said_at_its_field(
    change: dict[str, object], field: str, said: str
) -> None:
    with pytest.raises(FieldRefusal) as refused:
        check_plan(replace(PLAN, **change), TODAY, VAGUE)  # type: ignore[arg-type] - tests name fields freely
    assert refused.value.field == field
    assert said in refused.value.sentence


@pytest.mark.parametrize(
    "criterion",
    [
        "There are fewer than 3 complaints in March",
        "Reduce wrong invoices from 12 to 2",
        "No customer asks for a credit",
    ],
)
def test_a_number_makes_a_comparison_something_to_check(criterion: str) -> None:
    check_plan(replace(PLAN, criterion=criterion), TODAY, VAGUE)


def test_everything_that_is_missing_is_listed_in_the_order_of_the_fields() -> None:
    nothing = Plan("", "", date(2020, 1, 1), "")
    assert [each.field for each in refusals(nothing, TODAY, VAGUE)] == ["deliverable", "owner", "due", "criterion"]
    assert refusals(PLAN, TODAY, VAGUE) == ()


def test_a_day_that_stands_already_may_have_passed_and_a_new_one_may_not() -> None:
    before = replace(PLAN, due=date(2026, 11, 1))
    check_plan(replace(before, owner=AMARA, action="Finance checks all of them."), TODAY, VAGUE, before)
    with pytest.raises(FieldRefusal, match="has passed"):
        check_plan(replace(before, due=date(2026, 11, 2)), TODAY, VAGUE, before)


def test_what_is_said_at_the_end_says_something() -> None:
    assert check_said("evidence", "  It held.\n", "Write it.") == "It held."
    for nothing in ("", " \n ", "\u200b", "…!?"):
        with pytest.raises(FieldRefusal, match="Write it"):
            check_said("evidence", nothing, "Write it.")
    with pytest.raises(FieldRefusal, match="Shorten"):
        check_said("evidence", "x" * 301, "Write it.")


def test_a_closed_item_is_a_record() -> None:
    check_open(ITEM)
    with pytest.raises(Refusal, match="<@U0AMARA> has marked it as done"):
        check_open(replace(ITEM, state=ItemState.DONE, closed_by=AMARA))


# The review


def test_an_action_is_late_once_its_day_is_over_where_the_programme_is() -> None:
    planned = replace(ITEM, plan=PLAN)
    over = datetime(2026, 12, 22, 5, 0, tzinfo=UTC)  # midnight in New York
    assert late_from(PLAN, NEW_YORK) == over
    assert not is_late(planned, over - timedelta.resolution, NEW_YORK)
    assert is_late(planned, over, NEW_YORK)
    assert is_late(planned, over - timedelta(hours=5), ZoneInfo("UTC"))
    assert not is_late(replace(planned, state=ItemState.DONE), over, NEW_YORK)
    assert not is_late(ITEM, over, NEW_YORK)


def test_the_review_begins_with_what_nobody_has_planned_then_what_is_late_then_money() -> None:
    late = replace(PLAN, due=date(2026, 11, 1))

    def weighed(number: int, plan: Plan | None, total: int | None, customers: int = 1) -> tuple[Item, Weight]:
        amount = Amount(None, 0, 1) if total is None else Amount(Decimal(total), 1, 0)
        return replace(ITEM, id=number, plan=plan), Weight(customers, customers, amount)

    items = [
        weighed(1, PLAN, 900),
        weighed(2, late, 10),
        weighed(3, None, 1),
        weighed(4, None, 500),
        weighed(5, late, 20),
        weighed(6, None, None, 3),
        weighed(7, None, None, 9),
        weighed(8, PLAN, 0),
    ]
    for order in (items, items[::-1], sorted(items, key=lambda each: each[1].customers)):
        assert [item.id for item, _ in in_review_order(order, AT, NEW_YORK)] == [4, 3, 7, 6, 5, 2, 1, 8]
