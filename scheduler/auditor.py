"""Every other minute: has everything happened that should have? What has not, is done now, logged, and told."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.flows.watching import auditing, watching
from bot.flows.watching.auditing import Finding, Looked
from bot.house import House
from bot.views.watching import SENTENCES
from recovery.policy.file import Policy
from store.engine import Database, Tx
from store.errors import Contended
from store.watching import audits

log = logging.getLogger(__name__)

PAGE = 300  # open cases that one audit looks at closely; the next one goes on behind them
AT_ONCE = 20  # cases repaired in one transaction
CARDS = 200
HISTORY = 2000  # changes, the newest ones, whose cards are looked at

Look = Callable[[], Awaitable[Counter[Finding]]]
Count = Callable[[Tx, House], Awaitable[int]]
WOKEN: Mapping[Finding, Count] = {
    Finding.RECEIPTS: auditing.wake_receipts,
    Finding.TIMERS: auditing.wake_timers,
}
REPAIRED: Mapping[Finding, tuple[Count, Count]] = {
    Finding.UNTOLD: (auditing.untold, auditing.tell_untold),
    Finding.UNSAID: (auditing.unsaid, auditing.say_unsaid),
    Finding.UNSENT: (auditing.unsent, auditing.send_unsent),
}


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit: when it ended (real time), how many of each kind it found, and which looks failed."""

    at: datetime
    found: Mapping[Finding, int]
    failed: tuple[str, ...] = ()


@dataclass(slots=True)
class _Places:
    """Where the next audit goes on: case numbers, a change's number, and a moment of business time.

    `undrawn`: cases whose cards could not be drawn, those first that wait for their next turn the longest.
    """

    clockless: int = 0
    open: int = 0
    change: int = 0
    due_until: datetime | None = None
    undrawn: tuple[int, ...] = ()


class Auditor:
    """One for each process; what several find at the same moment is repaired once, because rows say what is done."""

    def __init__(self, db: Database, house: House) -> None:
        self._db = db
        self._house = house
        self._places = _Places()
        self._unreadable: set[int] = set()
        self._policy: Policy | None = None
        self.last: Audit | None = None
        self.total: Counter[Finding] = Counter()

    async def beat(self) -> None:
        """One audit. A look that fails is logged and named, and a case on which one fails counted; the others go on."""
        found: Counter[Finding] = Counter()
        failed = []
        self._unreadable = set()
        for name, look in self._looks():
            try:
                found.update(await look())
            except Contended:
                continue  # somebody changes the same case; the next audit looks again
            except Exception:
                log.exception("the auditor could not look at %s", name)
                failed.append(name)
        found[Finding.UNREADABLE] = len(self._unreadable)
        found = +found
        for kind, many in sorted(found.items()):
            log.log(logging.INFO if kind is Finding.CARDS else logging.WARNING, "audit: %s: %s", kind.value, many)
        try:
            await self._tell(found)
        except Exception:
            log.exception("what the auditor found could not be told")
            failed.append("telling")
        self.total.update(found)
        self.last = Audit(self._db.clock.wall(), found, tuple(failed))

    def told(self) -> dict[str, object]:
        """The last audit, and what all since the start have found, for /readyz."""
        last = self.last
        return {
            "at": last.at.isoformat(timespec="seconds") if last else None,
            "found": {kind.value: many for kind, many in sorted(last.found.items())} if last else {},
            "failed": list(last.failed) if last else [],
            "since_start": {kind.value: many for kind, many in sorted(self.total.items())},
        }

    def _looks(self) -> list[tuple[str, Look]]:
        return [
            ("the timers of another policy", self._renew),
            ("cases without a timer", self._missing),
            ("open cases", self._rolling),
            *((kind.value, partial(self._wake, kind, count)) for kind, count in WOKEN.items()),
            *((kind.value, partial(self._repair, kind, *both)) for kind, both in REPAIRED.items()),
            ("cards", self._cards),
        ]

    async def _wake(self, kind: Finding, count: Count) -> Counter[Finding]:
        async with self._db.read() as tx:
            return Counter({kind: await count(tx, self._house)})

    async def _repair(self, kind: Finding, count: Count, repair: Count) -> Counter[Finding]:
        """Writes only where there is something to write: clicks and answers have the writer otherwise."""
        async with self._db.read() as tx:
            if not await count(tx, self._house):
                return Counter()
        async with self._db.write() as tx:
            return Counter({kind: await repair(tx, self._house)})

    async def _renew(self) -> Counter[Finding]:
        """Under a policy that nobody has audited yet, timers that are too late were right until now: no finding."""
        policy, beyond, many = self._house.policy, 0, 0
        while policy is not self._policy:
            async with self._db.read() as tx:
                page = await audits.open_cases(tx, beyond, PAGE)
                late = self._readable(await auditing.clockless(tx, self._house, page, missing=False))
            many += (await self._set(late, []))[Finding.CLOCK]
            beyond = page[-1] if page else beyond
            if len(page) < PAGE:
                self._policy = policy
        if many:
            log.info("audit: timers set anew for the policy as it is now: %s", many)
        return Counter()

    async def _missing(self) -> Counter[Finding]:
        """Open cases that no timer looks at; those among them that have something to say get one."""
        async with self._db.read() as tx:
            page = await audits.without_clock(tx, self._places.clockless, PAGE)
            wrong = self._readable(await auditing.clockless(tx, self._house, page))
        self._places.clockless = page[-1] if len(page) == PAGE else 0
        return await self._set(wrong, [])

    async def _rolling(self) -> Counter[Finding]:
        """All open cases, page by page: whether each timer is early enough, and each follow-up is asked about."""
        async with self._db.read() as tx:
            page = await audits.open_cases(tx, self._places.open, PAGE)
            wrong = self._readable(await auditing.clockless(tx, self._house, page))
            unasked = self._readable(await auditing.unasked(tx, self._house, page))
        self._places.open = page[-1] if len(page) == PAGE else 0
        return await self._set(wrong, unasked)

    async def _set(self, clockless: Sequence[int], unasked: Sequence[int]) -> Counter[Finding]:
        """A few cases in each transaction: clicks and answers want the writer, too."""
        done: Counter[Finding] = Counter()
        for kind, numbers, repair in (
            (Finding.CLOCK, clockless, auditing.set_clocks),
            (Finding.FOLLOW_UP, unasked, auditing.set_follow_ups),
        ):
            for start in range(0, len(numbers), AT_ONCE):
                async with self._db.write() as tx:
                    done[kind] += await repair(tx, self._house, numbers[start : start + AT_ONCE])
        return done

    async def _cards(self) -> Counter[Finding]:
        """Cards of cases that have changed or fell due since the last look, and those that could not be drawn then."""
        places = self._places
        again, rest = places.undrawn[:CARDS], places.undrawn[CARDS:]
        async with self._db.read() as tx:
            # After an import of many thousands only the newest are worth a look.
            begin = max(places.change, await audits.last_event(tx) - HISTORY)
            changed, change = await audits.changed(tx, begin, CARDS)
            after = places.due_until or tx.now
            due = await audits.fell_due(tx, after, tx.now, CARDS) if after < tx.now else []
            looked = await auditing.behind(tx, self._house, sorted({*again, *changed, *due}))
            now = tx.now
        behind = self._readable(looked)
        self._unreadable.update(rest)
        found: Counter[Finding] = Counter()
        if behind:
            async with self._db.write() as tx:
                found[Finding.CARDS] = await auditing.draw_again(tx, self._house, behind)
        # Only now: changes that somebody else's lock kept us from are looked at again.
        places.change, places.due_until = change, now
        places.undrawn = tuple(dict.fromkeys((*rest, *looked.unreadable)))
        return found

    def _readable(self, looked: Looked) -> Sequence[int]:
        """What is wrong; what can't be said is kept for the count."""
        self._unreadable.update(looked.unreadable)
        return looked.wrong

    async def _tell(self, found: Mapping[Finding, int]) -> None:
        news = {kind: many for kind, many in found.items() if kind in SENTENCES}
        if not news:
            return
        async with self._db.write() as tx:
            for kind, many in news.items():
                await watching.tell_daily(tx, self._house, kind.value, SENTENCES[kind].format(many=many))
