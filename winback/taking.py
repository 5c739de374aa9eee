"""Takes rows of a file in, a batch in one transaction, each row with a savepoint of its own."""

import logging
import secrets
from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from bot.flows.intake import Taken, take_in
from bot.house import House
from recovery.survey import SurveyResponse
from store import cases, responses
from store.engine import GAVE_IN, Database, Tx
from store.errors import Contended
from store.responses import Stored
from winback.comparing import Standing, said, standing
from winback.import_report import RefusedRow, Tally
from winback.rows import Rules, SourceRow, contradiction

log = logging.getLogger(__name__)

MOST_TRIES = 10


class Taker:
    """Writes; the tally of a batch counts only once the batch is committed."""

    def __init__(self, rules: Rules, db: Database, house: House) -> None:
        self._rules = rules
        self._db = db
        self._house = house

    async def take(self, rows: Sequence[SourceRow]) -> Tally:
        """Raises Contended when somebody else stood in the way each time."""
        for tries_left in reversed(range(MOST_TRIES)):
            tally = Tally(read=len(rows))
            try:
                async with self._db.write() as tx:
                    for row in rows:
                        await self._row(tx, row, tally)
            except Contended:
                if not tries_left:
                    raise
            else:
                return tally
        raise AssertionError

    async def _row(self, tx: Tx, row: SourceRow, tally: Tally) -> None:
        answer, _, why = self._rules.placed(row)
        if answer is not None:
            try:
                async with tx.conn.begin_nested():
                    why = await self._answer(tx, answer, tally)
            except Exception as error:
                if _ends_the_batch(error):
                    raise
                reference = secrets.token_hex(4)
                log.exception("line %s failed (reference %s)", row.line, reference)
                why = f"An error of ours (reference {reference}); the log says more."
        if why:
            tally.refuse(RefusedRow(row.line, why, row.cells))

    async def _answer(self, tx: Tx, answer: SurveyResponse, tally: Tally) -> str:
        """Takes the answer in unless it is there already; why not, if it is refused."""
        old = await responses.find(tx, answer.source, answer.response_id)
        new = said(answer, has_account=answer.account is not None)
        found = standing(new, said(old.response, has_account=old.account_id is not None) if old else None)
        if found is Standing.CONTRADICTS:
            return contradiction(answer)
        opens = self._rules.opens(answer, tx.now)
        # An earlier import may have kept it for the figures only; this one opens the case.
        left_aside = self._rules.wants_case(answer, tx.now) and old is not None and old.case_id is None
        if found is not Standing.KNOWN or left_aside:
            taken = await take_in(tx, self._house, answer, tx.now, open_cases=opens)
            opened = await _opened(tx, old, taken)
            tally.opened += opened
        tally.count(found)
        return ""


async def _opened(tx: Tx, old: Stored | None, taken: Taken) -> bool:
    """A case that an answer has just opened is at its first version; one it joined is further on."""
    if taken.case_id is None or (old is not None and old.case_id is not None):
        return False
    return (await cases.get(tx, taken.case_id)).version == 1


def _ends_the_batch(error: Exception) -> bool:
    """The database itself is in trouble, or another transaction in the way: no fault of this row."""
    if isinstance(error, Contended | OSError | OperationalError | InterfaceError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or getattr(error.orig, "sqlstate", "") in GAVE_IN
