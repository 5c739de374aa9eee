"""What happens after Slack was told that we have it: nothing of it may break what was kept, and the log says what."""

import logging
from pathlib import Path

import pytest
from slack_bolt.async_app import AsyncRespond

from bot.views.look import Look
from handlers.desk import Desk, show, tell
from recovery.errors import Refusal
from store.engine import Database
from store.slack import outbox, people
from store.slack.outbox import Rank, Wanted
from store.slack.people import Place
from tests.readouts.test_in_slack import read_last, says, shares
from tests.readouts.test_readout_in_slack import EXEC
from tests.story.acting import ELENA, MARCUS, PRIYA, Acting
from tests.story.conftest import acting
from tests.support.shown import row_of, settled
from tests.support.story import POLICY, RELATIONAL, words_of

LOOK = Look("Said.", ())
NOWHERE = "http://127.0.0.1:1/respond/1"  # nobody listens there


def desk_of(it: Acting) -> Desk:
    bot = it.story.bot
    return Desk(bot.db, bot.house, bot.directory, bot.client, bot.themes)


async def test_an_address_that_does_not_answer_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "handlers.desk"):
        await show(AsyncRespond(response_url=NOWHERE), LOOK)
        await tell(AsyncRespond(response_url=NOWHERE), "Said.")
        await show(AsyncRespond(response_url=None), LOOK)
        await tell(AsyncRespond(response_url=None), "Said.")
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 4


async def test_what_can_not_be_shown_again_is_told(sqlite_db: str, tmp_path: Path) -> None:
    """What was typed is kept; that the page of before can't be drawn is a sentence below it."""

    async def gone() -> Look:
        raise Refusal("This readout is gone.")

    async def there() -> Look:
        return Look("The same list.", ())

    async with acting(sqlite_db, tmp_path) as it:
        await says(it, "/nps decisions", MARCUS)
        desk, message = desk_of(it), read_last(it, MARCUS)
        for look, words in ((gone, "This readout is gone."), (there, "The same list.")):
            key = it.workspace.state.response_urls.new(MARCUS, RELATIONAL, message["ts"], None)
            await desk.show_again(f"{it.workspace.url}/respond/{key}", look)
            assert any(words in words_of(each) for each in it.workspace.ephemerals(MARCUS, RELATIONAL))
        await desk.show_again("", gone)
        await desk.show_again(NOWHERE, gone)
        await desk.show_again(NOWHERE, there)


async def test_whether_we_may_post_is_known_by_every_name_of_the_channel(sqlite_db: str, tmp_path: Path) -> None:
    policy = POLICY.read_text("utf-8").replace('executives = "G0EXEC"', 'executives = "#exec-readout"')
    async with acting(sqlite_db, tmp_path, policy=policy) as it:
        desk, name = desk_of(it), "#exec-readout"
        await it.workspace.until(lambda: desk.house.directory.channel_id(name) == EXEC)
        it.workspace.life.remove_bot(ELENA, EXEC)
        for ref in (name, EXEC):
            await desk.directory.refresh_place(ref, 5)
            assert [each.is_closed for each in desk.house.directory.places_of(EXEC)] == [True]
        # Delivery writes its trouble under the id.
        async with desk.db.write() as tx:
            await people.save_place(tx, Place(EXEC, EXEC, "", "not_in_channel"))
        await desk.directory.load()
        it.workspace.faults.set("conversations.info", error="ratelimited", status=429, retry_after=1)
        await desk.directory.refresh_place(name, 5)
        assert all(each.is_closed for each in desk.house.directory.places_of(EXEC))
        it.workspace.faults.clear()
        it.workspace.state.rooms[EXEC].members.add("U0WINBACK")
        await desk.directory.refresh_place(name, 5)
        assert [each.problem for each in desk.house.directory.places_of(EXEC)] == ["", ""]
        it.workspace.faults.set("conversations.info", delay=3)
        await desk.directory.refresh_place(name, 0.05)
        await desk.directory.refresh_place("#nobody-named-this", 1)
        assert [each.problem for each in desk.house.directory.places_of(EXEC)] == ["", ""]
        it.workspace.faults.clear()


async def test_slack_that_does_not_answer_keeps_nobody_from_sharing(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        await it.opens()
        await says(it, "/nps status")
        it.workspace.faults.set("conversations.info", error="internal_error")
        await it.workspace.click(PRIYA, RELATIONAL, read_last(it)["ts"], "figures_share")
        await it.workspace.until(lambda: shares(it))
        await settled(it.story)


async def test_what_was_given_up_goes_where_it_is_wanted_now(db: Database) -> None:
    """The policy has another channel by then; what is under way keeps its place."""
    surface = "readout:1"
    async with db.write() as tx:
        await outbox.want(tx, Wanted(surface, "C0OLD", Rank.CARD))
        await outbox.want(tx, Wanted(surface, "C0NEW", Rank.CARD))
        assert await outbox.given_up(tx, surface) is None
    assert (await row_of(db, surface)).target == "C0OLD"
    async with db.write() as tx:
        (row,) = await outbox.candidates(tx, updates=1)
        await outbox.stop(tx, row, "not_in_channel")
    async with db.write() as tx:
        assert await outbox.given_up(tx, surface) == "not_in_channel"
        await outbox.want(tx, Wanted(surface, "C0NEW", Rank.CARD))
        assert await outbox.given_up(tx, surface) is None
    assert (await row_of(db, surface)).target == "C0NEW"
