"""`winback import`: the answers of a file, through the same flow as everybody's. A second run adds nothing."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager, closing
from itertools import chain, islice
from typing import BinaryIO, Never, Protocol

from tqdm import tqdm

from handlers.surveys import SourceOptions, csv_file
from handlers.surveys.table import Row, reading
from store.migrate import version
from winback.app import clock_of
from winback.imports.columns import Columns, choose
from winback.imports.files import opened, options_of
from winback.imports.foreseeing import Foresight
from winback.imports.refused import RefusedFile, refused_file
from winback.imports.report import Tally
from winback.imports.rows import Order, Rules, SourceRow, rules_of
from winback.imports.taking import Taker
from winback.policy_file import read_policy
from winback.settings import Settings
from winback.standalone import database, missing_file, require_tables, staff_of

# A batch keeps SQLite's only write lock; people who click meanwhile must not wait for long.
HOLD = 0.4  # seconds
FIRST, LEAST, MOST = 50, 20, 500  # rows in a batch


class Batches(Protocol):
    """Writes rows, or foresees what writing them would do. `gap`: seconds for others between two batches."""

    gap: float

    async def take(self, rows: list[SourceRow]) -> Tally: ...


async def show(settings: Settings, order: Order) -> int:
    """Imports and prints the report; 1 if no row could be used. Raises WinbackError before anything is written."""
    rules = rules_of(read_policy(settings.policy), order)
    options = options_of(rules.policy, order)
    with opened(order.file) as stream:
        headers = csv_file.read_headers(stream)
        columns = choose(headers, order.columns, rules.policy.imports.columns)
        stream.seek(0)
        with closing(_rows(settings, order, options, columns, stream)) as rows:
            first = list(islice(rows, 1))  # says what is wrong with the columns before anything is opened
            sys.stdout.write("\n".join([f"{order.file.name}, as {order.source}:", *columns.lines()]) + "\n")
            with refused_file(order.refused, order.file, headers) as refused:
                async with _batches(settings, rules) as batches:
                    tally = await _take_all(batches, chain(first, rows), stream, refused, order)
    sys.stdout.write("\n".join(tally.lines(dry_run=order.dry_run)) + "\n")
    return 1 if tally.read and tally.refused.count == tally.read else 0


async def _take_all(
    batches: Batches, rows: Iterator[SourceRow], stream: BinaryIO, refused: RefusedFile, order: Order
) -> Tally:
    tally, size = Tally(), FIRST
    with _bar(stream) as bar:
        try:
            while batch := list(islice(rows, size)):
                began = time.monotonic()
                done = await batches.take(batch)
                took = time.monotonic() - began
                refused.add(done.refused.rows)
                tally.add(done)
                bar.set_postfix_str(f"{tally.read:,} rows", refresh=False)
                bar.update(stream.tell() - bar.n)
                size = max(LEAST, min(MOST, int(size * HOLD / max(took, 0.001))))
                await asyncio.sleep(batches.gap)
        except BaseException:
            if tally.read and not order.dry_run:
                bar.close()
                sys.stderr.write(f"Stopped: the first {tally.read:,} rows are done. Run it again to go on.\n")
            raise
    return tally


@asynccontextmanager
async def _batches(settings: Settings, rules: Rules) -> AsyncIterator[Batches]:
    clock = clock_of(settings)
    if rules.order.dry_run and missing_file(settings):
        yield Foresight(rules, None, clock)
        return
    async with database(settings) as db:
        if rules.order.dry_run:
            empty = not await version(db, strict=True)
            if not empty:
                await require_tables(db)
            yield Foresight(rules, None if empty else db, clock)
            return
        await require_tables(db, make=True)
        staff = await staff_of(settings, rules.policy, db)
        if staff.notice:
            sys.stderr.write(f"{staff.notice}\n")
        yield Taker(rules, db, staff)


def _rows(
    settings: Settings, order: Order, options: SourceOptions, columns: Columns, stream: BinaryIO
) -> Generator[SourceRow, None, None]:
    now = clock_of(settings).now()
    answers = csv_file.read_answers(stream, options, columns.names, order.source, received_at=now)
    if order.refused is None:
        yield from map(SourceRow, answers)
        return
    # The same rows once more as they stand, for the file of the refused ones.
    with order.file.open("rb") as again, reading(again) as table:
        cells: Iterator[Row] = table.rows
        for answer, row in zip(answers, cells, strict=True):
            yield SourceRow(answer, row.cells)


def _bar(stream: BinaryIO) -> "tqdm[Never]":
    """Counts bytes: how many rows there are is known at the end only. Silent where nobody looks."""
    size = os.fstat(stream.fileno()).st_size
    return tqdm(total=size, unit="B", unit_scale=True, leave=False, disable=None, file=sys.stderr, mininterval=0.2)
