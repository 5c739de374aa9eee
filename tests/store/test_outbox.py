"""Since when a look waits: the last-resort mail and `/readyz` go by it."""

from datetime import timedelta

import sqlalchemy as sa

from store.engine import Database
from store.slack import mailing, outbox
from store.slack.outbox import Rank, Wanted
from store.tables import outbox as rows
from tests.store.conftest import StillClock

BULLETIN = Wanted("bulletin:U0ELENA:1", "U0ELENA", Rank.ESCALATION)


async def test_a_message_that_is_drawn_again_unsent_waits_since_the_first_time(db: Database, clock: StillClock) -> None:
    async with db.write() as tx:
        await outbox.want(tx, BULLETIN)
    first = clock.at
    clock.at += timedelta(hours=2)
    async with db.write() as tx:
        await outbox.refresh(tx, BULLETIN.surface)
        await outbox.want(tx, BULLETIN)
    async with db.read() as tx:
        assert await tx.conn.scalar(sa.select(rows.c.wanted_at)) == first
        assert await mailing.unsent(tx, clock.at - timedelta(hours=1), tried=False) != []


async def test_one_that_was_shown_waits_since_it_is_asked_for_again(db: Database, clock: StillClock) -> None:
    async with db.write() as tx:
        await outbox.want(tx, BULLETIN)
        await tx.conn.execute(sa.update(rows).values(shown=rows.c.wanted, ts="1.1", channel="D1"))
    clock.at += timedelta(hours=2)
    async with db.write() as tx:
        await outbox.refresh(tx, BULLETIN.surface)
    async with db.read() as tx:
        assert await tx.conn.scalar(sa.select(rows.c.wanted_at)) == clock.at


async def test_one_that_was_given_up_waits_since_it_is_asked_for_again(db: Database, clock: StillClock) -> None:
    async with db.write() as tx:
        await outbox.want(tx, BULLETIN)
        await tx.conn.execute(sa.update(rows).values(stopped=True))
    clock.at += timedelta(hours=2)
    async with db.write() as tx:
        await outbox.want(tx, BULLETIN)
    async with db.read() as tx:
        assert await tx.conn.scalar(sa.select(rows.c.wanted_at)) == clock.at
