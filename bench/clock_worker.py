"""One process that rings and speaks, as the bot does, on the database it is given; part of bench.clock.

`python -m bench.clock_worker URL`. It ends when its standard input does, or when it is killed.
"""

import asyncio
import sys

from bench.clock_cases import house
from scheduler.deadlines import Deadlines
from scheduler.speaker import Speaker
from store.clock import SystemClock
from store.engine import Database


async def work(url: str) -> None:
    db, here = Database(url, SystemClock()), house()
    await db.open()
    workers = [Deadlines(db, here), Speaker(db, here)]
    running = [asyncio.create_task(worker.run()) for worker in workers]
    await asyncio.to_thread(sys.stdin.read)
    for worker in workers:
        worker.stop()
    await asyncio.gather(*running)
    await db.close()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
