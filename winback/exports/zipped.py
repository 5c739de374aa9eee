"""The CSV files of one programme as one ZIP, for a download from the running bot."""

import asyncio
import threading
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import IO

from recovery.figures.periods import Period
from recovery.policy.file import Policy
from store.clock import Clock
from store.engine import Database, Tx
from store.figures import exports
from store.figures.exports import Cut
from winback.exports.files import CsvWriter, fill
from winback.exports.rows import ROWS, Export, Values
from winback.exports.tables import SHEETS, Sheet


class Stopped(Exception):
    """Whoever wanted the export has given up; only the thread that makes it sees this."""


@dataclass(frozen=True, slots=True)
class Zipping:
    """Makes exports beside the event loop: in a thread, with a loop and connections of its own.

    So nobody waits for its long transaction, neither a click nor a changed policy (`Database.alone`).
    """

    database_url: str
    clock: Clock

    async def __call__(self, policy: Policy, programme: str, period: Period | None, into: IO[bytes]) -> dict[str, int]:
        """Writes the ZIP into an open file; rows by file. `period` None: all time. Raises what database and file do.

        Whoever gives up waiting ends it: the thread is done with the file when CancelledError comes out.
        """
        stop = threading.Event()

        def work() -> dict[str, int]:
            return asyncio.run(self._make(policy, programme, period, into, stop))

        working = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            stop.set()
            await asyncio.gather(working, return_exceptions=True)
            raise

    async def _make(
        self, policy: Policy, programme: str, period: Period | None, into: IO[bytes], stop: threading.Event
    ) -> dict[str, int]:
        db = Database(self.database_url, self.clock)
        try:
            async with db.read() as tx:
                await exports.hold_still(tx)
                cut = Cut(programme, period.start if period else None, period.end if period else None)
                return await _write(Export(policy, tx, cut, period), into, stop)
        finally:
            await db.close()


async def _write(wanted: Export, into: IO[bytes], stop: threading.Event) -> dict[str, int]:
    counts = {}
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in SHEETS:
            with _file(archive, sheet, wanted.tx) as file:
                counts[sheet.name] = await fill(file, _until(stop, ROWS[sheet.name](wanted)))
    return counts


def _file(archive: zipfile.ZipFile, sheet: Sheet, tx: Tx) -> CsvWriter:
    at = tx.now
    entry = zipfile.ZipInfo(f"{sheet.name}.csv", (at.year, at.month, at.day, at.hour, at.minute, at.second))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16  # for its owner alone, like the files of `winback export`
    # How long it will be is not known yet; without force_zip64 two gigabytes would be the end.
    return CsvWriter(lambda: archive.open(entry, "w", force_zip64=True), sheet)


async def _until(stop: threading.Event, rows: AsyncIterator[Values]) -> AsyncIterator[Values]:
    async for row in rows:
        if stop.is_set():
            raise Stopped("Nobody waits for this export any more.")
        yield row
