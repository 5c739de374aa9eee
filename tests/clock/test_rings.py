"""Timers are worked off once each: by several workers, through kills, past cases on which everything breaks."""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.flows.clock import ringing
from recovery.cases.case import Case
from recovery.cases.steps import Step
from recovery.clock.alarms import Level
from scheduler.deadlines import BATCH, Deadlines
from scheduler.speaker import Speaker
from store.cases import notices as store_notices
from store.cases import timers
from store.cases.notices import BulletinKind, Notice
from store.cases.timers import Timer, TimerKind
from store.engine import Database
from store.migrate import migrate
from store.slack import outbox as store_outbox
from store.tables import bulletins, cases, notices, outbox
from tests.clock.clocked import ELENA, HOUR, JEN, PRIYA, SAM, Clocked, TwoClocks, house_of

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


async def test_a_worker_that_dies_anywhere_loses_and_doubles_nothing(here: Clocked) -> None:
    found = [await here.owned() for _ in range(30)]
    here.clock.move(hours=25)
    chance = random.Random(4)
    for _ in range(40):
        work = asyncio.create_task(here.deadlines.step())
        for _ in range(chance.randrange(60)):
            await asyncio.sleep(0)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        here.restart()
    await here.rings()
    for case in found:
        assert [row.level for row in await here.alarms(case)] == [Level.NUDGE]
        assert len(await here.heard(case)) == 1
        assert await here.timer(case) is not None
    (bulletin,) = await here.bulletins(PRIYA)
    assert len(await here.said(bulletin)) == len(found)


async def test_several_workers_share_the_work(here: Clocked) -> None:
    found = [await here.owned() for _ in range(40)]
    here.clock.move(hours=49)
    workers = [Deadlines(here.db, here.house) for _ in range(4)]
    await asyncio.gather(*(drained(each) for each in workers))
    speakers = [Speaker(here.db, here.house) for _ in range(4)]
    assert sum(await asyncio.gather(*(each.step() for each in speakers))) == 2
    for user in (PRIYA, ELENA):
        (bulletin,) = await here.bulletins(user)
        assert Counter(await here.said(bulletin)) == Counter({(case.id, Level.BREACH): 1 for case in found})
    assert sum(await asyncio.gather(*(each.step() for each in speakers))) == 0


async def test_a_pile_is_worked_off_before_anybody_is_told(here: Clocked) -> None:
    """One message of all instead of a first part of it; but whoever waits for long is told what there is."""
    found = [await here.owned() for _ in range(BATCH + 20)]
    here.clock.move(hours=25)
    assert await here.deadlines.step()
    assert await here.speaker.step() == 0
    here.clock.real += timedelta(seconds=29)
    assert await here.speaker.step() == 0
    await here.rings()
    (bulletin,) = await here.bulletins(PRIYA)
    assert len(await here.said(bulletin)) == len(found)


async def test_a_pile_that_stays_keeps_nobody_from_being_told(here: Clocked) -> None:
    for _ in range(BATCH + 20):
        await here.owned()
    here.clock.move(hours=25)
    assert await here.deadlines.step()
    assert await here.speaker.step() == 0
    here.clock.real += timedelta(seconds=31)
    assert await here.speaker.step() == 1
    (bulletin,) = await here.bulletins(PRIYA)
    assert len(await here.said(bulletin)) == BATCH


async def drained(worker: Deadlines) -> None:
    while await worker.step():
        pass


async def test_a_case_that_somebody_changes_is_not_waited_for(postgres_db: str) -> None:
    """Another transaction holds a case: its timer is left, the others are taken, and nothing waits."""
    async with on(postgres_db) as here:
        held, free = await here.owned(), await here.owned()
        here.clock.move(hours=25)
        async with here.db.write() as other:
            await other.conn.execute(sa.update(cases).where(cases.c.id == held.id).values(urgency_why="x"))
            async with asyncio.timeout(10), here.db.write() as tx:
                taken = await timers.take(tx, 10)
                assert [timer.case_id for timer in taken] == [free.id]
                await ringing.ring(tx, here.house, taken)
        await here.rings()
        for case in (held, free):
            assert [row.level for row in await here.alarms(case)] == [Level.NUDGE]


async def test_a_case_that_breaks_the_rules_does_not_hold_up_the_others(
    here: Clocked, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = await here.owned(), await here.owned()
    await spoils(here, broken, sla={"outreach": "no limit"})
    with caplog.at_level(logging.ERROR):
        await here.jumps(hours=25)
    assert [row.level for row in await here.alarms(sound)] == [Level.NUDGE]
    assert await here.alarms(broken) == []
    assert await here.timer(broken) == here.clock.at + ringing.RETRY
    assert f"case {broken.id}" in caplog.text
    assert await admitted(here) == 1
    await here.jumps(minutes=11)
    assert await here.timer(broken) == here.clock.at + ringing.RETRY
    assert await admitted(here) == 1, "once a day"
    await spoils(here, broken, sla={})
    await here.jumps(minutes=11)
    assert [row.level for row in await here.alarms(broken)] == [Level.NUDGE]


async def test_a_row_that_can_not_be_read_does_not_hold_up_the_others(
    here: Clocked, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = await here.owned(), await here.owned()
    await spoils(here, broken, urgency="?")
    with caplog.at_level(logging.ERROR):
        await here.jumps(hours=25)
    assert [row.level for row in await here.alarms(sound)] == [Level.NUDGE]
    assert await here.timer(broken) == here.clock.at + timedelta(minutes=10)
    assert await admitted(here) == 1
    await spoils(here, broken, urgency="normal")
    await here.jumps(minutes=11)
    assert [row.level for row in await here.alarms(broken)] == [Level.NUDGE]


async def test_a_release_that_fails_does_not_hold_up_the_others(sqlite_db: str) -> None:
    """The answer of one can't be read, so nobody can say whom the case would go to; it is tried until it can."""
    async with on(sqlite_db) as here:
        broken, sound = await idle(here), await idle(here)
        await here.walks_to(MONDAY + 34 * HOUR)
        await here.runs("UPDATE responses SET version_at = 'never' WHERE case_id = :number", number=broken.id)
        await here.jumps(hours=10)
        assert (await here.case(sound)).owner == ""
        assert (await here.case(broken)).owner == JEN
        assert await here.timer(broken) == here.clock.at + ringing.RETRY
        assert await admitted(here) == 1
        await here.runs("UPDATE responses SET version_at = responded_at")
        await here.jumps(minutes=11)
        assert (await here.case(broken)).owner == ""


async def test_a_release_that_the_database_refuses_says_nothing_of_the_case(sqlite_db: str) -> None:
    """All of its ring is undone and comes again; what the others had decided meanwhile is done one by one."""
    async with on(sqlite_db) as here:
        refused, sound = await idle(here), await idle(here)
        await here.walks_to(MONDAY + 34 * HOUR)
        of_this = f"NEW.case_id = {refused.id} AND NEW.kind = 'released'"
        await here.runs(
            f"CREATE TRIGGER no BEFORE INSERT ON events WHEN {of_this} BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        await here.jumps(hours=10)
        assert (await here.case(sound)).owner == ""
        assert (await here.case(refused)).owner == JEN
        assert Level.IDLE_RELEASE not in {row.level for row in await here.alarms(refused)}
        assert await here.timer(refused) == here.clock.at + ringing.RETRY
        await here.runs("DROP TRIGGER no")
        await here.jumps(minutes=11)
        assert (await here.case(refused)).owner == ""


async def test_releases_and_who_speaks_wait_for_each_other_in_one_order(postgres_db: str) -> None:
    """Who speaks holds what waits to be said, then asks for the home; two releases must not hold the home between."""
    async with on(postgres_db) as here:
        found = [await idle(here) for _ in range(2)]
        async with here.db.write() as tx:
            await store_outbox.want(tx, store_outbox.Wanted(f"home:{JEN}", JEN, store_outbox.Rank.REFRESH))
        await here.walks_to(MONDAY + 34 * HOUR)
        here.clock.move(hours=10)
        (asked,) = [row for row in await here.alarms(found[1]) if row.level is Level.IDLE]
        async with here.db.write() as tx:
            notice = Notice(asked.id, found[1].id, JEN, "owner", "", tx.now)
            await tx.conn.execute(sa.delete(notices).where(notices.c.alarm_id == asked.id))
            await store_notices.add(tx, [notice])
        async with here.db.write() as speaking:
            bulletin = await store_notices.make_bulletin(speaking, JEN, BulletinKind.ALERTS)
            assert await store_notices.say(speaking, JEN, bulletin) == 1
            ring = asyncio.create_task(here.deadlines.step())
            async with asyncio.timeout(10):
                while not await waits(here):
                    assert not ring.done(), "the ring waits for who speaks"
            await store_outbox.refresh(speaking, f"home:{JEN}")
        assert await ring
        assert [(await here.case(case)).owner for case in found] == ["", ""]


async def waits(here: Clocked) -> bool:
    """Whether a transaction waits for another one."""
    async with here.db.read() as tx:
        return bool(await tx.conn.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


async def test_a_programme_that_left_the_policy_is_silent(here: Clocked) -> None:
    case = await here.owned()
    async with here.db.write() as tx:
        await tx.conn.execute(sa.update(cases).values(programme="gone"))
    await here.jumps(hours=49)
    assert await here.alarms(case) == []


async def test_a_timer_that_rings_too_early_is_set_anew(here: Clocked) -> None:
    case = await here.owned()
    async with here.db.write() as tx:
        await timers.follow(tx, case.id, {TimerKind.CLOCK: tx.now})
    await here.rings()
    assert await here.alarms(case) == []
    assert await here.timer(case) == MONDAY + 24 * HOUR


async def test_late_cards_and_homes_are_drawn_again(here: Clocked) -> None:
    case = await here.owned()
    card = f"case:{case.id}"
    async with here.db.write() as tx:
        row = {"surface": f"home:{PRIYA}", "target": PRIYA, "rank": 4, "wanted_at": tx.now}
        await tx.conn.execute(sa.insert(outbox).values(**row))
    before = await here.wanted(card), await here.wanted(f"home:{PRIYA}")
    await here.jumps(hours=25)
    assert await here.wanted(card) == before[0], "a nudge changes no card"
    await here.jumps(hours=24)
    assert await here.wanted(card) == before[0] + 1
    assert await here.wanted(f"home:{PRIYA}") > before[1]


async def test_nobody_reachable_is_told_in_the_fallback_channel(here: Clocked) -> None:
    people = {user: person for user, person in here.house.directory.people.items() if user == PRIYA}
    case = await here.owned()
    here.house.directory = type(here.house.directory)(people, {}, here.house.directory.places, {})
    await here.jumps(hours=49)
    heard = [(level, role, user) for level, role, user in await here.heard(case) if level is Level.BREACH]
    assert heard, "somebody hears"
    async with here.db.write() as tx:
        await tx.conn.execute(sa.update(cases).values(owner="", state="open", assigned_at=None))
    await here.jumps(days=2)
    assert (Level.EXECUTIVE, "channel", "C0CSLEADS") in await here.heard(case)
    assert len(await here.bulletins("C0CSLEADS")) >= 1


async def test_taking_only_some(here: Clocked) -> None:
    one, two = await here.owned(), await here.owned()
    here.clock.move(hours=25)
    async with here.db.write() as tx:
        assert await timers.take(tx, 10, [one.id, 99]) == [Timer(one.id, TimerKind.CLOCK, MONDAY + 24 * HOUR)]
        assert await timers.take(tx, 10, []) == []
        assert [timer.case_id for timer in await timers.take(tx, 10)] == [two.id]


async def test_a_bulletin_takes_each_notice_once(here: Clocked) -> None:
    case: Case = await here.owned()
    await here.walks_to(MONDAY + timedelta(days=5))
    async with here.db.read() as tx:
        rows = (await tx.conn.execute(sa.select(notices))).all()
        said = set((await tx.conn.execute(sa.select(bulletins.c.id))).scalars())
    assert {row.bulletin_id for row in rows if row.bulletin_id} == said
    assert len({(row.alarm_id, row.user_id) for row in rows}) == len(rows)
    assert await here.spoken(case, Step.OUTREACH)


async def spoils(here: Clocked, case: Case, **values: object) -> None:
    async with here.db.write() as tx:
        await tx.conn.execute(sa.update(cases).where(cases.c.id == case.id).values(**values))


async def idle(here: Clocked) -> Case:
    """A case whose owner does nothing; the policy takes it back after 43 hours."""
    here.ruled("")
    return await here.owned(by=JEN)


async def admitted(here: Clocked) -> int:
    """How many messages tell the admin of cases that can't be read."""
    told = sa.select(sa.func.count()).where(bulletins.c.user_id == SAM, bulletins.c.kind == "watch")
    async with here.db.read() as tx:
        return int(await tx.conn.scalar(told) or 0)


@asynccontextmanager
async def on(url: str) -> AsyncIterator[Clocked]:
    """The same house on one kind of database only."""
    clock = TwoClocks()
    db = Database(url, clock)
    await migrate(db)
    await db.open()
    yield Clocked(db, house_of(), clock)
    await db.close()
