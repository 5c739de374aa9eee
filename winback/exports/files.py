"""The files of an export: CSV that a spreadsheet opens without running anything in it, or Parquet."""

import csv
import importlib
import io
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol, Self

from recovery.errors import WinbackError
from winback.exports.tables import Form, Sheet

NO_PARQUET = (
    "Parquet files take one more package: pip install 'winback[parquet]'. CSV needs none: leave out --format parquet."
)
# A spreadsheet takes a cell that starts so for a formula; the wide ones are those of East Asian keyboards.
FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
GUARD = "'"
CENTS, MICROSECONDS = Decimal("0.01"), Decimal("0.000001")
ROWS_AT_ONCE = 5000  # in a row group of a Parquet file


class Format(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"


class Writer(Protocol):
    """Writes the rows of one sheet; complete only after the `with` block."""

    def add(self, rows: Sequence[Sequence[object]]) -> None: ...


def writer(folder: Path, sheet: Sheet, format_: Format) -> "AbstractContextManager[Writer]":
    """Raises WinbackError where Parquet was asked for and its package isn't there."""
    path = folder / f"{sheet.name}.{format_.value}"
    return CsvWriter(lambda: path.open("xb"), sheet) if format_ is Format.CSV else ParquetWriter(path, sheet)


async def fill(file: Writer, rows: AsyncIterator[Sequence[object]]) -> int:
    """Write all rows; how many there were."""
    count, batch = 0, list[Sequence[object]]()
    async for row in rows:
        batch.append(row)
        if len(batch) == ROWS_AT_ONCE:
            file.add(batch)
            count, batch = count + len(batch), []
    file.add(batch)
    return count + len(batch)


def guarded(text: str) -> str:
    """Give a text that no spreadsheet runs: with an apostrophe in front where it could. Taking one off gives it back.

    White space in front hides nothing from every spreadsheet; an apostrophe gets another, so that one can be taken off.
    """
    risky = text.startswith((GUARD, "\t", "\r", "\n")) or text.lstrip().startswith(FORMULA)
    return GUARD + text if risky else text


def written_moment(at: datetime) -> str:
    """Write a moment in UTC, with its fraction of a second only where it has one."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


class CsvWriter:
    """Commas, quotes where needed, UTF-8 with a byte order mark (spreadsheets read UTF-8 only after one)."""

    def __init__(self, opened: Callable[[], IO[bytes]], sheet: Sheet) -> None:
        self._opened = opened
        self._sheet = sheet
        self._forms = tuple(sheet.columns.values())
        self._open = ExitStack()

    def __enter__(self) -> Self:
        raw = self._open.enter_context(self._opened())
        stream = self._open.enter_context(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""))
        self._csv = csv.writer(stream)
        self._csv.writerow(self._sheet.columns)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()

    def add(self, rows: Sequence[Sequence[object]]) -> None:
        forms = self._forms
        self._csv.writerows([[_cell(value, form) for value, form in zip(row, forms, strict=True)] for row in rows])


def _cell(value: object, form: Form) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return written_moment(value)
        case date():
            return value.isoformat()
        case Decimal():
            return str(value.quantize(CENTS if form is Form.MONEY else MICROSECONDS))
        case _:
            return guarded(str(value)) if form is Form.TEXT else str(value)


class ParquetWriter:
    """Columns with types of their own; text stays as it is, for no spreadsheet opens it."""

    def __init__(self, path: Path, sheet: Sheet) -> None:
        try:
            self._arrow: Any = importlib.import_module("pyarrow")
            self._parquet: Any = importlib.import_module("pyarrow.parquet")
        except ImportError as error:
            raise WinbackError(NO_PARQUET) from error
        self._path = path
        self._schema = self._arrow.schema(
            [self._arrow.field(name, _type(self._arrow, form)) for name, form in sheet.columns.items()]
        )
        self._open = ExitStack()

    def __enter__(self) -> Self:
        stream = self._open.enter_context(self._path.open("xb"))
        self._file = self._open.enter_context(self._parquet.ParquetWriter(stream, self._schema, compression="zstd"))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()

    def add(self, rows: Sequence[Sequence[object]]) -> None:
        if not rows:
            return
        columns = [
            self._arrow.array(values, type_.type)
            for values, type_ in zip(zip(*rows, strict=True), self._schema, strict=True)
        ]
        self._file.write_table(self._arrow.table(columns, schema=self._schema))


def _type(arrow: Any, form: Form) -> Any:
    types: Mapping[Form, Any] = {
        Form.TEXT: arrow.string(),
        Form.NUMBER: arrow.int64(),
        Form.YES_NO: arrow.bool_(),
        Form.MOMENT: arrow.timestamp("us", tz="UTC"),
        Form.DAY: arrow.date32(),
        Form.MONEY: arrow.decimal128(16, 2),
        Form.SECONDS: arrow.decimal128(18, 6),
    }
    return types[form]
