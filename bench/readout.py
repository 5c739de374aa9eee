"""Figures over a million answers: `/nps status` and its like, the readout, segments over quarters, as data grows.

`python -m bench.readout [--json]`; some minutes. One SQLite file has 1,000,000 answers and 150,000 cases of twelve
quarters, of which the last one is full. Beside it are the same customers when a tenth of that time had passed, and a
tenth of the customers after all of it. The table is asked of DuckDB over the same rows in memory, in turns with ours,
and both have to say the same.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import duckdb

from bench.clock_cases import LEAD, house
from bench.harness import Result, Round
from bench.readout_rows import A_MILLION, EARLIER, POLICY, SMALLER, EndOfQuarter, stocked, the_quarters, write_csv
from bot.flows.cases.casework import Asker
from bot.flows.figures import asking, figures, readout_page
from bot.views.figures.place import Shown
from bot.views.readouts.page import page_blocks
from recovery.figures.dimensions import Dimension
from recovery.figures.nps import Tally
from store.engine import Database
from store.figures import figures as counts

HOUSE = house()
TURNS = 3
LOOKS, TABLES, FEW = 198, 60, 30
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


Act = Callable[[Database], Awaitable[object]]


async def timed(many: int, act: Callable[[], Awaitable[object]]) -> list[float]:
    """The milliseconds of each of so many; the first two are not counted."""
    milliseconds = []
    for _ in range(many + 2):
        start = time.perf_counter()
        await act()
        milliseconds.append((time.perf_counter() - start) * 1000)
    return milliseconds[2:]


async def in_turns(many: int, acts: Mapping[str, Callable[[], Awaitable[object]]]) -> dict[str, Round]:
    """So many of each, in turns, because the machine is not always equally fast."""
    found: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(TURNS):
        for name, act in acts.items():
            found[name] += await timed(many // TURNS, act)
    return {name: Round(0, milliseconds) for name, milliseconds in found.items()}


def look(what: Shown) -> Act:
    """What the command does between Slack's request and its answer: one transaction, and the view."""

    async def act(db: Database) -> None:
        asker, of = Asker(LEAD), HOUSE
        async with db.read() as tx:
            asked = asking.read(of, what, "relational", asker, tx.now)
            await figures.look(tx, of, asked, asker)

    return act


async def readout(db: Database) -> None:
    """The whole page of the full quarter, as it is drawn in Slack; without themes."""
    async with db.read() as tx:
        (*_, period) = the_quarters(tx.now)
        page = await readout_page.page(tx, POLICY, POLICY.programmes["relational"], period)
    page_blocks(page)


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
        quarters = the_quarters(EndOfQuarter().now())
        self._span = {"start": quarters[0].start.replace(tzinfo=None), "end": quarters[-1].end.replace(tzinfo=None)}

    async def table(self) -> dict[tuple[int, str], Tally]:
        rows = self._db.execute(TABLE, self._span).fetchall()
        return {(number, value): Tally(*each) for number, value, *each in rows}


async def measure(folder: Path) -> Result:
    result = Result("readout")
    start = time.perf_counter()
    many = await stocked(folder / "many.sqlite3", A_MILLION)
    result.figures["seconds to write and count 1 M answers"] = time.perf_counter() - start
    earlier = await stocked(folder / "earlier.sqlite3", EARLIER)
    smaller = await stocked(folder / "smaller.sqlite3", SMALLER)
    await _tables(result, many, smaller, Duck(folder / "many.sqlite3", folder))
    for name, act, goal, looks in (
        ("/nps status", look(Shown.STATUS), 100, LOOKS),
        ("readout without themes", readout, 300, LOOKS),
    ):
        acts = {each: _of(act, db) for each, db in (("many", many), ("earlier", earlier), ("smaller", smaller))}
        found = await in_turns(looks, acts)
        medians = {each: round_.percentile(0.5) for each, round_ in found.items()}
        result.figures |= {
            f"{name}, ms (median)": medians["many"],
            f"{name}, a tenth of the time before, ms": medians["earlier"],
            f"{name}, a tenth of the customers, ms": medians["smaller"],
        }
        result.at_most(f"{name}, ms (p99)", found["many"].percentile(0.99), goal)
        result.at_most(f"{name}, 1 M ÷ 100,000 answers, as time goes on", medians["many"] / medians["earlier"], 1.3)
    for what in (Shown.OVERDUE, Shown.LEADERS, Shown.SEGMENTS):
        (found_one,) = (await in_turns(FEW, {"": _of(look(what), many)})).values()
        result.figures[f"/nps {what.value}, ms (median)"] = found_one.percentile(0.5)
    for db in (many, earlier, smaller):
        await db.close()
    return result


async def _tables(result: Result, many: Database, smaller: Database, duck: Duck) -> None:
    assert _by_key(await table(many)) == _by_key(await duck.table())
    acts = {"ours": _of(table, many), "theirs": duck.table, "smaller": _of(table, smaller)}
    found = await in_turns(TABLES, acts)
    ours, theirs, small = (statistics.median(each.milliseconds) for each in found.values())
    result.figures |= {
        "table, ms (median)": ours,
        "DuckDB's table, ms (median)": theirs,
        "table of 100,000 answers, ms (median)": small,
    }
    result.at_most("table ÷ DuckDB's", ours / theirs, 1.0)
    result.at_most("table, 1 M ÷ 100,000 answers", ours / small, 1.3)


def _of(act: Act, db: Database) -> Callable[[], Awaitable[object]]:
    return lambda: act(db)


def _by_key(found: dict[tuple[int, str], Tally]) -> list[tuple[int, int, int, int]]:
    """Without the names: the policy's own are no part of the comparison."""
    return sorted((key[0], each.promoters, each.passives, each.detractors) for key, each in found.items())


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(measure(Path(folder)))
    return result.show(as_json="--json" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
