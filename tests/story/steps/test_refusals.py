"""Who may not, what is over, and what was tampered with: refused in words, logged, and the case stays as it was."""

import json
import logging
from typing import Any

import pytest

from bot.views.ids import challenged_block, metadata
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
    Json,
    Shown,
)
from tests.story.steps.test_inputs import raw
from tests.story.steps.working import BUTTONS, HELD, logs, moment, option, owned, past, said, state, window

pytestmark = pytest.mark.asyncio(loop_scope="module")

OWNERS_ONLY = "owns this case; only they or a lead log its steps."
STEPS = ("outreach", "conversation", "action", "follow_up")
PRESSED = (
    *(BUTTONS[step] for step in (*STEPS, "close")),
    "case_correct",
    "case_follow_up_held",
    "case_follow_up_slipped",
    "case_follow_up_broken",
)
OLD_WINDOW = "This window is out of date. Close it and open it from the card again."
CARRIED: list[tuple[Any, str]] = [
    ("", OLD_WINDOW),
    ("{}", OLD_WINDOW),
    ("[]", OLD_WINDOW),
    ("null", OLD_WINDOW),
    ('{"case": "1", "version": 1}', OLD_WINDOW),
    ('{"case": true, "version": 1}', OLD_WINDOW),
    ('{"case": 1.0, "version": 1}', OLD_WINDOW),
    ('{"case": -1, "version": 1}', OLD_WINDOW),
    ('{"case": 1}', OLD_WINDOW),
    ('{"case": 99999999999999999999, "version": 1}', OLD_WINDOW),
    ('{"case": 1, "version": 1, "entry": "2"}', OLD_WINDOW),
    ('{"case": 1, "version": 1, "challenged": "soon"}', OLD_WINDOW),
    ('{"case": 1, "version": 1, "challenged": [1]}', OLD_WINDOW),
    ('{"case": 999999, "version": 1}', "There is no case 999999."),
    ('{"case": 0, "version": 0}', "There is no case 0."),
    ("[" * 1500, OLD_WINDOW),
    (None, OLD_WINDOW),
    (5, OLD_WINDOW),
]


@pytest.mark.parametrize("action", PRESSED)
@pytest.mark.parametrize(
    ("user", "says"),
    [
        (JEN, OWNERS_ONLY),
        (ELENA, OWNERS_ONLY),  # a manager acknowledges and reassigns; the steps are the owner's
        (SAM, OWNERS_ONLY),
        (INGRID, "Your team owns this programme's score, so it can't work on its cases."),
    ],
)
async def test_only_the_owner_or_a_lead_opens_a_step(
    it: Acting, caplog: pytest.LogCaptureFixture, action: str, user: str, says: str
) -> None:
    caplog.set_level(logging.INFO)
    case = await owned(it)
    assert says in await told(it, user, case, action)
    assert it.workspace.views(user) == []
    assert any(message.startswith("refused: ") and says in message for message in caplog.messages)


@pytest.mark.parametrize("action", PRESSED)
async def test_nobody_logs_on_a_case_without_owner_but_a_lead(it: Acting, action: str) -> None:
    case = await it.opens()
    assert "Nobody owns this case yet. Claim it first" in await told(it, PRIYA, case, action)


async def test_a_lead_logs_for_others(it: Acting) -> None:
    case = await owned(it)
    for step in ("outreach", "conversation", "action"):
        assert (await logs(it, MARCUS, case, step)).actor == MARCUS
    assert (await it.case(case.id)).owner == PRIYA


@pytest.mark.parametrize("action", PRESSED)
async def test_an_old_cards_button_on_a_closed_case(it: Acting, action: str) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "close", outcome="churned", reason="They left.")
    assert "This case was closed (churned)." in await told(it, PRIYA, case, action)
    assert "This case was closed (churned)." in await told(it, MARCUS, case, action)


async def test_a_case_is_reopened_by_a_lead_and_only_once_it_is_closed(it: Acting) -> None:
    case = await owned(it)
    assert "Only a lead of this programme reopens cases." in await told(it, PRIYA, case, "case_reopen")
    assert "This case is open already." in await told(it, MARCUS, case, "case_reopen")
    assert "can't reopen its cases" in await told(it, INGRID, case, "case_reopen")


async def test_a_follow_up_without_an_action(it: Acting) -> None:
    case = await owned(it)
    for action in ("case_follow_up", "case_follow_up_held", "case_follow_up_slipped", "case_follow_up_broken"):
        assert "There is no action to follow up on." in await told(it, PRIYA, case, action)


@pytest.mark.parametrize("action", [*PRESSED, "case_reopen", "partner_done", "partner_slips"])
@pytest.mark.parametrize("value", ["999999", "", "seven", "-1", None, {"case": 1}, "9" * 400])
async def test_a_button_with_another_value(it: Acting, action: str, value: Any) -> None:
    case = await owned(it)
    says = await told(it, MARCUS, case, action, value)
    assert ("There is no case 999999." if value == "999999" else "This button is out of date.") in says


async def test_a_button_of_this_card_with_a_case_of_another_programme(it: Acting) -> None:
    secret = await owned(it, PRIYA, channel=ONBOARDING)
    case = await owned(it, KOFI)
    for action in PRESSED:
        says = await told(it, KOFI, case, action, str(secret.id))
        assert OWNERS_ONLY in says
        assert secret.customer not in says
    assert it.workspace.views(KOFI) == []


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("user", "why"), [(JEN, "Priya Raman owns this case; only they or a lead"), (INGRID, "Your team owns")]
)
async def test_a_window_sent_by_somebody_else(it: Acting, step: str, user: str, why: str) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "action")
    view = await window(it, PRIYA, case, step)
    before = await it.history(case.id)
    ack = await it.hands_in(user, view, state(**good(it, step)))
    (says,) = ack.payload["errors"].values()
    assert why in says
    assert await it.history(case.id) == before


async def test_the_other_windows_sent_by_somebody_else(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "outreach")
    number = len(await it.history(case.id))
    before = await it.history(case.id)
    carried = metadata(case.id, len(before), entry=number)
    ending: Json = {"outcome": option("churned"), "reason": "They left."}
    taking: Json = {"entry": option(str(number)), "strike": {"selected_options": [{"value": "yes"}]}, "reason": "No."}
    for callback, filled in (("close", ending), ("correct", taking), ("correct", {"entry": option(str(number))})):
        view = {"type": "modal", "callback_id": callback, "private_metadata": carried, "blocks": inputs(filled)}
        ack = await it.hands_in(JEN, view, state(**filled))
        assert OWNERS_ONLY in " ".join(ack.payload["errors"].values())
    view = {"type": "modal", "callback_id": "reopen", "private_metadata": carried, "blocks": inputs({"reason": ""})}
    ack = await it.hands_in(PRIYA, view, state(reason="Because."))
    assert "Only a lead of this programme reopens cases." in ack.payload["errors"]["reason"]
    assert await it.history(case.id) == before


async def test_withdrawing_by_the_window_that_closes(it: Acting) -> None:
    """Only leads are offered it, and only they get it."""
    case = await owned(it)
    offered = {}
    for user in (PRIYA, MARCUS):
        view = await window(it, user, case, "close")
        chooser = next(block["element"] for block in view["blocks"] if block["block_id"] == "outcome")
        offered[user] = {each["value"] for each in chooser["options"]}
        await it.workspace.close_view(user, view["id"])
    assert offered[MARCUS] - offered[PRIYA] == {"withdrawn", "duplicate"}
    await logs(it, MARCUS, case, "close", outcome="duplicate", reason="The same as case 1.")
    await it.shows(case, "Closed as a duplicate")


@pytest.mark.parametrize("callback", [*STEPS, "close", "reopen", "correct", "partner_slips"])
@pytest.mark.parametrize(("carried", "says"), CARRIED, ids=[str(carried)[:40] for carried, _ in CARRIED])
async def test_forged_metadata(it: Acting, callback: str, carried: Any, says: str) -> None:
    filled: Json = {"entry": option("1"), "outcome": option("churned"), "reason": "x", "note": "x"}
    filled |= good(it, callback) if callback in STEPS else {}
    view = {"type": "modal", "callback_id": callback, "private_metadata": carried, "blocks": inputs(filled)}
    ack = await it.hands_in(MARCUS, view, state(**filled))
    assert ack.payload == {"response_action": "errors", "errors": {next(iter(filled)): says}}


async def test_a_version_that_is_yet_to_come(it: Acting) -> None:
    case = await owned(it)
    view = await window(it, PRIYA, case, "outreach")
    forged = {**view, "private_metadata": json.dumps({"case": case.id, "version": 999})}
    ack = await it.hands_in(PRIYA, forged, state(**raw(it, "outreach")))
    assert ack.payload["errors"] == {"channel": OLD_WINDOW}


async def test_a_tick_for_words_that_nobody_was_shown(it: Acting) -> None:
    """The tick stands for what is vague in the promise, not for what somebody writes into the metadata."""
    case = await owned(it)
    view = await window(it, PRIYA, case, "action")
    carried = json.dumps({"case": case.id, "version": (await it.case(case.id)).version, "challenged": ["x" * 500]})
    filled = {**raw(it, "action"), challenged_block(["x" * 500]): {"selected_options": [{"value": "yes"}]}}
    ack = await it.hands_in(PRIYA, {**view, "private_metadata": carried}, state(**filled))
    assert ack.payload is None
    event = (await it.history(case.id))[-1]
    assert "challenged" not in event.details


async def test_a_window_of_a_case_that_was_closed_meanwhile(it: Acting) -> None:
    case = await owned(it)
    view = await window(it, PRIYA, case, "outreach")
    await logs(it, MARCUS, case, "close", outcome="churned", reason="They left.")
    ack = await it.hands_in(PRIYA, view, state(**raw(it, "outreach")))
    assert ack.payload["response_action"] == "update"
    again = ack.payload["view"]
    assert "While this window was open" in said(again)
    ack = await it.hands_in(PRIYA, again, state(**raw(it, "outreach")))
    assert ack.payload["errors"] == {"channel": "This case was closed (churned)."}


async def test_the_menu_of_a_claimed_card(it: Acting) -> None:
    case = await owned(it)
    view = await it.opens_modal(MARCUS, case, "case_more", value=f"assign:{case.id}")
    assert view["callback_id"] == "assign"
    assert "Only a lead of this programme assigns cases." in await it.refused(
        PRIYA, case, "case_more", value=f"assign:{case.id}"
    )
    assert "only they or a lead can release it" in await it.refused(JEN, case, "case_more", value=f"release:{case.id}")
    assert OWNERS_ONLY in await it.refused(JEN, case, "case_more", value=f"close:{case.id}")
    await it.click(PRIYA, case, "case_more", value=f"release:{case.id}")
    await it.shows(case, "Claim")
    assert await it.owner(case) == ""


async def told(it: Acting, user: str, case: Shown, action: str, value: Any = ...) -> str:
    """What a person reads after a press that is refused; the case stays as it was."""
    before = await it.history(case.id)
    pressed = {"action_id": action, "value": str(case.id) if value is ... else value}
    says = await it.told(user, case.channel, it.presses(user, case, pressed))
    assert await it.history(case.id) == before
    return says


def inputs(filled: Json) -> list[Json]:
    """Blocks by which the bot sees what the window asked for."""
    return [{"type": "input", "block_id": block_id} for block_id in filled]


def good(it: Acting, step: str) -> Json:
    if step == "follow_up":
        return {
            "result": option("held"),
            "evidence": HELD["evidence"],
            "happened_at": moment(past(it, seconds=0)),
        }
    return raw(it, step)
