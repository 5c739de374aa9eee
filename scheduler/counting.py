"""Sees to it that figures are counted by the policy in force, and counts all answers anew where they aren't."""

import asyncio
import logging
from collections.abc import Callable

from bot.house import House
from recovery.policy.file import Policy
from store.engine import Database
from store.errors import Contended
from store.figures import recounting
from store.figures.tallies import Grouping, are_kept

log = logging.getLogger(__name__)

SECONDS = 20
PAGE = 100  # contacts; some 20 ms during which nothing else of this process happens on SQLite
# Writers of other processes look again every 100 ms at the latest; without a gap they would starve.
GAP = 0.11


class Counting:
    """One for each process. Looks once for each policy, so that replicas with different files don't take turns."""

    def __init__(self, db: Database, house: House) -> None:
        self._db = db
        self._house = house
        self._looked_for = ""

    async def beat(self) -> None:
        policy = self._house.policy
        grouping = Grouping(policy)
        if grouping.fingerprint == self._looked_for:
            return
        async with self._db.read() as tx:
            kept = await are_kept(tx, grouping)
        if not kept:
            count = await count_anew(self._db, policy)
            log.info("the answers of %d contacts are counted for the figures", count)
        self._looked_for = grouping.fingerprint


async def count_anew(db: Database, policy: Policy, told: Callable[[int], None] | None = None) -> int:
    """Counts every answer anew while others go on; of how many contacts. `told` hears it after each page.

    Ends early when somebody else begins anew.
    """
    async with db.write() as tx:
        mark = await recounting.forget(tx)
    count = after = 0
    while page := await _page(db, policy, mark, after):
        count, after = count + len(page), page[-1]
        if told:
            told(count)
        await asyncio.sleep(0.0 if db.postgres else GAP)
    async with db.write() as tx:
        await recounting.finished(tx, policy, mark)
    return count


async def _page(db: Database, policy: Policy, mark: str, after: int) -> list[int]:
    while True:
        try:
            async with db.write() as tx:
                return await recounting.count_page(tx, policy, mark, after, PAGE)
        except Contended:
            log.debug("somebody else writes the same answers; the page is tried again")
