"""The first working day of a month in the running bot: what leadership reads in Slack, and that they read it once."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from recovery.clock.sla import is_working_day
from recovery.figures.periods import MONTHS
from tests.story.acting import ELENA, MARCUS, ONBOARDING, PRIYA, Acting, soon
from tests.story.conftest import acting
from tests.support.sent import check_sent
from tests.support.shown import settled
from tests.support.story import surface_of, words_of

LONDON = ZoneInfo("Europe/London")
EXECUTIVES = "G0EXEC"


def now_of(it: Acting) -> date:
    """Today in UTC: cases that are opened now are of this month."""
    return datetime.fromtimestamp(it.workspace.clock.now(), UTC).date()


def first_working_day_after(it: Acting, day: date) -> date:
    policy = it.story.bot.house.policy
    found = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    while not is_working_day(policy.calendar_of(policy.programmes["relational"]), found):
        found += timedelta(days=1)
    return found


async def beat_at(it: Acting, moment: datetime) -> None:
    moved = it.workspace.advance(moment.timestamp() - it.workspace.clock.now())
    await soon(lambda: it.story.bot.clock.now().timestamp() >= moved - 1)
    await it.story.bot.chores.beat()
    await settled(it.story)


def summaries(messages: list[dict[str, Any]]) -> list[str]:
    """The monthly summaries among these messages."""
    return [
        said
        for message in messages
        if surface_of(message).startswith("bulletin:") and "Steps on time" in (said := words_of(message))
    ]


async def test_a_month_ends(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        await soon(lambda: {PRIYA, MARCUS, ELENA} <= it.story.bot.house.directory.people.keys())
        # A test that begins in the last minutes of a month would end in the next one.
        if (datetime.fromtimestamp(it.workspace.clock.now(), UTC) + timedelta(minutes=30)).date() != now_of(it):
            await beat_at(it, datetime.fromtimestamp(it.workspace.clock.now(), UTC) + timedelta(hours=1))
        ended = now_of(it)
        first, _ = await it.opens(), await it.opens()
        await it.opens(ONBOARDING)
        await it.click(PRIYA, first, "case_claim")
        day = first_working_day_after(it, ended)

        await beat_at(it, datetime.combine(day, time(8, 55), LONDON))
        assert summaries(it.workspace.messages(EXECUTIVES)) == []

        await beat_at(it, datetime.combine(day, time(9, 1), LONDON))
        (said,) = summaries(it.workspace.messages(EXECUTIVES))
        assert f"Relational: {MONTHS[ended.month - 1]} {ended.year}" in said
        assert "Detractors:* 2" in said
        assert "Open now: 2*" in said
        assert summaries(it.workspace.messages(ONBOARDING)) == []

        # Onboarding has no such channel: its lead and its sponsor hear, each in their own morning.
        for user in (MARCUS, ELENA):
            zone = it.story.bot.house.directory.people[user].zone_info
            morning = datetime.combine(day, time(9, 2), zone)
            if morning.timestamp() > it.workspace.clock.now():
                await beat_at(it, morning)
            (told,) = summaries(it.workspace.dms(user))
            assert f"Onboarding: {MONTHS[ended.month - 1]} {ended.year}" in told
            assert "Detractors:* 1" in told
        for _ in range(2):
            await it.story.bot.chores.beat()
        await settled(it.story)
        assert summaries(it.workspace.messages(EXECUTIVES)) == [said]
        assert [len(summaries(it.workspace.dms(user))) for user in (MARCUS, ELENA, PRIYA)] == [1, 1, 0]
        check_sent(it.workspace)
