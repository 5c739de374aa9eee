"""Lanes: a call of a lane is taken by one replica only."""

import asyncio
from datetime import timedelta

from recovery.pacing import POST, TIER_3
from store.engine import Database
from store.errors import Contended
from store.migrate import migrate
from store.slack import lanes
from tests.store.conftest import StillClock


async def enter(db: Database, name: str = "post:C1") -> bool:
    try:
        async with db.write() as tx:
            known = (await lanes.free_at(tx, {name})).get(name)
            await asyncio.sleep(0)
            return await lanes.enter(tx, name, POST, known)
    except Contended:
        return False


async def test_of_many_replicas_one_enters(db: Database, clock: StillClock) -> None:
    assert sum(await asyncio.gather(*(enter(db) for _ in range(8)))) == 1
    assert sum(await asyncio.gather(*(enter(db) for _ in range(8)))) == 0
    clock.move(seconds=1)
    assert sum(await asyncio.gather(*(enter(db) for _ in range(8)))) == 1


async def test_a_burst_then_the_pace(db: Database, clock: StillClock) -> None:
    async def one() -> bool:
        async with db.write() as tx:
            return await lanes.enter(tx, "update", TIER_3, (await lanes.free_at(tx, {"update"})).get("update"))

    assert [await one() for _ in range(11)] == [True] * 10 + [False]
    clock.move(seconds=1.5)
    assert [await one() for _ in range(2)] == [True, False]


async def test_a_held_lane_opens_when_it_is_told(db: Database, clock: StillClock) -> None:
    assert await enter(db)
    async with db.write() as tx:
        await lanes.hold(tx, "post:C1", tx.wall + timedelta(minutes=5))
    clock.move(seconds=30)
    assert not await enter(db)
    clock.move(minutes=5)
    assert await enter(db)


async def test_a_lane_that_is_closed_for_longer_stays_so(db: Database, clock: StillClock) -> None:
    """Slack's answers come out of order: an earlier, shorter rest must not end a later, longer one."""
    assert await enter(db)
    for seconds in (60, 10):
        async with db.write() as tx:
            await lanes.close(tx, "post:C1", POST, tx.wall + timedelta(seconds=seconds))
    clock.move(seconds=59)
    assert not await enter(db)
    clock.move(seconds=1)
    assert await enter(db)


async def test_of_two_turns_at_one_moment_one_is_had(postgres_db: str, clock: StillClock) -> None:
    """Also when no time at all has passed since the last one, as on clocks that tick seldom."""
    db = Database(postgres_db, clock)
    await migrate(db)
    await db.open()
    both = asyncio.Barrier(2)

    async def turn() -> bool:
        async with db.write() as tx:
            await lanes.free_at(tx, {"chores"})  # its connection is there
            await both.wait()
            return await lanes.take_turn(tx, "chores")

    try:
        for _ in range(5):
            assert sorted(await asyncio.gather(turn(), turn())) == [False, True]
    finally:
        await db.close()
