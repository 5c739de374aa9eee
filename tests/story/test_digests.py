"""A morning and a Monday in the running bot: what people read in Slack, and that they read it once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from recovery.clock.sla import is_working_day
from tests.story.acting import MARCUS, PRIYA, Acting, soon
from tests.story.conftest import acting
from tests.support.shown import settled
from tests.support.story import POLICY, RELATIONAL, surface_of, words_of

LONDON = ZoneInfo("Europe/London")


@asynccontextmanager
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Acting]:
    """A workspace of which the bot knows the people, on a policy with both summaries."""
    policy = POLICY.read_text("utf-8")
    assert "[digests]" in policy
    async with acting(database_url, tmp_path) as it:
        await soon(lambda: PRIYA in it.story.bot.house.directory.people)
        yield it


def a_monday(it: Acting) -> date:
    """A Monday on which people work, far enough away that what opens now is overdue by then."""
    policy = it.story.bot.house.policy
    day = datetime.fromtimestamp(it.workspace.clock.now(), UTC).astimezone(LONDON).date() + timedelta(days=3)
    while day.weekday() or not is_working_day(policy.calendar_of(policy.programmes["relational"]), day):
        day += timedelta(days=1)
    return day


async def clock_to(it: Acting, day: date, at: time) -> None:
    wanted = datetime.combine(day, at, LONDON).timestamp()
    moved = it.workspace.advance(wanted - it.workspace.clock.now())
    await soon(lambda: it.story.bot.clock.now().timestamp() >= moved - 1)


async def beat(it: Acting) -> None:
    await it.story.bot.chores.beat()
    await settled(it.story)


def digests(messages: list[dict[str, Any]], words: str) -> list[str]:
    """The summaries among these messages."""
    return [
        said
        for message in messages
        if surface_of(message).startswith("bulletin:") and words in (said := words_of(message))
    ]


async def test_a_monday_morning(sqlite_db: str, tmp_path: Path) -> None:
    async with office(sqlite_db, tmp_path) as it:
        monday = a_monday(it)
        case, other = await it.opens(), await it.opens()
        await it.click(PRIYA, case, "case_claim")
        await clock_to(it, monday, time(8, 29))
        await beat(it)
        assert digests(it.workspace.dms(PRIYA), "you today") == []

        await clock_to(it, monday, time(8, 31))
        await beat(it)
        (said,) = digests(it.workspace.dms(PRIYA), "you today")
        assert "1 case needs you today" in said
        assert case.customer in said
        assert other.customer not in said
        assert digests(it.workspace.dms(MARCUS), "you today") == []
        assert digests(it.workspace.messages(RELATIONAL), "last seven days") == []

        await clock_to(it, monday, time(9, 1))
        await beat(it)
        await beat(it)
        assert len(digests(it.workspace.dms(PRIYA), "you today")) == 1
        (week,) = digests(it.workspace.messages(RELATIONAL), "last seven days")
        assert "Open: 2" in week
        assert "1 without an owner" in week
