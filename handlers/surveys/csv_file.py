"""Answers from a file: which column means what, and each row as a SurveyResponse or a sentence why not."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO

from handlers.surveys import fields, times
from handlers.surveys.answer import Told, compose
from handlers.surveys.names import FIELDS, guess
from handlers.surveys.options import Ignored, SourceOptions
from handlers.surveys.table import Row, UnusableFile, reading
from recovery.errors import UnusableAnswer
from recovery.survey import SurveyResponse

_REQUIRED = {"score": "the score", "responded_at": "the day or time of the answer"}


@dataclass(frozen=True, slots=True)
class RowRead:
    """One row of the file: the line it starts on, and either its answer or why it is left out."""

    line: int
    answer: SurveyResponse | None = None
    refused: str = ""


def guess_columns(headers: Iterable[str]) -> dict[str, str]:
    """Our field to the column that people usually mean by it; columns we don't know are left out."""
    return guess([header for header in headers if header])


def read_headers(stream: BinaryIO) -> tuple[str, ...]:
    """The column names of the file; moves the stream's position. Raises UnusableFile."""
    with reading(stream) as table:
        return table.headers


def read_answers(
    stream: BinaryIO,
    options: SourceOptions,
    columns: Mapping[str, str],
    source: str,
    *,
    received_at: datetime,
) -> Iterator[RowRead]:
    """Every row of the file but blank ones, one at a time, in order.

    `columns`: our field to column name; what it leaves out is not read, and an empty one is guessed.
    `options.zone` and `options.date_format` say how to read times without zone and days like
    03/09/2026. A row without a response id gets one that is the same when the file is read again.
    `received_at` (aware) only bounds the times: an import never starts a clock at the day of the
    import. Raises UnusableFile on the first row when a column is missing.
    """
    with reading(stream) as table:
        places = _places(table.headers, columns or guess_columns(table.headers))
        twins: Counter[str] = Counter()
        for row in table.rows:
            yield _read(row, options, places, source, received_at, twins, len(table.headers))


def _places(headers: tuple[str, ...], columns: Mapping[str, str]) -> dict[str, tuple[int, str]]:
    """Our field to the place of its column and the column's name."""
    folded = [header.casefold() for header in headers]
    places = {}
    for field, column in columns.items():
        wanted = " ".join(column.split())
        if field not in FIELDS:
            raise UnusableFile(f"{fields.shown(field)} is no field of an answer; use one of {', '.join(FIELDS)}.")
        if folded.count(wanted.casefold()) > 1:
            raise UnusableFile(f"The column {fields.shown(wanted)} stands in the file twice; rename one of them.")
        if wanted.casefold() not in folded:
            raise UnusableFile(f"The file has no column {fields.shown(wanted)}. It has: {_listed(headers)}.")
        places[field] = (folded.index(wanted.casefold()), wanted)
    for field, meaning in _REQUIRED.items():
        if field not in places:
            raise UnusableFile(f"No column tells {meaning}; say which is {field}. The file has: {_listed(headers)}.")
    return places


def _listed(headers: tuple[str, ...]) -> str:
    return ", ".join(fields.shown(header) for header in headers[:30])


def _read(
    row: Row,
    options: SourceOptions,
    places: Mapping[str, tuple[int, str]],
    source: str,
    received_at: datetime,
    twins: Counter[str],
    width: int,
) -> RowRead:
    if row.refused:
        return RowRead(row.line, refused=row.refused)
    if any(cell.strip() for cell in row.cells[width:]):
        extra = f"The row has {len(row.cells)} cells under {width} column names; put quotes around its text."
        return RowRead(row.line, refused=extra)
    told = {
        field: Told(row.cells[place], f"{field} ({column})" if column != field else field)
        for field, (place, column) in places.items()
        if place < len(row.cells)
    }
    try:
        answer = _answer(told, options, source, received_at, twins)
    except UnusableAnswer as error:
        return RowRead(row.line, refused=error.sentence)
    if isinstance(answer, Ignored):
        return RowRead(row.line, refused=f"Left out: {answer.reason}.")
    return RowRead(row.line, answer)


def _answer(
    told: dict[str, Told], options: SourceOptions, source: str, received_at: datetime, twins: Counter[str]
) -> SurveyResponse | Ignored:
    for field in _REQUIRED:
        told.setdefault(field, Told("", field))
    if not fields.blank(told["score"].value):
        when = told["responded_at"]
        # Read here because an empty time is refused in a file: an old answer must not start a clock today.
        at = times.moment(when.value, when.label, received_at, zone=options.zone, date_format=options.date_format)
        told_id = told.get("response_id")
        if told_id is None or fields.blank(told_id.value):
            told["response_id"] = Told(_own_id(told, source, at, twins), "response_id")
    return compose(options, source, told, received_at)


def _own_id(told: Mapping[str, Told], source: str, at: datetime, twins: Counter[str]) -> str:
    """A stable id from who answered what and when.

    One person gives one score at one time once, so such a row twice is one answer. Rows without an
    address may well be two people: they differ by all they say, and equal ones by their order.
    """
    score = fields.score(told["score"].value, told["score"].label)
    email = told.get("email")
    address = "" if email is None or fields.nothing(email.value) else fields.email(email.value, email.label)
    parts = [source, address, at.isoformat(), str(score)]
    if not address:
        rest = ("contact_id", "name", "account_id", "account_name", "comment")
        parts += [str(told[name].value).strip() if name in told else "" for name in rest]
    identity = sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    if address:
        return f"row:{identity}"
    twins[identity] += 1
    return f"row:{identity}" if twins[identity] == 1 else f"row:{identity}:{twins[identity]}"
