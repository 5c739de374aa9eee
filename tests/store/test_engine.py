"""Transactions: no update is lost, nothing of a failed one stays, workers are woken only by a commit."""

import asyncio
import sqlite3
import threading
import time

import pytest
import sqlalchemy as sa

from store.clock import SystemClock
from store.engine import Database, Tx
from store.errors import Stale
from store.migrate import HEAD, differences, migrate, version
from store.tables import lanes, metadata

MANY = 60


async def test_the_migrations_make_the_tables(db: Database) -> None:
    assert await version(db) == HEAD
    async with db.read() as tx:
        assert await differences(tx) == []


async def test_migrating_twice_does_nothing(db: Database) -> None:
    assert await migrate(db) is False


async def test_two_processes_may_migrate_at_once(database_url: str) -> None:
    databases = [Database(database_url, SystemClock()) for _ in range(2)]
    ran = await asyncio.gather(*(migrate(each) for each in databases))
    assert sorted(ran) in ([False, True], [True, True])
    async with databases[0].read() as tx:
        assert await differences(tx) == []
    for each in databases:
        await each.close()


async def test_read_then_write_loses_no_update(db: Database, clock: SystemClock) -> None:
    """The trap of the architecture page: SQLite under the default BEGIN leaves 25 of 200, without an error."""
    async with db.write() as tx:
        await tx.conn.execute(sa.insert(lanes).values(lane="0", free_at=clock.now()))

    async def add_one() -> None:
        async with db.write() as tx:
            lock = sa.select(lanes.c.lane).with_for_update()
            value = int((await tx.conn.execute(lock)).scalar_one())
            await asyncio.sleep(0)
            await tx.conn.execute(sa.update(lanes).values(lane=str(value + 1)))

    await asyncio.gather(*(add_one() for _ in range(MANY)))
    async with db.read() as tx:
        assert await tx.conn.scalar(sa.select(lanes.c.lane)) == str(MANY)


async def test_a_failed_transaction_leaves_nothing_and_rings_nobody(db: Database, clock: SystemClock) -> None:
    async def fail(tx: Tx) -> None:
        await tx.conn.execute(sa.insert(lanes).values(lane="half", free_at=clock.now()))
        tx.ring("work")
        raise Stale(1)

    with pytest.raises(Stale):
        async with db.write() as tx:
            await fail(tx)
    async with db.read() as tx:
        assert await tx.conn.scalar(sa.select(sa.func.count()).select_from(lanes)) == 0
    start = time.monotonic()
    await db.bells.wait("work", 0.05)
    assert time.monotonic() - start >= 0.04


async def test_a_commit_wakes_whoever_waits(db: Database) -> None:
    waiting = asyncio.create_task(db.bells.wait("work", 30))
    async with db.write() as tx:
        tx.ring("work")
    await asyncio.wait_for(waiting, 5)


async def test_another_replica_hears_the_bell(postgres_db: str) -> None:
    one, other = Database(postgres_db, SystemClock()), Database(postgres_db, SystemClock())
    await other.open()
    waiting = asyncio.create_task(other.bells.wait("work", 30))
    async with one.write() as tx:
        tx.ring("work")
    await asyncio.wait_for(waiting, 5)
    await one.close()
    await other.close()


def test_no_column_keeps_a_moment_without_a_zone() -> None:
    naive = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.c
        if isinstance(column.type, sa.DateTime)
    ]
    assert naive == []


async def test_statements_of_the_sqlite_writer_make_no_trip_to_a_thread(sqlite_db: str) -> None:
    db = Database(sqlite_db, SystemClock())
    async with db.write() as tx:
        raw = (await tx.conn.get_raw_connection()).driver_connection
        await raw._execute(raw._conn.create_function, "thread", 0, threading.get_ident)
        assert await tx.conn.scalar(sa.text("SELECT thread()")) == threading.get_ident()
    async with db.read() as tx:
        raw = (await tx.conn.get_raw_connection()).driver_connection
        await raw._execute(raw._conn.create_function, "thread", 0, threading.get_ident)
        assert await tx.conn.scalar(sa.text("SELECT thread()")) != threading.get_ident()
    await db.close()


async def test_waiting_for_another_process_stops_nobody_else(sqlite_db: str) -> None:
    db = Database(sqlite_db, SystemClock())
    async with db.write() as tx:
        await tx.conn.execute(sa.text("CREATE TABLE held (id INTEGER)"))
    other = sqlite3.connect(str(db.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    written = asyncio.Event()

    async def write() -> None:
        async with db.write() as tx:
            await tx.conn.execute(sa.text("INSERT INTO held VALUES (1)"))
        written.set()

    waiting = asyncio.create_task(write())
    async with db.read() as tx:  # would come after the other's lock if the loop stood still, which is never given up
        assert await tx.conn.scalar(sa.text("SELECT count(*) FROM held")) == 0
    assert not written.is_set()
    other.execute("ROLLBACK")
    other.close()
    await asyncio.wait_for(waiting, 10)
    await db.close()
