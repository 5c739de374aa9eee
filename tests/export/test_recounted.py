"""Every figure of many random data sets, counted again from the exported files by SQL, and equal to the last digit."""

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from recovery.figures.periods import Period, previous, quarter, quarter_of
from recovery.policy.file import Policy
from scheduler.counting import count_anew
from store.engine import Database
from store.migrate import migrate
from tests.export import counted
from tests.export.datasets import NOW, PROGRAMMES, Data, policy_of
from tests.export.exported import AtNow, export
from tests.export.recount import MONEY, STEPS, Figures, Recount
from winback.exports.files import Format

SEEDS = 55
RICH = 48  # a data set in which no figure is nothing
ALL_TIME = Period("", "all time", datetime(2000, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


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


def database(empty: Path, place: Path) -> Database:
    shutil.copy(empty, place)
    return Database(f"sqlite+aiosqlite:///{place}", AtNow())


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_every_figure_is_found_again(seed: int, empty: Path, tmp_path: Path) -> None:
    policy, format_ = policy_of(seed), list(Format)[seed % 2]
    db = database(empty, tmp_path / "winback.sqlite3")
    try:
        async with db.write() as tx:
            await Data(seed, policy).fill(tx)
        if seed % 3 == 0:
            # Then quarters are read from the kept counts, else they are counted from the answers.
            await count_anew(db, policy)
        await export(db, policy, tmp_path / "export", format_)
        _, wrong = await compare(db, policy, tmp_path / "export", format_.value)
    finally:
        await db.close()
    assert wrong == {}


async def test_each_figure_is_there_on_either_database(database_url: str, tmp_path: Path) -> None:
    policy = policy_of(RICH)
    db = Database(database_url, AtNow())
    try:
        await migrate(db)
        async with db.write() as tx:
            await Data(RICH, policy).fill(tx)
        await export(db, policy, tmp_path)
        ours, wrong = await compare(db, policy, tmp_path, "csv")
    finally:
        await db.close()
    assert wrong == {}
    told = {key[2:]: value for key, value in ours.items() if key[:2] == ("relational", "")}
    for name in ("contacted", "outreach", "saved", "actions", "waited", "escalated", "open"):
        assert all(told[name,]), f"{name}: {told[name,]} shows nothing where it is 0"
    for step in STEPS:
        in_time, decided, _ = told["on time", step]
        assert 0 < in_time < decided, step
    assert all(told["money", which][0] for which in MONEY)
    assert any(key[2] == "moved" and value[1] for key, value in ours.items())
    assert any(key[2] == "diverging" and value for key, value in ours.items())


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE responses SET score = CASE WHEN score > 6 THEN 0 ELSE 9 END",
        "UPDATE responses SET contact_id = 1",
        "UPDATE cases SET outreach_due = submitted_at",
        "UPDATE accounts SET acv = coalesce(acv, 0) + 0.01",
        "UPDATE alarms SET spoken = NOT spoken",
    ],
)
async def test_a_change_after_the_export_is_found(change: str, empty: Path, tmp_path: Path) -> None:
    """The comparison itself: whatever is not as it was exported shows."""
    policy = policy_of(RICH)
    db = database(empty, tmp_path / "winback.sqlite3")
    try:
        async with db.write() as tx:
            await Data(RICH, policy).fill(tx)
        await export(db, policy, tmp_path / "export")
        async with db.write() as tx:
            await tx.conn.execute(sa.text(change))
        _, wrong = await compare(db, policy, tmp_path / "export", "csv")
    finally:
        await db.close()
    assert wrong


async def compare(db: Database, policy: Policy, folder: Path, format_: str) -> tuple[Figures, Figures]:
    """Our figures, and what of them is found otherwise, or of the columns that we worked out."""
    recount = Recount(folder, format_)
    try:
        compared: Figures = {}
        found: Figures = {("column", name): count for name, count in recount.contradictions().items() if count}
        for programme in PROGRAMMES:
            for name, period in periods(policy).items():
                async with db.read() as tx:
                    ours = await counted.of_answers(tx, policy, programme, period, name)
                    ours |= await counted.of_cases(tx, policy, programme, period)
                    theirs = recount.answers(programme, name)
                    theirs |= recount.cases(programme, us(period.start), us(period.end))
                    if period.quarter is not None:
                        ours |= await counted.of_moves(tx, policy, programme, period)
                        theirs |= recount.moves(programme, name, previous(period).key)
                found |= differences(ours, theirs)
                compared |= {(programme, name, *key): value for key, value in ours.items()}
        return compared, found
    finally:
        recount.close()


def periods(policy: Policy) -> dict[str, Period]:
    """All time, and the quarter that runs; how groups moved takes the one before it too."""
    starts = policy.figures.fiscal_year_starts
    this = quarter(quarter_of(NOW, starts), starts)
    return {"": ALL_TIME, this.key: this}


def differences(ours: Figures, theirs: Figures) -> dict[tuple[str, ...], object]:
    """What isn't the same: (ours, theirs)."""
    return {
        key: (ours.get(key), theirs.get(key)) for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)
    }


def us(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // (datetime.resolution)
