"""Two at work on one case: who is second sees what changed, and loses nothing that they typed."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.views.ids import challenged_block
from recovery.cases.case import EventKind
from recovery.cases.evidence import YES
from recovery.moments import long_day
from tests.story.acting import JEN, MARCUS, PRIYA, Acting, Json, owner_and_note, values
from tests.story.conftest import acting
from tests.story.steps.test_inputs import raw
from tests.story.steps.working import (
    ACTION,
    CONVERSATION,
    HELD,
    OUTREACH,
    day,
    epoch,
    later,
    logs,
    moment,
    moved,
    now,
    now_shown,
    option,
    owned,
    past,
    said,
    sends,
    state,
    tick_of,
    ticks,
    typed,
    window,
    workday,
)
from tests.support.shown import settled

pytestmark = pytest.mark.asyncio(loop_scope="module")

STEPS = ("outreach", "conversation", "action")


async def test_nothing_typed_is_lost(it: Acting) -> None:
    case = await owned(it)
    due = workday(it, 30)
    meeting, at = past(it, days=-3), past(it, minutes=0)
    promise: Json = {"deliverable": "Kofi credits two months in December.", "person": MARCUS, "partner": JEN}
    everything: dict[str, Json] = {
        "outreach": {**OUTREACH, "result": "meeting_booked", "meeting_at": meeting, "happened_at": at},
        "conversation": {**CONVERSATION, "with_whom": "Dana and Ravi", "happened_at": at},
        "action": {**promise, "kind": "service_recovery", "due": due, "happened_at": at},
    }
    for step, filled in everything.items():
        view = await window(it, PRIYA, case, step)
        await logs(it, MARCUS, case, "outreach", note=f"Marcus wrote before the {step}.")
        answer = await sends(it, PRIYA, view, **filled)
        assert answer["response_action"] == "update"
        again = now_shown(it, PRIYA, view)
        assert "While this window was open, this happened:" in moved(again)
        assert "reached Dana (call)." in moved(again)
        assert again["title"] == view["title"]
        kept = typed(again)
        iso = {"happened_at", "meeting_at"}
        assert {name: kept[name] for name in filled if name not in iso} == {
            name: value for name, value in filled.items() if name not in iso
        }
        assert {name: epoch_of(kept[name]) for name in iso & set(filled)} == {
            name: filled[name] for name in iso & set(filled)
        }
        # The window itself carries it too: a client that draws it anew shows the same.
        fresh = {block["block_id"]: block["element"] for block in again["blocks"] if "element" in block}
        for name in filled:
            assert any(key.startswith("initial_") for key in fresh[name]), name
        assert (await sends(it, PRIYA, again))["response_action"] == "close"
        assert (await it.history(case.id))[-1].actor == PRIYA


async def test_each_window_says_what_changed_and_takes_it_the_second_time(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "action")
    sent: dict[str, Json] = {
        "follow_up": {**HELD},
        "close": {"outcome": "churned", "reason": "They left."},
    }
    for step, filled in sent.items():
        await later(it, minutes=2)
        view = await window(it, PRIYA, case, step)
        await logs(it, MARCUS, case, "outreach", note=f"Before the {step}.")
        assert (await sends(it, PRIYA, view, **filled))["response_action"] == "update"
        again = now_shown(it, PRIYA, view)
        assert "reached Dana (call)." in moved(again)
        assert filled.items() <= typed(again).items()
        assert (await sends(it, PRIYA, again))["response_action"] == "close"


async def test_it_says_so_again_if_the_case_moves_again(it: Acting) -> None:
    case = await owned(it)
    view = await window(it, PRIYA, case, "conversation")
    for number in range(3):
        await logs(it, MARCUS, case, "outreach", note=f"Number {number}.")
        answer = await sends(it, PRIYA, view, **CONVERSATION)
        assert answer["response_action"] == "update"
        view = now_shown(it, PRIYA, view)
        assert moved(view).count("reached Dana") == 1
    assert (await sends(it, PRIYA, view))["response_action"] == "close"


async def test_many_changes_meanwhile_fit_the_window(it: Acting) -> None:
    case = await owned(it)
    view = await window(it, PRIYA, case, "outreach")
    for number in range(8):
        await logs(it, MARCUS, case, "outreach", note=f"Number {number}. " + "x" * 1900)
    assert (await sends(it, PRIYA, view, **OUTREACH))["response_action"] == "update"
    again = now_shown(it, PRIYA, view)
    assert moved(again).count("reached Dana") == 5
    assert "3 more changes" in moved(again)
    assert (await sends(it, PRIYA, again))["response_action"] == "close"


async def test_the_card_being_posted_is_no_news(it: Acting) -> None:
    """The window opens faster than the first card is counted as posted."""
    case = await it.opens()
    view = await window_of_a_lead(it, case.id)
    ack = await it.hands_in(MARCUS, view, state(**raw(it, "outreach")))
    assert ack.payload is None


async def test_a_case_given_to_somebody_else_is_not_logged_on(it: Acting) -> None:
    case = await owned(it)
    view = await window(it, PRIYA, case, "outreach")
    lead = await it.opens_modal(MARCUS, case, "case_more", value=f"assign:{case.id}")
    assert (await it.hands_in(MARCUS, lead, values(owner_and_note(JEN)))).payload is None
    answer = await sends(it, PRIYA, view, **OUTREACH)
    assert answer["response_action"] == "errors"
    assert answer["errors"]["channel"].startswith("Jen Alvarez owns this case; only they or a lead log its steps.")
    assert typed(now_shown(it, PRIYA, view))["note"] == OUTREACH["note"]


@pytest.mark.parametrize("step", STEPS)
async def test_sent_twice_it_is_logged_once(it: Acting, step: str) -> None:
    """Slack's answer got lost, or two taps: the second closes the window like the first."""
    case = await owned(it)
    view = await window(it, PRIYA, case, step)
    filled = state(**raw(it, step))
    assert (await it.hands_in(PRIYA, view, filled)).payload is None
    before = await it.history(case.id)
    await later(it, minutes=3)
    assert (await it.hands_in(PRIYA, view, filled)).payload is None
    assert await it.history(case.id) == before
    # The same words in a window of its own are a second attempt.
    view = await window(it, PRIYA, case, step)
    assert (await it.hands_in(PRIYA, view, filled)).payload is None
    assert len(await it.history(case.id)) == len(before) + 1


async def test_a_ticked_promise_sent_twice_stands_once(it: Acting) -> None:
    case = await owned(it)
    view = await window(it, PRIYA, case, "action")
    filled = {**raw(it, "action"), "deliverable": "Jen ships the importer fix soon."}
    challenged = (await it.hands_in(PRIYA, view, state(**filled))).payload["view"]
    ticked = state(**filled, **{tick_of(challenged): ticks(YES)})
    assert (await it.hands_in(PRIYA, challenged, ticked)).payload is None
    before = await it.history(case.id)
    assert (await it.hands_in(PRIYA, challenged, ticked)).payload is None
    assert await it.history(case.id) == before


async def test_the_other_windows_sent_twice(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "action")
    await later(it, minutes=5)
    at = moment(past(it, minutes=1))
    view = await window(it, PRIYA, case, "follow_up")
    answer: Json = {"result": option("slipped"), "evidence": "Moved.", "new_due": {"selected_date": workday(it, 40)}}
    for filled, sent in ((state(**answer, happened_at=at), view),):
        acks = [await it.hands_in(PRIYA, sent, filled) for _ in range(2)]
        assert [ack.payload for ack in acks] == [None, None]
    assert (await it.case(case.id)).progress.slips == 1
    view = await window(it, PRIYA, case, "close")
    ending = state(outcome=option("churned"), reason="They left.")
    assert [(await it.hands_in(PRIYA, view, ending)).payload for _ in range(2)] == [None, None]
    view = await window(it, MARCUS, case, "reopen")
    again = state(reason="They came back.")
    assert [(await it.hands_in(MARCUS, view, again)).payload for _ in range(2)] == [None, None]
    kinds = [event.kind for event in await it.history(case.id)]
    assert (kinds.count(EventKind.CLOSED), kinds.count(EventKind.REOPENED)) == (1, 1)


async def test_the_vague_words_of_every_wording_are_asked_about_together(it: Acting) -> None:
    """Who ticks and rewords is asked about what is vague now, all of it, and gets through with a tick for that."""
    case = await owned(it)
    view = await window(it, PRIYA, case, "action")
    base = raw(it, "action")
    first = {**base, "deliverable": "Jen ships the importer fix soon; we look into the rest."}
    ack = await it.hands_in(PRIYA, view, state(**first))
    view = ack.payload["view"]
    assert "“soon” commits nobody" in said(view)
    second = {**base, "deliverable": "Jen ships the importer fix soon; we consider the rest."}
    stale = {tick_of(view): ticks(YES)}
    ack = await it.hands_in(PRIYA, view, state(**second, **stale))
    view = ack.payload["view"]
    assert tick_of(view) not in stale
    assert "“soon” commits nobody" in said(view)
    assert "“consider” commits nobody" in said(view)
    assert "look into" not in str(view["blocks"])
    # The tick of the wording before stands by nothing here, wherever it comes from.
    assert tick_of((await it.hands_in(PRIYA, view, state(**second, **stale))).payload["view"]) == tick_of(view)
    assert (await it.hands_in(PRIYA, view, state(**second, **{tick_of(view): ticks(YES)}))).payload is None
    assert (await it.history(case.id))[-1].details["challenged"] == '["soon", "consider"]'


async def test_a_tick_is_of_no_use_before_anything_was_shown(it: Acting) -> None:
    case = await owned(it)
    view = await window(it, PRIYA, case, "action")
    assert not any(block["block_id"].startswith("challenged") for block in view["blocks"])
    ticked = {**raw(it, "action"), "challenged": ticks(YES), challenged_block([]): ticks(YES)}
    ack = await it.hands_in(PRIYA, view, state(**{**ticked, "deliverable": "We will look into it."}))
    assert ack.payload["response_action"] == "update"
    assert not any(event.kind is EventKind.ACTION_COMMITTED for event in await it.history(case.id))


async def test_in_a_browser_the_tick_of_other_words_is_not_set(it: Acting) -> None:
    """What stands in an input stays in it while its ids do: the workspace keeps it as Slack does."""
    case = await owned(it)
    view = await window(it, PRIYA, case, "action")
    filled: Json = {**ACTION, "due": workday(it, 10), "deliverable": "Jen ships the importer fix soon."}
    assert (await sends(it, PRIYA, view, **filled))["response_action"] == "update"
    view = now_shown(it, PRIYA, view)
    first = tick_of(view)
    answer = await sends(it, PRIYA, view, challenged=True, deliverable="We will look into it.")
    assert answer["response_action"] == "update"
    view = now_shown(it, PRIYA, view)
    kept = view["state"]["values"]
    assert tick_of(view) != first
    assert not kept.get(tick_of(view), {}).get("field", {}).get("selected_options")
    assert kept["deliverable"]["field"]["value"] == "We will look into it."
    assert (await sends(it, PRIYA, view))["response_action"] == "update"
    assert (await sends(it, PRIYA, now_shown(it, PRIYA, view), challenged=True))["response_action"] == "close"


async def test_the_date_and_the_person_are_challenged_too(it: Acting) -> None:
    case = await owned(it)
    view = await window(it, PRIYA, case, "action")
    saturday = now(it).date() + timedelta(days=200)
    saturday += timedelta(days=(5 - saturday.weekday()) % 7)
    far = {**raw(it, "action"), "due": day(saturday.isoformat())}
    ack = await it.hands_in(PRIYA, view, state(**far))
    assert "days away. What can the customer have by" in said(ack.payload["view"])
    assert f"{long_day(saturday)} isn't a working day" in said(ack.payload["view"])


async def test_an_own_release_meanwhile_is_not_taken_for_an_entry_that_can_not_be(it: Acting) -> None:
    """Neither a release nor a refused entry tells anything: they are alike, and the window must not close on it."""
    case = await owned(it)
    view = await window(it, MARCUS, case, "outreach")
    await it.presses(MARCUS, case, {"action_id": "case_release", "value": str(case.id)})
    before = await it.history(case.id)
    assert (before[-1].actor, before[-1].kind, dict(before[-1].details)) == (MARCUS, EventKind.RELEASED, {})
    ahead = {**raw(it, "outreach"), "happened_at": moment(past(it, days=-3))}
    ack = await it.hands_in(MARCUS, view, state(**ahead))
    assert ack.payload["response_action"] == "update"
    assert "took the case from U0PRIYA" in moved(ack.payload["view"])
    assert await it.history(case.id) == before


async def test_who_closes_what_somebody_else_has_just_closed_alike_is_told(it: Acting) -> None:
    """Only one's own close, sent twice, is done already; somebody else's has another reason in it."""
    case = await owned(it)
    view = await window(it, PRIYA, case, "close")
    await logs(it, MARCUS, case, "close", outcome="churned", reason="They left in May.")
    before = await it.history(case.id)
    answer = await sends(it, PRIYA, view, outcome="churned", reason="They found something cheaper.")
    assert answer["response_action"] == "update"
    assert "U0MARCUS closed the case: the customer has left." in moved(now_shown(it, PRIYA, view))
    assert await it.history(case.id) == before


@pytest.mark.parametrize("step", STEPS)
async def test_two_who_send_at_the_same_moment(database_url: str, tmp_path: Path, step: str) -> None:
    async with acting(database_url, tmp_path) as it:
        for _ in range(3):
            case = await owned(it)
            views = {user: await window(it, user, case, step) for user in (PRIYA, MARCUS)}
            filled = raw(it, step)
            before = len(await it.history(case.id))
            acks = await asyncio.gather(
                *(it.hands_in(user, view, state(**filled)) for user, view in views.items() for _ in range(2))
            )
            # One of them logged it, by either tap; the other was shown what happened, at both taps.
            answers = [ack.payload and ack.payload["response_action"] for ack in acks]
            assert sorted(answers, key=str) == [None, None, "update", "update"]
            events = await it.history(case.id)
            assert len(events) == before + 1 == (await it.case(case.id)).version
            second = MARCUS if events[-1].actor == PRIYA else PRIYA
            again = acks[list(views).index(second) * 2].payload["view"]
            assert (await it.hands_in(second, again, state(**filled))).payload is None
            assert [event.actor for event in (await it.history(case.id))[-2:]] == [events[-1].actor, second]
        await settled(it.story)


async def window_of_a_lead(it: Acting, case_id: int) -> Json:
    """A window as it was opened before the card was flagged as posted."""
    history = await it.history(case_id)
    flagged = next(number for number, event in enumerate(history, start=1) if event.kind is EventKind.FLAGGED)
    assert flagged == len(history)
    blocks = [{"type": "input", "block_id": "channel"}]
    carried = f'{{"case": {case_id}, "version": {flagged - 1}}}'
    return {"type": "modal", "callback_id": "outreach", "private_metadata": carried, "blocks": blocks}


def epoch_of(found: str) -> int:
    return epoch(datetime.fromisoformat(found))
