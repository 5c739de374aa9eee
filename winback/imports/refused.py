"""The rows of a file that were not taken: how many, the first of them for the report, all for a file to mend."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recovery.errors import WinbackError

SHOWN = 20


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not taken: the line it starts on, why, and its cells where they are wanted."""

    line: int
    why: str
    cells: tuple[str, ...] = ()


@dataclass(slots=True)
class RefusedRows:
    """How many there are, and those that are shown; of a batch all of them."""

    count: int = 0
    rows: list[RefusedRow] = field(default_factory=list)

    def add(self, row: RefusedRow) -> None:
        self.count += 1
        self.rows.append(row)

    def take(self, batch: "RefusedRows") -> None:
        """Takes over those of a batch that was committed; as many as the report shows are kept."""
        self.count += batch.count
        self.rows += batch.rows[: SHOWN - len(self.rows)]

    def lines(self) -> list[str]:
        """For a person: each that is shown with its reason, and where the others are."""
        found = [f"line {row.line}: {row.why}" for row in self.rows]
        if self.count > len(self.rows):
            found.append(f"… and {self.count - len(self.rows):,} more. --refused FILE.csv writes all of them.")
        return found


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
