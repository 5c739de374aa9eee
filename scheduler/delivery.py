"""Brings wanted looks to Slack: in order, at Slack's pace, each effectively once (architecture, decisions 4 and 5)."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient

from bot import looks
from bot.flows import reporting
from bot.house import House
from bot.looks import Drawn
from recovery import pacing
from recovery.pacing import Pace, backoff
from scheduler import messages
from scheduler.slack import Done, Doubt, Gone, LockedOut, Outcome, TooMuch, Unreachable, Wait
from store import lanes, outbox
from store.engine import Database, Tx
from store.errors import Contended
from store.outbox import Candidate

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
# An answer can be on its way for a moment after we stopped waiting for it; looking up earlier could miss it.
DOUBT_REST = timedelta(seconds=2)
LOCKED_OUT_REST = timedelta(seconds=30)
MOST_AT_ONCE = 50
MOST_TRIES = 10
BREATH = 0.02  # seconds
IDLE = 1.0  # seconds between two looks at the table when nobody rings


@dataclass(frozen=True, slots=True)
class Job:
    """A row that is ours for the length of a lease, with what it should show now."""

    row: Candidate
    drawn: Drawn
    place: str


class Delivery:
    """One worker; several processes may run one each on Postgres."""

    def __init__(self, db: Database, house: House, client: AsyncWebClient) -> None:
        self._db = db
        self._house = house
        self._client = client
        self._jobs: set[asyncio.Task[None]] = set()
        self._stopping = False
        self.locked_out = ""

    async def recover(self) -> None:
        """Call once before `run` where no other process delivers: what was in flight is looked up first."""
        async with self._db.write() as tx:
            if await outbox.recover(tx, DOUBT_REST):
                log.info("some messages were on their way when the last process ended; looking them up")
            await lanes.release_all(tx, tx.wall + pacing.POST.interval)

    async def run(self) -> None:
        """Works until `stop`; a failure of the database is logged and tried again."""
        while not self._stopping:
            try:
                wait = await self.step()
            except Exception:
                log.exception("delivery could not look at the outbox")
                wait = IDLE
            # Many changes ring at once; one look at the table serves them all.
            await asyncio.sleep(BREATH)
            await self._db.bells.wait(outbox.TOPIC, wait - BREATH)

    async def stop(self) -> None:
        """Waits for the calls under way; whatever does not come back is looked up after the next start."""
        self._stopping = True
        self._db.bells.ring(outbox.TOPIC)
        if self._jobs:
            await asyncio.wait(self._jobs, timeout=5)

    async def step(self) -> float:
        """Starts every call that may go now; seconds until there may be another."""
        async with self._db.read() as tx:
            rows = await outbox.candidates(tx, updates=pacing.TIER_3.burst)
            free = await lanes.free_at(tx, {name for row in rows for name, _ in _lanes_of(row)})
            soonest = await outbox.next_moment(tx)
            moments = [soonest] if soonest else []
            open_now = [row for row in rows if not _closed(row, free, tx.wall, moments)]
            wall = tx.wall
        room = MOST_AT_ONCE - len(self._jobs)
        if open_now and room > 0:
            for job in await self._take(open_now[:room]):
                task = asyncio.create_task(self._bring(job))
                self._jobs.add(task)
                task.add_done_callback(self._jobs.discard)
        return min([IDLE, *((moment - wall).total_seconds() for moment in moments)])

    async def _take(self, rows: list[Candidate]) -> list[Job]:
        jobs = []
        async with self._db.write() as tx:
            free = await lanes.free_at(tx, {name for row in rows for name, _ in _lanes_of(row)})
            for row in rows:
                # Lanes before rows, as when an outcome is recorded: replicas must lock in one order.
                if _closed(row, free, tx.wall, []) or not await _enter(tx, row, free):
                    continue
                if not await outbox.take(tx, row, LEASE):
                    await _leave(tx, row)
                    continue
                drawn = await looks.draw(tx, self._house, row.surface, row.place if row.detoured else "")
                if drawn is None or (row.ts and drawn.hash == row.shown_hash and not row.doubt):
                    await outbox.shown(tx, row, row.place if row.ts else "", row.ts, row.shown_hash)
                    await _leave(tx, row)
                    continue
                jobs.append(Job(row, drawn, self._house.directory.channel_id(row.place)))
        return jobs

    async def _bring(self, job: Job) -> None:
        try:
            await self._record_surely(job, await self._call(job))
        except Exception:
            log.exception("delivery of %s failed; it is looked up when its lease ends", job.row.surface)

    async def _call(self, job: Job) -> Outcome | messages.Found:
        if job.place.startswith("#"):
            return Unreachable("channel_not_found")
        if job.row.is_post and job.row.doubt:
            found = await messages.look_up(self._client, job.row, job.place)
            if not isinstance(found, messages.NotThere):
                return found
        outcome = await messages.show(self._client, job.row, job.place, job.drawn)
        if isinstance(outcome, TooMuch):
            log.error("Slack refused the blocks of %s (%s); plain words instead", job.row.surface, outcome.why)
            return await messages.show_plainly(self._client, job.row, job.place, job.drawn)
        return outcome

    async def _record_surely(self, job: Job, outcome: Outcome | messages.Found) -> None:
        for _ in range(MOST_TRIES):
            try:
                async with self._db.write() as tx:
                    await self._record(tx, job, outcome)
            except Contended:
                continue
            return
        log.error("%s was changed again and again; it is looked up when its lease ends", job.row.surface)

    async def _record(self, tx: Tx, job: Job, outcome: Outcome | messages.Found) -> None:  # noqa: C901 - a case for each outcome
        """Locks in the order lane, case, outbox, as everybody does: Postgres would see a deadlock otherwise."""
        row = job.row
        if row.is_post:
            await lanes.hold(tx, f"post:{row.place}", tx.wall + pacing.POST.interval)
        if not isinstance(outcome, Done | LockedOut | messages.Found):
            log.warning("%s: %s", row.surface, outcome)
        match outcome:
            case Done(data):
                self.locked_out = ""
                channel, ts = messages.address(data, job.place, row.ts)
                if row.is_post:
                    await reporting.posted(tx, row.surface)
                await outbox.shown(tx, row, channel, ts, job.drawn.hash)
            case messages.Found(channel, ts):
                await reporting.posted(tx, row.surface)
                await outbox.found(tx, row, channel, ts)
            case Wait(after, why):
                await self._wait(tx, row, after, why)
            case Doubt(why):
                await outbox.in_doubt(tx, row, max(DOUBT_REST, backoff(row.attempts + 1)), why)
            case Unreachable(why):
                await self._go_elsewhere(tx, row, why)
            case Gone(why):
                await outbox.post_anew(tx, row, why)
            case TooMuch(why):
                await outbox.stop(tx, row, why)
            case LockedOut(why):
                self._lock_out(why)
                await outbox.not_sent(tx, row, timedelta(seconds=30), why)
        tx.ring(outbox.TOPIC)

    async def _wait(self, tx: Tx, row: Candidate, after: timedelta, why: str) -> None:
        await outbox.not_sent(tx, row, max(after, backoff(row.attempts + 1)), why)
        for name, _ in _lanes_of(row):
            await lanes.hold(tx, name, tx.wall + after)

    async def _go_elsewhere(self, tx: Tx, row: Candidate, why: str) -> None:
        if row.parent:
            # The card finds out by its own update and moves; its thread follows it.
            await reporting.refresh(tx, self._house, row.parent)
            await outbox.not_sent(tx, row, timedelta(minutes=1), why)
            return
        await reporting.unreachable(tx, self._house, row.place, why)
        ways = await looks.detours(tx, self._house, row.surface)
        left = ways[ways.index(row.place) + 1 :] if row.place in ways else ways
        if left:
            await outbox.detour(tx, row, left[0], why)
        else:
            log.error("%s can't be shown anywhere: %s", row.surface, why)
            await outbox.stop(tx, row, why)

    def _lock_out(self, why: str) -> None:
        if self.locked_out != why:
            log.error("Slack refuses our token (%s). Nothing is lost; `winback check` says what to do.", why)
        self.locked_out = why


def _lanes_of(row: Candidate) -> list[tuple[str, Pace]]:
    if row.is_home:
        return [("publish", pacing.TIER_4)]
    if not row.is_post:
        return [("update", pacing.TIER_3)]
    own = [(f"post:{row.place}", pacing.POST), ("workspace", pacing.WORKSPACE)]
    return [*own, ("history", pacing.TIER_3)] if row.doubt else own


def _closed(row: Candidate, free: dict[str, datetime], wall: datetime, moments: list[datetime]) -> bool:
    opens = [pace.open_at(free[name]) for name, pace in _lanes_of(row) if name in free]
    late = [moment for moment in opens if moment > wall]
    moments.extend(late)
    return bool(late)


async def _enter(tx: Tx, row: Candidate, free: dict[str, datetime]) -> bool:
    """Enters the row's lanes; a post's lane stays closed until its answer is here, or its lease ends."""
    for name, pace in _lanes_of(row):
        if not await lanes.enter(tx, name, pace, free.get(name)):
            return False
        free[name] = pace.after_call(free.get(name, tx.wall), tx.wall)
    if row.is_post:
        await lanes.hold(tx, f"post:{row.place}", tx.wall + LEASE)
    return True


async def _leave(tx: Tx, row: Candidate) -> None:
    """Opens the row's own lane again where no call was made."""
    if row.is_post:
        await lanes.hold(tx, f"post:{row.place}", tx.wall)
