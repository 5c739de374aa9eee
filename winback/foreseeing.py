"""A dry run: what an import would do, found out by reading alone.

Nothing is written, not even in a transaction that is rolled back: that would take locks from a running bot and, on
Postgres, numbers from the cases to come. What the file itself says twice is remembered here, about 300 bytes a row.
"""

import struct
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import sqlalchemy as sa

from recovery.survey import SurveyResponse
from store import responses
from store.clock import Clock
from store.engine import Database, Tx
from store.responses import Stored
from store.tables import cases, contacts
from winback.comparing import PARTS, Said, Standing, said, standing, together
from winback.import_report import RefusedRow, Tally
from winback.rows import Rules, SourceRow, contradiction


class Foresight:
    """`db` is None where there is no database yet."""

    def __init__(self, rules: Rules, db: Database | None, clock: Clock) -> None:
        self._rules = rules
        self._db = db
        self._clock = clock
        self._seen: dict[int, bytes] = {}
        self._opened: set[int] = set()

    async def take(self, rows: Sequence[SourceRow]) -> Tally:
        """What these rows would do, after all rows before them."""
        tally = Tally(read=len(rows))
        async with AsyncExitStack() as stack:
            tx = await stack.enter_async_context(self._db.read()) if self._db else None
            now = tx.now if tx else self._clock.now()
            for row in rows:
                await self._row(tx, row, now, tally)
        return tally

    async def _row(self, tx: Tx | None, row: SourceRow, now: datetime, tally: Tally) -> None:
        answer, programme, why = self._rules.placed(row)
        if answer is None:
            tally.refuse(RefusedRow(row.line, why, row.cells))
            return
        stored = await responses.find(tx, answer.source, answer.response_id) if tx else None
        key = hash((answer.source, answer.response_id))
        new = said(answer, has_account=answer.account is not None)
        old = self._known(key, stored)
        found = standing(_hashed(new), old)
        if found is Standing.CONTRADICTS:
            tally.refuse(RefusedRow(row.line, contradiction(answer), row.cells))
            return
        tally.count(found)
        if found in {Standing.NEW, Standing.CHANGED}:
            self._seen[key] = _packed(together(_hashed(new), old) if old else _hashed(new))
        if self._rules.wants_case(answer, now) and not (stored and stored.case_id):
            tally.opened += await self._opens(tx, answer, stored.programme if stored else programme)

    def _known(self, key: int, stored: Stored | None) -> Said | None:
        if key in self._seen:
            return _unpacked(self._seen[key])
        if stored is None:
            return None
        return _hashed(said(stored.response, has_account=stored.account_id is not None))

    async def _opens(self, tx: Tx | None, answer: SurveyResponse, programme: str) -> bool:
        """True unless the contact has an open case in the programme, in the database or by a row before."""
        pair = hash((answer.contact.key, programme))
        if pair in self._opened or (tx and await has_open_case(tx, answer.contact.key, programme)):
            return False
        self._opened.add(pair)
        return True


async def has_open_case(tx: Tx, contact_key: str, programme: str) -> bool:
    found = await tx.conn.scalar(
        sa.select(cases.c.id)
        .join(contacts, contacts.c.id == cases.c.contact_id)
        .where(
            contacts.c.key == contact_key,
            cases.c.programme == programme,
            cases.c.state != sa.literal_column("'closed'"),
        )
        .limit(1)
    )
    return found is not None


_SHAPE = struct.Struct(f"<d{PARTS}q")


def _hashed(one: Said) -> Said:
    return Said(one.at, tuple(hash(part) or 1 if part else 0 for part in one.parts))


def _packed(one: Said) -> bytes:
    return _SHAPE.pack(one.at.timestamp(), *one.parts)


def _unpacked(packed: bytes) -> Said:
    at, *parts = _SHAPE.unpack(packed)
    return Said(datetime.fromtimestamp(at, UTC), tuple(parts))
