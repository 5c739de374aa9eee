"""Each minute: who begins to be away, who is back, and the cases that go with it."""

import logging

from bot.flows.cases import absence
from bot.house import House
from store.engine import Database
from store.errors import Contended

log = logging.getLogger(__name__)


class Absences:
    """Works through what is due, one case in each transaction; the rows say what is done, so any replica may."""

    def __init__(self, db: Database, house: House) -> None:
        self._db = db
        self._house = house

    async def beat(self) -> None:
        """Everything that is due now. A failure is logged, and what is left waits for the next beat."""
        async with self._db.read() as tx:
            users = await absence.due(tx, self._house)
        for user in users:
            try:
                while await self._step(user):
                    pass
            except Contended:
                continue  # somebody else changes the same case; the next beat looks again
            except Exception:
                log.exception("the cases of %s could not be handed on or back", user)

    async def _step(self, user: str) -> bool:
        async with self._db.write() as tx:
            return await absence.step(tx, self._house, user) is not None
