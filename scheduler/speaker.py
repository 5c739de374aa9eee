"""Says what the clock raised, to each person at a moment of theirs, gathered into one message."""

import logging
from datetime import datetime, timedelta

from bot.flows import speaking
from bot.house import House
from store import notices, timers
from store.engine import Database, Tx
from store.errors import Contended

log = logging.getLogger(__name__)

BEHIND = timedelta(seconds=3)  # timers that are late by more than this have piled up
PATIENCE = timedelta(seconds=30)
IDLE = 1.0  # seconds; business time may be moved under us, so the next moment is not slept through


class Speaker:
    """One worker for each process; on Postgres a person's lane lets one of them speak."""

    def __init__(self, db: Database, house: House) -> None:
        self._db = db
        self._house = house
        self._stopping = False
        self._waits_since: datetime | None = None

    async def run(self) -> None:
        """Works until `stop`; a failure of the database is logged and tried again."""
        while not self._stopping:
            try:
                await self.step()
            except Exception:
                log.exception("what is to be said could not be read")
            await self._db.bells.wait(notices.TOPIC, IDLE)

    def stop(self) -> None:
        self._stopping = True
        self._db.bells.ring(notices.TOPIC)

    async def step(self) -> int:
        """Speaks to everybody who may be told something now, each in a transaction of their own; how many."""
        async with self._db.read() as tx:
            first = await notices.next_speaking(tx)
            if first is None or first > tx.now or await self._rather_waits(tx):
                return 0
            users = await speaking.due(tx, self._house)
        spoken = 0
        for user in users:
            try:
                async with self._db.write() as tx:
                    spoken += await speaking.speak(tx, self._house, user) is not None
            except Contended:
                continue  # somebody acts on one of these cases at this moment; the next beat looks again
            except Exception:
                log.exception("%s could not be told", user)
        return spoken

    async def _rather_waits(self, tx: Tx) -> bool:
        """Whether an outage is being worked off: all of it in one message is better than a first part of it."""
        due = await timers.next_due(tx)
        if due is None or due > tx.now - BEHIND:
            self._waits_since = None
            return False
        self._waits_since = self._waits_since or tx.wall
        return tx.wall - self._waits_since < PATIENCE
