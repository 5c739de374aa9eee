"""Steps out of order, late, again, put right and taken out: what counts is what happened, and when."""

from datetime import datetime

import pytest

from recovery.cases.case import EventKind, State
from recovery.cases.evidence import YES
from recovery.cases.folding import fold
from recovery.cases.step_rules import step_rules
from tests.story.acting import JEN, MARCUS, PRIYA, TOMAS, Acting, Json, Shown
from tests.story.steps.working import (
    later,
    logs,
    moment,
    moved,
    now_shown,
    option,
    owned,
    past,
    said,
    sends,
    state,
    ticks,
    typed,
    window,
)
from tests.support.story import words_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_conversation_first_proves_the_outreach(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "conversation")
    await it.shows(case, "✔ outreach", "✔ conversation", "● action due")
    progress = (await it.case(case.id)).progress
    assert progress.contacted_at == progress.conversation_at
    assert progress.attempts == 0


async def test_an_action_first_leaves_the_rest_to_do(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "action")
    said_now = await it.shows(case, "✔ action", "● outreach due")
    assert "○ conversation" in said_now
    await logs(it, PRIYA, case, "outreach")
    await logs(it, PRIYA, case, "conversation")
    await it.shows(case, "✔ outreach", "✔ conversation", "✔ action", "● follow-up due")


async def test_logged_late_it_counts_when_it_happened_and_stays_late(it: Acting) -> None:
    case = await owned(it)
    await later(it, days=6)
    in_time, late = past(it, days=5), past(it, days=1)
    await logs(it, PRIYA, case, "outreach", happened_at=late)
    card = await it.shows(case, "late)")
    assert "✔ outreach (3 days" in card
    # What comes to light later may have been in time.
    event = await logs(it, PRIYA, case, "outreach", happened_at=in_time, channel="email")
    assert event.at.timestamp() > in_time + 4 * 86_400
    await it.workspace.until(lambda: "late)" not in it.card(case))
    assert int((await it.case(case.id)).progress.contacted_at.timestamp()) == in_time  # type: ignore[union-attr]


async def test_attempts_count_until_the_customer_may_be_called_unreachable(it: Acting) -> None:
    case = await owned(it)
    for number, channel in enumerate(("call", "call", "email"), start=1):
        view = await window(it, PRIYA, case, "close")
        assert "Unreachable takes 3 attempts on 2 channels" in said(view)
        offered = next(block for block in view["blocks"] if block["block_id"] == "outcome")["element"]["options"]
        assert "unreachable" not in [each["value"] for each in offered]
        await it.workspace.close_view(PRIYA, view["id"])
        await logs(it, PRIYA, case, "outreach", channel=channel, result="left_message", note="No answer.")
        assert (await it.case(case.id)).progress.attempts == number
    view = await window(it, PRIYA, case, "outreach")
    assert "So far: 3 attempts (call, e-mail)." in said(view)
    await logs(it, PRIYA, case, "close", outcome="unreachable")
    await it.shows(case, "Unreachable")


async def test_a_booked_meeting_fills_the_conversation_in(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "outreach", result="meeting_booked", meeting_at=past(it, days=-2))
    await it.shows(case, "meeting")
    booked = (await it.case(case.id)).progress.meeting_at
    assert booked is not None
    await later(it, days=3)
    view = await window(it, PRIYA, case, "conversation")
    assert typed(view)["happened_at"] == booked.isoformat()
    assert typed(view)["with_whom"].startswith("Dana")
    event = await logs(it, PRIYA, case, "conversation")
    assert event.details["happened_at"] == booked.isoformat()


async def test_an_action_in_the_place_of_another_says_which(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "action")
    await it.shows(case, "✔ action")
    view = await window(it, PRIYA, case, "action")
    assert "Promised now: Jen ships the importer fix and Priya demos it to Dana." in said(view)
    assert typed(view) == {"person": PRIYA, "partner": JEN}
    await it.workspace.close_view(PRIYA, view["id"])
    await logs(it, PRIYA, case, "action", kind="service_recovery", deliverable="Kofi credits two months in December.")
    progress = (await it.case(case.id)).progress
    assert (progress.commitments, progress.breaks) == (2, 0)


async def test_an_honest_no_closes_as_one(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "conversation")
    no = "On-premises hosting can't be done before 2028; Priya told Dana and sent two alternatives."
    await logs(it, PRIYA, case, "action", kind="honest_no", deliverable=no)
    await logs(it, PRIYA, case, "close", outcome="honest_no_accepted", reason="Dana takes the hosted one.")
    await it.shows(case, "Honest no accepted")


async def test_what_was_logged_wrong_is_put_right(it: Acting) -> None:
    case = await owned(it)
    wrong = await logs(it, PRIYA, case, "outreach", channel="email", note="Wrote to Dana.")
    number = len(await it.history(case.id))
    await logs(it, PRIYA, case, "conversation")
    view = await correcting(it, PRIYA, case, number)
    assert view["callback_id"] == "outreach"
    assert typed(view)["channel"] == "email"
    assert typed(view)["note"] == "Wrote to Dana."
    assert typed(view)["happened_at"] == wrong.details["happened_at"]
    # Unchanged is no correction.
    answer = await sends(it, PRIYA, view)
    assert "Nothing is different from what was logged." in answer["errors"].values()
    answer = await sends(it, PRIYA, view, channel="call", note="Called Dana.", reason="It was a call.")
    assert answer["response_action"] == "close"
    event = (await it.history(case.id))[-1]
    assert (event.kind, event.note, event.details["corrects"]) == (
        EventKind.CORRECTED,
        "It was a call.",
        str(number),
    )
    progress = (await it.case(case.id)).progress
    assert [channel.value for channel in progress.channels] == ["call"]
    await folded(it, case)
    assert (await it.history(case.id))[number - 1] == wrong


async def test_a_corrected_promise_is_challenged_like_a_new_one(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "action")
    number = len(await it.history(case.id))
    view = await correcting(it, PRIYA, case, number)
    assert view["callback_id"] == "action"
    answer = await sends(it, PRIYA, view, deliverable="Jen ships the fix as soon as possible.", partner=TOMAS)
    assert answer["response_action"] == "update"
    view = now_shown(it, PRIYA, view)
    assert "“as soon as possible” commits nobody" in said(view)
    assert typed(view)["partner"] == TOMAS
    assert (await sends(it, PRIYA, view, challenged=True))["response_action"] == "close"
    event = (await it.history(case.id))[-1]
    assert event.kind is EventKind.CORRECTED
    assert event.details["challenged"] == '["as soon as possible"]'
    now_promised = (await it.case(case.id)).progress.action
    assert now_promised is not None
    assert now_promised.partner == TOMAS
    await folded(it, case)


async def test_what_was_logged_on_the_wrong_case_is_taken_out(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "outreach")
    number = len(await it.history(case.id))
    await it.shows(case, "✔ outreach")
    view = await choosing(it, PRIYA, case)
    assert (await sends(it, PRIYA, view, strike=True))["errors"] == {"reason": "Say why this is taken out."}
    answer = await sends(it, PRIYA, view, strike=True, reason="That was another Dana.")
    assert answer["response_action"] == "close"
    await it.shows(case, "● outreach due")
    progress = (await it.case(case.id)).progress
    assert (progress.attempts, progress.contacted_at) == (0, None)
    await folded(it, case)
    # Once out, it can't be taken out or put right again, and there is nothing left to choose.
    stale = state(entry=option(str(number)), strike=ticks(YES), reason="Again.")
    ack = await it.hands_in(PRIYA, {**view, "private_metadata": metadata(case, await version(it, case))}, stale)
    assert first(ack.payload).startswith("This isn't a step that can be corrected")
    empty = await choosing(it, PRIYA, case)
    assert "Nothing has been logged on this case that could be corrected." in said(empty)


async def test_an_action_that_a_follow_up_is_about_stays(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "action")
    number = len(await it.history(case.id))
    await logs(it, PRIYA, case, "follow_up")
    view = await choosing(it, PRIYA, case)
    answer = await sends(it, PRIYA, view, entry=str(number), strike=True, reason="Wrong case.")
    assert answer["errors"] == {
        "entry": "A later follow-up doesn't fit this: There is no action to follow up on. Commit one first."
    }


@pytest.mark.parametrize("chosen", ["", "0", "999", "seven", "-1", "9" * 30, None, 5, "\u0661"])
async def test_an_entry_that_is_none(it: Acting, chosen: object) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "outreach")
    view = await choosing(it, PRIYA, case)
    before = await it.history(case.id)
    for strike in (ticks(), ticks(YES)):
        ack = await it.hands_in(PRIYA, view, state(entry=option(chosen), strike=strike, reason="Because."))
        (says,) = ack.payload["errors"].values()
        assert says == "Choose one of the list." or says.startswith("This isn't a step that can be corrected")
    assert await it.history(case.id) == before


async def test_an_entry_put_right_by_two_at_once_is_put_right_once(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "outreach", note="Wrote.")
    number = len(await it.history(case.id))
    first = await correcting(it, PRIYA, case, number)
    second = await correcting(it, MARCUS, case, number)
    assert (await sends(it, PRIYA, first, note="Called Dana."))["response_action"] == "close"
    assert (await sends(it, MARCUS, second, note="Called her twice."))["response_action"] == "update"
    second = now_shown(it, MARCUS, second)
    assert "While this window was open" in moved(second)
    assert typed(second)["note"] == "Called her twice."
    assert (await sends(it, MARCUS, second))["response_action"] == "close"
    events = await it.history(case.id)
    assert [event.actor for event in events if event.kind is EventKind.CORRECTED] == [PRIYA, MARCUS]
    await folded(it, case)


async def test_a_correction_that_is_sent_twice_is_made_once(it: Acting) -> None:
    """Slack sends a window again when its answer got lost."""
    case = await owned(it)
    logged = await logs(it, PRIYA, case, "outreach", note="Wrote.")
    number = len(await it.history(case.id))
    view = await correcting(it, PRIYA, case, number)
    texts = {"channel": option("call"), "result": option("reached"), "note": "Called Dana.", "reason": "It was a call."}
    at = moment(int(datetime.fromisoformat(logged.details["happened_at"]).timestamp()))
    for _ in range(2):
        assert (await it.hands_in(PRIYA, view, state(**texts, happened_at=at))).payload is None
    kinds = [event.kind for event in await it.history(case.id)]
    assert kinds.count(EventKind.CORRECTED) == 1
    await folded(it, case)


async def test_an_entry_taken_out_by_two_is_news_to_the_second_only(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "conversation")
    await logs(it, PRIYA, case, "outreach")
    views = {user: await choosing(it, user, case) for user in (MARCUS, PRIYA)}
    struck = state(entry=option(str(len(await it.history(case.id)))), strike=ticks(YES), reason="Another Dana.")
    for _ in range(2):  # a second time is done already for who did it
        assert (await it.hands_in(MARCUS, views[MARCUS], struck)).payload is None
    before = await it.history(case.id)
    assert [event.actor for event in before if event.kind is EventKind.CORRECTED] == [MARCUS]
    ack = await it.hands_in(PRIYA, views[PRIYA], struck)
    assert ack.payload["response_action"] == "update"
    assert "?" in said(ack.payload["view"])
    assert await it.history(case.id) == before


async def test_a_struck_entry_in_an_open_correction(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "outreach")
    number = len(await it.history(case.id))
    view = await correcting(it, PRIYA, case, number)
    lead = await choosing(it, MARCUS, case)
    assert (await sends(it, MARCUS, lead, strike=True, reason="Wrong."))["response_action"] == "close"
    answer = await sends(it, PRIYA, view, note="Another note.")
    assert answer["response_action"] == "update"
    view = now_shown(it, PRIYA, view)
    assert typed(view)["note"] == "Another note."
    answer = await sends(it, PRIYA, view)
    assert first(answer).startswith("This isn't a step that can be corrected")


async def test_one_step_is_not_corrected_into_another(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "outreach")
    number = len(await it.history(case.id))
    view = await window(it, PRIYA, case, "conversation")
    forged = {**view, "private_metadata": metadata(case, await version(it, case), entry=number)}
    at = moment(past(it, seconds=0))
    texts = {"with_whom": "Dana", "notes": "We spoke.", "sentence": "It took four months.", "wants": "An engineer."}
    ack = await it.hands_in(PRIYA, forged, state(**texts, root_cause=option("Onboarding"), happened_at=at))
    assert ack.payload["errors"] == {
        "happened_at": "One step can't be corrected into another. Strike this one out and log the other."
    }


async def test_what_somebody_cleared_stays_cleared(it: Acting) -> None:
    """A window that comes back fills nothing in that its person has emptied."""
    case = await owned(it)
    view = await window(it, PRIYA, case, "conversation")
    assert typed(view)["with_whom"]
    await logs(it, MARCUS, case, "outreach")
    cleared = state(with_whom="", notes="We spoke.", happened_at=moment(past(it, seconds=0)))
    ack = await it.hands_in(PRIYA, view, cleared)
    inputs = {block["block_id"]: block["element"] for block in ack.payload["view"]["blocks"] if "element" in block}
    assert "initial_value" not in inputs["with_whom"]
    assert inputs["notes"]["initial_value"] == "We spoke."


async def choosing(it: Acting, user: str, case: Shown) -> Json:
    """The window that asks which entry."""
    before = {view["id"] for view in it.workspace.views(user)}
    await it.presses(user, case, {"action_id": "case_correct", "value": str(case.id)})

    def opened() -> Json | None:
        return next((view for view in it.workspace.views(user) if view["id"] not in before), None)

    view: Json = await it.workspace.until(opened)
    return view


async def correcting(it: Acting, user: str, case: Shown, number: int) -> Json:
    """The step's own window with what was logged in it."""
    view = await choosing(it, user, case)
    answer = await sends(it, user, view, entry=str(number))
    assert answer == {"response_action": "update", "errors": {}}
    return now_shown(it, user, view)


def first(answer: Json) -> str:
    """The first error of an answer."""
    return str(next(iter(answer["errors"].values())))


def metadata(case: Shown, version: int, entry: int = 0) -> str:
    return f'{{"case": {case.id}, "version": {version}, "entry": {entry}}}'


async def version(it: Acting, case: Shown) -> int:
    return (await it.case(case.id)).version


async def folded(it: Acting, case: Shown) -> None:
    """The case is what its history says."""
    house = it.story.bot.house
    found, history = await it.case(case.id), await it.history(case.id)
    assert fold(history, step_rules(house.policy, house.policy.programmes[found.programme])) == found.progress


async def test_a_case_is_not_reopened_beside_a_newer_one(it: Acting) -> None:
    case = await owned(it)
    view = await window(it, MARCUS, case, "close")
    assert (await sends(it, MARCUS, view, outcome="withdrawn", reason="A test."))["response_action"] == "close"
    await it.workspace.until(lambda: "case_reopen" in it.buttons(case))
    key = case.customer.lower()
    again = {"email": f"dana@{key}.example", "account_id": key, "account_name": case.customer}
    await it.story.answers(score=1, name="Dana", **again)
    await it.workspace.until(lambda: sum(case.customer in words_of(card) for card in it.story.cards()) > 1)
    view = await it.opens_modal(MARCUS, case, "case_reopen")
    answer = await sends(it, MARCUS, view, reason="We closed it too early.")
    assert "another open case by now" in str(answer["errors"])
    assert (await it.case(case.id)).state is State.CLOSED
