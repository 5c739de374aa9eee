"""Sees when many customers say the same, and has people told of what is to be done about it, and when."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.flows.figures import systemic
from bot.flows.figures.systemic import Joining, Mark
from bot.flows.figures.themes import gather
from bot.house import House
from bot.surfaces import ItemSurface
from bot.theme_search import ThemeSearch
from recovery.policy.file import Programme
from store.engine import Database
from store.errors import Contended

log = logging.getLogger(__name__)

SECONDS, FIRST_SECONDS = 60, 180  # whoever has just started has more pressing things to do than to search
AT_ONCE = 200  # cases linked in one transaction
EVERY = timedelta(minutes=30)  # of business time, between two looks at the comments of a programme


@dataclass(frozen=True, slots=True)
class _Looked:
    """When a programme's comments were looked at last, and what there was to see."""

    at: datetime
    mark: Mark


class Systemic:
    """One for each process; rows say what is open and who was told, so that any number of them may look."""

    def __init__(self, db: Database, house: House, themes: ThemeSearch) -> None:
        self._db = db
        self._house = house
        self._themes = themes
        self._looked: dict[str, _Looked] = {}
        self._told: set[ItemSurface] = set()  # spares a transaction in each beat; the rows decide

    async def beat(self) -> None:
        """Looks at the programmes whose turn it is, then tells what may be told now. What fails is tried again."""
        for programme in list(self._house.policy.programmes.values()):
            if not self._is_due(programme):
                continue
            try:
                await self._look(programme)
            except Contended:
                log.debug("the themes of %s are being changed; the next beat looks again", programme.key)
            except Exception:
                log.exception("the themes of %s could not be looked at", programme.key)
        await self._tell()

    def _is_due(self, programme: Programme) -> bool:
        last = self._looked.get(programme.key)
        return last is None or abs(self._db.clock.now() - last.at) >= EVERY

    async def _look(self, programme: Programme) -> None:
        """The search runs between two transactions: it may take seconds."""
        async with self._db.read() as tx:
            at, mark = tx.now, await systemic.mark(tx, self._house, programme)
            last = self._looked.get(programme.key)
            if last is not None and last.mark == mark:
                self._looked[programme.key] = _Looked(at, mark)
                return
            gathered = await gather(tx, self._house, programme.key, systemic.running(self._house, at))
            worth = await systemic.is_worth_a_search(tx, self._house, gathered)
        if worth:
            found = await self._themes.find(gathered.verbatims, gathered.remembered)
            async with self._db.write() as tx:
                joining = await systemic.follow(tx, self._house, gathered, found)
                # What we have just kept ourselves is nothing new to look at.
                mark = Mark(mark.quarter, mark.after, mark.heard, await systemic.kept(tx, programme))
            for each in joining:
                await self._join(each)
            if opened := sum(each.opened for each in joining):
                log.info("actions opened in the registry of %s: %s", programme.key, opened)
        self._looked[programme.key] = _Looked(at, mark)

    async def _join(self, joining: Joining) -> None:
        """A few cases in each transaction: clicks and answers want the writer, too."""
        for start in range(0, len(joining.cases), AT_ONCE):
            async with self._db.write() as tx:
                await systemic.join(tx, joining.item, joining.cases[start : start + AT_ONCE])

    async def _tell(self) -> None:
        async with self._db.read() as tx:
            due = set(await systemic.due(tx, self._house))
        for surface in sorted(due - self._told, key=str):
            try:
                async with self._db.write() as tx:
                    await systemic.announce(tx, surface)
            except Exception:
                log.exception("%s could not be asked for", surface)
            else:
                self._told.add(surface)
        self._told &= due
