"""The App Home of somebody who owns cases, and the board of somebody who leads: for 0, 1 and 5,000 cases."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bot.views import home
from bot.views.home import ROWS, Board, Escalated, Escalations, HomeRow, Listed, OwnerLoad, Quarter, Queue
from bot.views.ids import ActionId
from recovery.cases.brief import Brief
from recovery.cases.case import Case
from recovery.cases.progress import Pause, Progress
from recovery.cases.steps import Step
from tests.support.briefs import CASE, COMMITTED, CONTACTED, HELD, NOW, at_step, briefs, texts
from tests.support.reading import pressed, read
from tests.support.slack_limits import parsed_texts, view_problems

LINK = "https://acme.slack.example/archives/C0RELATIONAL/p1?thread=2&x=1"
OTHERS = (OwnerLoad("U0PRIYA", 4, 1, date(2026, 12, 2)), OwnerLoad("U0KOFI", 1, 0))


def row(case_id: int = 42, progress: Progress | None = None, case: Case | None = None, link: str = LINK) -> HomeRow:
    found = case or at_step(progress or Progress()).case
    return HomeRow(replace(found, id=case_id), 2, "Northwind Traders", "Dana Okafor", Decimal(180_000), link)


def claimable(waiting: HomeRow) -> HomeRow:
    return replace(waiting, may_claim=True)


def listed(*rows: HomeRow) -> Listed:
    return Listed(rows, len(rows))


def full(total: int) -> Listed:
    return Listed(tuple(row(number) for number in range(1, min(total, ROWS) + 1)), total)


def test_a_queue_says_what_needs_me_today_and_what_comes_later() -> None:
    queue = Queue(
        today=listed(row(1), row(2, CONTACTED)),
        later=listed(row(3, HELD)),
        follow_ups=listed(row(4, COMMITTED)),
        waiting=listed(claimable(row(5, case=CASE, link=""))),
        quarter=Quarter(11, 12, 2, Decimal(240_000)),
    )
    view = home.tab(queue, currency="USD", at=NOW)
    assert read(view["blocks"]) == [
        "2 need you today",
        "🟡 2 · Northwind Traders · $180k | Outreach due Mon 23 Nov, 11:58 UTC · [Open card]",
        "[Log outreach]",
        "🟡 2 · Northwind Traders · $180k | Conversation due Sat 28 Nov, 11:58 UTC · [Open card]",
        "[Log conversation]",
        "Later (1)",
        "🟢 2 · Northwind Traders · $180k | Ready to close · [Open card]",
        "[Close…]",
        "Follow-ups coming (1)",
        "🟢 2 · Northwind Traders · $180k | Follow-up due Thu 24 Dec, 12:05 UTC · [Open card]",
        "[Follow up]",
        "*This quarter:* contacted in time 11 of 12, 2 saved ($240k)",
        "Waiting for an owner (1)",
        "🔴 2 · Northwind Traders · $180k | Owner due Sat 21 Nov, 16:05 UTC",
        "[Claim]",
    ]
    assert view_problems(view) == []
    assert [(each["action_id"], each["value"]) for each in pressed(view["blocks"])] == [
        (ActionId.LOG_OUTREACH, "1"),
        (ActionId.LOG_CONVERSATION, "2"),
        (ActionId.CLOSE, "3"),
        (ActionId.FOLLOW_UP, "4"),
        (ActionId.CLAIM, "5"),
    ]
    assert any("?thread=2&amp;x=1|Open card>" in text for text in parsed_texts(view["blocks"]))


def test_what_waits_on_a_customer_and_what_was_escalated_are_lists_of_their_own() -> None:
    pause = Pause(NOW - timedelta(days=1), NOW + timedelta(days=2), "Dana is on holiday.")
    late = at_step(Progress(), after=timedelta(days=3)).case
    due = late.deadlines.outreach
    told = (
        Escalated(row(8, case=late), Step.OUTREACH, due, 31),
        Escalated(row(9, case=late), Step.OUTREACH, due, 32, on_it="U0ELENA"),
        Escalated(row(10, case=CASE, link=""), Step.ASSIGN, CASE.deadlines.assign, 33, on_it="U0ELENA"),
        Escalated(row(11, case=CASE, link=""), Step.ASSIGN, CASE.deadlines.assign, 34, "U0ELENA", may_take=False),
    )
    queue = Queue(paused=listed(row(5, replace(CONTACTED, pauses=(pause,)))), escalated=Escalations(told, 4))
    view = home.tab(queue, currency="USD", at=NOW)
    late_row = "🟡 2 · Northwind Traders · $180k | @U0PRIYA · Outreach overdue since Mon 23 Nov, 11:58 UTC"
    assert read(view["blocks"])[:12] == [
        "Escalated to you (4)",
        f"{late_row} · [Open card]",
        "[I'm on it]",
        f"{late_row} · *@U0ELENA is on it* · [Open card]",
        "[Reassign…]",
        "🔴 2 · Northwind Traders · $180k | Owner overdue since Sat 21 Nov, 16:05 UTC · *@U0ELENA is on it*",
        "[Take it]",
        "🔴 2 · Northwind Traders · $180k | Owner overdue since Sat 21 Nov, 16:05 UTC · *@U0ELENA is on it*",
        "[Assign…]",
        "Waiting on customers (1)",
        "🟡 2 · Northwind Traders · $180k | Until Mon 23 Nov, 12:05 UTC: Dana is on holiday. · [Open card]",
        "[Resume]",
    ]
    assert view_problems(view) == []
    assert [(each["action_id"], each["value"]) for each in pressed(view["blocks"])] == [
        (ActionId.ON_IT, "8:31"),
        (ActionId.ASSIGN, "9"),
        (ActionId.TAKE_OVER, "10"),
        (ActionId.ASSIGN, "11"),
        (ActionId.RESUME, "5"),
    ]


def test_one_case_needs_me() -> None:
    view = home.tab(Queue(today=listed(row())), currency="USD", at=NOW)
    assert read(view["blocks"])[0] == "1 needs you today"


def test_a_home_with_nothing_in_it() -> None:
    view = home.tab(Queue(), currency="USD", at=NOW)
    assert read(view["blocks"]) == ["Nothing needs you today", "Waiting for an owner", "Every case has an owner."]
    assert view_problems(view) == []


def test_only_who_may_own_a_case_is_offered_to_claim_it() -> None:
    waiting = listed(row(5, case=CASE), claimable(row(6, case=CASE)))
    assert [each["value"] for each in pressed(home.tab(Queue(waiting=waiting), currency="USD", at=NOW)["blocks"])] == [
        "6"
    ]


@pytest.mark.parametrize("page", [1, 2])
def test_nobody_to_whom_something_is_escalated_reads_that_nothing_needs_them(page: int) -> None:
    told = tuple(Escalated(row(number), Step.OUTREACH, NOW, number) for number in range(1, 6))
    queue = Queue(escalated=Escalations(told if page == 1 else (), 5), later=full(ROWS + 1))
    said = read(home.tab(queue, currency="USD", at=NOW, page=page)["blocks"])
    assert ("Escalated to you (5)" in said) is (page == 1)
    assert "Nothing needs you today" not in said
    busy = replace(queue, today=listed(row(1)))
    assert "1 needs you today" in read(home.tab(busy, currency="USD", at=NOW, page=page)["blocks"])


@pytest.mark.parametrize(
    ("quarter", "said"),
    [
        (Quarter(0, 0, 0), "*This quarter:* nothing to contact so far, 0 saved"),
        (Quarter(1, 1, 1, None), "*This quarter:* contacted in time 1 of 1, 1 saved"),
        (Quarter(1200, 1300, 0, Decimal(0)), "*This quarter:* contacted in time 1,200 of 1,300, 0 saved"),
    ],
)
def test_a_quarter_in_words(quarter: Quarter, said: str) -> None:
    assert said in read(home.tab(Queue(quarter=quarter), currency="USD", at=NOW)["blocks"])


def test_a_lead_sees_what_has_no_owner_what_is_overdue_and_who_has_how_much() -> None:
    late = at_step(CONTACTED, after=timedelta(days=10))
    board = Board(listed(row(7, case=CASE)), listed(row(8, case=late.case)), OTHERS, 2)
    view = home.tab(Queue(waiting=listed(row(7, case=CASE))), board, currency="USD", at=late.at)
    assert read(view["blocks"]) == [
        "Nothing needs you today",
        "Unassigned (1)",
        "🔴 2 · Northwind Traders · $180k | Owner overdue since Sat 21 Nov, 16:05 UTC · [Open card]",
        "[Assign…]",
        "Overdue (1)",
        (
            "🔴 2 · Northwind Traders · $180k"
            " | @U0PRIYA · Conversation overdue since Sat 28 Nov, 11:58 UTC · [Open card]"
        ),
        "[Reassign…]",
        "By owner (2)",
        "@U0PRIYA · 4 open · *1 overdue* · away until Wed 2 Dec 2026",
        "@U0KOFI · 1 open",
    ]


def test_an_empty_board_says_so_kindly() -> None:
    assert read(home.tab(Queue(), Board(), currency="USD", at=NOW)["blocks"]) == [
        "Nothing needs you today",
        "Unassigned",
        "Every case has an owner.",
        "Overdue",
        "Nothing is overdue.",
        "By owner",
        "Nobody owns a case.",
    ]


@pytest.mark.parametrize("total", [0, 1, ROWS, ROWS + 1, 5_000])
def test_a_home_of_any_length_fits_slack(total: int) -> None:
    owners = tuple(OwnerLoad("U0PRIYA", total, total, date(2026, 12, 2)) for _ in range(min(total, ROWS)))
    told = tuple(Escalated(row(number), Step.OUTREACH, NOW, number) for number in range(1, min(total, ROWS) + 1))
    lists = [full(total)] * 4
    queue = Queue(*lists, Quarter(1, 2, 3), paused=full(total), escalated=Escalations(told, total))
    board = Board(full(total), full(total), owners, total)
    for view in (
        home.tab(queue, currency="USD", at=NOW),
        home.tab(queue, board, currency="USD", at=NOW),
    ):
        assert view_problems(view) == []
        View(**view).validate_json()
    assert home.pages(queue, board) == home.pages(queue) == max(1, -(-total // ROWS))


@pytest.mark.parametrize(
    ("page", "pager", "turns"),
    [
        (1, ["Page 1 of 417", "[Next]"], ["2"]),
        (200, ["Page 200 of 417", "[Back] [Next]"], ["199", "201"]),
        (417, ["Page 417 of 417", "[Back]"], ["416"]),
        (9999, ["Page 417 of 417", "[Back]"], ["416"]),
        (-3, ["Page 1 of 417", "[Next]"], ["2"]),
    ],
)
def test_all_lists_turn_their_pages_together(page: int, pager: list[str], turns: list[str]) -> None:
    view = home.tab(Queue(later=full(5_000)), currency="USD", at=NOW, page=page)
    assert read(view["blocks"])[-2:] == pager
    turning = [each["value"] for each in pressed(view["blocks"]) if each["action_id"].startswith("home_")]
    assert turning == turns


def test_a_list_that_ended_on_an_earlier_page_leaves_this_one_to_the_others() -> None:
    queue = Queue(today=Listed((), 5), later=full(30))
    shown = read(home.tab(queue, Board(owners_total=5), currency="USD", at=NOW, page=2)["blocks"])
    assert shown[0] == "Later (30)"
    assert not any(line.startswith(("5 need", "By owner", "Nothing needs")) for line in shown)


@pytest.mark.parametrize("owners", [13, 40])
def test_the_longest_list_of_owners_counts_its_pages_too(owners: int) -> None:
    assert home.pages(Queue(), Board(owners_total=owners)) == -(-owners // ROWS)


@settings(max_examples=40)
@given(st.lists(st.tuples(briefs(), texts, texts), max_size=4), texts, st.integers(-5, 50))
def test_any_home_fits_slack(found: list[tuple[Brief, str, str]], link: str, page: int) -> None:
    rows = tuple(
        HomeRow(replace(brief.case, id=number), 0, account, contact, None, link)
        for number, (brief, account, contact) in enumerate(found)
    )
    lists = Listed(rows, len(rows))
    view = home.tab(Queue(lists, lists, lists, lists), Board(lists, lists), currency="USD", at=NOW, page=page)
    assert view_problems(view) == []
    for text in parsed_texts(view["blocks"]):
        assert "<!channel" not in text
