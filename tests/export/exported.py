"""Data sets in a database, and exports of them."""

from datetime import datetime
from pathlib import Path

from recovery.figures.periods import Period
from recovery.policy.file import Policy
from store.engine import Database
from store.figures import exports
from store.figures.exports import Cut
from tests.export.datasets import NOW
from winback.exports.command import Order, write
from winback.exports.files import Format
from winback.exports.rows import Export


class AtNow:
    """A clock that stands where the data sets end."""

    def now(self) -> datetime:
        return NOW

    def wall(self) -> datetime:
        return NOW


async def export(
    db: Database,
    policy: Policy,
    folder: Path,
    format_: Format = Format.CSV,
    *,
    programme: str = "",
    period: Period | None = None,
) -> dict[str, int]:
    """Write an export; rows by file."""
    async with db.read() as tx:
        await exports.hold_still(tx)
        cut = Cut(programme, period.start if period else None, period.end if period else None)
        return await write(Export(policy, tx, cut, period), Order(folder, format_))
