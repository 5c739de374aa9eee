"""Takes the timers that are due and lets each do its work, in the same transaction: once, whatever dies when."""

import logging

from bot.flows import reminders
from bot.house import House
from store import timers
from store.engine import Database

log = logging.getLogger(__name__)

BATCH = 20
IDLE = 1.0  # seconds; business time may be moved under us, so the next timer's moment is not slept through


class Deadlines:
    """One worker for each process; on Postgres each takes other rows."""

    def __init__(self, db: Database, house: House) -> None:
        self._db = db
        self._house = house
        self._stopping = False

    async def run(self) -> None:
        """Works until `stop`; a failure of the database is logged and tried again."""
        while not self._stopping:
            try:
                more = await self.step()
            except Exception:
                log.exception("the timers could not be read")
                more = False
            if not more:
                await self._db.bells.wait(timers.TOPIC, IDLE)

    def stop(self) -> None:
        self._stopping = True
        self._db.bells.ring(timers.TOPIC)

    async def step(self) -> bool:
        """Rings what is due; True if there may be more."""
        async with self._db.read() as tx:
            due = await timers.next_due(tx)
            if due is None or due > tx.now:
                return False
        async with self._db.write() as tx:
            taken = await timers.take(tx, BATCH)
            for timer in taken:
                await reminders.ring(tx, self._house, timer)
        return len(taken) == BATCH
