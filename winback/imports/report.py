"""What became of an imported file: the counts, and the refused rows with their reasons."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recovery.errors import WinbackError
from winback.imports.comparing import Standing

SHOWN = 20


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not taken: the line it starts on, why, and its cells where they are wanted."""

    line: int
    why: str
    cells: tuple[str, ...] = ()


@dataclass(slots=True)
class Tally:
    """How many rows of each kind. `known` includes rows that stand in the file twice."""

    read: int = 0
    new: int = 0
    changed: int = 0
    known: int = 0
    opened: int = 0
    refused: int = 0
    rows: list[RefusedRow] = field(default_factory=list)

    def count(self, found: Standing) -> None:
        """One row that was not refused."""
        self.new += found is Standing.NEW
        self.changed += found is Standing.CHANGED
        self.known += found is Standing.KNOWN

    def refuse(self, row: RefusedRow) -> None:
        self.refused += 1
        self.rows.append(row)

    def add(self, batch: "Tally") -> None:
        """Takes over a batch that was committed; of its refused rows as many as the report shows."""
        for name in ("read", "new", "changed", "known", "opened", "refused"):
            setattr(self, name, getattr(self, name) + getattr(batch, name))
        self.rows += batch.rows[: SHOWN - len(self.rows)]

    def lines(self, *, dry_run: bool) -> list[str]:
        """The report for a person."""
        would = "would be " if dry_run else ""
        lines = [
            f"{self.read:>9,} row{'s' * (self.read != 1)} read",
            f"{self.new:>9,} {would}imported",
            f"{self.known:>9,} already there",
            f"{self.refused:>9,} refused",
            f"{self.opened:>9,} case{'s' * (self.opened != 1)} {would}opened",
        ]
        if self.changed:
            lines.insert(3, f"{self.changed:>9,} {would}changed: a newer version of an answer that was there")
        lines += [f"line {row.line}: {row.why}" for row in self.rows]
        if self.refused > len(self.rows):
            lines.append(f"… and {self.refused - len(self.rows):,} more. --refused FILE.csv writes all of them.")
        if dry_run:
            lines.append("Nothing was written: this was a dry run.")
        return lines


class RefusedFile:
    """A CSV file with the refused rows as they stood, to mend and import again. Without a path it writes nothing."""

    def __init__(self, writer: Any = None, width: int = 0) -> None:
        self._writer = writer
        self._width = width

    def add(self, rows: Sequence[RefusedRow]) -> None:
        if self._writer is not None:
            for row in rows:
                cells = [*row.cells, *[""] * (self._width - len(row.cells))]
                self._writer.writerow([row.line, row.why, *cells])


@contextmanager
def refused_file(path: Path | None, source: Path, headers: tuple[str, ...]) -> Iterator[RefusedFile]:
    """Raises WinbackError where the file can't be written, before anything is imported."""
    if path is None:
        yield RefusedFile()
        return
    if path.exists() and path.samefile(source):
        raise WinbackError("--refused names the file that is imported; name another one.")
    try:
        # Spreadsheets read UTF-8 as such only after a byte order mark.
        stream = path.open("w", encoding="utf-8-sig", newline="")
    except OSError as error:
        raise WinbackError(f"The refused rows can't be written to {path}: {error.strerror}.") from error
    with stream:
        writer = csv.writer(stream)
        # Names that no field is called by, so that the mended file can be imported as it is.
        writer.writerow(["refused line", "refused because", *headers])
        yield RefusedFile(writer, len(headers))
