"""A case has a timer of each kind at most, and each goes its own way."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from store.cases import timers
from store.cases.timers import Timer, TimerKind
from store.engine import Database
from store.tables import timers as rows
from tests.people.stocked import stock
from tests.recovery.step_values import CASE
from tests.store.conftest import StillClock

HOUR = timedelta(hours=1)


async def standing(db: Database) -> set[tuple[int, str]]:
    async with db.read() as tx:
        return {(row.case_id, row.kind) for row in await tx.conn.execute(sa.select(rows))}


@pytest.fixture(autouse=True)
async def two_cases(db: Database, clock: StillClock) -> None:
    await stock(db, [CASE, replace(CASE)])
    async with db.write() as tx:
        both = {TimerKind.CLOCK: clock.at, TimerKind.FOLLOW_UP: clock.at + HOUR}
        await timers.follow_all(tx, {1: both, 2: both})


async def test_what_is_due_at_this_very_moment_rings_and_the_cases_other_timer_stays(
    db: Database, clock: StillClock
) -> None:
    async with db.write() as tx:
        assert await timers.take(tx, 10) == [Timer(number, TimerKind.CLOCK, clock.at) for number in (1, 2)]
        assert await timers.take(tx, 10) == []
        assert await timers.next_due(tx) == clock.at + HOUR
    assert await standing(db) == {(1, "follow_up"), (2, "follow_up")}
    clock.at += HOUR
    async with db.write() as tx:
        assert [timer.case_id for timer in await timers.take(tx, 10, among=[2])] == [2]
    assert await standing(db) == {(1, "follow_up")}


async def test_a_timer_that_is_taken_away_leaves_the_others(db: Database, clock: StillClock) -> None:
    async with db.write() as tx:
        await timers.follow(tx, 1, {TimerKind.CLOCK: None})
        await timers.follow(tx, 2, {TimerKind.FOLLOW_UP: None, TimerKind.CLOCK: clock.at + 2 * HOUR})
    assert await standing(db) == {(1, "follow_up"), (2, "clock")}
    async with db.read() as tx:
        assert await timers.next_due(tx) == clock.at + HOUR
