"""Withdraw…, the grey card it leaves, and the history that tells everything in words."""

import pytest

from recovery.cases.case import EventKind
from tests.story.acting import (
    ELENA,
    INGRID,
    JEN,
    KOFI,
    MARCUS,
    ONBOARDING,
    PRIYA,
    SAM,
    Acting,
    Shown,
    kind_and_reason,
    owner_and_note,
    values,
)
from tests.story.steps.working import sends
from tests.support.story import words_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("kind", "outcome", "ended", "label"),
    [
        ("test", "withdrawn", "Withdrawn", "Test answer"),
        ("wrong_person", "withdrawn", "Withdrawn", "Wrong person"),
        ("score_corrected", "withdrawn", "Withdrawn", "Score corrected to 7 or more"),
        ("duplicate", "duplicate", "Closed as a duplicate", "Duplicate of another case"),
    ],
)
async def test_a_lead_withdraws_and_the_card_turns_grey(
    it: Acting, kind: str, outcome: str, ended: str, label: str
) -> None:
    case = await it.opens()
    assert await it.withdraws(MARCUS, case, kind, "  Two surveys went to <@U0SAM> by mistake.  ") == {}
    now = await it.case(case.id)
    assert (now.state.value, now.outcome and now.outcome.value) == ("closed", outcome)
    assert now.outcome_reason == f"{label}: Two surveys went to <@U0SAM> by mistake."
    said = await it.shows(case, f"⚫ 2 · {case.customer} · ", ended, MARCUS, label)
    assert "🔴" not in said
    assert it.buttons(case) == ["case_history", "case_reopen"]
    await it.workspace.until(lambda: it.lines(case))
    verb = "closed the case as a duplicate" if outcome == "duplicate" else "withdrew the case"
    assert f"<@{MARCUS}> {verb}." in it.lines(case)[0]
    assert "Two surveys went to <@U0SAM> by mistake." in it.lines(case)[0]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (None, None),
        (None, "  "),
        ("test", None),
        ("test", " \n\t "),
        (None, "Ours."),
        ("refund", "Ours."),
        ("refund", ""),
    ],
)
async def test_what_is_missing_is_asked_for_at_its_field(it: Acting, kind: str | None, reason: str | None) -> None:
    case = await it.opens()
    view = await it.opens_modal(MARCUS, case, "case_more", value=f"withdraw:{case.id}")
    ack = await it.hands_in(MARCUS, view, values(kind_and_reason(kind, reason)))
    expected = {}
    if kind != "test":
        expected["kind"] = "Choose what it is."
    if not (reason and reason.strip()):
        expected["reason"] = "Say in one sentence what happened, for example: “Our own test from the survey set-up.”"
    assert ack.payload == {"response_action": "errors", "errors": expected}
    assert (await it.case(case.id)).state.value == "open"


@pytest.mark.parametrize(
    ("user", "says"),
    [
        (PRIYA, "Only a lead of this programme withdraws cases."),
        (INGRID, "Your team owns this programme's score, so it can't take cases out of it."),
    ],
)
async def test_only_a_lead_gets_the_window(it: Acting, user: str, says: str) -> None:
    case = await it.opens()
    said = await it.refused(user, case, "case_more", value=f"withdraw:{case.id}")
    assert says in said
    assert it.workspace.views(user) == []


async def test_the_owner_of_a_withdrawn_case_has_one_less_to_do(it: Acting) -> None:
    case = await it.opens()
    await it.click(PRIYA, case, "case_claim")
    it.workspace.life.open_home(PRIYA)
    await it.workspace.until(lambda: case.customer in words_of(it.workspace.home(PRIYA) or {}))
    await it.shows(case, "Log outreach")
    await closes_as(it, case, "withdrawn", "Dana left in May.")
    await it.workspace.until(lambda: case.customer not in words_of(it.workspace.home(PRIYA)))


async def closes_as(it: Acting, case: Shown, outcome: str, reason: str) -> None:
    """A lead takes a case out that has an owner: one of the ways to close it."""
    view = await it.opens_modal(MARCUS, case, "case_more", value=f"close:{case.id}")
    assert (await sends(it, MARCUS, view, outcome=outcome, reason=reason))["response_action"] == "close"


async def test_a_second_withdrawal_says_that_it_is_closed(it: Acting) -> None:
    case = await it.opens()
    view = await it.opens_modal(MARCUS, case, "case_more", value=f"withdraw:{case.id}")
    filled = values(kind_and_reason("test", "Ours."))
    assert (await it.hands_in(MARCUS, view, filled)).payload is None
    again = await it.hands_in(MARCUS, view, filled)
    assert again.payload["errors"] == {"reason": "This case was closed (withdrawn)."}
    assert [event.kind for event in await it.history(case.id)].count(EventKind.WITHDRAWN) == 1


async def test_the_menu_opens_the_customer_in_the_crm_without_a_word(it: Acting) -> None:
    case = await it.opens()
    menu = it.workspace.thread(case.channel, case.ts)[0]["blocks"][-1]["elements"][-1]
    crm, history, withdraw = menu["options"]
    assert crm["url"] == f"https://crm.example/accounts/{case.customer.lower()}"
    assert (history["value"], withdraw["value"]) == (f"history:{case.id}", f"withdraw:{case.id}")
    ephemerals = len(it.workspace.ephemerals(PRIYA, case.channel))
    await it.click(PRIYA, case, "case_more", value=crm["value"])
    await it.opens_modal(PRIYA, case, "case_more", value=history["value"])
    assert len(it.workspace.ephemerals(PRIYA, case.channel)) == ephemerals


async def test_the_history_tells_every_event_in_words(it: Acting) -> None:
    rid = "history-of-everything"
    case = await it.opens(response_id=rid, score=2, comment="", responded_at="2026-01-05T10:00:00Z")
    key = case.customer.lower()
    who = {"email": f"dana@{key}.example", "name": "Dana Okafor", "account_id": key, "account_name": case.customer}
    await it.click(PRIYA, case, "case_claim")
    await it.shows(case, "Log outreach")
    await it.click(MARCUS, case, "case_release")
    await it.shows(case, "Claim")
    for to in (KOFI, JEN):
        view = await it.opens_modal(MARCUS, case, "case_assign")
        assert (await it.hands_in(MARCUS, view, values(owner_and_note(to, "Over to you.")))).payload is None
        await it.shows(case, f"<@{to}>")
    for day, comment in (("06", "Too slow"), ("07", "Far too slow")):
        newer = {"response_id": rid, "responded_at": "2026-01-05T10:00:00Z", "updated_at": f"2026-01-{day}T10:00:00Z"}
        await it.story.answers(score=3, comment=comment, **newer, **who)
    await it.story.answers(score=5, comment="A bit better", **who)
    await it.shows(case, "Answered again")
    await closes_as(it, case, "duplicate", "The same as their April answer.")
    await it.shows(case, "Closed as a duplicate")

    view = await it.opens_modal(KOFI, case, "case_history")
    # A sentence is many texts: names of people stand in elements of their own.
    said = words_of(view).replace("\n", "")
    sentences = [
        "Dana answered 2; winback opened the case.",
        "The card was posted.",
        "claimed the case.",
        "took the case from",
        "gave the case to",
        "had it until now.",
        "Over to you.",
        "Dana changed the score from 2 to 3.",
        "Dana added a comment.",
        "Dana changed the comment.",
        "Dana answered again: 5.",
        "A bit better",
        "closed the case as a duplicate.",
        "The same as their April answer.",
    ]
    assert [sentence for sentence in sentences if sentence not in said] == []
    events = await it.history(case.id)
    assert {event.kind for event in events} >= {
        EventKind.OPENED,
        EventKind.FLAGGED,
        EventKind.JOINED,
        EventKind.SCORE_CHANGED,
        EventKind.VERBATIM_CHANGED,
        EventKind.CLAIMED,
        EventKind.ASSIGNED,
        EventKind.RELEASED,
        EventKind.WITHDRAWN,
    }
    shown = [block for block in view["blocks"] if block["block_id"].startswith("history:event:")]
    # On a working day somebody has been told by now that this old answer is late; that stands there, too.
    assert len([block for block in shown if "Overdue:" not in words_of({"blocks": [block]})]) == len(events)


async def test_the_history_is_for_those_who_see_the_programme(it: Acting) -> None:
    case = await it.opens(channel=ONBOARDING)
    said = await it.refused(SAM, case, "case_more", value=f"history:{case.id}")
    assert "Only members of this programme's channel see its cases." in said
    assert it.workspace.views(SAM) == []
    assert case.customer in words_of(await it.opens_modal(ELENA, case, "case_more", value=f"history:{case.id}"))
