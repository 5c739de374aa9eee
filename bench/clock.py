"""The clock: an idle beat over a million timers, 10,000 due at once, lateness in the stream, and kills.

`python -m bench.clock [--json]`; about two minutes, on SQLite and on a Postgres of its own. Rings do everything they
do in earnest: decide, raise, ask for messages, cards and homes, set the next timer, in one transaction for a batch.
The ceiling is the same worker with nothing to say: it takes each timer, asks the rules and sets it anew.
"""

import asyncio
import contextlib
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from bench.clock_cases import HALF, asked, house, owned, stock
from bench.harness import ROOT, Result, Round
from scheduler.deadlines import Deadlines
from store.clock import SystemClock
from store.engine import Database
from store.migrate import migrate
from store.tables import alarms, cases, notices, timers
from tests.support import postgres

PENDING = 1_000_000
BEATS = 400
AT_ONCE = 10_000
RATE, SECONDS = 200, 15  # timers that come due in a second, and for how long
KILLED, PROCESSES = 20_000, 4
KILL_AFTER = 1_200  # timers worked off since the last kill: however slow the machine is, they get on
PATIENCE = 180.0
ALL = sa.func.count()


@contextlib.asynccontextmanager
async def database(url: str) -> AsyncIterator[Database]:
    """A migrated database, closed at the end."""
    db = Database(url, SystemClock())
    await migrate(db)
    await db.open()
    try:
        yield db
    finally:
        await db.close()


async def idle(folder: Path) -> tuple[Round, Round]:
    """Milliseconds of each beat of the worker: with one timer that waits for tomorrow, and with a million."""
    async with _waiting(folder / "one", 1) as one, _waiting(folder / "many", PENDING) as many:
        workers = [Deadlines(db, house()) for db in (one, many)]
        milliseconds: tuple[list[float], list[float]] = ([], [])
        for worker in workers:
            await worker.step()  # the first beat also says that the worker is alive
        for number in range(2 * BEATS):
            start = time.perf_counter()
            await workers[number % 2].step()
            milliseconds[number % 2].append((time.perf_counter() - start) * 1000)
    return Round(0, milliseconds[0]), Round(0, milliseconds[1])


@contextlib.asynccontextmanager
async def _waiting(file: Path, pending: int) -> AsyncIterator[Database]:
    """A database with so many timers, a second apart from tomorrow on."""
    async with database(f"sqlite+aiosqlite:///{file}") as db:
        with contextlib.closing(sqlite3.connect(file)) as connection, connection:
            # Without the cases they belong to: nobody looks at a case before its timer rings.
            connection.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                "INSERT INTO timers (case_id, kind, due_at) "
                "SELECT i, 'clock', strftime('%Y-%m-%d %H:%M:%f000', 'now', '+1 day', '+' || i || ' seconds') FROM n",
                (pending,),
            )
        yield db


async def drained(db: Database) -> float:
    """Timers a second, until nothing is due."""
    here = house()
    worker = Deadlines(db, here)
    start = time.perf_counter()
    while await worker.step():
        pass
    return AT_ONCE / (time.perf_counter() - start)


async def at_once(url: str) -> tuple[float, float]:
    """Timers a second, 10,000 due at once: with nothing to say, and a nudge or a breach for each case."""
    here = house()
    async with database(url) as db:
        now = db.clock.now()
        ages = [timedelta(hours=25 if number % 2 else 49, seconds=number % 600) for number in range(AT_ONCE)]
        found = owned(here, [now - timedelta(minutes=1)] * AT_ONCE)
        await stock(db, found, [now] * AT_ONCE)
        ceiling = await drained(db)
        async with db.write() as tx:
            for table in (timers, cases):
                await tx.conn.execute(sa.delete(table))
            raised = await tx.conn.scalar(sa.select(ALL).select_from(alarms))
        if raised:
            raise RuntimeError(f"{raised} alarms were raised where nothing was due")
        await stock(db, owned(here, [now - age for age in ages]), [now] * AT_ONCE, again=True)
        rate = await drained(db)
        async with db.read() as tx:
            spoken = await tx.conn.scalar(sa.select(ALL).select_from(alarms).where(alarms.c.spoken))
        if spoken != AT_ONCE:
            raise RuntimeError(f"{spoken} of {AT_ONCE} cases were told of")
    return ceiling, rate


async def stream(url: str) -> Round:
    """Milliseconds from each timer's moment to when somebody else could read its alarm."""
    here = house()
    async with database(url) as db:
        first = db.clock.now() + timedelta(seconds=8)
        moments = [first + timedelta(seconds=number / RATE) for number in range(RATE * SECONDS)]
        await stock(db, owned(here, [at - HALF for at in moments]), moments)
        if db.clock.now() > first:
            raise RuntimeError("this machine puts the cases there too slowly")
        worker = Deadlines(db, here)
        running = asyncio.create_task(worker.run())
        milliseconds: list[float] = []
        seen = 0
        until = moments[-1] + timedelta(seconds=20)
        while len(milliseconds) < len(moments) and db.clock.now() < until:
            async with db.read() as tx:
                rows = (
                    await tx.conn.execute(
                        sa.select(alarms.c.id, alarms.c.due_at).where(alarms.c.id > seen).order_by(alarms.c.id)
                    )
                ).all()
            now = db.clock.now()
            milliseconds += [(now - row.due_at).total_seconds() * 1000 for row in rows]
            seen = rows[-1].id if rows else seen
            await asyncio.sleep(0.05)
        worker.stop()
        await running
    if len(milliseconds) != len(moments):
        raise RuntimeError(f"{len(milliseconds)} of {len(moments)} timers rang")
    return Round(0, milliseconds)


async def killed(url: str) -> tuple[int, int, int, float]:
    """(kills, lost, doubled, seconds): four processes at 20,000 timers, one of them killed again and again."""
    here = house()
    async with database(url) as db:
        now = db.clock.now()
        found = asked(owned(here, [now - HALF - timedelta(minutes=5)] * KILLED))
        await stock(db, found, [now] * KILLED)
        workers = [await _worker(url) for _ in range(PROCESSES)]
        chance, kills, start = random.Random(7), 0, time.perf_counter()
        try:
            left = KILLED
            while time.perf_counter() - start < PATIENCE:
                await asyncio.sleep(0.1)
                due = await _due(db)
                if not due:
                    break
                if left - due < KILL_AFTER:
                    continue
                left, place = due, chance.randrange(PROCESSES)
                workers[place].kill()
                await workers[place].wait()
                workers[place] = await _worker(url)
                kills += 1
        finally:
            for worker in workers:
                worker.kill()
                await worker.wait()
        seconds = time.perf_counter() - start
        async with db.read() as tx:
            spoken = await tx.conn.execute(
                sa.select(alarms.c.case_id, ALL).where(alarms.c.spoken).group_by(alarms.c.case_id)
            )
            counts = dict(spoken.all())
            told = dict((await tx.conn.execute(sa.select(notices.c.case_id, ALL).group_by(notices.c.case_id))).all())
            waiting = set((await tx.conn.execute(sa.select(timers.c.case_id))).scalars())
    once = {case.id for case in found if counts.get(case.id) and told.get(case.id) and case.id in waiting}
    doubled = sum(count > 1 for count in counts.values()) + sum(count > 1 for count in told.values())
    return kills, KILLED - len(once), doubled, seconds


async def _worker(url: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.clock_worker", url, cwd=ROOT, stdin=asyncio.subprocess.PIPE
    )


async def _due(db: Database) -> int:
    async with db.read() as tx:
        return int(await tx.conn.scalar(sa.select(ALL).select_from(timers).where(timers.c.due_at <= tx.now)) or 0)


async def run() -> Result:
    result = Result("clock")
    with tempfile.TemporaryDirectory() as folder, postgres.running() as server:

        def sqlite(name: str) -> str:
            return f"sqlite+aiosqlite:///{Path(folder) / name}"

        one, many = await idle(Path(folder))
        least, median = (statistics.median(each.milliseconds) for each in (one, many))
        rates = {
            "SQLite": await at_once(sqlite("due")),
            "Postgres": await at_once(server.url(server.create())),
        }
        late = await stream(sqlite("stream"))
        kills, lost, doubled, seconds = await killed(server.url(server.create()))
    result.figures |= {
        "pending timers": PENDING,
        "idle beat with one timer, median ms": least,
        "idle beat, median ms": median,
        "idle beat, p99 ms": many.percentile(0.99),
        **{f"{name}: timers/s with nothing to say": ceiling for name, (ceiling, _) in rates.items()},
        **{f"{name}: timers/s, all of them said": rate for name, (_, rate) in rates.items()},
        f"lateness at {RATE}/s, median ms": late.percentile(0.5),
        f"lateness at {RATE}/s, p99 ms": late.percentile(0.99),
        "kills": kills,
        "timers through the kills": KILLED,
        "seconds with the kills": seconds,
    }
    result.at_most(f"median ms of an idle beat over {PENDING:,} timers", median, 1)
    result.at_most("idle beat / idle beat with one timer", median / least, 1.5)
    for name, (ceiling, rate) in rates.items():
        result.at_least(f"{name}: timers a second, {AT_ONCE:,} due at once", rate, 500)
        result.at_least(f"{name}: said / nothing to say", rate / ceiling, 0.25)
    result.at_most(f"p99 ms of lateness at {RATE} a second", late.percentile(0.99), 2000)
    result.at_least("kills among four processes", kills, 5)
    result.at_most("timers lost through the kills", lost, 0)
    result.at_most("timers doubled through the kills", doubled, 0)
    return result


if __name__ == "__main__":
    sys.exit(asyncio.run(run()).show(as_json="--json" in sys.argv))
