"""Rows of the clock: jobs done once, signs of life, and a timer for each case of an older database."""

import asyncio
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from recovery.cases.steps import Step
from recovery.clock.alarms import Alarm, Level
from store import jobs
from store.cases import alarms, notices
from store.cases.alarms import Raise
from store.cases.notices import BulletinKind
from store.engine import Database
from store.migrate import HEAD, differences, migrate, version
from store.tables import accounts, contacts, responses, timers
from tests.clock.clocked import PRIYA, Clocked, TwoClocks

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


async def test_a_job_is_done_once_whoever_does_it(db: Database) -> None:
    async def tries() -> bool:
        async with db.write() as tx:
            return await jobs.once(tx, "morning", "2026-11-23", PRIYA)

    assert sum(await asyncio.gather(*(tries() for _ in range(8)))) == 1
    async with db.write() as tx:
        assert not await jobs.once(tx, "morning", "2026-11-23", PRIYA)
        assert await jobs.once(tx, "morning", "2026-11-24", PRIYA)
        assert await jobs.once(tx, "morning", "2026-11-23", "U0JEN")
        assert await jobs.once(tx, "weekly", "2026-11-23", PRIYA)


async def test_a_job_that_failed_may_be_done_again(db: Database) -> None:
    async def breaks() -> None:
        async with db.write() as tx:
            assert await jobs.once(tx, "weekly", "2026-W48")
            raise RuntimeError("in the middle of it")

    with pytest.raises(RuntimeError):
        await breaks()
    async with db.write() as tx:
        assert await jobs.once(tx, "weekly", "2026-W48")


async def test_signs_of_life_go_by_real_time(db: Database, clock: TwoClocks) -> None:
    async with db.write() as tx:
        assert await jobs.last_beat(tx, "deadlines") is None
        await jobs.beat(tx, "deadlines")
    first = clock.real
    clock.move(hours=5)
    async with db.write() as tx:
        assert await jobs.last_beat(tx, "deadlines") == first
        await jobs.beat(tx, "deadlines")
        assert await jobs.last_beat(tx, "deadlines") == first
        assert await jobs.last_beat(tx, "auditor") is None


async def test_an_alarm_is_raised_once(here: Clocked) -> None:
    case = await here.owned()
    nudge, urge = (Alarm(Step.OUTREACH, level, 0, MONDAY) for level in (Level.NUDGE, Level.URGE))
    async with here.db.write() as tx:
        (first,) = await alarms.raise_all(tx, [Raise(case.id, nudge, spoken=True)])
    async with here.db.write() as tx:
        (second,) = await alarms.raise_all(tx, [Raise(case.id, nudge, spoken=True), Raise(case.id, urge, spoken=False)])
        assert (second.level, second.spoken) == (Level.URGE, False)
        assert await alarms.of_case(tx, case.id) == [first, second]
        assert await alarms.of_cases(tx, [case.id, 99]) == {case.id: [first, second]}
        assert await alarms.get(tx, [second.id, 99]) == [second]
        assert await alarms.raise_all(tx, []) == []
        assert await alarms.of_cases(tx, []) == {}
    assert first.raised_at == here.clock.at


async def test_a_bulletin_of_nothing_and_of_nobody(db: Database) -> None:
    async with db.write() as tx:
        assert await notices.get_bulletin(tx, 1) is None
        number = await notices.make_bulletin(tx, PRIYA, BulletinKind.MORNING, {"day": "2026-11-23"})
        found = await notices.get_bulletin(tx, number)
        assert found is not None
        assert (found.user, found.kind, found.said_at) == (PRIYA, BulletinKind.MORNING, MONDAY)
        assert found.about == {"day": "2026-11-23"}
        assert await notices.bulletin_items(tx, number) == []
        # Only alerts count for how often somebody is told.
        assert await notices.said_last(tx, PRIYA) is None


async def test_an_older_database_gets_a_timer_for_each_open_case(database_url: str, clock: TwoClocks) -> None:
    db = Database(database_url, clock)
    async with db.write() as tx:
        await tx.conn.run_sync(_upgraded_to, "0003")
        await tx.conn.execute(sa.insert(contacts), [{"id": n, "key": f"c{n}"} for n in (1, 2)])
        await tx.conn.execute(sa.insert(accounts).values(id=1, key="a"))
        for number, state in ((1, "open"), (2, "closed")):
            answer = {
                "id": number, "source": "t", "response_id": f"r{number}", "programme": "relational",
                "contact_id": number, "score": 2, "category": "detractor", "responded_at": MONDAY,
                "version_at": MONDAY, "received_at": MONDAY,
            }  # fmt: skip
            await tx.conn.execute(sa.insert(responses).values(**answer))
            older = sa.text(
                "INSERT INTO cases (id, programme, contact_id, response_id, state, urgency, opened_at, submitted_at,"
                " assign_due, outreach_due) VALUES (:id, 'relational', :id, :id, :state, 'normal', :at, :at, :at, :at)"
            ).bindparams(sa.bindparam("at", MONDAY, responses.c.responded_at.type))
            await tx.conn.execute(older, {"id": number, "state": state})
    assert await migrate(db)
    assert await version(db) == HEAD
    async with db.read() as tx:
        rows = (await tx.conn.execute(sa.select(timers.c.case_id, timers.c.kind, timers.c.due_at))).all()
        assert await differences(tx) == []
    assert rows == [(1, "clock", MONDAY)]
    await db.close()


def _upgraded_to(connection: sa.Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
