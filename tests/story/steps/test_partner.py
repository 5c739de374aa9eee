"""The functional partner's two answers, the question on the day, and presses in windows and the App Home."""

import pytest

from demo.interactions.payloads import common
from recovery.cases.case import EventKind
from recovery.cases.progress import PartnerWord
from tests.story.acting import JEN, KOFI, MARCUS, PRIYA, SAM, TOMAS, Acting, Json, Shown
from tests.story.steps.working import (
    later,
    logs,
    now_shown,
    owned,
    said,
    sends,
    state,
    typed,
    window,
    workday,
)
from tests.support.shown import settled
from tests.support.story import surface_of, words_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_done_by_one_click(it: Acting) -> None:
    case = await promised(it)
    message = await asked(it, TOMAS, case)
    assert "Jen ships the importer fix and Priya demos it to Dana." in words_of(message)
    await it.workspace.click(TOMAS, dm(it, TOMAS), message["ts"], "partner_done")
    event = (await it.history(case.id))[-1]
    assert (event.kind, event.actor) == (EventKind.ACTION_DONE, TOMAS)
    assert (await it.case(case.id)).progress.partner_word is PartnerWord.DONE
    await settled(it.story)
    assert any("done" in told for told in it.messages_to(PRIYA, case))
    # An old copy of the message pressed again tells nobody twice.
    before = await it.history(case.id)
    assert "You have said already that it is done." in await pressed(it, TOMAS, case, "partner_done")
    assert await it.history(case.id) == before


async def test_it_slips_with_a_reason(it: Acting) -> None:
    case = await promised(it)
    message = await asked(it, TOMAS, case)
    view = await opened(it, TOMAS, it.workspace.click(TOMAS, dm(it, TOMAS), message["ts"], "partner_slips"))
    assert view["callback_id"] == "partner_slips"
    assert "Jen ships the importer fix" in said(view)
    for note, says in (
        ("", "Say why it slips."),
        (" \n", "Say why it slips."),
        ("a\x00", "There is a character in it"),
        ("x" * 501, "This is 501 characters long; 500 fit."),
    ):
        ack = await it.hands_in(TOMAS, view, state(note=note))
        assert ack.payload["errors"]["note"].startswith(says)
    why = "The importer needs <!channel> a new library; Friday next week."
    assert (await sends(it, TOMAS, view, note=why))["response_action"] == "close"
    event = (await it.history(case.id))[-1]
    assert (event.kind, event.actor, event.note) == (EventKind.ACTION_SLIPPING, TOMAS, why)
    # Sent twice it is said once.
    assert (await it.hands_in(TOMAS, view, state(note=why))).payload is None
    assert (await it.history(case.id))[-1] == event
    assert [each.kind for each in await it.history(case.id)].count(EventKind.ACTION_SLIPPING) == 1
    await settled(it.story)
    assert any("a new library" in told for told in it.messages_to(PRIYA, case))
    # What slipped may be done after all.
    await it.workspace.click(TOMAS, dm(it, TOMAS), message["ts"], "partner_done")
    assert (await it.case(case.id)).progress.partner_word is PartnerWord.DONE


@pytest.mark.parametrize("user", [PRIYA, MARCUS, KOFI, SAM])
@pytest.mark.parametrize("action", ["partner_done", "partner_slips"])
async def test_nobody_answers_for_the_partner(it: Acting, user: str, action: str) -> None:
    case = await promised(it)
    before = await it.history(case.id)
    assert "somebody else as its partner" in await pressed(it, user, case, action)
    assert it.workspace.views(user) == []
    assert await it.history(case.id) == before


async def test_the_partners_window_sent_by_somebody_else(it: Acting) -> None:
    case = await promised(it)
    message = await asked(it, TOMAS, case)
    view = await opened(it, TOMAS, it.workspace.click(TOMAS, dm(it, TOMAS), message["ts"], "partner_slips"))
    for user in (PRIYA, MARCUS, KOFI):
        ack = await it.hands_in(user, view, state(note="Mine."))
        assert "somebody else as its partner" in ack.payload["errors"]["note"]


async def test_another_promise_has_another_partner(it: Acting) -> None:
    case = await promised(it)
    message = await asked(it, TOMAS, case)
    view = await opened(it, TOMAS, it.workspace.click(TOMAS, dm(it, TOMAS), message["ts"], "partner_slips"))
    await logs(it, PRIYA, case, "action", partner=JEN)
    ack = await it.hands_in(TOMAS, view, state(note="The library."))
    assert "somebody else as its partner" in ack.payload["errors"]["note"]
    assert "somebody else as its partner" in await pressed(it, TOMAS, case, "partner_done")
    await asked(it, JEN, case)


async def test_a_window_about_a_promise_that_was_replaced(it: Acting) -> None:
    case = await promised(it)
    message = await asked(it, TOMAS, case)
    view = await opened(it, TOMAS, it.workspace.click(TOMAS, dm(it, TOMAS), message["ts"], "partner_slips"))
    await logs(it, PRIYA, case, "outreach")  # no business of the partner's
    await logs(it, PRIYA, case, "action", partner=TOMAS, deliverable="Kofi credits two months in December.")
    ack = await it.hands_in(TOMAS, view, state(note="The library."))
    assert ack.payload["errors"]["note"].startswith("The action was changed while this window was open.")
    await it.workspace.close_view(TOMAS, view["id"])


async def test_an_old_message_says_nothing_of_the_new_promise(it: Acting) -> None:
    case = await promised(it)
    await asked(it, TOMAS, case)
    await logs(it, PRIYA, case, "action", partner=TOMAS, deliverable="Kofi credits two months in December.")
    before = await it.history(case.id)
    for action in ("partner_done", "partner_slips"):
        for value in (f"{case.id}:1", str(case.id)):
            said = await pressed(it, TOMAS, case, action, value)
            assert said.startswith("This action was replaced by another one"), said
    assert it.workspace.views(TOMAS) == []
    assert await it.history(case.id) == before
    for forged in (
        f"{case.id}:3",
        f"{case.id}:0",
        f"{case.id}:",
        f"{case.id}:1:2",
        f"{case.id}:²",
        ":2",
        f"{case.id}:-2",
    ):
        assert "out of date" in await pressed(it, TOMAS, case, "partner_done", forged)
    assert await it.history(case.id) == before
    await pressed_well(it, TOMAS, case, "partner_done", f"{case.id}:2")
    assert (await it.history(case.id))[-1].kind is EventKind.ACTION_DONE


async def test_the_messages_buttons_carry_the_number_of_their_action(it: Acting) -> None:
    case = await promised(it)
    message = await asked(it, TOMAS, case)
    assert values_of(message) == {f"{case.id}:1"}
    await logs(it, PRIYA, case, "action", partner=TOMAS, deliverable="Kofi credits two months in December.")

    def newer() -> bool:
        surface = f"partner:{TOMAS}:case:{case.id}:2"
        return any(
            surface_of(each) == surface and values_of(each) == {f"{case.id}:2"} for each in it.workspace.dms(TOMAS)
        )

    await it.workspace.until(newer)
    await it.workspace.until(lambda: not values_of(message_now(it, message)))


async def test_what_the_owner_does_meanwhile_is_no_business_of_the_partners(it: Acting) -> None:
    case = await promised(it)
    message = await asked(it, TOMAS, case)
    view = await opened(it, TOMAS, it.workspace.click(TOMAS, dm(it, TOMAS), message["ts"], "partner_slips"))
    await logs(it, PRIYA, case, "outreach", note="Between us: they are furious.")
    assert (await sends(it, TOMAS, view, note="The library."))["response_action"] == "close"


async def test_a_broken_or_closed_promise_needs_no_answer(it: Acting) -> None:
    case = await promised(it)
    await asked(it, TOMAS, case)
    await logs(it, PRIYA, case, "follow_up", result="broken", evidence="It was rolled back.")
    for action in ("partner_done", "partner_slips"):
        assert "There is no action on this case at the moment." in await pressed(it, TOMAS, case, action)
    await logs(it, PRIYA, case, "action", partner=TOMAS)
    await logs(it, PRIYA, case, "close", outcome="churned", reason="They left.")
    for action in ("partner_done", "partner_slips"):
        assert "This case was closed (churned)." in await pressed(it, TOMAS, case, action)


@pytest.mark.parametrize("result", ["held", "slipped", "broken"])
async def test_the_question_on_the_day_opens_the_window_with_the_answer(it: Acting, result: str) -> None:
    case = await promised(it)
    await later(it, days=31)
    message = await asked(it, PRIYA, case, "prompt")
    click = it.workspace.click(PRIYA, dm(it, PRIYA), message["ts"], f"case_follow_up_{result}")
    view = await opened(it, PRIYA, click)
    assert view["callback_id"] == "follow_up"
    assert typed(view)["result"] == result
    filled = {"new_due": workday(it, 20)} if result == "slipped" else {}
    assert (await sends(it, PRIYA, view, evidence="Dana told me on the phone.", **filled))["response_action"] == "close"
    event = (await it.history(case.id))[-1]
    assert (event.kind, event.after) == (EventKind.FOLLOW_UP_LOGGED, result)
    shown = {"held": "✔ follow-up", "slipped": "first promised for", "broken": ", broken"}[result]
    await it.workspace.until(lambda: shown in it.card(case).replace("\n", ""))


async def test_an_old_question_asks_nobody_else(it: Acting) -> None:
    case = await promised(it)
    for action in ("case_follow_up_held", "case_follow_up_slipped", "case_follow_up_broken"):
        assert "only they or a lead log its steps" in await pressed(it, TOMAS, case, action)


async def test_an_entry_is_corrected_from_the_history(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "outreach")
    history = await it.opens_modal(PRIYA, case, "case_more", value=f"history:{case.id}")
    view = await opened(it, PRIYA, it.workspace.click_view(PRIYA, history["id"], "case_correct"))
    assert view["callback_id"] == "correct"
    assert (await sends(it, PRIYA, view))["response_action"] == "update"
    view = now_shown(it, PRIYA, view)
    assert (await sends(it, PRIYA, view, note="Dana has an hour on Monday."))["response_action"] == "close"
    assert (await it.history(case.id))[-1].kind is EventKind.CORRECTED
    assert it.workspace.views(PRIYA)[-1]["id"] == history["id"]


async def test_a_refusal_in_a_window_or_the_app_home_is_a_window(it: Acting) -> None:
    """Neither has a place for a line that only one person sees."""
    case = await owned(it)
    await logs(it, PRIYA, case, "outreach")
    history = await it.opens_modal(JEN, case, "case_more", value=f"history:{case.id}")
    view = await opened(it, JEN, it.workspace.click_view(JEN, history["id"], "case_correct"))
    assert view["callback_id"] == "refused"
    assert "only they or a lead log its steps" in said(view)
    for _ in range(2):
        await it.workspace.close_view(JEN, it.workspace.views(JEN)[-1]["id"])
    refused = dict.fromkeys(("case_log_outreach", "case_claim", "case_close"), "owns this case")
    for action, why in {**refused, "case_assign": "Only a lead"}.items():
        view = await opened(it, JEN, at_home(it, JEN, action, str(case.id)))
        assert view["callback_id"] == "refused"
        assert why in said(view)
        await it.workspace.close_view(JEN, view["id"])


async def test_the_next_step_is_one_press_away_in_the_app_home(it: Acting) -> None:
    case = await owned(it)
    view = await opened(it, PRIYA, at_home(it, PRIYA, "case_log_outreach", str(case.id)))
    assert view["callback_id"] == "outreach"
    assert case.customer in said(view)


async def test_the_draft_is_ready_to_copy(it: Acting) -> None:
    case = await owned(it)
    draft = said(await window(it, PRIYA, case, "outreach"))
    for words in ("Hi Dana,", "you gave us 2 out of 10", "Onboarding was a disaster.", "25 minutes", "Priya Raman"):
        assert words in draft


async def promised(it: Acting) -> Shown:
    """A case with an action that Tomás helps with."""
    case = await owned(it)
    await logs(it, PRIYA, case, "action", partner=TOMAS)
    await it.shows(case, "✔ action")
    return case


async def asked(it: Acting, user: str, case: Shown, kind: str = "partner") -> Json:
    """The message of this kind about the case, as soon as it has come."""
    surface = f"{kind}:{user}:case:{case.id}:"

    def there() -> Json | None:
        return next((each for each in it.workspace.dms(user) if surface_of(each).startswith(surface)), None)

    message: Json = await it.workspace.until(there)
    return message


def dm(it: Acting, user: str) -> str:
    room = it.workspace.state.dm(user)
    assert room is not None
    return str(room.id)


async def opened(it: Acting, user: str, act: object) -> Json:
    """The window that an act opens."""
    before = {view["id"] for view in it.workspace.views(user)}
    await act  # type: ignore[misc]

    def there() -> Json | None:
        return next((view for view in it.workspace.views(user) if view["id"] not in before), None)

    view: Json = await it.workspace.until(there)
    return view


async def pressed(it: Acting, user: str, case: Shown, action: str, value: str = "") -> str:
    """What a person reads after a press on whatever copy of a message they have; the one about the newest action."""
    value = value or (await number_of(it, case) if action.startswith("partner") else str(case.id))
    return await it.told(user, case.channel, it.presses(user, case, {"action_id": action, "value": value}))


async def pressed_well(it: Acting, user: str, case: Shown, action: str, value: str) -> None:
    assert (await it.presses(user, case, {"action_id": action, "value": value})).ok


async def number_of(it: Acting, case: Shown) -> str:
    return f"{case.id}:{(await it.case(case.id)).progress.commitments}"


def message_now(it: Acting, message: Json) -> Json:
    return next(each for each in it.workspace.dms(TOMAS) if each["ts"] == message["ts"])


def values_of(message: Json) -> set[str]:
    """What the partner's buttons of a message carry."""
    elements = [element for block in message["blocks"] for element in block.get("elements", [])]
    return {each["value"] for each in elements if str(each.get("action_id", "")).startswith("partner_")}


async def at_home(it: Acting, user: str, action: str, value: str) -> None:
    """A press in the App Home: no channel, no message, no address for a line."""
    workspace = it.workspace.state
    base = common("block_actions", workspace.users[user], workspace.triggers.new(user))
    pressing = {"type": "button", "block_id": "home:mine:1", "action_id": action, "value": value, "action_ts": "1.1"}
    home = {"id": "V0HOME", "type": "home", "blocks": [], "private_metadata": ""}
    container = {"type": "view", "view_id": "V0HOME"}
    ack = await it.sends("interactive", {**base, "container": container, "view": home, "actions": [pressing]})
    assert ack.ok
