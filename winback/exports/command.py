"""`winback export`: everything that figures are made of, as files; each figure can be counted again from them."""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from recovery.errors import WinbackError
from recovery.figures.periods import Period, parse_period
from recovery.policy.file import Policy
from store.engine import Tx
from store.figures import exports
from store.figures.exports import Cut
from winback.exports.files import Format, fill, writer
from winback.exports.rows import ROWS, Export
from winback.exports.tables import SHEETS, Sheet
from winback.policy_file import read_policy
from winback.settings import Settings
from winback.standalone import database, require_tables


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked on the command line; an empty programme or period means all of them."""

    folder: Path
    format: Format = Format.CSV
    programme: str = ""
    period: str = ""
    replace: bool = False


async def show(settings: Settings, order: Order) -> int:
    """Writes the files and says how many rows each has. Raises WinbackError; then no file has been touched."""
    policy = read_policy(settings.policy)
    _refuse_taken(order)
    async with database(settings) as db:
        await require_tables(db)
        async with db.read() as tx:
            await exports.hold_still(tx)
            wanted = await _wanted(tx, policy, order)
            counts = await write(wanted, order)
    sys.stdout.write("\n".join(_lines(order, wanted.period, counts)) + "\n")
    return 0


async def write(wanted: Export, order: Order) -> dict[str, int]:
    """Writes every file, and puts them in their place once all are complete; rows by file."""
    order.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # In the same folder, so that the files can be moved in one step each; nobody else can read what isn't complete.
    with tempfile.TemporaryDirectory(prefix=".export-", dir=order.folder) as name:
        new, counts = Path(name), {}
        try:
            for sheet in SHEETS:
                with writer(new, sheet, order.format) as file:
                    counts[sheet.name] = await fill(file, ROWS[sheet.name](wanted))
        except OSError as error:
            raise WinbackError(f"The export can't be written to {order.folder}: {error.strerror or error}.") from error
        for path in _ours(order.folder):
            path.unlink()
        for path in _ours(new):
            path.rename(order.folder / path.name)
    return counts


async def _wanted(tx: Tx, policy: Policy, order: Order) -> Export:
    # A programme that the policy no longer has still has its answers.
    known = order.programme in {"", *policy.programmes} or await exports.has_programme(tx, order.programme)
    if not known:
        keys = ", ".join(policy.programmes)
        raise WinbackError(f"There is no programme {order.programme!r}; the policy has {keys}.")
    period = parse_period(order.period, tx.now, policy.figures.fiscal_year_starts) if order.period else None
    cut = Cut(order.programme, period.start if period else None, period.end if period else None)
    return Export(policy, tx, cut, period)


def _refuse_taken(order: Order) -> None:
    if order.folder.exists() and not order.folder.is_dir():
        raise WinbackError(f"{order.folder} is a file; name a folder.")
    found = _ours(order.folder)
    if found and not order.replace:
        raise WinbackError(
            f"{order.folder} holds an export already ({found[0].name}). Name another folder, or add --replace."
        )


def _ours(folder: Path) -> list[Path]:
    """The files of an export that stand in a folder, of either format."""
    names = [f"{sheet.name}.{format_.value}" for sheet in SHEETS for format_ in Format]
    return [path for path in (folder / name for name in names) if path.exists()]


def _lines(order: Order, period: Period | None, counts: dict[str, int]) -> list[str]:
    of = f" of {order.programme}" if order.programme else ""
    when = f", {period.name}" if period else ""
    return [
        f"Exported{of}{when} to {order.folder}:",
        *(_line(sheet, order.format, counts[sheet.name]) for sheet in SHEETS),
        "docs/figures-dictionary.md says what each column means. The files hold names and words of customers.",
    ]


def _line(sheet: Sheet, format_: Format, count: int) -> str:
    return f"{count:>9,} row{'s' if count != 1 else ' '}  {sheet.name}.{format_.value}"
