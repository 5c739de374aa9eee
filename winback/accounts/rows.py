"""A file of accounts: which column means what, and each row as an Account or a sentence why not. No I/O but reading."""

from collections import Counter
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, TypeVar

from handlers.surveys import fields, times
from handlers.surveys.names import guess, tidy
from handlers.surveys.table import Row, UnusableFile, reading
from recovery.errors import UnusableAnswer
from recovery.survey import Account
from winback.imports.columns import Columns, Origin

T = TypeVar("T")

FIELDS = (
    *("account_id", "account_name", "segment", "acv", "renewal_date", "plan", "region", "csm_email"),
    "customer_since",
)
# What these columns are called only in a file that is about accounts and nothing else.
HERE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "account_id": ("id", "key", "external_id"),
        "account_name": ("name",),
        "customer_since": ("tenure_start", "since", "signed_at"),
        "renewal_date": ("end_date",),
        "csm_email": ("owner_email", "csm_e_mail"),
    }
)


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked on the command line; `columns`: our field to the file's column."""

    file: Path
    columns: Mapping[str, str]
    date_format: str
    dry_run: bool
    refused: Path | None


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One row: the line it starts on, its account or why there is none, and its cells as they stand.

    `also`: the key under which answers that knew only the name keep the same company, "" for none.
    """

    line: int
    cells: tuple[str, ...]
    account: Account | None = None
    refused: str = ""
    also: str = ""


def choose(headers: tuple[str, ...], told: Mapping[str, str], policy: Mapping[str, str]) -> Columns:
    """The command line first, then those columns of the policy that the file has, then guesses.

    Raises UnusableFile for what was told and isn't there, and when no column names an account.
    """
    there = {_folded(header): header for header in headers if header}
    chosen: dict[str, tuple[str, Origin]] = {}
    for field, column in told.items():
        chosen[field] = (_told(field, column, headers), "--map")
    for field, column in policy.items():
        header = there.get(_folded(column))
        if field in FIELDS and field not in chosen and header and header not in _taken(chosen):
            chosen[field] = (header, "policy")
    left = [header for header in there.values() if header not in _taken(chosen)]
    guessed = guess(left, FIELDS)
    for field, spellings in HERE.items():
        by_tidy = {tidy(header): header for header in left if header not in guessed.values()}
        found = next((by_tidy[one] for one in spellings if one in by_tidy), None)
        if field not in guessed and found:
            guessed[field] = found
    chosen |= {field: (column, "guessed") for field, column in guessed.items() if field not in chosen}
    if not {"account_id", "account_name"} & chosen.keys():
        shown = ", ".join(fields.shown(header) for header in headers[:30])
        raise UnusableFile(f"No column names the account; say which is account_id or account_name. It has: {shown}.")
    in_order = {field: chosen[field] for field in FIELDS if field in chosen}
    return Columns(in_order, tuple(header for header in headers if header and header not in _taken(chosen)))


def read_accounts(stream: BinaryIO, columns: Mapping[str, str], date_format: str) -> Generator[AccountRow, None, None]:
    """Every row but blank ones, in order. Reads the file twice: names that stand for several accounts tie none."""
    shared = _shared_names(stream, columns)
    stream.seek(0)
    seen: dict[str, tuple[int, int]] = {}
    with reading(stream) as table:
        places = {field: table.headers.index(column) for field, column in columns.items()}
        for row in table.rows:
            yield _once(_read(row, places, date_format, shared, len(table.headers)), seen)


def _shared_names(stream: BinaryIO, columns: Mapping[str, str]) -> set[str]:
    """Names, folded as keys, that stand on more than one row: with an id of its own, or without any."""
    if "account_name" not in columns:
        return set()
    counts: Counter[str] = Counter()
    with reading(stream) as table:
        place = table.headers.index(columns["account_name"])
        for row in table.rows:
            if place < len(row.cells):
                counts[" ".join(row.cells[place].split()).casefold()] += 1
    return {name for name, count in counts.items() if count > 1}


def _once(row: AccountRow, seen: dict[str, tuple[int, int]]) -> AccountRow:
    """The row, refused when another one has said something else of its account: the last must not win by chance."""
    if row.account is None:
        return row
    line, said = seen.setdefault(row.account.key, (row.line, hash(row.account)))
    if said == hash(row.account):
        return row
    why = f"{fields.shown(row.account.name or row.account.key)} stands on line {line} already and says something else."
    return AccountRow(row.line, row.cells, refused=why)


def _read(row: Row, places: Mapping[str, int], date_format: str, shared: set[str], width: int) -> AccountRow:
    if row.refused:
        return AccountRow(row.line, row.cells, refused=row.refused)
    if any(cell.strip() for cell in row.cells[width:]):
        extra = f"The row has {len(row.cells)} cells under {width} column names; put quotes around its text."
        return AccountRow(row.line, row.cells, refused=extra)
    try:
        told = {field: row.cells[place] for field, place in places.items() if place < len(row.cells)}
        account = _account(told, date_format)
    except UnusableAnswer as error:
        return AccountRow(row.line, row.cells, refused=error.sentence)
    by_name = account.name.casefold()
    also = by_name if by_name not in {"", account.key, *shared} else ""
    return AccountRow(row.line, row.cells, account, also=also)


def _account(told: Mapping[str, str], date_format: str) -> Account:
    day = partial(times.day, date_format=date_format)
    account_id = _value(told, "account_id", fields.identifier) or ""
    name = _value(told, "account_name", fields.line) or ""
    if not (account_id or name):
        raise UnusableAnswer("The row names no account: it has neither an id nor a name.")
    return Account(
        # The same key as an answer of this company has (handlers.surveys.answer).
        key=account_id or name.casefold(),
        name=name,
        acv=_value(told, "acv", fields.money),
        renewal_date=_value(told, "renewal_date", day),
        segment=_value(told, "segment", fields.line) or "",
        csm_email=_value(told, "csm_email", fields.email) or "",
        plan=_value(told, "plan", fields.line) or "",
        region=_value(told, "region", fields.line) or "",
        customer_since=_value(told, "customer_since", day),
    )


def _value(told: Mapping[str, str], field: str, read: Callable[[object, str], T]) -> T | None:
    cell = told.get(field, "")
    return None if fields.nothing(cell) else read(cell, field)


def _told(field: str, column: str, headers: tuple[str, ...]) -> str:
    if field not in FIELDS:
        raise UnusableFile(f"{fields.shown(field)} is no field of an account; use one of {', '.join(FIELDS)}.")
    found = [header for header in headers if _folded(header) == _folded(column)]
    if len(found) > 1:
        raise UnusableFile(f"The column {fields.shown(column)} stands in the file twice; rename one of them.")
    if not found:
        shown = ", ".join(fields.shown(header) for header in headers[:30])
        raise UnusableFile(f"The file has no column {fields.shown(column)}. It has: {shown}.")
    return found[0]


def _taken(chosen: Mapping[str, tuple[str, Origin]]) -> set[str]:
    return {column for column, _ in chosen.values()}


def _folded(column: str) -> str:
    return " ".join(column.split()).casefold()
