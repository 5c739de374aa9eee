"""What must not change within a transaction is changed while none is under way."""

import asyncio
import random

import pytest

from store.engine import Database

SOON = 0.2  # seconds in which what may go on would have gone on


async def test_it_waits_for_those_under_way_and_those_that_come_wait_for_it(db: Database) -> None:
    order: list[str] = []

    async def changes() -> None:
        async with db.alone(10):
            order.append("alone")
            await asyncio.sleep(0)
            order.append("done")

    async def comes() -> None:
        async with db.read():
            order.append("came later")

    async with db.read():
        alone = asyncio.create_task(changes())
        await asyncio.sleep(0)
        later = asyncio.create_task(comes())
        await asyncio.wait({alone, later}, timeout=SOON)
        order.append("under way")
    await asyncio.gather(alone, later)
    assert order == ["under way", "alone", "done", "came later"]


async def test_nobody_ever_sees_a_change_in_the_middle(db: Database) -> None:
    chance, value = random.Random(7), [0]

    async def looks(begin: int) -> None:
        for number in range(6):
            async with db.write() if (begin + number) % 3 == 0 else db.read():
                before = value[0]
                for _ in range(chance.randrange(5)):
                    await asyncio.sleep(0)
                assert value[0] == before

    async def changes() -> None:
        for _ in range(6):
            async with db.alone(10):
                value[0] += 1
                await asyncio.sleep(0)
            await asyncio.sleep(0.001)

    async with asyncio.timeout(30):
        await asyncio.gather(*(looks(begin) for begin in range(6)), changes(), changes())
    assert value[0] == 12


async def test_a_way_that_closes_again_at_once_lets_nobody_through_in_between(db: Database) -> None:
    async def comes() -> None:
        async with db.read():
            pass

    async with db.alone(5):
        later = asyncio.create_task(comes())
        await asyncio.sleep(0)
    async with db.alone(5):
        await asyncio.wait({later}, timeout=SOON)
        assert not later.done()
    async with asyncio.timeout(5):
        await later


async def test_who_waits_too_long_gives_up_and_lets_the_others_go_on(db: Database) -> None:
    async with db.read():
        with pytest.raises(TimeoutError):
            async with db.alone(0.01):
                pytest.fail("a transaction was under way")
        async with asyncio.timeout(5), db.write():
            pass
    async with db.alone(5):
        pass


async def test_a_failure_or_an_end_inside_opens_the_way_again(db: Database) -> None:
    async def fails() -> None:
        async with db.alone(5):
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        await fails()
    async with db.read():
        waiting = asyncio.create_task(fails())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        async with asyncio.timeout(5), db.write():
            pass


async def test_a_transaction_that_fails_counts_as_over(db: Database) -> None:
    async def fails() -> None:
        async with db.write():
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        await fails()
    async with db.alone(1):
        pass
