"""Understands what the inbox holds: in order, one after the other, each in a transaction of its own."""

import contextlib
import logging
import secrets
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from bot.directory import DirectoryService
from bot.flows.cases.intake import take_in
from bot.house import House
from recovery.errors import UnusableAnswer, WinbackError
from recovery.pacing import backoff
from recovery.survey import Category, SurveyResponse
from store import receipts
from store.engine import GAVE_IN, Database, Tx
from store.errors import Contended
from store.receipts import Delivery, Inbox

log = logging.getLogger(__name__)

# Small, because intake and clicks wait for the writer meanwhile.
BATCH = 8
BATCH_IN_A_FLOOD = 1
LOOK_UP_SECONDS = 5.0  # a slow Slack must not keep an answer from becoming a case
PATIENCE = 0.25  # seconds that understanding makes room for accepting
IDLE = 1.0
MOST_ATTEMPTS = 6

Read = Callable[[Delivery], SurveyResponse | str]
"""Bytes to an answer, or the reason why there is none; raises UnusableAnswer. The edge knows the survey tools."""


class Receipts:
    """One worker; on Postgres an advisory lock lets one replica at a time understand, so that order holds."""

    def __init__(self, db: Database, house: House, read: Read, inbox: Inbox, directory: DirectoryService) -> None:
        self._db = db
        self._directory = directory
        self._inbox = inbox
        self._house = house
        self._read = read
        self._stopping = False

    async def run(self) -> None:
        """Works until `stop`; a failure of the database is logged and tried again."""
        while not self._stopping:
            batch = BATCH if await self._inbox.quiet(PATIENCE) else BATCH_IN_A_FLOOD
            try:
                more = await self.step(batch)
            except Contended:
                more = True
            except Exception:
                log.exception("the inbox could not be read")
                more = False
            if not more:
                await self._db.bells.wait(receipts.TOPIC, IDLE)

    def stop(self) -> None:
        self._stopping = True
        self._db.bells.ring(receipts.TOPIC)

    async def step(self, most: int = BATCH) -> bool:
        """Understands up to `most` deliveries in one transaction; True if there may be more."""
        async with self._db.read() as tx:
            coming = await receipts.waiting(tx, most)
        if not coming:
            return False
        await self._directory.know(*self._csms(coming), patience=LOOK_UP_SECONDS)
        async with self._db.write() as tx:
            if not await receipts.take_turn(tx):
                return False
            batch = await receipts.waiting(tx, most)
            for delivery in batch:
                await self._understand(tx, delivery)
        return len(batch) == most

    def _csms(self, batch: list[Delivery]) -> list[str]:
        """The accounts' CSMs: asked for here, because a transaction must not wait for Slack."""
        found = []
        for delivery in batch:
            with contextlib.suppress(WinbackError):
                answer = self._read(delivery)
                if not isinstance(answer, str) and answer.category is Category.DETRACTOR and answer.account:
                    found.append(answer.account.csm_email)
        return found

    async def _understand(self, tx: Tx, delivery: Delivery) -> None:
        try:
            # What one delivery breaks must not take the others of its transaction with it.
            async with tx.conn.begin_nested():
                await self._take(tx, delivery)
        except UnusableAnswer as error:
            log.warning("delivery %s of %s can't be used: %s", delivery.id, delivery.source, error)
            await receipts.failed(tx, delivery, error.sentence)
        except Contended:
            raise
        except DBAPIError as error:
            # Postgres made this transaction give in: all of it is done again, so that the order holds.
            if getattr(error.orig, "sqlstate", "") in GAVE_IN:
                raise
            await self._broken(tx, delivery, error)
        except Exception as error:  # noqa: BLE001 - one broken delivery must not stop the ones behind it
            await self._broken(tx, delivery, error)

    async def _take(self, tx: Tx, delivery: Delivery) -> None:
        answer = self._read(delivery)
        if isinstance(answer, str):
            await receipts.ignored(tx, delivery, answer)
            return
        taken = await take_in(tx, self._house, answer, delivery.received_at)
        await receipts.understood(tx, delivery, taken.note)

    async def _broken(self, tx: Tx, delivery: Delivery, error: Exception) -> None:
        reference = secrets.token_hex(4)
        log.error("delivery %s of %s failed (reference %s)", delivery.id, delivery.source, reference, exc_info=error)
        why = f"An error of ours (reference {reference}); see the log."
        if delivery.attempts + 1 >= MOST_ATTEMPTS:
            await receipts.failed(tx, delivery, why)
        else:
            await receipts.try_later(tx, delivery, why, max(backoff(delivery.attempts + 1), timedelta(seconds=1)))
