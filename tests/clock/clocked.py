"""Drives cases through time: the real flows and workers, a clock that stands still until it is moved."""

import itertools
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.flows.cases import casework, intake, steps
from bot.flows.cases.casework import Asker
from bot.house import House
from recovery.cases.case import Case
from recovery.cases.steps import Channel, Outreach, OutreachResult, Step
from recovery.clock.alarms import Level
from recovery.policy.file import load_policy
from recovery.survey import Contact
from scheduler.deadlines import Deadlines
from scheduler.speaker import Speaker
from store.cases import alarms, cases, notices
from store.cases.alarms import AlarmRow
from store.engine import Database
from store.slack.people import Directory, Person, Place
from store.tables import bulletins, outbox, timers
from store.tables import notices as notices_table
from tests.recovery.policies import SOUND, answer
from tests.store.conftest import StillClock

RULES = """
[escalation]
idle_ask_at = 0
"""
PEOPLE = {
    "U0PRIYA": "priya@acme.example",
    "U0JEN": "jen@acme.example",
    "U0KOFI": "kofi@acme.example",
    "U0MARCUS": "marcus@acme.example",
    "U0LENA": "lena@acme.example",
    "U0ELENA": "elena@acme.example",
    "U0TOMAS": "tomas@acme.example",
    "U0SAM": "sam@acme.example",
}
PRIYA, JEN, KOFI, MARCUS, LENA, ELENA, TOMAS, SAM = PEOPLE
HOUR = timedelta(hours=1)


def house_of(rules: str = RULES) -> House:
    """Everybody of the sound policy in London, all of them in the channel."""
    people = {user: Person(user, email, user.title(), "Europe/London") for user, email in PEOPLE.items()}
    places = {"C0CSLEADS": Place("C0CSLEADS", "C0CSLEADS", "cs-leads", "")}
    by_email = {email: user for user, email in PEOPLE.items()}
    directory = Directory(people, by_email, places, {"C0RELATIONAL": frozenset(people)})
    return House(load_policy(SOUND + rules), directory)


class TwoClocks(StillClock):
    """Business time is walked through by workers that look all the time; real time passes only in an outage."""

    def __init__(self) -> None:
        super().__init__()
        self.real = self.at

    def wall(self) -> datetime:
        return self.real


@dataclass(slots=True)
class Clocked:
    """One database, one house, its two workers, and a way to move in time."""

    db: Database
    house: House
    clock: TwoClocks
    numbers: Any = field(default_factory=itertools.count)
    deadlines: Deadlines = field(init=False)
    speaker: Speaker = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """As a new process would begin."""
        self.deadlines, self.speaker = Deadlines(self.db, self.house), Speaker(self.db, self.house)

    async def opens(self, **changes: object) -> Case:
        """A detractor answers now."""
        number = next(self.numbers)
        given = answer(
            response_id=f"r{number}",
            contact=Contact(f"c{number}@x.example", f"Customer {number}", f"c{number}@x.example"),
            responded_at=self.clock.at,
            version_at=self.clock.at,
            **changes,
        )
        async with self.db.write() as tx:
            taken = await intake.take_in(tx, self.house, given, tx.now)
            assert taken.case_id is not None
            return await cases.get(tx, taken.case_id)

    async def owned(self, by: str = PRIYA, **changes: object) -> Case:
        case = await self.opens(**changes)
        return await self.claims(case, by)

    async def claims(self, case: Case, by: str = PRIYA) -> Case:
        async with self.db.write() as tx:
            return await casework.claim(tx, self.house, case.id, Asker(by))

    async def tries(self, case: Case, by: str = PRIYA, result: OutreachResult = OutreachResult.REACHED) -> Case:
        """The owner logs an outreach."""
        entry = Outreach(Channel.CALL, self.clock.at, result, "We talked." if result.counts else "")
        async with self.db.write() as tx:
            now = await cases.get(tx, case.id)
            return await steps.log(tx, self.house, steps.Seen(case.id, now.version), entry, Asker(by))

    async def case(self, case: Case) -> Case:
        async with self.db.read() as tx:
            return await cases.get(tx, case.id)

    async def rings(self) -> None:
        """Everything that is due is done and said."""
        while await self.deadlines.step():
            pass
        await self.speaker.step()

    async def walks_to(self, end: datetime) -> None:
        """Goes through time from one moment of the database to the next, as the workers do, until `end`."""
        while True:
            await self.rings()
            moments = [at for at in await self._moments() if at > self.clock.at]
            if not moments or min(moments) > end:
                break
            self.clock.at = min(moments)
        self.clock.at = end
        await self.rings()

    async def jumps(self, **amount: float) -> None:
        """Business time is moved, as the demo does it, while the workers look."""
        self.clock.move(**amount)
        await self.rings()

    async def sleeps(self, **amount: float) -> None:
        """Time passes and nobody looks meanwhile; then a new process begins."""
        self.clock.move(**amount)
        self.clock.real += timedelta(**amount)
        self.restart()
        await self.rings()

    async def _moments(self) -> list[datetime]:
        digest = timedelta(minutes=self.house.policy.escalation.digest_minutes)
        async with self.db.read() as tx:
            found = list((await tx.conn.execute(sa.select(timers.c.due_at))).scalars())
            unsaid = sa.select(notices_table.c.speak_at).where(notices_table.c.bulletin_id.is_(None))
            found += (await tx.conn.execute(unsaid)).scalars()
            found += [at + digest for at in (await tx.conn.execute(sa.select(bulletins.c.said_at))).scalars()]
        return found

    async def alarms(self, case: Case) -> list[AlarmRow]:
        async with self.db.read() as tx:
            return await alarms.of_case(tx, case.id)

    async def spoken(self, case: Case, step: Step) -> list[Level]:
        """What was said about a step, in order."""
        return [row.level for row in await self.alarms(case) if row.spoken and row.step is step]

    async def timer(self, case: Case) -> datetime | None:
        async with self.db.read() as tx:
            due: datetime | None = await tx.conn.scalar(
                sa.select(timers.c.due_at).where(timers.c.case_id == case.id, timers.c.kind == "clock")
            )
            return due

    async def bulletins(self, user: str) -> list[int]:
        """The numbers of the messages that a person got; each has its row in the outbox."""
        async with self.db.read() as tx:
            ids = sa.select(bulletins.c.id).where(bulletins.c.user_id == user).order_by(bulletins.c.id)
            found = list((await tx.conn.execute(ids)).scalars())
            surfaces = [f"bulletin:{user}:{number}" for number in found]
            wanted = sa.select(outbox.c.surface).where(outbox.c.surface.in_(surfaces), outbox.c.target == user)
            assert Counter((await tx.conn.execute(wanted)).scalars()) == Counter(surfaces)
        return found

    async def said(self, bulletin: int) -> list[tuple[int, Level]]:
        """Which cases stand in a message, each with its level."""
        async with self.db.read() as tx:
            return [(item.case_id, item.alarm.level) for item in await notices.bulletin_items(tx, bulletin)]

    async def heard(self, case: Case) -> list[tuple[Level, str, str]]:
        """(level, role, user) of everybody who was told, or waits to be."""
        query = sa.select(notices_table.c.alarm_id, notices_table.c.role, notices_table.c.user_id)
        levels = {row.id: row.level for row in await self.alarms(case)}
        async with self.db.read() as tx:
            rows = await tx.conn.execute(query.where(notices_table.c.case_id == case.id).order_by(notices_table.c.id))
            return [(levels[row.alarm_id], row.role, row.user_id) for row in rows]

    async def wanted(self, surface: str) -> int:
        """How often a surface was asked for; 0 for one that was not."""
        async with self.db.read() as tx:
            return int(await tx.conn.scalar(sa.select(outbox.c.wanted).where(outbox.c.surface == surface)) or 0)

    async def runs(self, statement: str, **values: object) -> None:
        """SQL behind everybody's back."""
        async with self.db.write() as tx:
            await tx.conn.execute(sa.text(statement), values)

    def ruled(self, rules: str) -> None:
        """Another policy from here on."""
        self.house = replace(house_of(rules), directory=self.house.directory)
        self.restart()
