"""`winback import-accounts`: what is known of accounts, from a file. A second run changes nothing."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from itertools import islice

from bot.flows.cases.accounts import foresee, learn, together
from bot.house import House
from handlers.surveys.csv_file import read_headers
from recovery.policy.file import Policy
from recovery.survey import Account
from store.cases import account_rows
from store.engine import Database, Tx
from store.errors import Contended, Stale
from store.migrate import version
from winback.accounts.report import Tally
from winback.accounts.rows import AccountRow, Order, choose, read_accounts
from winback.imports.files import opened
from winback.imports.refused import RefusedRow, refused_file
from winback.policy_file import read_policy
from winback.settings import Settings
from winback.standalone import database, missing_file, require_tables, staff_of

ROWS = 50  # in one transaction; people who click meanwhile must not wait for long
MOST_TRIES = 10
# SQLite's waiting writers look again every 100 ms at the latest; without a gap they would starve.
GAP = 0.11  # seconds


async def show(settings: Settings, order: Order) -> int:
    """Imports and prints the report; 1 if no row could be used. Raises WinbackError before anything is written."""
    policy = read_policy(settings.policy)
    date_format = order.date_format or str(policy.imports.date_format or "")
    with opened(order.file) as stream:
        headers = read_headers(stream)
        columns = choose(headers, order.columns, policy.imports.columns)
        sys.stdout.write("\n".join([f"{order.file.name}, accounts:", *columns.lines()]) + "\n")
        stream.seek(0)
        rows = read_accounts(stream, columns.names, date_format)
        with closing(rows), refused_file(order.refused, order.file, headers) as refused:
            tally = Tally()
            async with _learner(settings, policy, order) as learner:
                while batch := list(islice(rows, ROWS)):
                    done = await learner.take(batch)
                    refused.add(done.refused.rows)
                    tally.add(done)
                    await asyncio.sleep(learner.gap)
    sys.stdout.write("\n".join(tally.lines(dry_run=order.dry_run)) + "\n")
    return 1 if tally.read and tally.refused.count == tally.read else 0


@asynccontextmanager
async def _learner(settings: Settings, policy: Policy, order: Order) -> AsyncIterator["Learner"]:
    """What writes, or foresees; a dry run needs no database."""
    if order.dry_run and missing_file(settings):
        yield Learner(House(policy), None, dry_run=True)
        return
    async with database(settings) as db:
        if order.dry_run:
            empty = not await version(db, strict=True)
            if not empty:
                await require_tables(db)
            yield Learner(House(policy), None if empty else db, dry_run=True)
            return
        await require_tables(db, make=True)
        staff = await staff_of(settings, policy, db)
        if staff.notice:
            sys.stderr.write(f"{staff.notice}\n")
        yield Learner(staff.house, db, dry_run=False)


class Learner:
    """Takes rows in, a batch in one transaction; without a database everything is new."""

    def __init__(self, house: House, db: Database | None, *, dry_run: bool) -> None:
        self._house = house
        self._db = db
        self._dry_run = dry_run
        self.gap = GAP if db and not db.postgres and not dry_run else 0.0

    async def take(self, rows: Sequence[AccountRow]) -> Tally:
        """Raises Contended or Stale when somebody else stood in the way each time."""
        if self._db is None:
            return await self._count(None, rows)
        if self._dry_run:
            async with self._db.read() as tx:
                return await self._count(tx, rows)
        for tries_left in reversed(range(MOST_TRIES)):
            try:
                async with self._db.write() as tx:
                    return await self._count(tx, rows)
            except (Contended, Stale):
                if not tries_left:
                    raise
        raise AssertionError

    async def _count(self, tx: Tx | None, rows: Sequence[AccountRow]) -> Tally:
        tally = Tally(read=len(rows))
        known = await _known(tx, rows)
        for row in rows:
            if row.account is None:
                tally.refused.add(RefusedRow(row.line, row.refused, row.cells))
                continue
            before = known.get(row.account.key)
            news = [(told, known.get(told.key)) for told in _told(row, row.account, known)]
            heard = [await self._learn(tx, told, was) for told, was in news if together(was, told) != was]
            known |= {told.key: together(was, told) for told, was in news}
            tally.cases += sum(heard)
            tally.new += before is None
            tally.changed += before is not None and bool(heard)
            tally.known += before is not None and not heard
        return tally

    async def _learn(self, tx: Tx | None, told: Account, was: Account | None) -> int:
        if tx is None:
            return 0
        return await (foresee(tx, was) if self._dry_run else learn(tx, self._house, told, was))


async def _known(tx: Tx | None, rows: Sequence[AccountRow]) -> dict[str, Account]:
    keys = {key for row in rows if row.account for key in (row.account.key, row.also) if key}
    return await account_rows.by_keys(tx, keys) if tx else {}


def _told(row: AccountRow, account: Account, known: Mapping[str, Account]) -> Iterator[Account]:
    """The account under its id, and where answers knew only its name, under that too."""
    yield account
    if row.also in known:
        yield replace(account, key=row.also)
