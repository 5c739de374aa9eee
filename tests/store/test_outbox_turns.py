"""Whose turn it is: nobody posts what another replica has posted, and no line waits for one that is over."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from store.engine import Database, Tx
from store.slack import outbox
from store.slack.outbox import Candidate, Rank, Wanted
from store.tables import outbox as rows
from tests.store.conftest import StillClock

LEASE = timedelta(seconds=60)
REST = timedelta(seconds=1)
CARD = Wanted("case:1", "C1", Rank.CARD)
LINES = [Wanted(f"case:1:note:{number}", "C1", Rank.NOTE, parent="case:1") for number in (1, 2)]


async def known(db: Database, updates: int = 10) -> list[Candidate]:
    async with db.read() as tx:
        return await outbox.candidates(tx, updates)


async def shows(tx: Tx, row: Candidate) -> None:
    await outbox.shown(tx, row, "C1", "1.1", "a hash")


async def refused(tx: Tx, row: Candidate) -> None:
    await outbox.not_sent(tx, row, REST, "internal_error")


async def doubts(tx: Tx, row: Candidate) -> None:
    await outbox.in_doubt(tx, row, REST, "the answer was lost")


async def cannot_be_drawn(tx: Tx, row: Candidate) -> None:
    await outbox.not_drawn(tx, row, REST, "a mistake of ours")


async def dies(tx: Tx, row: Candidate) -> None:
    """Nothing is written any more; the lease ends by itself."""


@pytest.mark.parametrize("ended", [shows, refused, doubts, cannot_be_drawn, dies])
async def test_who_looked_before_another_had_a_turn_gets_none(db: Database, clock: StillClock, ended: object) -> None:
    """Whatever came of the other's try, what was known before it is no ground for a post."""
    async with db.write() as tx:
        await outbox.want(tx, CARD)
    (before,) = await known(db)
    async with db.write() as tx:
        assert await outbox.take(tx, before, LEASE)
    async with db.write() as tx:
        assert not await outbox.take(tx, before, LEASE)
        await ended(tx, before)  # type: ignore[operator] # a function of the list above
    clock.at += 2 * LEASE
    async with db.write() as tx:
        # Even a look that is wanted anew since then: it is another one, and perhaps an update now.
        await outbox.want(tx, CARD)
        assert not await outbox.take(tx, before, LEASE)
    (now,) = await known(db)
    async with db.write() as tx:
        assert await outbox.take(tx, now, LEASE)
    assert now.is_post is (ended is not shows)
    assert now.doubt is (ended in {doubts, dies})


@pytest.mark.parametrize(
    ("first", "is_over"),
    [
        ({}, False),
        ({"send_after": StillClock().at + REST}, False),  # it waits, and the lines after it wait with it
        ({"lease_until": StillClock().at + LEASE}, False),
        ({"ts": "1.2", "channel": "C1"}, True),
        ({"stopped": True}, True),  # given up
        ({"shown": 1}, True),  # there was nothing to say when its turn came, so nothing was posted
    ],
    ids=str,
)
async def test_a_line_waits_for_the_one_before_it_unless_that_is_over(
    db: Database, first: dict[str, object], is_over: bool
) -> None:
    async with db.write() as tx:
        await outbox.want(tx, CARD, *LINES)
    assert [row.surface for row in await known(db)] == ["case:1"]
    async with db.write() as tx:
        at_home = {"ts": "1.1", "channel": "C1", "shown": 1}
        await tx.conn.execute(sa.update(rows).where(rows.c.surface == "case:1").values(**at_home))
        if first:
            await tx.conn.execute(sa.update(rows).where(rows.c.surface == LINES[0].surface).values(**first))
    posts = [row.surface for row in await known(db) if row.is_post]
    assert (LINES[1].surface in posts) is is_over
    assert posts in ([], [LINES[0].surface], [LINES[1].surface])


async def test_the_urgent_goes_first_and_each_place_has_one_post_at_a_time(db: Database) -> None:
    async with db.write() as tx:
        await outbox.want(
            tx,
            Wanted("case:1", "C1", Rank.CARD),
            Wanted("case:2", "C1", Rank.CRITICAL),
            Wanted("case:3", "C2", Rank.CARD),
            Wanted("bulletin:U1:1", "U1", Rank.ESCALATION),
        )
    assert [row.surface for row in await known(db)] == ["bulletin:U1:1", "case:2", "case:3"]
    async with db.write() as tx:
        await tx.conn.execute(sa.update(rows).values(ts="1.1", channel="C1"))
    assert [row.surface for row in await known(db, updates=3)] == ["bulletin:U1:1", "case:2", "case:1"]


async def test_a_doubt_is_as_old_as_its_first_try(db: Database, clock: StillClock) -> None:
    """The look-up searches from then on; a later moment would pass over the message that did arrive."""
    began = clock.at
    async with db.write() as tx:
        await outbox.want(tx, CARD)
    for _ in range(3):
        (row,) = await known(db)
        async with db.write() as tx:
            assert await outbox.take(tx, row, LEASE)
            await outbox.in_doubt(tx, row, REST, "the answer was lost")
        clock.at += timedelta(minutes=5)
    (row,) = await known(db)
    assert (row.taken_at, row.attempts, row.doubt) == (began, 3, True)


async def test_after_a_lost_update_nobody_relies_on_what_was_shown_before(db: Database, clock: StillClock) -> None:
    for _ in range(2):
        async with db.write() as tx:
            await outbox.want(tx, CARD)
        (row,) = await known(db)
        async with db.write() as tx:
            assert await outbox.take(tx, row, LEASE)
            await (doubts if row.ts else shows)(tx, row)
    assert (row.is_post, row.shown_hash) == (False, "a hash")
    clock.at += 2 * REST
    (row,) = await known(db)
    assert (row.is_post, row.shown_hash) == (False, "")


async def test_a_mistake_of_ours_ends_no_doubt(db: Database, clock: StillClock) -> None:
    """Nothing was sent this time; whether the time before arrived is still not known."""
    began = clock.at
    async with db.write() as tx:
        await outbox.want(tx, CARD)
    for ends in (doubts, cannot_be_drawn):
        (row,) = await known(db)
        async with db.write() as tx:
            assert await outbox.take(tx, row, LEASE)
            await ends(tx, row)
        clock.at += 2 * REST
    (row,) = await known(db)
    assert (row.doubt, row.taken_at, row.attempts) == (True, began, 2)
