"""The ZIP of an export: the same files as `winback export`, made beside the event loop, given up when nobody waits."""

import asyncio
import io
import tempfile
import threading
import zipfile
from pathlib import Path

import pytest

from recovery.figures.periods import quarter, quarter_of
from store.engine import Database
from store.migrate import migrate
from tests.export.datasets import NOW, Data, policy_of
from tests.export.exported import AtNow, export
from winback.exports.tables import SHEETS
from winback.exports.zipped import Zipping

SEED = 48  # a data set with all there is
POLICY = policy_of(SEED)
PERIODS = (None, quarter(quarter_of(NOW, POLICY.figures.fiscal_year_starts) - 1, POLICY.figures.fiscal_year_starts))


@pytest.fixture
async def full(database_url: str) -> str:
    db = Database(database_url, AtNow())
    await migrate(db)
    async with db.write() as tx:
        await Data(SEED, POLICY).fill(tx)
    await db.close()
    return database_url


@pytest.mark.parametrize("period", PERIODS, ids=["all time", "a quarter"])
@pytest.mark.parametrize("programme", ["relational", "support"])
async def test_they_are_the_files_of_the_command(full: str, tmp_path: Path, programme: str, period: object) -> None:
    into = io.BytesIO()
    counts = await Zipping(full, AtNow())(POLICY, programme, period, into)  # type: ignore[arg-type]
    db = Database(full, AtNow())
    written = await export(db, POLICY, tmp_path / "files", programme=programme, period=period)  # type: ignore[arg-type]
    await db.close()
    assert counts == written
    assert counts["responses"]
    with zipfile.ZipFile(into) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"{sheet.name}.csv" for sheet in SHEETS]
        for name in archive.namelist():
            assert archive.read(name) == (tmp_path / "files" / name).read_bytes(), name
            assert archive.getinfo(name).date_time == (NOW.year, NOW.month, NOW.day, NOW.hour, NOW.minute, NOW.second)


class Slow(io.BytesIO):
    """A file on a disk that is stuck until it is let go."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self.begun = asyncio.Event()
        self._loop = loop
        self.go_on = threading.Event()

    def write(self, data: object) -> int:
        self._loop.call_soon_threadsafe(self.begun.set)
        assert self.go_on.wait(10)
        return super().write(data)  # type: ignore[arg-type]


async def test_whoever_gives_up_ends_it(full: str) -> None:
    """And is not told before the thread has let go of the file, which is closed right after."""
    into = Slow(asyncio.get_running_loop())
    making = asyncio.create_task(Zipping(full, AtNow())(POLICY, "relational", None, into))
    await into.begun.wait()
    making.cancel()
    done, _ = await asyncio.wait({making}, timeout=0.1)
    assert not done
    into.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await making
    into.seek(0)
    assert not zipfile.is_zipfile(into) or len(zipfile.ZipFile(into).namelist()) < len(SHEETS)


async def test_the_loop_goes_on_meanwhile(full: str) -> None:
    """A disk that hangs, hangs the thread only."""
    into = Slow(asyncio.get_running_loop())
    making = asyncio.create_task(Zipping(full, AtNow())(POLICY, "relational", None, into))
    await into.begun.wait()
    for _ in range(100):
        await asyncio.sleep(0)
    assert not making.done()
    into.go_on.set()
    assert (await making)["responses"]


async def test_what_goes_wrong_comes_out(tmp_path: Path, full: str) -> None:
    with tempfile.TemporaryFile() as closed:
        pass
    with pytest.raises(ValueError, match="closed file"):
        await Zipping(full, AtNow())(POLICY, "relational", None, closed)
    with pytest.raises(Exception, match="no such table"):
        await Zipping(f"sqlite+aiosqlite:///{tmp_path}/other.sqlite3", AtNow())(
            POLICY, "relational", None, io.BytesIO()
        )
