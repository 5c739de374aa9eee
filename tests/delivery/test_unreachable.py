"""A place that can't be reached: the card goes somewhere else and says why, the admin hears of it once."""

from pathlib import Path
from typing import Any

import pytest

from demo.rates import Pace
from demo.running import RunningWorkspace
from store.slack import outbox, people
from store.slack.outbox import Rank, Wanted
from store.slack.people import Place
from tests.support.shown import row_of, sent_for, settled, surfaces, thread_of
from tests.support.story import FALLBACK, RELATIONAL, Story, story, words_of

Json = dict[str, Any]
pytestmark = pytest.mark.usefixtures("short_rests")


def remove(workspace: RunningWorkspace, channel: str) -> None:
    workspace.life.remove_bot("U0MARCUS", channel)


def archive(workspace: RunningWorkspace, channel: str) -> None:
    workspace.life.archive("U0MARCUS", channel)


def forget(workspace: RunningWorkspace, channel: str) -> None:
    """As a channel that was made private looks to the bot."""
    workspace.state.rooms[channel].kind = "private"
    workspace.state.rooms[channel].members.discard("U0WINBACK")


WAYS = {"not_in_channel": remove, "is_archived": archive, "channel_not_found": forget}
WORDS = {"not_in_channel": "not invited", "is_archived": "archived", "channel_not_found": "not found"}


def troubles(it: Story) -> list[str]:
    return [words_of(m) for m in it.workspace.dms("U0SAM")]


@pytest.mark.parametrize("error", WAYS)
@pytest.mark.usefixtures("no_pace")
async def test_a_card_goes_to_the_fallback_channel_and_says_why(sqlite_db: str, tmp_path: Path, error: str) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        WAYS[error](it.workspace, RELATIONAL)
        await it.answers()
        card = await it.card(channel=FALLBACK)
        await settled(it)
        assert f"<#{RELATIONAL}> could not be reached ({WORDS[error]})" in words_of(card)
        assert "Four months instead of thirty days." in words_of(card)
        assert surfaces(it.workspace)["case:1"] == 1
        assert len(troubles(it)) == 1
        assert WORDS[error] in troubles(it)[0]


@pytest.mark.usefixtures("no_pace")
async def test_the_admin_hears_once_whatever_fails_there(sqlite_db: str, tmp_path: Path) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        remove(it.workspace, RELATIONAL)
        for number in range(5):
            await it.answers(email=f"c{number}@customer.example")
        await it.workspace.until(lambda: len(it.cards(FALLBACK)) == 5)
        await settled(it)
        assert len(troubles(it)) == 1


@pytest.mark.usefixtures("no_pace")
async def test_the_fallback_fails_too_and_the_lead_gets_it(sqlite_db: str, tmp_path: Path) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        archive(it.workspace, RELATIONAL)
        archive(it.workspace, FALLBACK)
        await it.answers()
        found = await it.workspace.until(lambda: it.workspace.dms("U0MARCUS"))
        await settled(it)
        assert "Four months instead of thirty days." in words_of(found[0])
        assert f"<#{RELATIONAL}> could not be reached" in words_of(found[0])
        assert surfaces(it.workspace)["case:1"] == 1
        assert len(troubles(it)) == 2


@pytest.mark.usefixtures("no_pace")
async def test_the_card_works_where_it_went(sqlite_db: str, tmp_path: Path) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        remove(it.workspace, RELATIONAL)
        await it.answers()
        card = await it.card(channel=FALLBACK)
        await it.workspace.click("U0PRIYA", FALLBACK, card["ts"], "case_claim")
        claimed = await it.card(lambda words: "Log outreach" in words, channel=FALLBACK)
        await settled(it)
        assert claimed["ts"] == card["ts"]
        assert "could not be reached" in words_of(claimed)
        assert len(thread_of(it, FALLBACK, card["ts"])) == 1


@pytest.mark.usefixtures("no_pace")
async def test_nowhere_to_show_it_stops_and_a_later_change_tries_its_own_place_again(
    sqlite_db: str, tmp_path: Path
) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        archive(it.workspace, RELATIONAL)
        archive(it.workspace, FALLBACK)
        it.workspace.faults.set("chat.postMessage", error="messages_tab_disabled")
        await it.answers(response_id="r1", comment="")
        await it.workspace.until(lambda: len(sent_for(it.workspace, "case:1")) >= 3)
        await settled(it)
        assert (await row_of(it.bot.db, "case:1")).stopped
        tried = len(sent_for(it.workspace, "case:1"))
        it.workspace.faults.clear()
        it.workspace.state.rooms[RELATIONAL].archived = False
        await it.answers(response_id="r1", comment="And nobody called.")
        card = await it.card()
        await settled(it)
        assert "And nobody called." in words_of(card)
        assert "could not be reached" not in words_of(card)
        assert len(sent_for(it.workspace, "case:1")) == tried + 1


@pytest.mark.parametrize("error", WAYS)
@pytest.mark.usefixtures("no_pace")
async def test_a_card_whose_channel_is_lost_moves_and_its_thread_follows(
    sqlite_db: str, tmp_path: Path, error: str
) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        await it.answers(response_id="r1", comment="")
        await it.card()
        WAYS[error](it.workspace, RELATIONAL)
        if error == "not_in_channel":
            # Slack lets a bot change its own messages in a channel it was removed from; should it not, it says so.
            it.workspace.faults.set("chat.update", error=error, times=1)
        await it.answers(response_id="r1", comment="And nobody called.")
        card = await it.card(channel=FALLBACK)
        await settled(it)
        assert "And nobody called." in words_of(card)
        assert len(thread_of(it, FALLBACK, card["ts"])) == 1


@pytest.mark.usefixtures("no_pace")
async def test_a_line_that_finds_its_thread_closed_takes_the_card_along(sqlite_db: str, tmp_path: Path) -> None:
    """The card was updated, then the bot was removed, then the line was to be posted: the card's look is unchanged."""
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        await it.answers()
        card = await it.card()
        await settled(it)
        it.workspace.faults.set("chat.postMessage", error="internal_error", times=1)
        await it.workspace.click("U0PRIYA", RELATIONAL, card["ts"], "case_claim")
        await it.card(lambda words: "Log outreach" in words)
        archive(it.workspace, RELATIONAL)
        moved = await it.card(channel=FALLBACK)
        line = await it.workspace.until(lambda: thread_of(it, FALLBACK, moved["ts"]), 10)
        await settled(it)
        assert "claimed" in line[0]


@pytest.mark.usefixtures("no_pace")
async def test_a_deleted_card_is_posted_anew(sqlite_db: str, tmp_path: Path) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        await it.answers(response_id="r1", comment="")
        card = await it.card()
        room = it.workspace.state.rooms[RELATIONAL]
        room.remove(room.by_ts[card["ts"]])
        await it.answers(response_id="r1", comment="And nobody called.")
        anew = await it.card(lambda words: "And nobody called." in words)
        await settled(it)
        assert surfaces(it.workspace) == {"case:1": 1, "case:1:note:3": 1}
        assert len(thread_of(it, RELATIONAL, anew["ts"])) == 1


@pytest.mark.usefixtures("no_pace")
async def test_a_line_whose_card_was_deleted_brings_the_card_back(sqlite_db: str, tmp_path: Path) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        await it.answers()
        card = await it.card()
        await settled(it)
        it.workspace.faults.set("chat.postMessage", error="internal_error", times=1)
        await it.workspace.click("U0PRIYA", RELATIONAL, card["ts"], "case_claim")
        await it.card(lambda words: "Log outreach" in words)
        room = it.workspace.state.rooms[RELATIONAL]
        room.remove(room.by_ts[card["ts"]])
        anew = await it.workspace.until(lambda: it.cards() and it.cards()[0]["ts"] != card["ts"] and it.cards()[0], 10)
        await it.workspace.until(lambda: thread_of(it, RELATIONAL, anew["ts"]), 10)
        await settled(it)
        assert set(surfaces(it.workspace).values()) == {1}
        assert len(sent_for(it.workspace, "case:1:note:3")) < 10


@pytest.mark.usefixtures("no_pace")
async def test_somebody_who_can_not_be_written_to(sqlite_db: str, tmp_path: Path) -> None:
    """The word to the former owner goes to the lead; the card and its thread are not held up."""
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        await it.answers()
        card = await it.card()
        await it.workspace.click("U0PRIYA", RELATIONAL, card["ts"], "case_claim")
        await it.card(lambda words: "Log outreach" in words)
        await settled(it)
        it.workspace.faults.set("chat.postMessage", error="user_disabled", times=1)
        await it.workspace.click("U0MARCUS", RELATIONAL, card["ts"], "case_more", value="release:1")
        await it.workspace.until(lambda: len(thread_of(it, RELATIONAL, card["ts"])) == 2)
        await settled(it)
        assert set(surfaces(it.workspace).values()) == {1}


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_too_long", "msg_blocks_too_long"])
@pytest.mark.usefixtures("no_pace")
async def test_a_look_that_slack_refuses_is_said_in_plain_words(sqlite_db: str, tmp_path: Path, error: str) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        it.workspace.faults.set("chat.postMessage", error=error, times=1)
        await it.answers()
        card = await it.card()
        await settled(it)
        assert "Northwind Traders" in card["text"]
        assert not card.get("blocks")
        assert surfaces(it.workspace) == {"case:1": 1}


@pytest.mark.usefixtures("no_pace")
async def test_plain_words_refused_too_stop_and_a_later_change_tries_again(sqlite_db: str, tmp_path: Path) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        it.workspace.faults.set("chat.postMessage", error="invalid_blocks", times=2)
        await it.answers(response_id="r1", comment="")
        await it.workspace.until(lambda: len(it.workspace.recorded.of("chat.postMessage")) == 2)
        await settled(it)
        assert not it.cards()
        await it.answers(response_id="r1", comment="And nobody called.")
        await it.card(lambda words: "And nobody called." in words)
        await settled(it)
        assert surfaces(it.workspace)["case:1"] == 1


@pytest.mark.usefixtures("no_pace")
async def test_a_home_that_slack_refuses_is_no_message(sqlite_db: str, tmp_path: Path) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        it.workspace.faults.set("views.publish", error="invalid_arguments", times=1)
        it.workspace.life.open_home("U0PRIYA")
        await it.workspace.until(lambda: it.workspace.recorded.of("views.publish"))
        await settled(it)
        assert not it.workspace.recorded.of("chat.postMessage")


async def test_a_channel_named_in_the_policy_has_one_lane(sqlite_db: str, tmp_path: Path) -> None:
    """`#nps-relational` and its id are the same channel, so they wait for the same second."""
    async with story(sqlite_db, tmp_path) as it:
        await it.answers()
        await it.card()
        async with it.bot.db.write() as tx:
            await people.save_place(tx, Place("#nps-relational", RELATIONAL, "nps-relational"))
            it.bot.house.directory = await people.load(tx)
            await outbox.want(tx, Wanted("trouble:C0X:2026-01-01", "#nps-relational", Rank.CARD))
        await it.answers(email="other@customer.example")
        await it.workspace.until(lambda: len(it.workspace.messages(RELATIONAL)) == 3)
        assert not it.workspace.limits.refused
