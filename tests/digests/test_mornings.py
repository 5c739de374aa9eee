"""Whose morning it is, what they get, and that they get it once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.flows.clock import mornings
from bot.house import House
from recovery.cases.case import Case, State, Urgency
from recovery.cases.steps import Step
from recovery.clock.absence import Days
from recovery.clock.alarms import Alarm, Level
from recovery.policy.file import DigestRules, load_policy
from scheduler.chores import Chores
from store.cases import alarms, notices
from store.cases.alarms import Raise
from store.cases.notices import BulletinKind
from store.engine import Database, Tx
from store.migrate import migrate
from store.slack import absences
from store.slack.absences import Absence, AbsenceState
from store.slack.people import Directory, Person
from store.tables import bulletins, jobs, outbox
from tests.people.stocked import HOUR, stock
from tests.store.conftest import StillClock
from tests.support.briefs import CASE
from tests.support.reading import read

POLICY = (Path(__file__).parent.parent.parent / "demo" / "policy.toml").read_text("utf-8")
MORNING = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)  # a Monday; London is at UTC
PRIYA, NOOR, JEN = "U0PRIYA", "U0NOOR", "U0JEN"
PEOPLE = {
    PRIYA: Person(PRIYA, "priya@acme.example", "Priya", "Europe/London"),
    NOOR: Person(NOOR, "noor@acme.example", "Noor", "Asia/Kolkata"),
    JEN: Person(JEN, "jen@acme.example", "Jen", "Europe/London", deleted=True),
}


def house(**digests: str) -> House:
    """Without weekly and monthly summaries: these tests count messages."""
    policy = load_policy(POLICY).model_copy(update={"digests": DigestRules(**{"weekly": "", "monthly": "", **digests})})
    return House(policy, Directory(people=PEOPLE))


def case(owner: str, due_in: float, **changes: object) -> Case:
    """A case whose outreach is due so many hours after the morning in London."""
    deadlines = replace(CASE.deadlines, outreach=MORNING + due_in * HOUR)
    whole = replace(
        CASE,
        state=State.CLAIMED,
        owner=owner,
        assigned_at=MORNING - 20 * HOUR,
        urgency=Urgency.NORMAL,
        deadlines=deadlines,
    )
    return replace(whole, **changes)  # type: ignore[arg-type] - tests name fields freely


async def wanted(db: Database) -> dict[str, str]:
    """The messages that are asked for: surface to place."""
    async with db.read() as tx:
        return dict((await tx.conn.execute(sa.select(outbox.c.surface, outbox.c.target))).all())


async def told(db: Database, at: House) -> list[str]:
    """The lines of the only message that was asked for."""
    async with db.read() as tx:
        row = (await tx.conn.execute(sa.select(bulletins))).one()
        bulletin = await notices.get_bulletin(tx, row.id)
        assert bulletin
        look = await mornings.look_of(tx, at, bulletin)
        return read(look.blocks) if look else []


async def test_an_owner_hears_once_what_the_day_holds(db: Database, clock: StillClock) -> None:
    clock.at = MORNING
    await stock(db, [case(PRIYA, -3), case(PRIYA, 4), case(PRIYA, 40), case(PRIYA, 2)])
    it = house()
    chores = Chores(db, it)
    await chores.beat()
    assert list((await wanted(db)).values()) == [PRIYA]
    (said,) = [name for name in await wanted(db) if name.startswith("bulletin:")]
    assert said == f"bulletin:{PRIYA}:1"
    lines = await told(db, it)
    assert lines[0] == "3 cases need you today"
    assert [line.split(" · ")[1].split(" |")[0] for line in lines[1:]] == ["Account 1", "Account 4", "Account 2"]
    await chores.beat()
    await Chores(db, it).beat()  # after a restart, and on another replica
    clock.move(hours=2)
    await chores.beat()
    assert len(await wanted(db)) == 1
    clock.move(hours=22)
    await chores.beat()
    assert len(await wanted(db)) == 2


@pytest.mark.parametrize(
    ("at", "hears"),
    [
        (MORNING - timedelta(seconds=1), False),
        (MORNING + 3.4 * HOUR, True),  # a late start on the same morning
        (MORNING + 3.5 * HOUR, False),
        (MORNING - 48 * HOUR, False),  # Saturday
        (datetime(2026, 12, 25, 9, 0, tzinfo=UTC), False),  # a day off
    ],
)
async def test_nobody_hears_at_other_times(db: Database, clock: StillClock, at: datetime, hears: bool) -> None:
    clock.at = at
    await stock(db, [case(PRIYA, -3, opened_at=at)])
    await Chores(db, house()).beat()
    assert bool(await wanted(db)) is hears


async def test_each_hears_in_the_morning_of_their_own_zone(db: Database, clock: StillClock) -> None:
    await stock(db, [case(PRIYA, -30), case(NOOR, -30)])
    chores = Chores(db, house())
    clock.at = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 08:30 in Kolkata
    await chores.beat()
    assert list((await wanted(db)).values()) == [NOOR]
    clock.at = MORNING
    await chores.beat()
    assert sorted((await wanted(db)).values()) == [NOOR, PRIYA]


async def test_nobody_hears_who_is_away_gone_or_has_nothing_today(db: Database, clock: StillClock) -> None:
    clock.at = MORNING
    await stock(db, [case(PRIYA, -3), case(JEN, -3), case(NOOR, 300)])
    async with db.write() as tx:
        days = Days(date(2026, 11, 23), date(2026, 11, 24))
        await absences.save(tx, Absence(PRIYA, days, AbsenceState.AWAY))
    chores = Chores(db, house())
    for hour in range(-6, 6):
        clock.at = MORNING + hour * HOUR
        await chores.beat()
    assert await wanted(db) == {}
    async with db.read() as tx:
        done = (await tx.conn.execute(sa.select(jobs.c.target))).scalars().all()
    assert done == [NOOR]  # looked at once, and nothing was said: nothing more today


async def test_a_policy_without_mornings_says_nothing(db: Database, clock: StillClock) -> None:
    clock.at = MORNING
    await stock(db, [case(PRIYA, -3)])
    await Chores(db, house(morning="")).beat()
    assert await wanted(db) == {}


async def raised(tx: Tx, number: int, level: Level, *, spoken: bool = True) -> None:
    await alarms.raise_all(tx, [Raise(number, Alarm(Step.OUTREACH, level, 0, tx.now), spoken)])


async def test_a_case_of_which_managers_heard_stands_there_also_when_nothing_is_due(
    db: Database, clock: StillClock
) -> None:
    clock.at = MORNING
    await stock(db, [case(PRIYA, 300), case(PRIYA, 200), case(PRIYA, 100), case(PRIYA, 90)])
    async with db.write() as tx:
        await raised(tx, 1, Level.EXECUTIVE)
        await raised(tx, 2, Level.URGE)
        await raised(tx, 3, Level.BREACH, spoken=False)
        await raised(tx, 4, Level.BREACH)
        await alarms.close(tx, [row.id for row in await alarms.of_case(tx, 4)], "done")
    it = house()
    await Chores(db, it).beat()
    lines = await told(db, it)
    assert lines[0] == "1 case needs you today"
    assert "Account 1" in lines[1]
    assert "managers know" in lines[1]


async def test_what_is_dealt_with_before_it_is_sent_is_not_sent(db: Database, clock: StillClock) -> None:
    clock.at = MORNING
    await stock(db, [case(PRIYA, -3)])
    it = house()
    await Chores(db, it).beat()
    assert await told(db, it)
    clock.at = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # Slack was down all day
    assert await told(db, it) == []


async def test_thousands_of_cases_are_told_in_one_message(db: Database, clock: StillClock) -> None:
    clock.at = MORNING
    await stock(db, [case(PRIYA, -3) for _ in range(1500)])
    it = house()
    await Chores(db, it).beat()
    lines = await told(db, it)
    assert lines[0] == "1,000 cases need you today"
    assert lines[-1] == "and 985 more on your Home"


async def test_a_failure_for_one_keeps_nobody_else_from_hearing(
    db: Database, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.at = MORNING
    await stock(db, [case("U0AAA", -3), case(PRIYA, -3)])
    broken = mornings.greet

    async def greet(tx: Tx, at: House, user: str, day: date) -> bool:
        if user == "U0AAA":
            await broken(tx, at, user, day)
            raise RuntimeError("the database went away")
        return await broken(tx, at, user, day)

    monkeypatch.setattr(mornings, "greet", greet)
    chores = Chores(db, house())
    await chores.beat()
    assert list((await wanted(db)).values()) == [PRIYA]
    monkeypatch.setattr(mornings, "greet", broken)
    await chores.beat()  # what failed left no trace, so the next beat does it
    assert sorted((await wanted(db)).values()) == ["U0AAA", PRIYA]


@asynccontextmanager
async def another(url: str, clock: StillClock) -> AsyncIterator[Database]:
    database = Database(url, clock)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def test_two_replicas_at_the_same_moment_make_one_message(postgres_db: str, clock: StillClock) -> None:
    clock.at = MORNING
    first = Database(postgres_db, clock)
    await migrate(first)
    await first.open()
    await stock(first, [case(PRIYA, -3), case(NOOR, -3)])
    clock.at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    async with another(postgres_db, clock) as second:
        await asyncio.gather(*(Chores(db, house()).beat() for db in (first, second, first, second)))
        async with first.read() as tx:
            made = (await tx.conn.execute(sa.select(bulletins.c.user_id, bulletins.c.kind))).all()
    await first.close()
    assert sorted(row.user_id for row in made if row.kind == BulletinKind.MORNING) == [PRIYA]
