"""A programme's week: counted from the rows, told once in the programme's channel."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.flows.clock import weeklies
from bot.house import House
from recovery.cases.case import Case, Event, EventKind, Outcome, State, Urgency
from recovery.cases.progress import Progress, Verdict
from recovery.policy.file import DigestRules, load_policy
from scheduler.chores import Chores
from store.cases import cases, notices
from store.cases.case_rows import values_of_event
from store.engine import Database, Tx
from store.figures import weeks
from store.migrate import migrate
from store.slack.people import Directory, Person, Place
from store.tables import bulletins, events, outbox
from tests.people.stocked import DAY, HOUR, stock
from tests.store.conftest import StillClock
from tests.support.briefs import CASE, COMMITTED, CONTACTED
from tests.support.reading import read

POLICY = (Path(__file__).parent.parent.parent / "demo" / "policy.toml").read_text("utf-8")
TOLD = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday; London is at UTC
PRIYA = "U0PRIYA"


def house(weekly: str = "mon 09:00") -> House:
    """Without mornings and months: these tests count messages."""
    policy = load_policy(POLICY).model_copy(update={"digests": DigestRules(morning="", weekly=weekly, monthly="")})
    return House(policy, Directory(people={PRIYA: Person(PRIYA, "priya@acme.example", "Priya")}))


def case(opened: float, due_in: float, **changes: object) -> Case:
    """A case of Priya's, opened so many days before Monday nine, whose outreach is due so many hours after it."""
    at = TOLD - opened * DAY
    whole = replace(
        CASE,
        state=State.CLAIMED,
        owner=PRIYA,
        assigned_at=at,
        opened_at=at,
        submitted_at=at,
        urgency=Urgency.NORMAL,
        deadlines=replace(CASE.deadlines, assign=at + HOUR, outreach=TOLD + due_in * HOUR),
    )
    return replace(whole, **changes)  # type: ignore[arg-type] - tests name fields freely


def ended(outcome: Outcome) -> dict[str, object]:
    return {"state": State.CLOSED, "outcome": outcome, "closed_at": TOLD - DAY}


CASES = [
    case(1, 24),  # open, not contacted, still in time
    case(3, -5),  # overdue
    case(4, -5, progress=replace(CONTACTED, contacted_at=TOLD - 6 * HOUR)),  # in time
    case(5, -30, progress=replace(COMMITTED, contacted_at=TOLD - HOUR)),  # contacted late
    case(6, -5, **ended(Outcome.WITHDRAWN)),
    case(6.9, 9, state=State.OPEN, owner="", assigned_at=None),
    case(7.1, -90),  # of the week before
    case(40, -900, progress=Progress(contacted_at=TOLD - 39 * DAY, verdict=Verdict.SAVED), **ended(Outcome.RECOVERED)),
    case(2, 24, programme="onboarding"),
    case(0, 24, opened_at=TOLD),  # of the week to come
]


async def verdict(db: Database, number: int, at: datetime) -> None:
    event = Event(EventKind.MEASURED, "winback", at, after=Verdict.SAVED.value)
    async with db.write() as tx:
        await tx.conn.execute(sa.insert(events).values(case_id=number, version=9, **values_of_event(event)))


async def told(db: Database, it: House) -> dict[str, list[str]]:
    """What each channel reads, by channel."""
    async with db.read() as tx:
        found = {}
        for row in (await tx.conn.execute(sa.select(bulletins).order_by(bulletins.c.id))).all():
            bulletin = await notices.get_bulletin(tx, row.id)
            assert bulletin
            look = await weeklies.look_of(tx, it, bulletin)
            assert row.user_id not in found
            found[row.user_id] = read(look.blocks) if look else []
        return found


async def test_each_channel_reads_its_own_week_once(db: Database, clock: StillClock) -> None:
    clock.at = TOLD
    await stock(db, CASES)
    await verdict(db, 8, TOLD - DAY)
    it = house()
    chores = Chores(db, it)
    await chores.beat()
    relational, onboarding = (it.policy.programmes[key] for key in ("relational", "onboarding"))
    said = await told(db, it)
    assert said == {
        relational.channel: [
            "Relational: the last seven days",
            "5 new detractors: 1 of 3 contacted in time, 2 can still be.",
            "*Open: 7* · 1 without an owner · 4 outreach · 1 conversation · 1 follow-up · *3 overdue*",
            "1 saved ($1k).",
        ],
        onboarding.channel: [
            "Onboarding: the last seven days",
            "1 new detractor: none had to be contacted so far, 1 can still be.",
            "*Open: 1* · 1 outreach",
        ],
    }
    async with db.read() as tx:
        wanted = (await tx.conn.execute(sa.select(outbox.c.surface, outbox.c.target))).all()
    assert sorted(wanted) == [
        (f"bulletin:{row.target}:{row.surface.split(':')[2]}", row.target) for row in sorted(wanted)
    ]
    await chores.beat()
    await Chores(db, it).beat()
    clock.move(days=1)
    await Chores(db, it).beat()
    assert len(await told(db, it)) == 2


async def test_a_look_drawn_later_is_the_same(db: Database, clock: StillClock) -> None:
    clock.at = TOLD
    await stock(db, CASES)
    it = house()
    await Chores(db, it).beat()
    before = await told(db, it)
    clock.move(days=3)
    assert await told(db, it) == before
    gone = it.policy.model_copy(update={"programmes": {"relational": it.policy.programmes["relational"]}})
    assert sorted(map(bool, (await told(db, House(gone))).values())) == [False, True]


@pytest.mark.parametrize(
    ("weekly", "moved", "tells"),
    [
        ("mon 09:00", -1, False),
        ("mon 09:00", 47, True),  # the bot was down on Monday
        ("mon 09:00", 48, False),
        ("fri 16:00", 0, False),
        ("", 0, False),
    ],
)
async def test_the_week_is_told_at_its_time(
    db: Database, clock: StillClock, weekly: str, moved: int, tells: bool
) -> None:
    clock.at = TOLD + moved * HOUR
    await stock(db, CASES)
    it = house(weekly)
    await Chores(db, it).beat()
    assert bool(await told(db, it)) is tells


async def test_the_next_week_is_told_again(db: Database, clock: StillClock) -> None:
    clock.at = TOLD
    await stock(db, CASES[:1])
    it = house()
    chores = Chores(db, it)
    for _ in range(3):
        await chores.beat()
        clock.move(days=7)
    async with db.read() as tx:
        assert (await tx.conn.execute(sa.select(sa.func.count()).select_from(bulletins))).scalar_one() == 3


async def test_a_channel_without_cases_is_left_in_peace(db: Database, clock: StillClock) -> None:
    clock.at = TOLD
    it = house()
    await Chores(db, it).beat()
    assert await told(db, it) == {}


async def test_pages_of_open_cases_leave_none_out(db: Database, clock: StillClock) -> None:
    clock.at = TOLD
    await stock(db, [case(1, 24, **(ended(Outcome.CHURNED) if number % 3 == 0 else {})) for number in range(1200)])
    async with db.read() as tx:
        numbers = [each.id async for each in weeks.open_cases(tx, "relational")]
    assert numbers == [number + 1 for number in range(1200) if number % 3]


async def test_a_channel_whose_id_is_known_gets_it_there(db: Database, clock: StillClock) -> None:
    clock.at = TOLD
    await stock(db, CASES[:1])
    it = house()
    ref = it.policy.programmes["relational"].channel
    it.directory = Directory(places={ref: Place(ref, "C0REAL", "nps")})
    await Chores(db, it).beat()
    assert list(await told(db, it)) == ["C0REAL"]


async def test_a_policy_that_comes_while_others_write_is_the_one_that_counts(
    db: Database, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.at = TOLD
    await stock(db, CASES)
    it, real = house(), db.write
    onboarding = it.policy.model_copy(update={"programmes": {"onboarding": it.policy.programmes["onboarding"]}})

    @asynccontextmanager
    async def write() -> AsyncIterator[Tx]:
        """A new policy waits until nobody writes; then whoever waited writes under it."""
        it.policy = onboarding
        async with real() as tx:
            yield tx

    monkeypatch.setattr(db, "write", write)
    await Chores(db, it).beat()
    assert list(await told(db, it)) == [onboarding.programmes["onboarding"].channel]


async def test_two_replicas_at_the_same_moment_make_one_message(postgres_db: str, clock: StillClock) -> None:
    clock.at = TOLD
    both = [Database(postgres_db, clock), Database(postgres_db, clock)]
    await migrate(both[0])
    for db in both:
        await db.open()
    try:
        await stock(both[0], CASES)
        it = house()
        await asyncio.gather(*(Chores(db, it).beat() for db in (*both, *both)))
        assert len(await told(both[0], it)) == 2  # and no channel twice
        async with both[0].read() as tx:
            assert await cases.count_of(tx, "relational") == 9
    finally:
        for db in both:
            await db.close()
