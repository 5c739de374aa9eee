"""A dry run: what an import would do, found out by reading alone.

Nothing is written, not even in a transaction that is rolled back: that would take locks from a running bot and, on
Postgres, numbers from the cases to come. What the file itself says twice is remembered here, about 300 bytes a row.
"""

import struct
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

from recovery.survey import SurveyResponse
from store.cases import cases, responses
from store.cases.responses import Stored
from store.clock import Clock
from store.engine import Database, Tx
from winback.imports.comparing import PARTS, Said, Standing, said, speaks_anew, standing, together
from winback.imports.refused import RefusedRow
from winback.imports.report import Tally
from winback.imports.rows import Rules, SourceRow, contradiction, ids_of


class Foresight:
    """`db` is None where there is no database yet."""

    gap = 0.0

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
            there = await responses.known_ids(tx, self._rules.order.source, ids_of(rows)) if tx else set()
            for row in rows:
                await self._row(tx, row, now, there, tally)
        return tally

    async def _row(self, tx: Tx | None, row: SourceRow, now: datetime, there: set[str], tally: Tally) -> None:
        answer, programme, why = self._rules.placed(row)
        if answer is None:
            tally.refused.add(RefusedRow(row.line, why, row.cells))
            return
        known = tx is not None and answer.response_id in there
        stored = await responses.find(tx, answer.source, answer.response_id) if tx and known else None
        key = hash((answer.source, answer.response_id))
        new = _hashed(said(answer, has_account=answer.account is not None))
        old = self._known(key, stored)
        found = standing(new, old)
        if found is Standing.CONTRADICTS:
            tally.refused.add(RefusedRow(row.line, contradiction(answer), row.cells))
            return
        tally.count(found)
        if found is Standing.KNOWN:
            return
        self._seen[key] = _packed(together(new, old) if old else new)
        if self._rules.wants_case(answer, now) and speaks_anew(new, old) and not (stored and stored.case_id):
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
        if pair in self._opened or (tx and await cases.has_open(tx, answer.contact.key, programme)):
            return False
        self._opened.add(pair)
        return True


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_SHAPE = struct.Struct(f"<{PARTS + 1}q")


def _hashed(one: Said) -> Said:
    return Said(one.at, tuple(hash(part) or 1 if part else 0 for part in one.parts))


def _packed(one: Said) -> bytes:
    return _SHAPE.pack((one.at - _EPOCH) // _TICK, *one.parts)


def _unpacked(packed: bytes) -> Said:
    ticks, *parts = _SHAPE.unpack(packed)
    return Said(_EPOCH + ticks * _TICK, tuple(parts))
