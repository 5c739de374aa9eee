"""Assign… and Reassign…: a lead names the owner; whoever can't be one is refused at the field, by name."""

import json
from pathlib import Path

import pytest

from demo.people import User
from tests.story.acting import (
    AMARA,
    ELENA,
    INGRID,
    JEN,
    KOFI,
    LEO,
    MARCUS,
    PRIYA,
    TOMAS,
    WINBACK,
    Acting,
    Shown,
    soon,
)
from tests.story.conftest import acting
from tests.support.story import words_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTE = "You know them from the renewal: *please* call, <!channel> is no help."


async def assigned(it: Acting, by: str, case: Shown, to: str, note: str = "") -> dict[str, str]:
    """The errors at the fields."""
    view = await it.opens_modal(by, case, "case_assign")
    return await it.submits(by, view, owner={"assign_owner": to}, note={"assign_note": note})


async def test_the_modal_says_which_case_it_is_about(it: Acting) -> None:
    case = await it.opens(score=1, csm_email="jen@acme.example")
    view = await it.opens_modal(MARCUS, case, "case_assign")
    said = words_of(view)
    for words in ("🔴 1", case.customer, "$180k", "Onboarding was a disaster", "Owner due"):
        assert words in said
    # Whom the card asks is chosen already.
    assert view["state"]["values"]["owner"]["assign_owner"]["selected_user"] == JEN


async def test_a_lead_names_the_owner_and_everybody_concerned_hears_it(it: Acting) -> None:
    case = await it.opens()
    assert await assigned(it, MARCUS, case, KOFI, NOTE) == {}
    assert await it.owner(case) == KOFI
    await it.shows(case, f"<@{KOFI}>", "Release", "Reassign…")
    await it.workspace.until(lambda: it.lines(case))
    assert f"<@{MARCUS}> gave the case to <@{KOFI}>." in it.lines(case)[0]
    assert NOTE in it.lines(case)[0]

    await it.workspace.until(lambda: it.messages_to(KOFI, case))
    message = next(dm for dm in it.workspace.dms(KOFI) if case.customer in words_of(dm))
    assert message["text"].startswith(f"<@{MARCUS}> gave you {case.customer}: “You know them")
    assert "<!channel>" not in message["text"]
    assert f"/archives/{case.channel}/p{case.ts.replace('.', '')}" in json.dumps(message["blocks"])


async def test_who_had_the_case_hears_that_somebody_else_has_it(it: Acting) -> None:
    case = await it.opens()
    assert await assigned(it, MARCUS, case, PRIYA) == {}
    await it.shows(case, "Reassign…")
    assert await assigned(it, MARCUS, case, JEN) == {}
    await it.workspace.until(lambda: len(it.messages_to(PRIYA, case)) == 2)
    assert f"<@{MARCUS}> gave {case.customer} to <@{JEN}>. You need do nothing more." in it.messages_to(PRIYA, case)[1]
    await it.workspace.until(lambda: it.messages_to(JEN, case))
    await it.workspace.until(lambda: len(it.lines(case)) == 2)
    assert f"gave the case to <@{JEN}>; <@{PRIYA}> had it until now." in it.lines(case)[1]


async def test_a_lead_takes_a_case_without_writing_to_themselves(it: Acting) -> None:
    case = await it.opens()
    assert await assigned(it, MARCUS, case, MARCUS) == {}
    await it.workspace.until(lambda: it.lines(case))
    assert f"<@{MARCUS}> took the case." in it.lines(case)[0]
    assert it.messages_to(MARCUS, case) == []


@pytest.mark.parametrize("user", [PRIYA, INGRID, TOMAS])
async def test_who_leads_nothing_gets_no_window(it: Acting, user: str) -> None:
    case = await it.opens()
    said = await it.refused(user, case, "case_assign")
    assert "Only a lead of this programme assigns cases." in said
    assert f"<@{MARCUS}> can do it." in said
    assert it.workspace.views(user) == []


async def test_a_manager_moves_a_case_that_has_an_owner(it: Acting) -> None:
    case = await it.opens()
    await it.click(PRIYA, case, "case_claim")
    await it.shows(case, "Reassign…")
    assert await assigned(it, TOMAS, case, AMARA) == {}
    assert await it.owner(case) == AMARA


@pytest.mark.parametrize(
    ("user", "says"),
    [
        (INGRID, "The team of Ingrid Dahl owns this programme's score"),
        (LEO, "Leo Grant has left, and a case needs somebody who is here."),
        (ELENA, "Elena Rossi isn't in this programme's channel and wouldn't see the case."),
        ("U0NOVA", "Nova Lind isn't in this programme's channel"),
        (WINBACK, "winback is an app, and a case needs a person."),
        ("USLACKBOT", "This person isn't in this workspace."),
        (PRIYA, "Priya Raman owns this case already."),
    ],
)
async def test_who_can_not_own_a_case_is_refused_at_the_field(it: Acting, user: str, says: str) -> None:
    it.workspace.state.users["U0NOVA"] = User("U0NOVA", "nova", "Nova Lind", email="nova@acme.example")
    case = await it.opens()
    await it.click(PRIYA, case, "case_claim")
    await it.shows(case, "Reassign…")
    errors = await assigned(it, MARCUS, case, user, NOTE)
    assert list(errors) == ["owner"]
    assert says in errors["owner"]
    assert "<@" not in errors["owner"]
    assert await it.owner(case) == PRIYA
    # What was typed is still there.
    (view,) = it.workspace.views(MARCUS)
    assert view["state"]["values"]["note"]["assign_note"]["value"] == NOTE


async def test_who_was_invited_a_second_ago_can_be_chosen(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        case = await it.opens()
        # Slack knows, and the event about it is still on its way.
        it.workspace.state.rooms[case.channel].members.add(ELENA)
        assert await assigned(it, MARCUS, case, ELENA) == {}
        assert await it.owner(case) == ELENA


async def test_who_claims_while_the_window_is_open_is_not_replaced_unseen(it: Acting) -> None:
    case = await it.opens()
    view = await it.opens_modal(MARCUS, case, "case_assign")
    await it.click(PRIYA, case, "case_claim")
    errors = await it.submits(MARCUS, view, owner={"assign_owner": JEN}, note={"assign_note": NOTE})
    assert "Priya Raman became the owner while this window was open." in errors["owner"]
    assert await it.owner(case) == PRIYA
    # Given back meanwhile, the same window does what the lead wanted.
    await it.shows(case, "Release")
    await it.click(PRIYA, case, "case_release")
    assert await it.submits(MARCUS, view, owner={"assign_owner": JEN}, note={"assign_note": NOTE}) == {}
    assert await it.owner(case) == JEN


async def test_another_answer_meanwhile_does_not_stand_in_a_leads_way(it: Acting) -> None:
    case = await it.opens(response_id="again-1")
    await it.click(PRIYA, case, "case_claim")
    await it.shows(case, "Reassign…")
    view = await it.opens_modal(MARCUS, case, "case_assign")
    key = case.customer.lower()
    await it.story.answers(email=f"dana@{key}.example", name="Dana", score=4, comment="Still bad.", account_id=key)
    await it.shows(case, "Answered again")
    assert await it.submits(MARCUS, view, owner={"assign_owner": JEN}) == {}
    assert await it.owner(case) == JEN


async def test_a_window_opened_before_the_case_was_closed(it: Acting) -> None:
    case = await it.opens()
    view = await it.opens_modal(MARCUS, case, "case_assign")
    # Marcus has one stack of windows; the second one replaces the first, as on a phone and a desk at once.
    assert not await it.withdraws(MARCUS, case, "test", "Our own test.")
    ack = await it.hands_in(
        MARCUS,
        view,
        lambda forged: forged["state"].update(
            values={"owner": {"assign_owner": {"selected_user": JEN}}, "note": {"assign_note": {"value": None}}}
        ),
    )
    assert ack.payload["errors"] == {"owner": "This case was closed (withdrawn)."}


async def test_the_new_owner_of_a_case_is_known_by_name_afterwards(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        it.workspace.state.users["U0NOVA"] = User("U0NOVA", "nova", "Nova Lind", email="nova@acme.example")
        it.workspace.state.rooms["C0RELATIONAL"].members.add("U0NOVA")
        case = await it.opens(csm_email="nova@acme.example")
        await it.shows(case, "because Nova is the account's CSM")
        other = await it.opens()
        await it.click("U0NOVA", other, "case_claim")
        await soon(lambda: it.story.bot.house.directory.name("U0NOVA") == "Nova Lind")
