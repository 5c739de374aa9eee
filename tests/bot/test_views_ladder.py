"""The card on its way and at its end: the ladder, the action, the buttons of each state, the closed line."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.views import kit, ladder
from bot.views.card import card, dot
from bot.views.ids import ActionId
from recovery.cases.brief import Brief
from recovery.cases.case import Outcome, State
from recovery.cases.progress import PartnerWord, Progress, Verdict
from tests.support.briefs import (
    ANSWERED,
    BRIEF,
    BROKEN,
    CASE,
    CLAIMED,
    COMMITTED,
    CONTACTED,
    HELD,
    NOW,
    SLIPPED,
    TALKED,
    at_step,
)
from tests.support.reading import pressed, read

MENU = "[⋯ Reassign… · Release · Pause or snooze… · Close… · History]"
RULE = "Follow-up due 30 days after the action was committed."
DELIVERABLE = "Engineering ships CSV export; Priya demos it to Dana on 2 December."


def lines(brief: Brief, *, closed_by: str = "") -> list[str]:
    return read(card(brief, currency="USD", closed_by=closed_by).blocks)


def ended(outcome: Outcome, progress: Progress, *, reason: str = "", days: int = 31) -> Brief:
    case = replace(
        CLAIMED.case,
        state=State.CLOSED,
        outcome=outcome,
        outcome_reason=reason,
        closed_at=ANSWERED + timedelta(days=days, hours=3),
        progress=progress,
    )
    return replace(CLAIMED, case=case, at=NOW + timedelta(days=90))


@pytest.mark.parametrize(
    ("progress", "colour", "ladder_line", "buttons"),
    [
        (
            CONTACTED,
            "🟡",
            "✔ outreach ● conversation due Sat 28 Nov, 11:58 UTC ○ action ○ follow-up",
            "[*Log conversation] [Commit action] [Log outreach]",
        ),
        (
            TALKED,
            "🟡",
            "✔ outreach ✔ conversation ● action due Sat 5 Dec, 11:58 UTC ○ follow-up",
            "[*Commit action] [Log outreach] [Log conversation]",
        ),
        (
            COMMITTED,
            "🟢",
            "✔ outreach ✔ conversation ✔ action ● follow-up due Thu 24 Dec, 12:05 UTC",
            "[*Follow up] [Log outreach] [Log conversation] [Commit action]",
        ),
        (
            BROKEN,
            "🟡",
            "✔ outreach ✔ conversation ● new action due Fri 25 Dec, 12:05 UTC ○ follow-up",
            "[*Commit action] [Log outreach] [Log conversation]",
        ),
        (
            HELD,
            "🟢",
            "✔ outreach ✔ conversation ✔ action ✔ follow-up ● ready to close",
            "[*Close…] [Log outreach] [Log conversation] [Commit action] [Follow up]",
        ),
    ],
)
def test_each_step_on_the_card(progress: Progress, colour: str, ladder_line: str, buttons: str) -> None:
    shown = lines(at_step(progress))
    assert shown[0] == f"{colour} 2 · Northwind Traders · $180k · renews in 83 days"
    assert shown[3] == f"@U0PRIYA · ✔ flagged ✔ assigned {ladder_line}"
    assert shown[-1] == f"{buttons} {MENU}"


def test_steps_out_of_order_leave_the_next_one_first() -> None:
    shown = lines(at_step(replace(COMMITTED, conversation_at=None)))
    assert shown[3].endswith("✔ outreach ● conversation due Sat 28 Nov, 11:58 UTC ✔ action ○ follow-up")
    assert shown[-1] == f"[*Log conversation] [Commit action] [Follow up] [Log outreach] {MENU}"


def test_what_is_late_stays_visible_when_it_is_done() -> None:
    late = replace(CONTACTED, contacted_at=ANSWERED + timedelta(hours=51))
    assert "✔ outreach (3 h late) ● conversation" in lines(at_step(late))[3]


def test_every_overdue_step_is_said_and_turns_the_card_red() -> None:
    shown = lines(at_step(CONTACTED, after=timedelta(days=15)))
    assert shown[0].startswith("🔴")
    assert (
        "● conversation overdue since Sat 28 Nov, 11:58 UTC ● action overdue since Sat 5 Dec, 11:58 UTC ○ follow-up"
        in shown[3]
    )


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1)])
def test_on_the_second_of_a_deadline_nothing_is_late(late: timedelta) -> None:
    brief = at_step(CONTACTED)
    at = ANSWERED + timedelta(days=7) + late
    assert dot(brief.case, at) == ("🔴" if late else "🟡")
    assert ("overdue" in ladder.line(brief.case, at)) is bool(late)


def test_a_booked_meeting_stands_beside_the_conversation() -> None:
    booked = replace(CONTACTED, meeting_at=NOW + timedelta(days=6))
    assert "● conversation due Sat 28 Nov, 11:58 UTC, meeting Fri 27 Nov, 12:05 UTC ○" in lines(at_step(booked))[3]


@pytest.mark.parametrize(
    ("progress", "promise"),
    [
        (
            COMMITTED,
            [
                "Fix, due Wed 2 Dec 2026: @U0PRIYA with @U0AMARA",
                DELIVERABLE,
                RULE,
            ],
        ),
        (
            replace(SLIPPED, partner_word=PartnerWord.SLIPS),
            [
                "Fix, due Mon 4 Jan 2027: @U0PRIYA with @U0AMARA",
                DELIVERABLE,
                "@U0AMARA says it slips",
                f"Slipped once, first promised for Wed 2 Dec 2026 · {RULE}",
            ],
        ),
        (
            replace(SLIPPED, slips=3, partner_word=PartnerWord.DONE),
            [
                "Fix, due Mon 4 Jan 2027: @U0PRIYA with @U0AMARA",
                DELIVERABLE,
                "@U0AMARA says it is done",
                f"Slipped 3 times, first promised for Wed 2 Dec 2026 · {RULE}",
            ],
        ),
        (
            replace(BROKEN, partner_word=PartnerWord.DONE),
            [
                "Fix, due Wed 2 Dec 2026, broken: @U0PRIYA with @U0AMARA",
                DELIVERABLE,
                "New action due 14 days after the last one broke.",
            ],
        ),
        (HELD, ["Fix, due Wed 2 Dec 2026: @U0PRIYA with @U0AMARA", DELIVERABLE]),
    ],
)
def test_the_promise_stands_on_the_card(progress: Progress, promise: list[str]) -> None:
    assert lines(at_step(progress))[4 : 4 + len(promise)] == promise
    assert lines(at_step(progress))[4 + len(promise)].startswith("Critical")


def test_without_an_owner_again_the_steps_done_are_still_seen() -> None:
    case = replace(CASE, progress=CONTACTED)
    shown = lines(replace(BRIEF, case=case, at=NOW + timedelta(hours=3)))
    assert shown[3] == (
        "*Owner due Sat 21 Nov, 16:05 UTC* · ✔ outreach ● conversation due Sat 28 Nov, 11:58 UTC ○ action ○ follow-up"
    )
    assert shown[-1] == "[*Claim] [Assign…] [⋯ Open in CRM · History · Withdraw…]"


def test_an_old_case_without_these_deadlines_shows_what_is_next() -> None:
    deadlines = replace(CASE.deadlines, conversation=None, action=None)
    brief = at_step(CONTACTED)
    shown = lines(replace(brief, case=replace(brief.case, deadlines=deadlines)))
    assert "✔ outreach ● conversation is next ○ action" in shown[3]


@pytest.mark.parametrize(
    ("brief", "closed_by", "line"),
    [
        (
            ended(Outcome.RECOVERED, replace(HELD, verdict=Verdict.SAVED, later_score=9)),
            "U0MARCUS",
            "Recovered by @U0PRIYA in 31 days · 2 → 9 · $180k saved",
        ),
        (ended(Outcome.RECOVERED, HELD, days=1), "U0PRIYA", "Recovered by @U0PRIYA in 1 day"),
        (
            ended(Outcome.RECOVERED, replace(HELD, verdict=Verdict.NOT_SAVED, later_score=4)),
            "U0PRIYA",
            "Recovered by @U0PRIYA in 31 days · 2 → 4 · not saved",
        ),
        (
            ended(Outcome.NOT_RECOVERED, TALKED, reason="They left for a cheaper tool."),
            "U0PRIYA",
            "Not recovered, closed by @U0PRIYA after 31 days: They left for a cheaper tool.",
        ),
        (
            ended(Outcome.HONEST_NO_ACCEPTED, HELD, reason="Dana thanked us."),
            "U0PRIYA",
            "Honest no accepted, closed by @U0PRIYA after 31 days: Dana thanked us.",
        ),
        (ended(Outcome.UNREACHABLE, CONTACTED), "U0PRIYA", "Unreachable, closed by @U0PRIYA after 31 days"),
        (
            ended(Outcome.CHURNED, CONTACTED, reason="Not renewed."),
            "",
            "Churned after 31 days: Not renewed.",
        ),
        (
            ended(Outcome.WITHDRAWN, CONTACTED, reason="Our own test."),
            "U0MARCUS",
            "Withdrawn by @U0MARCUS: Our own test.",
        ),
    ],
)
def test_a_closed_card_is_one_line(brief: Brief, closed_by: str, line: str) -> None:
    assert lines(brief, closed_by=closed_by) == [f"⚫ 2 · Northwind Traders · {line}", "[History] [Reopen…]"]
    text = card(brief, currency="USD", closed_by=closed_by).text
    assert text.replace("<@", "@").replace(">", "") == f"2 from Northwind Traders · {line}"


def test_saved_without_a_known_value() -> None:
    brief = ended(Outcome.RECOVERED, replace(HELD, verdict=Verdict.SAVED, later_score=9))
    assert (
        lines(replace(brief, account=None))[0]
        == "⚫ 2 · Dana Okafor · Recovered by @U0PRIYA in 31 days · 2 → 9 · saved"
    )


def test_the_buttons_of_the_steps_carry_the_case_and_say_what_they_do() -> None:
    found = pressed(card(at_step(COMMITTED), currency="USD").blocks)
    assert [(each["action_id"], each["value"], each["accessibility_label"]) for each in found[:4]] == [
        (ActionId.FOLLOW_UP, "42", "Follow up on the action of case 42, Northwind Traders"),
        (ActionId.LOG_OUTREACH, "42", "Log outreach for case 42, Northwind Traders"),
        (ActionId.LOG_CONVERSATION, "42", "Log a conversation for case 42, Northwind Traders"),
        (ActionId.COMMIT_ACTION, "42", "Commit an action for case 42, Northwind Traders"),
    ]
    assert [each["value"] for each in found[5:]] == ["assign:42", "release:42", "pause:42", "close:42", "history:42"]
    closed = pressed(card(ended(Outcome.RECOVERED, HELD), currency="USD").blocks)
    assert [(each["action_id"], each["value"]) for each in closed] == [("case_history", "42"), ("case_reopen", "42")]


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (Progress(), f"Outreach due {kit.when(CASE.deadlines.outreach)}"),
        (BROKEN, f"New action due {kit.when(NOW + timedelta(days=34))}"),
        (HELD, "Ready to close"),
    ],
)
def test_the_next_step_in_words(progress: Progress, said: str) -> None:
    assert ladder.next_step(at_step(progress).case, NOW) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=1), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=47, minutes=59), "47 h"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=1200), "1,200 days"),
    ],
)
def test_a_length_of_time_in_its_largest_unit(length: timedelta, said: str) -> None:
    assert kit.span(length) == said


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (Decimal(180_000), "USD", "$180,000"),
        (Decimal("999.50"), "EUR", "€1,000"),
        (Decimal(-5), "CHF", "-CHF 5"),
        (Decimal("1E30"), "USD", "$999T+"),
        (None, "USD", ""),
        (Decimal("NaN"), "USD", ""),
    ],
)
def test_an_amount_in_full(amount: Decimal | None, currency: str, said: str) -> None:
    assert kit.in_full(amount, currency) == said


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("<@U0PRIYA> owns this case.", "<@U0PRIYA> owns this case."),
        ("“<!channel>” is *vague*", "“&lt;!channel&gt;” is *\u2060vague*\u2060"),
        ("<@U0PRIYA|x> <@lower>", "&lt;@U0PRIYA|x&gt; &lt;@lower&gt;"),
    ],
)
def test_only_mentions_work_in_a_refusal(sentence: str, shown: str) -> None:
    assert kit.with_mentions(sentence, 500) == shown
