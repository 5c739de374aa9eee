"""A file of rows as people export it: any usual encoding and delimiter, quotes with line ends, any length."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import BinaryIO

from recovery.errors import WinbackError

DELIMITERS = ",;\t|"
_PEEK = 65_536
_SAMPLE_LINES = 40
_EXCEL_HINT = re.compile(r"sep=(.)\s*", re.IGNORECASE)
# A byte that is no UTF-8 stands in the text as a half surrogate; it was written by an older Windows program.
_WINDOWS = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}
_BROKEN = re.compile("[\udc80-\udcff]")


class UnusableFile(WinbackError):
    """The file as a whole can't be imported; nothing has been read."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it starts on (from 1), its cells, and a sentence when it can't be read."""

    line: int
    cells: tuple[str, ...]
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    headers: tuple[str, ...]
    rows: Iterator[Row]


@contextmanager
def reading(stream: BinaryIO) -> Iterator[Table]:
    """The table in `stream` (binary, seekable or not, left open), row by row. Raises UnusableFile.

    UTF-8 with or without byte order mark, UTF-16, and Windows-1252, also mixed by line. The delimiter is the
    one of `,`, `;`, tab and `|` that cuts the first lines into the most even rows. Blank rows are left out.
    """
    buffered = stream if isinstance(stream, io.BufferedReader) else _buffered(stream)
    encoding = _encoding(buffered.peek(_PEEK)[:_PEEK])
    errors = "surrogateescape" if encoding == "utf-8-sig" else "replace"
    text = io.TextIOWrapper(buffered, encoding, errors, newline="")
    try:
        yield _table(map(_mended, text))
    finally:
        text.detach()
        if buffered is not stream:
            buffered.detach()


def _buffered(stream: BinaryIO) -> io.BufferedReader:
    return io.BufferedReader(stream, _PEEK)  # type: ignore[arg-type]  # typeshed wants more of a raw stream than is used


def _encoding(start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Latin letters in UTF-16 leave every other byte empty; which one tells the byte order.
    half = len(start) // 2
    if half and start[1::2].count(0) > half // 2:
        return "utf-16-le"
    return "utf-16-be" if half and start[0::2].count(0) > half // 2 else "utf-8-sig"


def _mended(line: str) -> str:
    return line.translate(_WINDOWS) if _BROKEN.search(line) else line


def _table(lines: Iterator[str]) -> Table:
    first = list(islice(lines, _SAMPLE_LINES))
    skipped = 0
    while first and not first[0].strip():
        first.pop(0)
        skipped += 1
    hint = _EXCEL_HINT.fullmatch(first[0]) if first else None
    if hint:
        first.pop(0)
        skipped += 1
    if not first:
        raise UnusableFile("The file is empty; expected a row of column names and rows of answers.")
    delimiter = hint[1] if hint else _delimiter(first)
    rows = _rows(chain(first, lines), delimiter, skipped)
    header = next(rows, Row(1, ()))
    headers = tuple(" ".join(cell.split()) for cell in header.cells)
    if header.refused or not any(headers):
        raise UnusableFile("The first row can't be read as column names; check the quotes in it.")
    return Table(headers, rows)


def _delimiter(sample: list[str]) -> str:
    def evenness(delimiter: str) -> tuple[int, int]:
        rows = [row.cells for row in _rows(iter(sample), delimiter, 0) if not row.refused]
        width = len(rows[0]) if rows else 0
        return (sum(len(cells) == width for cells in rows) if width > 1 else 0, width)

    return max(DELIMITERS, key=evenness)


def _rows(lines: Iterator[str], delimiter: str, skipped: int) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    while True:
        line = skipped + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # The reader goes on with the next line.
            yield Row(line, (), f"This row can't be read ({error}); check its quotes.")
            continue
        if any(cell.strip() for cell in cells):
            yield Row(line, tuple(cells))
