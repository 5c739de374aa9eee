"""Rights follow Slack: who joins, leaves or is switched off; each programme is its channel's own business."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import directory
from demo.people import User
from tests.story.acting import (
    ELENA,
    JEN,
    KOFI,
    MARCUS,
    ONBOARDING,
    PRIYA,
    SAM,
    Acting,
    claim_button,
    owner_and_note,
    soon,
    values,
)
from tests.story.conftest import acting
from tests.support.shown import settled
from tests.support.story import RELATIONAL

ONLY_MEMBERS = "Only members of this programme's channel claim its cases."


async def test_who_joined_a_second_ago_claims(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        case = await it.opens()
        # Slack knows it; the event about it has not come.
        it.workspace.state.rooms[RELATIONAL].members.add(ELENA)
        await it.click(ELENA, case, "case_claim")
        assert await it.owner(case) == ELENA


async def test_who_joined_is_refused_in_words_while_slack_does_not_say(
    sqlite_db: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        case = await it.opens()
        it.workspace.state.rooms[RELATIONAL].members.add(ELENA)
        for fault in ({"error": "internal_error"}, {"status": 503}, {"delay": 2.0}):
            it.workspace.faults.set("conversations.members", times=1, **fault)
            assert ONLY_MEMBERS in await it.refused(ELENA, case, "case_claim")
        assert "the members of C0RELATIONAL can't be read: internal_error" in caplog.text
        await it.click(ELENA, case, "case_claim")
        assert await it.owner(case) == ELENA


async def test_rights_come_and_go_with_the_channel(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        case, other = await it.opens(), await it.opens()
        members = it.story.bot.house.directory.members
        assert SAM not in members[RELATIONAL]
        it.workspace.life.join(SAM, RELATIONAL)
        await soon(lambda: it.story.bot.house.directory.is_member(RELATIONAL, SAM))
        asked = len(it.workspace.recorded.of("conversations.members"))
        await it.click(SAM, case, "case_claim")
        assert await it.owner(case) == SAM
        # The event was enough.
        assert len(it.workspace.recorded.of("conversations.members")) == asked

        it.workspace.life.leave(SAM, RELATIONAL)
        await soon(lambda: not it.story.bot.house.directory.is_member(RELATIONAL, SAM))
        assert ONLY_MEMBERS in await it.refused(SAM, other, "case_claim")


async def test_events_twice_late_and_out_of_order(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        case = await it.opens()
        is_member = it.story.bot.house.directory.is_member
        joined = membership(it, "member_joined_channel", SAM, "100.000001")
        left = membership(it, "member_left_channel", SAM, "100.000002")
        for event in (joined, joined):
            assert (await it.sends("events_api", event)).ok
        await soon(lambda: it.story.bot.house.directory.is_member(RELATIONAL, SAM))
        assert (await it.sends("events_api", left)).ok
        await soon(lambda: not it.story.bot.house.directory.is_member(RELATIONAL, SAM))
        # The first delivery of "joined" was answered too late, so Slack repeats it, minutes after.
        assert (await it.sends("events_api", joined)).ok
        elsewhere = membership(it, "member_joined_channel", SAM, "100.000003", channel=ONBOARDING)
        assert (await it.sends("events_api", elsewhere)).ok
        await soon(lambda: it.story.bot.house.directory.is_member(ONBOARDING, SAM))
        assert not it.story.bot.house.directory.is_member(RELATIONAL, SAM)
        assert ONLY_MEMBERS in await it.refused(SAM, case, "case_claim")
        assert is_member(RELATIONAL, PRIYA)


async def test_events_about_other_channels_and_people_do_nothing(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        await it.opens()
        known = set(it.story.bot.house.directory.people)
        it.workspace.state.users["U0FAR"] = User("U0FAR", "far", "Far Away", email="far@acme.example")
        it.workspace.life.join(SAM, "G0EXEC", inviter=ELENA)
        it.workspace.life.deactivate("U0FAR")
        assert (await it.sends("events_api", membership(it, "member_joined_channel", SAM, "1", channel="C0NOWHERE"))).ok
        await it.workspace.delivery.settled()
        await settled(it.story)
        assert set(it.story.bot.house.directory.people) == known
        assert set(it.story.bot.house.directory.members) == {RELATIONAL, ONBOARDING, "C0CSLEADS", "G0EXEC"}


async def test_nobody_whose_account_is_switched_off_keeps_a_case(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        case = await it.opens(comment="Too slow.", csm_email="priya@acme.example")
        other = await it.opens(comment="Too slow.")
        await it.click(PRIYA, case, "case_claim")
        await it.click(JEN, other, "case_claim")
        await it.shows(case, "Release")
        it.workspace.life.deactivate(PRIYA)
        said = await it.shows(case, "Claim", "Owner due", "Priya (CSM) has left, so")
        assert f"to <@{PRIYA}>" not in said
        assert await it.owner(case) == ""
        assert await it.owner(other) == JEN
        await it.workspace.until(lambda: len(it.lines(case)) == 2)
        assert f"winback took the case from <@{PRIYA}>. It needs an owner again." in it.lines(case)[1]
        assert "Their Slack account was switched off." in it.lines(case)[1]
        # Slack would take a message to a deactivated account and show it to nobody.
        assert it.messages_to(PRIYA, case) == []

        said = await it.told(PRIYA, RELATIONAL, it.presses(PRIYA, case, claim_button(str(case.id))))
        assert "Only people with an active account in this workspace claim cases." in said
        view = await it.opens_modal(MARCUS, case, "case_assign")
        ack = await it.hands_in(MARCUS, view, values(owner_and_note(PRIYA)))
        assert ack.payload["errors"]["owner"].startswith("Priya Raman has left")

        it.workspace.life.reactivate(PRIYA)
        await soon(lambda: not it.story.bot.house.directory.people[PRIYA].deleted)
        await it.click(PRIYA, case, "case_claim")
        assert await it.owner(case) == PRIYA


async def test_a_member_whom_no_policy_names_is_noticed_when_switched_off(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        it.workspace.state.users["U0NOVA"] = User("U0NOVA", "nova", "Nova Lind", email="nova@acme.example")
        it.workspace.life.join("U0NOVA", RELATIONAL, inviter=PRIYA)
        case = await it.opens()
        await it.click("U0NOVA", case, "case_claim")
        await it.shows(case, "<@U0NOVA>", "Release")
        it.workspace.life.deactivate("U0NOVA")
        await it.shows(case, "Claim", "Owner due")
        assert await it.owner(case) == ""


async def test_who_was_switched_off_while_the_bot_was_down_is_found_out(
    sqlite_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "FRESH", timedelta(0))
    monkeypatch.setattr(directory, "TRY_AGAIN", timedelta(0))
    async with acting(sqlite_db, tmp_path) as it:
        case = await it.opens()
        await it.click(PRIYA, case, "case_claim")
        await it.shows(case, "Release")
        # No event: it was lost. Slack finds nobody by the address of an account that is switched off.
        it.workspace.state.users[PRIYA].deleted = True
        await it.story.bot.directory.refresh()
        assert it.story.bot.house.directory.people[PRIYA].deleted
        await it.shows(case, "Claim", "Owner due")
        assert await it.owner(case) == ""


async def test_the_bots_own_invitation_ends_a_channels_trouble(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        it.workspace.life.remove_bot(MARCUS, ONBOARDING)
        await it.story.bot.directory.refresh()
        assert it.story.bot.house.directory.places[ONBOARDING].problem == "not_in_channel"
        it.workspace.life.invite_bot(MARCUS, ONBOARDING)
        await soon(lambda: not it.story.bot.house.directory.places[ONBOARDING].problem)
        assert PRIYA in it.story.bot.house.directory.members[ONBOARDING]
        assert (await it.opens(channel=ONBOARDING)).channel == ONBOARDING


async def test_members_of_one_programme_have_no_part_in_the_other(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        it.workspace.life.leave(KOFI, RELATIONAL)
        await it.workspace.delivery.settled()
        theirs, ours = await it.opens(), await it.opens(channel=ONBOARDING)
        await soon(lambda: not it.story.bot.house.directory.is_member(RELATIONAL, KOFI))
        assert ONLY_MEMBERS in await it.refused(KOFI, theirs, "case_claim")
        said = await it.refused(KOFI, theirs, "case_more", value=f"history:{theirs.id}")
        assert "Only members of this programme's channel see its cases." in said
        await it.click(KOFI, ours, "case_claim")
        assert await it.owner(ours) == KOFI
        assert theirs.customer not in it.card(ours)
        # Nor is Kofi asked by the cards of a channel he is not in.
        card = await it.opens(comment="Slow.", segment="", csm_email="kofi@acme.example")
        await it.shows(card, "Kofi (CSM) isn't in the channel, so")


def membership(it: Acting, kind: str, user: str, at: str, channel: str = RELATIONAL) -> dict[str, Any]:
    event = {"type": kind, "user": user, "channel": channel, "channel_type": "C", "team": "T0DEMO", "event_ts": at}
    return dict(it.workspace.delivery._wrapped(event))
