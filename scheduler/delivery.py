"""Brings wanted looks to Slack: in order, at Slack's pace, each effectively once (architecture, decisions 4 and 5)."""

import asyncio
import logging
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient

from bot import looks
from bot.flows.watching import reporting
from bot.house import House
from bot.looks import Drawn
from bot.views import native
from recovery import pacing
from recovery.pacing import Pace, backoff
from scheduler import messages
from scheduler.slack import Done, Doubt, Gone, LockedOut, Outcome, TooMuch, Unreachable, Wait
from store.engine import Database, Tx
from store.errors import Contended
from store.slack import lanes, outbox, people
from store.slack.outbox import Candidate

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
POST_LANE = "post:"
# An answer can be on its way for a moment after we stopped waiting for it; looking up earlier could miss it.
DOUBT_REST = timedelta(seconds=2)
LOCKED_OUT_REST = timedelta(seconds=30)
MOST_AT_ONCE = 50
MOST_TRIES = 10
BREATH = 0.02  # seconds
RESTS = 4  # times as long as the last look at the table took
IDLE = 1.0  # seconds between two looks at the table when nobody rings


Answer = Outcome | messages.Found | messages.NotLookedUp


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
        self._knock_at: datetime | None = None
        self.locked_out = ""
        self.unreachable_since: datetime | None = None  # real time; None while Slack answers us

    async def recover(self) -> None:
        """Call once before `run` where no other process delivers: what was in flight is looked up first."""
        async with self._db.write() as tx:
            if await outbox.recover(tx, DOUBT_REST):
                log.info("some messages were on their way when the last process ended; looking them up")
            # Only a channel's lane is held for a call under way; the others count calls that Slack counts, too.
            await lanes.release_all(tx, POST_LANE, tx.wall + pacing.POST.interval)

    async def run(self) -> None:
        """Works until `stop`; a failure of the database is logged and tried again."""
        while not self._stopping:
            began = time.monotonic()
            try:
                wait = await self.step()
            except Exception:
                log.exception("delivery could not look at the outbox")
                wait = IDLE
            # Many changes ring at once; one look at the table serves them all. A long table takes long to look at, and
            # people's clicks come first; a lane that becomes free isn't kept waiting.
            rest = max(BREATH, min(RESTS * (time.monotonic() - began), wait))
            await asyncio.sleep(rest)
            await self._db.bells.wait(outbox.TOPIC, wait - rest)

    async def stop(self) -> None:
        """Waits for the calls under way; whatever does not come back is looked up after the next start."""
        self._stopping = True
        self._db.bells.ring(outbox.TOPIC)
        if self._jobs:
            await asyncio.wait(self._jobs, timeout=5)

    async def step(self) -> float:
        """Starts every call that may go now; seconds until there may be another."""
        async with self._db.read() as tx:
            if self._knock_at and tx.wall < self._knock_at:
                return min(IDLE, (self._knock_at - tx.wall).total_seconds())
            rows = [self._resolved(row) for row in await outbox.candidates(tx, updates=pacing.TIER_3.burst)]
            free = await lanes.free_at(tx, {name for row in rows for name, _ in _lanes_of(row)})
            soonest = await outbox.next_moment(tx)
            moments = [soonest] if soonest else []
            open_now = [row for row in rows if not _closed(row, free, tx.wall, moments)]
            wall = tx.wall
        # A token that Slack refuses is tried with one call at a time.
        room = (1 if self._knock_at else MOST_AT_ONCE) - len(self._jobs)
        if open_now and room > 0:
            for job in await self._take(open_now[:room]):
                task = asyncio.create_task(self._bring(job))
                self._jobs.add(task)
                task.add_done_callback(self._jobs.discard)
        return min([IDLE, *((moment - wall).total_seconds() for moment in moments)])

    def _resolved(self, row: Candidate) -> Candidate:
        """With the id of a channel that the policy names: one channel has one lane, whatever it is called."""
        return replace(row, place=self._house.directory.channel_id(row.place))

    async def _take(self, rows: list[Candidate]) -> list[Job]:
        jobs = []
        async with self._db.write() as tx:
            free = await lanes.free_at(tx, {name for row in rows for name, _ in _lanes_of(row)})
            for row in rows:
                before = dict(free)
                # Lanes before rows, as when an outcome is recorded: replicas must lock in one order.
                if _closed(row, free, tx.wall, []) or not await _enter(tx, row, free):
                    continue
                drawn = await self._drawn(tx, row) if await outbox.take(tx, row, LEASE) else None
                if drawn is None:
                    await _leave(tx, row, free, before)
                    tx.ring(outbox.TOPIC)  # the next one of this place may go at once
                else:
                    jobs.append(Job(row, drawn, row.place))
        return jobs

    async def _drawn(self, tx: Tx, row: Candidate) -> Drawn | None:
        """What a row that was taken should show; None, and put back, where there is nothing to send."""
        try:
            # A look that can't be drawn must not take the others of its transaction with it.
            async with tx.conn.begin_nested():
                drawn = await looks.draw(tx, self._house, row.surface, row.place if row.detoured else "")
        except Exception as error:
            log.exception("%s can't be drawn", row.surface)
            await outbox.not_drawn(tx, row, backoff(row.attempts + 1), f"can't be drawn ({type(error).__name__})")
            return None
        if drawn is None or (row.ts and drawn.hash == row.shown_hash and not row.doubt):
            await outbox.shown(tx, row, row.place if row.ts else "", row.ts, row.shown_hash)
            return None
        return drawn

    async def _bring(self, job: Job) -> None:
        try:
            await self._record_surely(job, await self._call(job))
        except Exception:
            log.exception("delivery of %s failed; it is looked up when its lease ends", job.row.surface)

    async def _call(self, job: Job) -> Answer:
        if job.place.startswith("#"):
            return Unreachable("channel_not_found")
        if job.row.is_post and job.row.doubt:
            found = await messages.look_up(self._client, job.row, job.place, job.drawn.file)
            if not isinstance(found, messages.NotThere):
                return found
        outcome = await messages.show(self._client, job.row, job.place, job.drawn)
        if isinstance(outcome, TooMuch) and native.is_in(job.drawn.look.blocks):
            log.warning("Slack refused the table or chart of %s (%s); words instead", job.row.surface, outcome.why)
            outcome = await messages.show_in_words(self._client, job.row, job.place, job.drawn)
        if isinstance(outcome, TooMuch) and not job.row.is_home:
            log.error("Slack refused the blocks of %s (%s); plain words instead", job.row.surface, outcome.why)
            return await messages.show_plainly(self._client, job.row, job.place, job.drawn)
        return outcome

    async def _record_surely(self, job: Job, outcome: Answer) -> None:
        for _ in range(MOST_TRIES):
            try:
                async with self._db.write() as tx:
                    await self._record(tx, job, outcome)
            except Contended:
                continue
            return
        log.error("%s was changed again and again; it is looked up when its lease ends", job.row.surface)

    async def _record(self, tx: Tx, job: Job, outcome: Answer) -> None:  # noqa: C901, PLR0912 - a case for each outcome
        """Locks in the order lane, case, outbox, as everybody does: Postgres would see a deadlock otherwise."""
        row = job.row
        self._listen(tx, outcome)
        if row.is_post:
            await lanes.hold(tx, POST_LANE + row.place, tx.wall + pacing.POST.interval)
        if isinstance(outcome, Done | Unreachable | Gone | TooMuch | messages.Found):
            self._let_in()  # whatever else Slack says, it takes our token
        if not isinstance(outcome, Done | LockedOut | messages.Found):
            log.warning("%s: %s", row.surface, outcome)
        match outcome:
            case Done(data):
                channel, ts = messages.address(data, job.place, row.ts)
                if row.is_post:
                    await reporting.posted(tx, self._house, row.surface)
                await outbox.shown(tx, row, channel, ts, job.drawn.hash)
            case messages.Found(channel, ts):
                await reporting.posted(tx, self._house, row.surface)
                if job.drawn.file:  # a file never changes: the next version of it is another one
                    await outbox.shown(tx, row, channel, ts, job.drawn.hash)
                else:
                    await outbox.found(tx, row, channel, ts)
            case messages.NotLookedUp(cause):
                await self._not_looked_up(tx, row, cause)
            case Wait(after, why, everybody):
                await outbox.not_sent(tx, row, max(after, backoff(row.attempts + 1)), why)
                await _close(tx, _lanes_of(row) if everybody else [], after)
            case Doubt(why):
                await outbox.in_doubt(tx, row, max(DOUBT_REST, backoff(row.attempts + 1)), why)
            case Unreachable(why):
                await self._go_elsewhere(tx, row, why)
            case Gone(why) if row.parent and row.is_post:
                await self._ask_parent(tx, row, why)
            case Gone(why):
                await outbox.post_anew(tx, row, why)
            case TooMuch(why):
                await self._give_up(tx, row, why)
            case LockedOut(why):
                self._lock_out(tx, why)
                await outbox.not_sent(tx, row, LOCKED_OUT_REST, why)
        tx.ring(outbox.TOPIC)

    async def _not_looked_up(self, tx: Tx, row: Candidate, cause: Outcome) -> None:
        """Slack would not let us look: the doubt stays, unless the place or the thread itself is gone."""
        match cause:
            case Unreachable(why):
                await self._go_elsewhere(tx, row, why)
            case Gone(why):
                await self._ask_parent(tx, row, why)
            case Wait(after, why, everybody):
                await outbox.in_doubt(tx, row, max(after, backoff(row.attempts + 1)), why)
                await _close(tx, [("history", pacing.TIER_3)] if everybody else [], after)
            case Doubt(why) | TooMuch(why):
                await outbox.in_doubt(tx, row, max(DOUBT_REST, backoff(row.attempts + 1)), why)
            case LockedOut(why):
                # Posting may still be allowed: only this row waits, longer each time.
                log.error("%s can't be looked up (%s); it is not sent again until it can", row.surface, why)
                await outbox.in_doubt(tx, row, max(DOUBT_REST, backoff(row.attempts + 1)), why)

    async def _ask_parent(self, tx: Tx, row: Candidate, why: str) -> None:
        """The thread is not there: its card finds out by an update, moves or is posted anew, and its lines follow."""
        await outbox.forget_look(tx, row.parent)
        await outbox.not_sent(tx, row, backoff(row.attempts + 1), why)

    async def _go_elsewhere(self, tx: Tx, row: Candidate, why: str) -> None:
        if row.parent:
            await self._ask_parent(tx, row, why)
            return
        await reporting.unreachable(tx, self._house, row.place, why)
        # What is drawn from now on says why, in Slack's word for it.
        self._house.directory = await people.load(tx)
        ways = await looks.detours(tx, self._house, row.surface)
        left = ways[ways.index(row.place) + 1 :] if row.place in ways else ways
        if left:
            await outbox.detour(tx, row, left[0], why)
        else:
            log.error("%s can't be shown anywhere: %s", row.surface, why)
            await self._give_up(tx, row, why)

    async def _give_up(self, tx: Tx, row: Candidate, why: str) -> None:
        if row.is_post:
            await reporting.lost(tx, self._house, row.surface)
        await outbox.stop(tx, row, why)

    def _listen(self, tx: Tx, outcome: Answer) -> None:
        """Remembers since when Slack takes nothing: it is silent, broken, or refuses our token."""
        cause = outcome.cause if isinstance(outcome, messages.NotLookedUp) else outcome
        silent = isinstance(cause, Doubt) or (isinstance(cause, Wait) and not cause.answered)
        if not silent and not isinstance(outcome, LockedOut):
            self.unreachable_since = None
        elif self.unreachable_since is None:
            self.unreachable_since = tx.wall

    def _lock_out(self, tx: Tx, why: str) -> None:
        if self.locked_out != why:
            log.error("Slack refuses our token (%s). Nothing is lost; `winback check` says what to do.", why)
        self.locked_out = why
        self._knock_at = tx.wall + LOCKED_OUT_REST

    def _let_in(self) -> None:
        self.locked_out = ""
        self._knock_at = None


def _lanes_of(row: Candidate) -> list[tuple[str, Pace]]:
    if row.is_home:
        return [("publish", pacing.TIER_4)]
    if not row.is_post:
        return [("update", pacing.TIER_3)]
    own = [(POST_LANE + row.place, pacing.POST), ("workspace", pacing.WORKSPACE)]
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
        await lanes.hold(tx, POST_LANE + row.place, tx.wall + LEASE)
    return True


async def _leave(tx: Tx, row: Candidate, free: dict[str, datetime], before: dict[str, datetime]) -> None:
    """Gives back what `_enter` took, where no call is made."""
    for name, _ in _lanes_of(row):
        free[name] = before.get(name, tx.wall)
        await lanes.hold(tx, name, free[name])


async def _close(tx: Tx, these: list[tuple[str, Pace]], after: timedelta) -> None:
    """Slack asked for a rest: nobody else calls meanwhile."""
    for name, pace in these:
        await lanes.close(tx, name, pace, tx.wall + after)
