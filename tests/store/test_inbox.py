"""The inbox: committed before anybody is told, each delivery once, in order, failures kept."""

import asyncio
from datetime import timedelta

import pytest

from store import receipts
from store.engine import Database
from store.migrate import migrate
from store.receipts import Delivery, Inbox
from tests.store.conftest import StillClock


def delivery(number: int, clock: StillClock, source: str = "generic") -> Delivery:
    return Delivery(source, f"msg_{number}", clock.now(), {"webhook-id": f"msg_{number}"}, b'{"score": 3}')


async def waiting(db: Database) -> list[Delivery]:
    async with db.read() as tx:
        return await receipts.waiting(tx, 1000)


async def test_many_at_once_share_commits_and_none_is_lost(db: Database, clock: StillClock) -> None:
    inbox = Inbox(db, most=16)
    await asyncio.gather(*(inbox.accept(delivery(number, clock)) for number in range(100)))
    stored = await waiting(db)
    assert {each.delivery_id for each in stored} == {f"msg_{number}" for number in range(100)}
    assert [each.id for each in stored] == sorted(each.id for each in stored)


async def test_what_is_accepted_is_committed(db: Database, clock: StillClock) -> None:
    inbox = Inbox(db)
    await inbox.accept(delivery(1, clock))
    assert [each.body for each in await waiting(db)] == [b'{"score": 3}']


async def test_a_repeat_is_one_delivery_but_another_source_is_not(db: Database, clock: StillClock) -> None:
    inbox = Inbox(db)
    await asyncio.gather(*(inbox.accept(delivery(1, clock)) for _ in range(10)))
    await inbox.accept(delivery(1, clock, source="other"))
    assert sorted(each.source for each in await waiting(db)) == ["generic", "other"]


async def test_a_commit_that_fails_is_told_to_each_and_the_next_works(db: Database, clock: StillClock) -> None:
    inbox = Inbox(db)
    broken = Delivery("generic", "broken", clock.now().replace(tzinfo=None), {}, b"{}")
    results = await asyncio.gather(
        *(inbox.accept(broken) for _ in range(3)),
        return_exceptions=True,
    )
    assert all(isinstance(result, Exception) for result in results)
    await inbox.accept(delivery(2, clock))
    assert [each.delivery_id for each in await waiting(db)] == ["msg_2"]


async def test_who_waits_when_it_is_stopped_hears_so(sqlite_db: str, clock: StillClock) -> None:
    """A request that never gets an answer would be kept by its tool for minutes, and then be lost."""
    db = Database(sqlite_db, clock)
    await migrate(db)
    await db.open()
    inbox = Inbox(db)
    async with db.write():
        accepting = asyncio.gather(*(inbox.accept(delivery(n, clock)) for n in range(3)), return_exceptions=True)
        while inbox._committing is None:  # noqa: ASYNC110 - a task that begins tells nobody
            await asyncio.sleep(0)
        assert not await inbox.quiet(0.05)
        inbox._committing.cancel()
        async with asyncio.timeout(10):
            assert [type(told) for told in await accepting] == [ConnectionError] * 3
    await inbox.accept(delivery(4, clock))
    assert [each.delivery_id for each in await waiting(db)] == ["msg_4"]
    await db.close()


async def test_quiet_tells_whether_requests_wait(db: Database, clock: StillClock) -> None:
    inbox = Inbox(db)
    assert await inbox.quiet(0)
    async with db.write():
        accepting = asyncio.create_task(inbox.accept(delivery(1, clock)))
        await asyncio.sleep(0)
        assert db.postgres or not await inbox.quiet(0.01)
    await accepting
    assert await inbox.quiet(5)


async def test_failed_ones_wait_for_a_replay(db: Database, clock: StillClock) -> None:
    inbox = Inbox(db)
    for number in range(3):
        await inbox.accept(delivery(number, clock))
    first, second, third = await waiting(db)
    async with db.write() as tx:
        await receipts.failed(tx, first, "no programme takes this survey")
        await receipts.ignored(tx, second, "a test")
        await receipts.try_later(tx, third, "an error of ours", timedelta(seconds=5))
    assert await waiting(db) == []
    async with db.read() as tx:
        assert [(each.id, why) for each, why in await receipts.failures(tx)] == [
            (first.id, "no programme takes this survey")
        ]
    clock.move(seconds=5)
    assert [each.id for each in await waiting(db)] == [third.id]
    async with db.write() as tx:
        assert await receipts.replay(tx, source="nobody") == 0
        assert await receipts.replay(tx) == 1
    # What is replayed has all its tries again.
    assert [(each.id, each.attempts) for each in await waiting(db)] == [(first.id, 0), (third.id, 1)]


async def test_one_replica_at_a_time_understands(postgres_db: str, clock: StillClock) -> None:
    one, other = Database(postgres_db, clock), Database(postgres_db, clock)
    async with one.write() as first:
        assert await receipts.take_turn(first)
        async with other.write() as second:
            assert not await receipts.take_turn(second)
    async with other.write() as second:
        assert await receipts.take_turn(second)
    await one.close()
    await other.close()


@pytest.mark.parametrize("count", [1, 7])
async def test_counts_by_state(db: Database, clock: StillClock, count: int) -> None:
    inbox = Inbox(db)
    for number in range(count):
        await inbox.accept(delivery(number, clock))
    async with db.read() as tx:
        assert await receipts.counts(tx) == {"waiting": count}
        assert await receipts.oldest_waiting(tx) == clock.now()
