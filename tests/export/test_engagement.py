"""Engagement of many random sets of readouts, counted again from the exported files by SQL of its own in DuckDB."""

import asyncio
import random
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from recovery.figures.periods import quarter_of
from recovery.readouts.engagement import engagement
from recovery.readouts.page import Answer, Ask, AskKind, Changed, Decision, Effect
from store.engine import Database, Tx
from store.figures import readouts
from store.figures.readouts import Posted, Readout
from store.migrate import migrate
from tests.export.datasets import HOSTILE, NOW, policy_of
from tests.export.exported import AtNow, export
from tests.export.recount import Recount
from winback.exports.files import Format

SEEDS = 50
PROGRAMMES = ("relational", "support")
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
# Of each readout its last word; then what is left to count.
ENGAGEMENT = """
WITH asked AS (SELECT readout FROM readouts WHERE programme = ?),
said AS (SELECT d.* FROM decisions d JOIN asked USING (readout)),
last AS (SELECT * FROM said QUALIFY number = max(number) OVER (PARTITION BY readout)),
moment AS (SELECT epoch_us(CAST(value AS TIMESTAMPTZ)) AS now FROM about WHERE name = 'exported_at')
SELECT (SELECT count(*) FROM last WHERE answer IN ('yes', 'no')), (SELECT count(*) FROM asked),
  (SELECT count(*) FROM last WHERE answer = 'keep_monitoring'),
  (SELECT count(*) FROM said WHERE answer = 'keep_monitoring'),
  (SELECT count(*) FROM last, moment WHERE changed IN ('product', 'process', 'policy')
    AND changed_at BETWEEN now - CAST(90 AS BIGINT) * 24 * 3600 * 1000000 AND now)
"""
Counts = tuple[int, ...]


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


async def fill(tx: Tx, chance: random.Random, starts: int) -> None:
    """Up to eight quarters of each programme: drafts, open Asks, stalls, decisions, some with what they changed."""
    this = quarter_of(NOW, starts)
    for programme in PROGRAMMES:
        for number in range(this - chance.randint(0, 8), this):
            page = await readouts.draft(tx, programme, number)
            if chance.random() < 0.1:
                continue
            ask = Ask(AskKind.DO, chance.choice(HOSTILE), "Amara", "Does it", date(2026, 12, 1))
            await readouts.write(tx, page, {}, ask)
            await readouts.publish(tx, await again(tx, page), Posted("text", ()), "U0MARCUS")
            await answered(tx, page, chance)


async def answered(tx: Tx, page: Readout, chance: random.Random) -> None:
    for _ in range(chance.choice([0, 0, 1, 1, 3])):
        stall = Decision(Answer.KEEP_MONITORING, chance.choice(HOSTILE), "Elena", "U0ELENA", NOW - 300 * DAY)
        await readouts.decide(tx, await again(tx, page), stall)
    if chance.random() < 0.3:
        return
    decision = Decision(chance.choice([Answer.YES, Answer.NO]), "Why.", chance.choice(HOSTILE), "U0ELENA", NOW - DAY)
    await readouts.decide(tx, await again(tx, page), decision)
    if chance.random() < 0.8:
        ago = chance.choice([timedelta(), INSTANT, 30 * DAY, 90 * DAY, 90 * DAY + INSTANT, 91 * DAY, 400 * DAY])
        effect = Effect(chance.choice(list(Changed)), chance.choice(HOSTILE), "U0MARCUS", NOW - ago)
        await readouts.note_effect(tx, await again(tx, page), effect)


async def again(tx: Tx, page: Readout) -> Readout:
    found = await readouts.get(tx, page.id)
    assert found is not None
    return found


async def ours(db: Database, programme: str) -> Counts:
    async with db.read() as tx:
        pages = await readouts.published(tx, [programme])
        found = engagement((page.decisions for page in pages), tx.now)
    return found.decided.part, found.decided.whole, found.stalled, found.stalls, found.changed


def theirs(folder: Path, format_: str) -> dict[str, Counts]:
    recount = Recount(folder, format_)
    try:
        return {each: recount.db.execute(ENGAGEMENT, [each]).fetchall()[0] for each in PROGRAMMES}
    finally:
        recount.close()


async def compared(
    db: Database, seed: int, folder: Path, format_: Format
) -> tuple[dict[str, Counts], dict[str, Counts]]:
    policy = policy_of(seed)
    async with db.write() as tx:
        await fill(tx, random.Random(seed), policy.figures.fiscal_year_starts)
    await export(db, policy, folder, format_)
    return {each: await ours(db, each) for each in PROGRAMMES}, theirs(folder, format_.value)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_engagement_is_found_again(seed: int, empty: Path, tmp_path: Path) -> None:
    shutil.copy(empty, tmp_path / "winback.sqlite3")
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'winback.sqlite3'}", AtNow())
    try:
        told, found = await compared(db, seed, tmp_path / "export", list(Format)[seed % 2])
    finally:
        await db.close()
    assert told == found


async def test_each_part_of_it_is_there_on_either_database(database_url: str, tmp_path: Path) -> None:
    db = Database(database_url, AtNow())
    try:
        await migrate(db)
        told, found = await compared(db, 4, tmp_path, Format.CSV)
    finally:
        await db.close()
    assert told == found
    assert all(sum(counts) for counts in zip(*told.values(), strict=True)), told
