"""What the calendar asks for: owners' mornings, programmes' weeks, months, quarters. Any replica may: rows say it."""

import logging
from datetime import date

from bot.flows.clock import monthlies, mornings, weeklies
from bot.flows.clock.monthlies import Due as Month
from bot.flows.figures import readouts
from bot.flows.figures.readouts import Due
from bot.house import House
from recovery.clock.regular import Week
from store.engine import Database

log = logging.getLogger(__name__)

SECONDS = 30


class Chores:
    """Looks each SECONDS whether it is somebody's morning or a programme's time of the week."""

    def __init__(self, db: Database, house: House) -> None:
        self._db = db
        self._house = house
        self._greeted: dict[str, date] = {}  # spares a transaction for each owner in each beat; the rows decide
        self._told: dict[str, str] = {}
        self._summed_up: set[Month] = set()
        self._announced: set[Due] = set()

    async def beat(self) -> None:
        """Everything that is due now, one transaction each. A failure is logged, and the next beat tries again."""
        async with self._db.read() as tx:
            owners, programmes = await mornings.due(tx, self._house), weeklies.due(tx, self._house)
            months = set(await monthlies.due(tx, self._house))
        for user, day in owners.items():
            if self._greeted.get(user) != day:
                await self._greet(user, day)
        for key, week in programmes.items():
            if self._told.get(key) != week.name:
                await self._tell(key, week)
        await self._sum_up(months)
        await self._announce(set(readouts.due(self._house, self._db.clock.now())))

    async def _greet(self, user: str, day: date) -> None:
        try:
            async with self._db.write() as tx:
                await mornings.greet(tx, self._house, user, day)
        except Exception:
            log.exception("the morning of %s could not be told", user)
        else:
            self._greeted[user] = day

    async def _tell(self, key: str, week: Week) -> None:
        try:
            async with self._db.write() as tx:
                # Read here: a changed policy is put in place while no transaction writes.
                programme = self._house.policy.programmes.get(key)
                if programme is not None:
                    await weeklies.tell(tx, self._house, programme, week)
        except Exception:
            log.exception("the week of %s could not be told", key)
        else:
            self._told[key] = week.name

    async def _sum_up(self, due: set[Month]) -> None:
        for each in sorted(due - self._summed_up, key=lambda one: (one.programme, one.to)):
            try:
                # Counted apart from what is written: many cases take a while, and others want to write.
                async with self._db.read() as tx:
                    summary = await monthlies.count(tx, self._house, each)
                async with self._db.write() as tx:
                    await monthlies.tell(tx, self._house, each, summary)
            except Exception:
                log.exception("%s could not be told of the month of %s", each.to, each.programme)
            else:
                self._summed_up.add(each)
        self._summed_up &= due

    async def _announce(self, due: set[Due]) -> None:
        for each in sorted(due - self._announced, key=lambda one: (one.programme, one.user)):
            try:
                async with self._db.write() as tx:
                    await readouts.announce(tx, self._house, each)
            except Exception:
                log.exception("%s could not be told of the readout of %s", each.user, each.programme)
            else:
                self._announced.add(each)
        self._announced &= due
