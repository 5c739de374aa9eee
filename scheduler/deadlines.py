"""Takes the timers that are due and lets them do their work, in the same transaction: once, whatever dies when."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.flows.clock import ringing
from bot.house import House
from store import jobs
from store.cases import timers
from store.cases.timers import Timer
from store.engine import Database
from store.errors import Contended

log = logging.getLogger(__name__)

BATCH = 100
IDLE = 1.0  # seconds; business time may be moved under us, so the next timer's moment is not slept through
RETRY = timedelta(minutes=10)  # for a timer whose work fails; the others go on
BEAT = "deadlines"
BEAT_EVERY = timedelta(seconds=30)
# Nobody looked for longer than this: what is late now is late because of us, and we say so.
OUTAGE = timedelta(minutes=10)


class Deadlines:
    """One worker for each process; on Postgres each takes other rows."""

    def __init__(self, db: Database, house: House) -> None:
        self._db = db
        self._house = house
        self._stopping = False
        self._beat_at: datetime | None = None
        self._outage = 0

    async def run(self) -> None:
        """Works until `stop`; a failure of the database is logged and tried again."""
        while not self._stopping:
            try:
                more = await self.step()
            except Contended:
                more = True
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
            due, now, wall = await timers.next_due(tx), tx.now, tx.wall
            if self._beat_at is None or wall - self._beat_at >= BEAT_EVERY:
                self._notice(await jobs.last_beat(tx, BEAT), wall)
        more = due is not None and due <= now and await self._ring()
        if not more:
            await self._alive(wall)
        return more

    async def _ring(self) -> bool:
        taken: list[Timer] = []
        try:
            async with self._db.write() as tx:
                taken = await timers.take(tx, BATCH)
                await ringing.ring(tx, self._house, taken, outage=self._outage)
        except Contended:
            raise
        except Exception:
            if not taken:
                raise
            log.exception("%s timers could not be worked off together; one by one now", len(taken))
            await self._one_by_one(taken)
            return True
        return len({timer.case_id for timer in taken}) > 0

    async def _one_by_one(self, failed: Sequence[Timer]) -> None:
        """One case on which everything breaks must not hold up the others."""
        for number in sorted({timer.case_id for timer in failed}):
            try:
                async with self._db.write() as tx:
                    taken = await timers.take(tx, BATCH, [number])
                    await ringing.ring(tx, self._house, taken, outage=self._outage)
            except Contended:
                continue
            except Exception:
                log.exception("the timers of case %s could not be worked off; again in %s", number, RETRY)
                async with self._db.write() as tx:
                    taken = await timers.take(tx, BATCH, [number])
                    await timers.follow_all(tx, {number: {timer.kind: tx.now + RETRY for timer in taken}})
                    await ringing.admit(tx, self._house, 1)

    def _notice(self, last: datetime | None, wall: datetime) -> None:
        """Whether nobody, in any replica, has looked for a while."""
        if not self._outage and last is not None and wall - last > OUTAGE:
            log.warning("nobody looked at the timers since %s", last.isoformat(timespec="seconds"))
            self._outage = int((wall - last).total_seconds())

    async def _alive(self, wall: datetime) -> None:
        """All that was due is done. Only now: who dies in the middle of it leaves the outage to be seen."""
        self._outage = 0
        if self._beat_at is None or wall - self._beat_at >= BEAT_EVERY:
            async with self._db.write() as tx:
                await jobs.beat(tx, BEAT)
            self._beat_at = wall
