"""Where we can't post: nothing is told as published or shared, and what was lost all the same can be posted again."""

from datetime import datetime
from pathlib import Path

from bot.flows.cases.casework import Asker
from bot.flows.figures import readouts
from bot.views.readouts.draft import Carried
from recovery.figures.periods import quarter, quarter_of
from recovery.readouts.page import Ask, AskKind
from tests.readouts.test_in_slack import presses, read_last, says, shares
from tests.readouts.test_readout_in_slack import (
    EXEC,
    by_when,
    edits,
    good,
    moves_to,
    pressable,
    published,
    publishes,
)
from tests.story.acting import ELENA, MARCUS, PRIYA, Acting
from tests.story.conftest import acting
from tests.support.quarters import after_quarter, in_one_quarter, quarter_key
from tests.support.shown import settled
from tests.support.story import RELATIONAL, words_of


def notes(it: Acting, words: str) -> list[str]:
    return [said for said in map(words_of, it.workspace.dms(MARCUS)) if words in said]


async def test_in_a_channel_without_us_nothing_is_published_until_we_are_invited(
    sqlite_db: str, tmp_path: Path
) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        today = await in_one_quarter(it, days=1)
        await it.opens()
        await says(it, f"/nps readout {quarter_key(today)}", MARCUS)
        assert await it.submits(MARCUS, await edits(it), **good(it)) == {}
        await it.workspace.until(lambda: "two engineers" in words_of(read_last(it, MARCUS)))
        await moves_to(it, after_quarter(today))
        it.workspace.life.remove_bot(ELENA, EXEC)
        await says(it, f"/nps readout {quarter_key(today)}", MARCUS)
        said = await publishes(it)
        assert f"I can't post in <#{EXEC}>" in said
        assert "type `/invite @winback`" in said
        await settled(it.story)
        assert "Draft. Only you see it" in await says(it, f"/nps readout {quarter_key(today)}", MARCUS)
        it.workspace.life.invite_bot(ELENA, EXEC)
        await presses(it, "readout_publish", "Published in", MARCUS)
        await it.workspace.until(lambda: published(it))
        await settled(it.story)
        assert len(published(it)) == 1


async def test_what_slack_would_not_take_is_told_to_the_leads_and_posted_again(sqlite_db: str, tmp_path: Path) -> None:
    """We were in the channel when it was published, and not any more a moment later."""
    async with acting(sqlite_db, tmp_path) as it:
        today = await in_one_quarter(it, days=1)
        await it.opens()
        await moves_to(it, after_quarter(today))
        it.workspace.life.open_home(MARCUS)
        it.workspace.life.remove_bot(ELENA, EXEC)
        await publishes_unseen(it, today)
        (told,) = await it.workspace.until(lambda: notes(it, "nobody has it"))
        await settled(it.story)
        assert f"I can't post in <#{EXEC}>" in told
        await home_says(it, "published, and Slack would not take it")

        room = it.workspace.state.dm(MARCUS).id
        (message,) = [each for each in it.workspace.dms(MARCUS) if "nobody has it" in words_of(each)]
        await it.workspace.click(MARCUS, room, message["ts"], "readout_open")
        opened = await it.workspace.until(lambda: it.workspace.ephemerals(MARCUS, room))
        assert "Post it again" in words_of(opened[-1])
        assert pressable(opened[-1])[0] == "readout_publish"
        before = len(it.workspace.ephemerals(MARCUS, room))
        await it.workspace.click(MARCUS, room, opened[-1]["ts"], "readout_publish")
        await it.workspace.until(lambda: len(it.workspace.ephemerals(MARCUS, room)) > before)
        assert f"I can't post in <#{EXEC}>" in words_of(it.workspace.ephemerals(MARCUS, room)[-1])

        it.workspace.life.invite_bot(ELENA, EXEC)
        await it.workspace.click(MARCUS, room, opened[-1]["ts"], "readout_publish")
        await it.workspace.until(lambda: published(it))
        await it.workspace.until(lambda: not notes(it, "nobody has it"))
        await settled(it.story)
        assert len(published(it)) == 1
        assert len(notes(it, "is published")) == 1
        await home_says(it, "published, nobody has decided: Give onboarding two engineers")


async def home_says(it: Acting, words: str) -> None:
    await it.workspace.until(lambda: words in words_of(it.workspace.home(MARCUS) or {}).replace("\u2060", ""))


async def publishes_unseen(it: Acting, day: datetime) -> None:
    """What the button does, without its look at the channel: a moment ago we were there."""
    bot, lead = it.story.bot, Asker(MARCUS)
    programme = bot.house.policy.programmes["relational"]
    ask = Ask(AskKind.DO, "Give onboarding two engineers", "Amara Nwosu", "Hires them by March", by_when(it))
    async with bot.db.write() as tx:
        readout = await readouts.begin(tx, bot.house, programme, quarter(quarter_of(day)), lead)
    carried = Carried(readout.id, readout.version)
    async with bot.db.write() as tx:
        await readouts.write(tx, bot.house, carried, {}, ask, lead)
    async with bot.db.write() as tx:
        await readouts.publish(tx, bot.house, Carried(readout.id, readout.version + 1), lead, None)


async def test_nothing_is_told_as_shared_where_we_can_not_post(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        await it.opens()
        await says(it, "/nps status")
        it.workspace.life.remove_bot(MARCUS, RELATIONAL)
        ts, before = read_last(it)["ts"], len(it.workspace.ephemerals(PRIYA, RELATIONAL))
        await it.workspace.click(PRIYA, RELATIONAL, ts, "figures_share")
        await it.workspace.until(lambda: len(it.workspace.ephemerals(PRIYA, RELATIONAL)) > before)
        said = words_of(read_last(it))
        assert f"I can't post in <#{RELATIONAL}> (not invited). What helps: type `/invite @winback`" in said
        it.workspace.life.invite_bot(MARCUS, RELATIONAL)
        await it.workspace.click(PRIYA, RELATIONAL, ts, "figures_share")
        await it.workspace.until(lambda: shares(it))
        await settled(it.story)
        assert len(shares(it)) == 1
