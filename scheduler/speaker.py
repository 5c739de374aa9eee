"""Says what the clock raised, to each person at a moment of theirs, gathered into one message."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from bot.flows.clock import speaking
from bot.house import House
from store.cases import notices, timers
from store.engine import Database, Tx
from store.errors import Contended

log = logging.getLogger(__name__)

BEHIND = timedelta(seconds=3)  # timers that are late by more than this have piled up
PATIENCE = timedelta(seconds=30)
REST = timedelta(minutes=10)  # for somebody to whom nothing can be said; the others go on
IDLE = 1.0  # seconds; business time may be moved under us, so the next moment is not slept through


class Speaker:
    """One worker for each process; on Postgres a person's lane lets one of them speak."""

    def __init__(self, db: Database, house: House) -> None:
        self._db = db
        self._house = house
        self._stopping = False
        self._waits_since: datetime | None = None
        self._rests_until: dict[str, datetime] = {}

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
            users = self._rested(await speaking.due(tx, self._house), tx.wall)
        return sum([await self._speak(user) for user in users])

    async def _speak(self, user: str) -> bool:
        """Whether the person was told something. A failure is logged, and unless the database failed, they rest."""
        begun = False
        try:
            async with self._db.write() as tx:
                begun = True
                return await speaking.speak(tx, self._house, user) is not None
        except Contended:
            return False  # somebody acts on one of these cases at this moment; the next beat looks again
        except Exception as error:
            if begun and not _is_the_database(error):
                log.exception("%s could not be told; again in %s", user, REST)
                self._rests_until[user] = self._db.clock.wall() + REST
            else:
                log.exception("%s could not be told yet", user)
            return False

    def _rested(self, users: Sequence[str], wall: datetime) -> list[str]:
        """Without those for whom it failed a short while ago: their next try would fail, too, and fill the log."""
        self._rests_until = {user: until for user, until in self._rests_until.items() if until > wall}
        return [user for user in users if user not in self._rests_until]

    async def _rather_waits(self, tx: Tx) -> bool:
        """Whether an outage is being worked off: all of it in one message is better than a first part of it."""
        due = await timers.next_due(tx)
        if due is None or due > tx.now - BEHIND:
            self._waits_since = None
            return False
        self._waits_since = self._waits_since or tx.wall
        return tx.wall - self._waits_since < PATIENCE


def _is_the_database(error: Exception) -> bool:
    """Whether everybody's transaction would have failed at this moment, so that nobody need rest for it."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, (OSError, OperationalError, InterfaceError, NoConnection))
