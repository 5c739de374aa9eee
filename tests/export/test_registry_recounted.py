"""The registry of many random data sets, weighed again from the exported files by SQL of its own in DuckDB."""

import asyncio
import random
import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from recovery.figures.periods import quarter_of
from recovery.policy.file import Policy
from recovery.readouts.registry import Item, ItemState, Plan, is_late
from store.engine import Database, Tx
from store.figures import registry
from store.migrate import migrate
from store.tables import accounts, cases
from tests.export.datasets import HOSTILE, NOW, OWNERS, Data, policy_of
from tests.export.exported import AtNow, export
from tests.export.recount import Recount
from winback.exports.files import Format

SEEDS = 50
RICH = 48  # a data set in which no figure is nothing
PROGRAMMES = ("relational", "support")
COUNTS = """
SELECT count(*) FILTER (state = 'open'), count(*) FILTER (state = 'open' AND due IS NULL),
  count(*) FILTER (state = 'open' AND late_from <= now),
  count(*) FILTER (state = 'done' AND closed_at >= now - 7776000000000),
  count(*) FILTER (state = 'dropped' AND closed_at >= now - 7776000000000)
FROM registry, (SELECT epoch_us(CAST(value AS TIMESTAMPTZ)) AS now FROM about WHERE name = 'exported_at')
WHERE programme = ?
"""
WEIGHTS = """
WITH behind AS (
  SELECT l.item, c.case_id, c.contact_id, coalesce('a' || c.account_id, 'c' || c.case_id) AS payer, a.acv
  FROM registry_cases l JOIN cases c USING (case_id) LEFT JOIN accounts a ON a.account_id = c.account_id
  WHERE c.outcome NOT IN ('withdrawn', 'duplicate')
), payers AS (SELECT item, payer, max(acv) AS acv FROM behind GROUP BY item, payer),
money AS (
  SELECT item, CASE WHEN count(acv) = 0 THEN NULL ELSE sum(acv) END AS total, count(acv) AS known,
    count(*) - count(acv) AS without
  FROM payers GROUP BY item
)
SELECT item, count(DISTINCT contact_id), count(*), any_value(total), any_value(known), any_value(without)
FROM behind JOIN money USING (item) GROUP BY item
"""
Found = dict[Any, tuple[Any, ...]]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without a row: a copy of it is ready at once."""
    path = tmp_path_factory.mktemp("empty") / "winback.sqlite3"

    async def make() -> None:
        first = Database(f"sqlite+aiosqlite:///{path}", AtNow())
        await migrate(first)
        await first.close()

    asyncio.run(make())
    return path


async def fill(tx: Tx, policy: Policy, seed: int) -> None:
    """Answers and cases as elsewhere, and items in each state with any of the cases behind them."""
    chance = random.Random(f"registry {seed}")
    await Data(seed, policy).fill(tx)
    numbers = list(await tx.conn.scalars(sa.select(cases.c.id).order_by(cases.c.id)))
    this = quarter_of(NOW, policy.figures.fiscal_year_starts)
    for programme in PROGRAMMES:
        for place in range(chance.choice([0, 1, 4, 9])):
            theme = (f"t{place}", chance.choice(HOSTILE))
            item = await registry.open_item(tx, programme, theme, this - chance.randint(0, 2))
            assert item is not None
            await registry.link(tx, item.id, chance.sample(numbers, chance.randint(0, len(numbers))))
            await changed(tx, item, chance)


async def changed(tx: Tx, item: Item, chance: random.Random) -> None:
    if chance.random() < 0.7:
        due = chance.choice([NOW.date() + timedelta(days=days) for days in (-400, -1, 0, 1, 60)])
        await registry.plan(tx, item, Plan(chance.choice(HOSTILE), chance.choice(OWNERS), due, chance.choice(HOSTILE)))
    how = chance.choice([None, None, ItemState.DONE, ItemState.DROPPED])
    now = await registry.get(tx, item.id)
    if how and now:
        await registry.close(tx, now, how, chance.choice(HOSTILE), "U0MARCUS")


async def ours(db: Database, policy: Policy) -> tuple[Found, Found]:
    """What the review shows: how many are open, unplanned, late, closed of late; and what each weighs."""
    counts, weights = {}, {}
    async with db.read() as tx:
        for key in PROGRAMMES:
            items = await registry.of_programme(tx, key)
            zone: ZoneInfo = policy.calendar_of(policy.programmes[key]).zone_info
            opened = [item for item in items if item.is_open]
            closed: Counter[ItemState] = await registry.closed_since(tx, key, tx.now - timedelta(days=90))
            late = sum(is_late(item, tx.now, zone) for item in items)
            unplanned = sum(item.plan is None for item in opened)
            counts[key] = (len(opened), unplanned, late, closed[ItemState.DONE], closed[ItemState.DROPPED])
            for number, each in (await registry.weights(tx, [item.id for item in items])).items():
                if each.cases:
                    amount = each.money
                    cents = None if amount.total is None else int(amount.total * 100)
                    weights[number] = (each.customers, each.cases, cents, amount.accounts, amount.without)
    return counts, weights


def theirs(folder: Path, format_: str) -> tuple[Found, Found]:
    recount = Recount(folder, format_)
    try:
        counts: Found = {key: recount.db.execute(COUNTS, [key]).fetchall()[0] for key in PROGRAMMES}
        return counts, {number: tuple(found) for number, *found in recount.all(WEIGHTS)}
    finally:
        recount.close()


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_the_registry_is_weighed_again(seed: int, empty: Path, tmp_path: Path) -> None:
    policy, format_ = policy_of(seed), list(Format)[seed % 2]
    shutil.copy(empty, tmp_path / "winback.sqlite3")
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'winback.sqlite3'}", AtNow())
    try:
        async with db.write() as tx:
            await fill(tx, policy, seed)
        await export(db, policy, tmp_path / "export", format_)
        told = await ours(db, policy)
    finally:
        await db.close()
    assert told == theirs(tmp_path / "export", format_.value)


async def test_each_part_of_it_is_there_on_either_database(database_url: str, tmp_path: Path) -> None:
    policy = policy_of(RICH)
    db = Database(database_url, AtNow())
    try:
        await migrate(db)
        async with db.write() as tx:
            await fill(tx, policy, RICH)
        await export(db, policy, tmp_path)
        counts, weights = told = await ours(db, policy)
    finally:
        await db.close()
    assert told == theirs(tmp_path, "csv")
    assert all(sum(column) for column in zip(*counts.values(), strict=True)), counts
    assert all(any(column) for column in zip(*weights.values(), strict=True)), weights


@pytest.mark.parametrize("what", ["due", "link", "money"])
async def test_a_change_after_the_export_is_found(what: str, empty: Path, tmp_path: Path) -> None:
    """The comparison itself: whatever is not as it was exported shows."""
    policy = policy_of(RICH)
    shutil.copy(empty, tmp_path / "winback.sqlite3")
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'winback.sqlite3'}", AtNow())
    try:
        async with db.write() as tx:
            await fill(tx, policy, RICH)
        await export(db, policy, tmp_path / "export")
        async with db.write() as tx:
            if what == "due":
                item = next(item for item in await registry.open_items(tx) if item.plan)
                assert item.plan
                late = item.plan.due < NOW.date()
                due = NOW.date() + timedelta(days=9 if late else -9)
                await registry.plan(tx, item, Plan("x", "U0JEN", due, "y"))
            elif what == "link":
                item = await registry.open_item(tx, "support", ("new", "new"), 1)
                assert item is not None
                await registry.link(tx, item.id, [await tx.conn.scalar(sa.select(sa.func.min(cases.c.id)))])
            else:
                await tx.conn.execute(sa.update(accounts).values(acv=sa.func.coalesce(accounts.c.acv, 0) + 1))
        told = await ours(db, policy)
    finally:
        await db.close()
    assert told != theirs(tmp_path / "export", "csv")
