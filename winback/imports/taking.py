"""Takes rows of a file in, a batch in one transaction; a row that breaks takes no other with it."""

import logging
import secrets
from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from bot.flows.cases.intake import Taken, take_in
from store.cases import cases, responses
from store.cases.responses import Stored
from store.engine import GAVE_IN, Database, Tx
from store.errors import Contended
from winback.imports.comparing import Standing, said, standing
from winback.imports.refused import RefusedRow
from winback.imports.report import Tally
from winback.imports.rows import Rules, SourceRow, contradiction, ids_of
from winback.standalone import Staff

log = logging.getLogger(__name__)

MOST_TRIES = 10
# SQLite's waiting writers look again every 100 ms at the latest; without a gap they would starve.
GAP = 0.11  # seconds
LOOK_UP_SECONDS = 30.0  # for the CSMs of one batch


class Taker:
    """Writes; the tally of a batch counts only once the batch is committed."""

    def __init__(self, rules: Rules, db: Database, staff: Staff) -> None:
        self._rules = rules
        self._db = db
        self._staff = staff
        self.gap = 0.0 if db.postgres else GAP

    async def take(self, rows: Sequence[SourceRow]) -> Tally:
        """Raises Contended when somebody else stood in the way each time."""
        await self._know_csms(rows)
        for tries_left in reversed(range(MOST_TRIES)):
            try:
                async with self._db.write() as tx:
                    tally = await self._together(tx, rows) or await self._one_by_one(tx, rows)
            except Contended:
                if not tries_left:
                    raise
            else:
                return tally
        raise AssertionError

    async def _together(self, tx: Tx, rows: Sequence[SourceRow]) -> Tally | None:
        """All rows with one savepoint, a quarter faster; None, and nothing written, if one of them is broken."""
        tally = Tally(read=len(rows))
        there = await responses.known_ids(tx, self._rules.order.source, ids_of(rows))
        try:
            async with tx.conn.begin_nested():
                for row in rows:
                    await self._row(tx, row, there, tally)
        except Exception as error:
            if _ends_the_batch(error):
                raise
            log.debug("a row is broken; each of its batch gets a savepoint of its own", exc_info=error)
            return None
        return tally

    async def _one_by_one(self, tx: Tx, rows: Sequence[SourceRow]) -> Tally:
        """A savepoint for each row: a broken one never takes the others with it."""
        tally = Tally(read=len(rows))
        there = await responses.known_ids(tx, self._rules.order.source, ids_of(rows))
        for row in rows:
            try:
                async with tx.conn.begin_nested():
                    await self._row(tx, row, there, tally)
            except Exception as error:
                if _ends_the_batch(error):
                    raise
                reference = secrets.token_hex(4)
                log.exception("line %s failed (reference %s)", row.line, reference)
                why = f"An error of ours (reference {reference}); the log says more."
                tally.refused.add(RefusedRow(row.line, why, row.cells))
        return tally

    async def _know_csms(self, rows: Sequence[SourceRow]) -> None:
        """A case goes to its account's CSM first; a transaction must not wait while Slack is asked who that is."""
        if self._staff.notice:
            return
        now = self._db.clock.now()
        answers = [answer for row in rows if (answer := row.read.answer) and self._rules.wants_case(answer, now)]
        csms = [answer.account.csm_email for answer in answers if answer.account]
        await self._staff.directory.know(*csms, patience=LOOK_UP_SECONDS)

    async def _row(self, tx: Tx, row: SourceRow, there: set[str], tally: Tally) -> None:
        """Counts the row last, so that one that breaks is counted once."""
        answer, _, why = self._rules.placed(row)
        if answer is None:
            tally.refused.add(RefusedRow(row.line, why, row.cells))
            return
        known = answer.response_id in there
        old = await responses.find(tx, answer.source, answer.response_id) if known else None
        new = said(answer, has_account=answer.account is not None)
        found = standing(new, said(old.response, has_account=old.account_id is not None) if old else None)
        if found is Standing.CONTRADICTS:
            tally.refused.add(RefusedRow(row.line, contradiction(answer), row.cells))
            return
        opened = False
        if found is not Standing.KNOWN:
            opens = self._rules.opens(answer, tx.now)
            taken = await take_in(tx, self._staff.house, answer, tx.now, open_cases=opens)
            opened = await _opened(tx, old, taken)
        there.add(answer.response_id)
        tally.opened += opened
        tally.count(found)


async def _opened(tx: Tx, old: Stored | None, taken: Taken) -> bool:
    """A case that an answer has just opened is at its first version; one it joined is further on."""
    if taken.case_id is None or (old is not None and old.case_id == taken.case_id):
        return False
    return (await cases.get(tx, taken.case_id)).version == 1


def _ends_the_batch(error: Exception) -> bool:
    """The database itself is in trouble, or another transaction in the way: no fault of this row."""
    if isinstance(error, Contended | OSError | OperationalError | InterfaceError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or getattr(error.orig, "sqlstate", "") in GAVE_IN
