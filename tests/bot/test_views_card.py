"""The card: its words in the main states, and Slack's limits for whatever a customer writes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from slack_sdk.models.blocks import Block

from bot.views.card import Told, card
from bot.views.ids import More, case_block, more_value, read_more
from bot.views.look import Look
from recovery.cases.brief import Brief, Colleague, PastScore
from recovery.cases.case import Outcome, Routing, State, Urgency
from recovery.cases.progress import Pause
from recovery.survey import Contact
from tests.support.briefs import (
    ACCOUNT,
    ANSWER,
    BRIEF,
    CASE,
    CLAIMED,
    HOSTILE,
    NOW,
    PROMISE,
    SLIPPED,
    WITHDRAWN,
    briefs,
)
from tests.support.reading import pressed, quoted, read
from tests.support.slack_limits import message_problems, parsed_texts, strings

QUOTE = "❝ Onboarding was a disaster. Four months instead of thirty days. We're evaluating alternatives."
PERSON = (
    "Dana Okafor, admin · enterprise · year 3 · 8 in Q2, 9 in Q1 (falling) · 2 colleagues answered: 9, 5 (case 40 open)"
)
URGENT = 'Critical: large account, renewal near, "evaluating alternatives"'
ABOUT = "Case 42 · Relational · about reporting · CSM jen@acme.example | · answered Sat 21 Nov, 11:58 UTC"


def lines(brief: Brief, *, closed_by: str = "") -> list[str]:
    return read(card(brief, currency="USD", closed_by=closed_by).blocks)


def test_unclaimed() -> None:
    assert lines(BRIEF) == [
        "🔴 2 · Northwind Traders · $180k · renews in 87 days",
        PERSON,
        QUOTE,
        "*Owner due Sat 21 Nov, 16:05 UTC* · outreach due Mon 23 Nov, 11:58 UTC",
        f"{URGENT} | · to @U0PRIYA | because Jen (CSM) is away until 2 Dec",
        ABOUT,
        "[*Claim] [Assign…] [⋯ Open in CRM · History · Withdraw…]",
    ]


def test_claimed() -> None:
    assert lines(CLAIMED) == [
        "🟡 2 · Northwind Traders · $180k · renews in 87 days",
        PERSON,
        QUOTE,
        "@U0PRIYA · ✔ flagged ✔ assigned ● outreach due Mon 23 Nov, 11:58 UTC ○ conversation ○ action ○ follow-up",
        URGENT,
        f"{ABOUT} | · [Open in CRM]",
        (
            "[*Log outreach] [Log conversation] [Commit action]"
            " [⋯ Reassign… · Release · Pause or snooze… · Close… · History]"
        ),
    ]


def test_withdrawn() -> None:
    assert lines(WITHDRAWN, closed_by="U0MARCUS") == [
        "⚫ 2 · Northwind Traders · Withdrawn by @U0MARCUS: Test answer: our own set-up.",
        "[History] [Reopen…]",
    ]


def test_a_duplicate_closed_by_nobody_known() -> None:
    case = replace(WITHDRAWN.case, outcome=Outcome.DUPLICATE, outcome_reason="")
    assert lines(replace(WITHDRAWN, case=case))[0] == "⚫ 2 · Northwind Traders · Closed as a duplicate"


def test_owner_overdue() -> None:
    late = replace(BRIEF, at=CASE.deadlines.assign + timedelta(seconds=1))
    assert lines(late)[3] == "*Owner overdue since Sat 21 Nov, 16:05 UTC* · outreach due Mon 23 Nov, 11:58 UTC"


def test_outreach_overdue_turns_the_claimed_card_red_again() -> None:
    late = replace(CLAIMED, at=CASE.deadlines.outreach + timedelta(seconds=1))
    shown = lines(late)
    assert shown[0].startswith("🔴 2 · Northwind")
    assert "● outreach overdue since Mon 23 Nov, 11:58 UTC ○" in shown[3]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Told(("U0ELENA",)), " · @U0ELENA knows"),
        (Told(("U0ELENA", "U0TOMAS")), " · @U0ELENA, @U0TOMAS know"),
        (Told(("U0ELENA", "U0TOMAS"), on_it="U0TOMAS"), " · @U0TOMAS is on it"),
        (Told(), " ○ follow-up"),
    ],
)
def test_who_knows_that_it_is_overdue(told: Told, words: str) -> None:
    late = replace(CLAIMED, at=CASE.deadlines.outreach + timedelta(hours=3))
    assert read(card(late, currency="USD", told=told).blocks)[3].endswith(words)


def test_a_case_that_waits_says_until_when_and_why_and_can_go_on() -> None:
    pause = Pause(NOW - timedelta(days=1), NOW + timedelta(days=2), "Dana is *on* holiday.")
    progress = replace(CLAIMED.case.progress, pauses=(pause,), snoozed_until=NOW + timedelta(days=1))
    waiting = replace(CLAIMED, case=replace(CLAIMED.case, progress=progress))
    shown = lines(waiting)
    assert shown[4].replace("\u2060", "") == (
        "Waiting on the customer until Mon 23 Nov, 12:05 UTC: Dana is *on* holiday."
    )
    assert shown[-1].endswith("[⋯ Reassign… · Release · Resume · Close… · History]")
    over = replace(waiting, at=pause.until)
    assert "Waiting" not in "".join(lines(over))
    assert "Pause or snooze…" in lines(over)[-1]


def test_reminders_that_are_off_are_seen_and_can_be_changed() -> None:
    progress = replace(
        CLAIMED.case.progress, snoozed_until=NOW + timedelta(days=1), snooze_why="The call is on Monday."
    )
    shown = lines(replace(CLAIMED, case=replace(CLAIMED.case, progress=progress)))
    assert shown[4] == "Reminders are off until Sun 22 Nov, 12:05 UTC: The call is on Monday."
    assert "Pause or snooze…" in shown[-1]


@pytest.mark.parametrize("brief", [BRIEF, CLAIMED])
def test_on_the_second_of_a_deadline_nothing_is_overdue(brief: Brief) -> None:
    case = replace(brief.case, deadlines=replace(CASE.deadlines, assign=NOW, outreach=NOW))
    shown = lines(replace(brief, case=case))
    assert "overdue" not in "".join(shown)
    assert shown[0][0] == ("🟡" if case.owner else "🔴")


def test_what_is_unknown_is_left_out() -> None:
    bare = replace(
        BRIEF,
        case=replace(CASE, urgency=Urgency.NORMAL, urgency_why="", routing=Routing("", "")),
        answer=replace(
            ANSWER, contact=Contact("dana@x.example", "", "dana@x.example"), role="", surface="", verbatim=""
        ),
        account=None,
        before=(),
        colleagues=(),
        programme_name="",
        crm_url="",
    )
    assert lines(bare) == [
        "🔴 2 · dana@x.example",
        "No comment.",
        "*Owner due Sat 21 Nov, 16:05 UTC* · outreach due Mon 23 Nov, 11:58 UTC",
        "Case 42 | · answered Sat 21 Nov, 11:58 UTC",
        "[*Claim] [Assign…] [⋯ History · Withdraw…]",
    ]
    assert card(bare, currency="USD").text == "2 from dana@x.example: No comment."


def test_nobody_known_at_all() -> None:
    nobody = replace(BRIEF, account=None, answer=replace(ANSWER, contact=Contact("8841")))
    assert lines(nobody)[0] == "🔴 2 · No name given"


def test_the_whole_channel_is_asked() -> None:
    case = replace(CASE, urgency=Urgency.NORMAL, routing=Routing("", "nobody else fits"))
    assert lines(replace(BRIEF, case=case))[4] == "nobody else fits"


def test_the_whole_channel_is_asked_about_a_critical_case() -> None:
    case = replace(CASE, routing=Routing("", "nobody is free: the whole channel is asked"))
    assert lines(replace(BRIEF, case=case))[4] == f"{URGENT} | · nobody is free: the whole channel is asked"


def test_a_corrected_score_says_what_a_lead_can_do() -> None:
    shown = lines(replace(BRIEF, answer=replace(ANSWER, score=8)))
    assert shown[0] == "🔴 8 · Northwind Traders · $180k · renews in 87 days"
    assert shown[3] == ("The score was corrected to 8, so this is no longer a detractor. A lead can withdraw the case.")


@pytest.mark.parametrize(("score", "corrected"), [(6, False), (7, True), (10, True)])
def test_seven_is_no_detractor(score: int, corrected: bool) -> None:
    assert ("corrected" in "".join(lines(replace(BRIEF, answer=replace(ANSWER, score=score))))) is corrected


def test_later_answers_stand_under_the_due_line() -> None:
    joined = tuple(PastScore(score, NOW + timedelta(days=score)) for score in (1, 2, 3, 9))
    shown = lines(replace(BRIEF, joined=joined))
    assert shown[4] == (
        "Answered again: *2* Mon 23 Nov, 12:05 UTC, *3* Tue 24 Nov, 12:05 UTC, *9* Mon 30 Nov, 12:05 UTC"
    )


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ((8,), "8 in Q2 (falling)"),
        ((2,), "2 in Q2 (steady)"),
        ((9, 0), "0 in Q2, 9 in Q2 (rising)"),
        ((1, 2, 3, 4, 5), "5 in Q2, 4 in Q2, 3 in Q2 (falling)"),
    ],
)
def test_earlier_scores_newest_first_with_their_trend(before: tuple[int, ...], words: str) -> None:
    past = tuple(PastScore(score, datetime(2026, 4, 1, tzinfo=UTC)) for score in before)
    assert f" · {words} · " in lines(replace(BRIEF, before=past))[1]


@pytest.mark.parametrize(
    ("cases", "words"),
    [
        ((None,), "1 colleague answered: 5"),
        ((40, 44), "2 colleagues answered: 5, 5 (cases 40, 44 open)"),
        ((None,) * 9, "9 colleagues answered: 5, 5, 5, 5, 5, 5 and 3 more"),
        (tuple(range(1, 7)), "6 colleagues answered: 5, 5, 5, 5, 5, 5 (cases 1, 2, 3, 4 and 2 more open)"),
    ],
)
def test_colleagues_with_their_open_cases(cases: tuple[int | None, ...], words: str) -> None:
    colleagues = tuple(Colleague("", "", 5, NOW, case_id) for case_id in cases)
    assert lines(replace(BRIEF, colleagues=colleagues))[1].endswith(words)


def test_who_asked_to_be_contacted_is_seen() -> None:
    assert lines(replace(BRIEF, answer=replace(ANSWER, follow_up_requested=True)))[1].endswith("asked to be contacted")


def test_the_notification_reads_as_a_sentence() -> None:
    assert card(BRIEF, currency="USD").text == (
        "2 from Northwind Traders ($180k, renews in 87 days):"
        " 'Onboarding was a disaster. Four months instead of thirty…'"
    )
    assert card(CLAIMED, currency="USD").text.endswith("…' · <@U0PRIYA>")
    assert card(WITHDRAWN, currency="USD", closed_by="U0MARCUS").text == (
        "2 from Northwind Traders · Withdrawn by <@U0MARCUS>: Test answer: our own set-up."
    )


def test_another_currency() -> None:
    account = replace(ACCOUNT, acv=Decimal(2_400_000))
    assert "· €2.4M ·" in read(card(replace(BRIEF, account=account), currency="EUR").blocks)[0]


@pytest.mark.parametrize("hostile", HOSTILE[:5])
def test_a_hostile_comment_is_quoted_as_typed(hostile: str) -> None:
    look = card(replace(BRIEF, answer=replace(ANSWER, verbatim=hostile)), currency="USD")
    # Of the right-to-left sample only the closing characters differ; they can't be seen.
    invisible = str.maketrans("", "", "\u202c\u2069")
    assert quoted(look.blocks).translate(invisible) == hostile.translate(invisible)


def test_a_long_comment_says_how_much_more_there_is_and_where() -> None:
    comment = "word " * 4_000
    shown = lines(replace(BRIEF, answer=replace(ANSWER, verbatim=comment)))
    assert shown[2] == "❝ " + ("word " * 120).strip()
    assert shown[3] == "… 19,400 characters more: the whole comment is under History."


def test_a_comment_of_many_lines_does_not_fill_the_screen() -> None:
    shown = lines(replace(BRIEF, answer=replace(ANSWER, verbatim="a\n" * 300)))
    assert sum(line.startswith("❝") for line in shown) == 10


def test_buttons_carry_the_case_and_say_its_name() -> None:
    look = card(BRIEF, currency="USD")
    claim, assign, menu, crm, history, withdraw = pressed(look.blocks)
    assert (claim["action_id"], claim["value"], claim["accessibility_label"]) == (
        "case_claim",
        "42",
        "Claim case 42, Northwind Traders",
    )
    assert (assign["action_id"], assign["value"]) == ("case_assign", "42")
    assert menu["action_id"] == "case_more"
    assert (crm["value"], crm["url"]) == ("crm:42", "https://crm.example/accounts/001A")
    assert [read_more(option["value"]) for option in (crm, history, withdraw)] == [
        (More.CRM, 42),
        (More.HISTORY, 42),
        (More.WITHDRAW, 42),
    ]


def test_block_ids_stay_the_same_through_a_case_and_differ_between_cases() -> None:
    def ids(brief: Brief) -> set[Any]:
        return {block["block_id"] for block in card(brief, currency="USD").blocks}

    assert case_block(42, "actions") in ids(BRIEF)
    assert ids(BRIEF) == ids(CLAIMED) > ids(WITHDRAWN)
    assert not ids(BRIEF) & ids(replace(BRIEF, case=replace(CASE, id=43)))


@pytest.mark.parametrize("choice", list(More))
def test_menu_values_come_back_as_they_went(choice: More) -> None:
    assert read_more(more_value(choice, 2**63 - 1)) == (choice, 2**63 - 1)


@settings(max_examples=150)
@given(briefs())
def test_any_card_fits_slack_and_obeys_no_customer(brief: Brief) -> None:
    look = card(brief, currency="USD", closed_by="U0MARCUS")
    assert message_problems(look) == []
    for block in look.blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
    assert_obeys_nobody(look, brief)
    assert "None" not in "".join(strings(look.blocks)) or has_none_of_its_own(brief)


def test_the_worst_of_everything_at_once_fits() -> None:
    """Every field 20,000 of the characters that take the most room, in each state."""
    for worst in ("👩‍👩‍👧‍👦" * 5_000, "&" * 20_000, "\u202e" * 20_000, "*`_~<>" * 3_333, "\u0301" * 20_000):
        brief = replace(
            BRIEF,
            answer=replace(ANSWER, contact=Contact(worst, worst, worst), verbatim=worst, role=worst, surface=worst),
            account=replace(ACCOUNT, name=worst, segment=worst, csm_email=worst),
            programme_name=worst,
            colleagues=tuple(Colleague(worst, worst, 10, NOW, 2**63 - n) for n in range(1, 50)),
            joined=tuple(PastScore(10, NOW) for _ in range(50)),
            crm_url="https://crm.example/" + "a" * 770,
        )
        for state in State:
            case = replace(
                CASE,
                id=2**63 - 1,
                state=state,
                owner="U0PRIYA" if state is State.CLAIMED else "",
                urgency_why=worst,
                routing=Routing("U0PRIYA", worst),
                outcome_reason=worst,
                progress=replace(
                    SLIPPED,
                    action=replace(PROMISE, deliverable=worst, person=worst),
                    follow_up_why=worst,
                    pauses=(Pause(NOW, NOW + timedelta(days=3), worst),),
                ),
            )
            told = Told(tuple(f"U0MANAGER{number}" for number in range(40)))
            look = card(replace(brief, case=case), currency="USD", closed_by="U0MARCUS", told=told)
            assert message_problems(look) == []


def assert_obeys_nobody(look: Look, brief: Brief) -> None:
    """In all that Slack parses, the only control sequences are our dates and the people of the case."""
    action = brief.case.progress.action
    ours = {brief.case.owner, brief.case.routing.user, "U0MARCUS"} | (
        {action.person, action.partner} if action else set()
    )
    for text in [look.text, *parsed_texts(look.blocks)]:
        for sequence in text.split("<")[1:]:
            control, closed, _ = sequence.partition(">")
            assert closed
            crm = control == f"{brief.crm_url}|Open in CRM"
            assert crm or control.startswith("!date^") or control.removeprefix("@") in ours
    mentioned = {
        part["user_id"]
        for block in look.blocks
        if block["type"] == "rich_text"
        for group in block["elements"]
        for part in group["elements"]
        if part["type"] == "user"
    }
    assert mentioned <= ours


def has_none_of_its_own(brief: Brief) -> bool:
    return "None" in repr(
        [brief.answer.contact, brief.answer.verbatim, brief.answer.role, brief.account and brief.account.name]
    )
