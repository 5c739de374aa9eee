"""Figures over a million answers: `/nps status`, segments over twelve quarters against DuckDB, both as data grows.

`python -m bench.readout [--json]`; about four minutes. One SQLite file has 1,000,000 answers and 150,000 cases, the
other a tenth of both. The table is asked of DuckDB over the same rows in memory, in turns with ours, and both have to
say the same.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import duckdb

from bench.clock_cases import LEAD, house
from bench.harness import Result, Round
from bench.readout_rows import POLICY, stocked, the_quarters, write_csv
from bot.flows import asking, figures
from bot.flows.casework import Asker
from bot.views.figures.place import Shown
from recovery.dimensions import Dimension
from recovery.nps import Tally
from store import figures as counts
from store.clock import SystemClock
from store.engine import Database

ANSWERS, FEWER = 1_000_000, 100_000
CASES, FEWER_CASES = 150_000, 15_000
LOOKS, TABLES = 200, 60
# The latest answer of each contact and quarter, then the counts by segment.
TABLE = """
SELECT latest.quarter, lower(trim(coalesce(accounts.segment, ''))),
       count(*) FILTER (score >= 9), count(*) FILTER (score IN (7, 8)), count(*) FILTER (score <= 6)
FROM (
    SELECT contact_id, year(responded_at) * 4 + quarter(responded_at) - 1 AS quarter,
           arg_max(score, (responded_at, id)) AS score, arg_max(account_id, (responded_at, id)) AS account_id
    FROM responses WHERE programme = 'relational' AND responded_at >= $start AND responded_at < $end
    GROUP BY 1, 2
) AS latest LEFT JOIN accounts ON accounts.id = latest.account_id
GROUP BY 1, 2
"""


async def timed(many: int, act: Callable[[], Awaitable[object]]) -> Round:
    """The milliseconds of each of so many; the first two are not counted."""
    milliseconds = []
    for _ in range(many + 2):
        start = time.perf_counter()
        await act()
        milliseconds.append((time.perf_counter() - start) * 1000)
    return Round(0, milliseconds[2:])


async def look(db: Database, what: Shown) -> None:
    """What the command does between Slack's request and its answer: one transaction, and the view."""
    asker, of = Asker(LEAD), house()
    async with db.read() as tx:
        asked = asking.read(of, what, "relational", asker, tx.now)
        await figures.look(tx, of, asked, asker)


async def table(db: Database) -> dict[tuple[int, str], Tally]:
    """Twelve quarters by segment."""
    async with db.read() as tx:
        numbers = [each.quarter or 0 for each in the_quarters(tx.now)]
        return await counts.tallies_of(tx, POLICY, "relational", numbers, Dimension.SEGMENT)


class Duck:
    """The same rows in memory, and the same table."""

    def __init__(self, file: Path, folder: Path) -> None:
        self._db = duckdb.connect()
        told, known = write_csv(file, folder)
        self._db.read_csv(str(told)).create("responses")
        self._db.read_csv(str(known)).create("accounts")
        quarters = the_quarters(SystemClock().now())
        self._span = {"start": quarters[0].start.replace(tzinfo=None), "end": quarters[-1].end.replace(tzinfo=None)}

    async def table(self) -> dict[tuple[int, str], Tally]:
        rows = self._db.execute(TABLE, self._span).fetchall()
        return {(number, value): Tally(*each) for number, value, *each in rows}


async def measure(folder: Path) -> Result:
    result = Result("readout")
    now = SystemClock().now()
    start = time.perf_counter()
    many = await stocked(folder / "many.sqlite3", ANSWERS, CASES, now)
    result.figures["seconds to write and count 1 M answers"] = time.perf_counter() - start
    few = await stocked(folder / "few.sqlite3", FEWER, FEWER_CASES, now)
    duck = Duck(folder / "many.sqlite3", folder)
    assert _by_key(await table(many)) == _by_key(await duck.table())
    ours: list[float] = []
    theirs: list[float] = []
    small: list[float] = []
    for _ in range(3):
        ours += (await timed(TABLES // 3, lambda: table(many))).milliseconds
        theirs += (await timed(TABLES // 3, duck.table)).milliseconds
        small += (await timed(TABLES // 3, lambda: table(few))).milliseconds
    status = await timed(LOOKS, lambda: look(many, Shown.STATUS))
    segments = await timed(20, lambda: look(many, Shown.SEGMENTS))
    result.figures |= {
        "table, ms (median)": statistics.median(ours),
        "DuckDB's table, ms (median)": statistics.median(theirs),
        "table of 100,000 answers, ms (median)": statistics.median(small),
        "/nps status, ms (median)": status.percentile(0.5),
        "/nps segments, ms (median)": segments.percentile(0.5),
    }
    result.at_most("/nps status, ms (p99)", status.percentile(0.99), 100)
    result.at_most("table ÷ DuckDB's", statistics.median(ours) / statistics.median(theirs), 1.0)
    result.at_most("table, 1 M ÷ 100,000 answers", statistics.median(ours) / statistics.median(small), 1.3)
    for db in (many, few):
        await db.close()
    return result


def _by_key(found: dict[tuple[int, str], Tally]) -> list[tuple[int, int, int, int]]:
    """Without the names: the policy's own are no part of the comparison."""
    return sorted((key[0], each.promoters, each.passives, each.detractors) for key, each in found.items())


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(measure(Path(folder)))
    return result.show(as_json="--json" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
