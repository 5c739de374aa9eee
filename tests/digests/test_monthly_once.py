"""Leadership hears of a month once: with many replicas, kills, and a policy that changes meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bot.flows.clock import monthlies
from bot.surfaces import BulletinSurface
from scheduler.chores import Chores
from store.engine import Database, Tx
from store.migrate import migrate
from store.slack import outbox
from store.slack.outbox import Rank, Wanted
from store.slack.people import Directory
from store.tables import outbox as outbox_rows
from tests.digests.months import (
    ELENA,
    EXECUTIVES,
    MARCUS,
    TOLD,
    asked_for,
    case,
    house,
    november,
    stocked,
    told,
)
from tests.people.stocked import stock
from tests.store.conftest import StillClock


async def test_each_hears_once_whatever_happens(db: Database, clock: StillClock) -> None:
    await stocked(db, clock)
    it = house()
    chores = Chores(db, it)
    await chores.beat()
    assert sorted(await told(db, it)) == [EXECUTIVES, MARCUS]
    clock.move(hours=5)  # nine o'clock in New York
    await chores.beat()
    first = await told(db, it)
    assert sorted(first) == [EXECUTIVES, ELENA, MARCUS]
    for _ in range(8):
        await chores.beat()
        await Chores(db, it).beat()  # after a restart, and on another replica
        clock.move(days=1)
    assert await told(db, it) == first
    assert [place for _, place in await asked_for(db)] == sorted(first)
    clock.at = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)  # the first working day of January
    await chores.beat()
    assert [place for _, place in await asked_for(db)] == [EXECUTIVES, EXECUTIVES, ELENA, MARCUS, MARCUS]


async def test_the_message_is_asked_for_where_it_belongs(db: Database, clock: StillClock) -> None:
    await stocked(db, clock)
    await Chores(db, house()).beat()
    for surface, place in await asked_for(db):
        assert surface in {str(BulletinSurface(place, number)) for number in (1, 2)}


async def test_what_a_changed_policy_called_off_is_told_once_it_is_wanted_again(
    db: Database, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stock(db, [case(november(2))])
    clock.at = TOLD
    it, real = house(), db.write
    policy, never = it.policy, house(monthly="").policy

    @asynccontextmanager
    async def write() -> AsyncIterator[Tx]:
        it.policy = never
        async with real() as tx:
            yield tx

    chores = Chores(db, it)
    monkeypatch.setattr(db, "write", write)
    await chores.beat()
    monkeypatch.setattr(db, "write", real)
    await chores.beat()
    assert await asked_for(db) == []
    it.policy = policy
    await chores.beat()
    assert [place for _, place in await asked_for(db)] == [EXECUTIVES]


async def test_what_changed_since_it_was_due_is_asked_anew(db: Database, clock: StillClock) -> None:
    await stocked(db, clock)
    it = house()
    async with db.read() as tx:
        due = await monthlies.due(tx, it)
        counted = {each: await monthlies.count(tx, it, each) for each in due}
    assert {each.to for each in due} == {EXECUTIVES, MARCUS}
    policy, directory = it.policy, it.directory
    moved = policy.programmes["relational"].model_copy(update={"executives": "G0OTHER"})
    it.policy = policy.model_copy(update={"programmes": {"relational": moved}})
    async with db.write() as tx:
        assert [await monthlies.tell(tx, it, each, counted[each]) for each in due] == [False, False]
    it.policy, it.directory = policy, Directory()  # nobody is known any more, the channel is
    async with db.write() as tx:
        assert {each.to: await monthlies.tell(tx, it, each, counted[each]) for each in due} == {
            EXECUTIVES: True,
            MARCUS: False,
        }
    it.directory = directory
    await Chores(db, it).beat()
    assert [place for _, place in await asked_for(db)] == [EXECUTIVES, MARCUS]


async def test_killed_in_between_it_leaves_no_trace_and_the_next_beat_tells(
    db: Database, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stocked(db, clock)
    it = house()
    real = outbox.want

    async def want(tx: Tx, wanted: Wanted) -> None:
        if wanted.target == EXECUTIVES:
            await real(tx, wanted)
            raise RuntimeError("killed")
        await real(tx, wanted)

    monkeypatch.setattr(outbox, "want", want)
    chores = Chores(db, it)
    await chores.beat()
    assert [place for _, place in await asked_for(db)] == [MARCUS]
    monkeypatch.setattr(outbox, "want", real)
    await chores.beat()
    assert [place for _, place in await asked_for(db)] == [EXECUTIVES, MARCUS]
    assert sorted(await told(db, it)) == [EXECUTIVES, MARCUS]


async def test_many_at_the_same_moment_make_one_message(db: Database, clock: StillClock) -> None:
    await stocked(db, clock)
    it = house()
    await asyncio.gather(*(Chores(db, it).beat() for _ in range(5)))
    assert sorted(await told(db, it)) == [EXECUTIVES, MARCUS]  # and nobody twice


async def test_two_replicas_at_the_same_moment_make_one_message(postgres_db: str, clock: StillClock) -> None:
    both = [Database(postgres_db, clock), Database(postgres_db, clock)]
    await migrate(both[0])
    for each in both:
        await each.open()
    try:
        await stocked(both[0], clock)
        it = house()
        await asyncio.gather(*(Chores(each, it).beat() for each in (*both, *both)))
        assert sorted(await told(both[0], it)) == [EXECUTIVES, MARCUS]
        assert [place for _, place in await asked_for(both[0])] == [EXECUTIVES, MARCUS]
    finally:
        for each in both:
            await each.close()


async def test_it_goes_out_like_a_card(db: Database, clock: StillClock) -> None:
    await stocked(db, clock)
    await Chores(db, house()).beat()
    async with db.read() as tx:
        rows = (await tx.conn.execute(sa.select(outbox_rows.c.target, outbox_rows.c.rank))).all()
    assert sorted(tuple(row) for row in rows) == [(EXECUTIVES, int(Rank.CARD)), (MARCUS, int(Rank.CARD))]
