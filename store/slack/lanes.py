"""Slack's limits, shared by every replica: a row for each lane says when it is free (real time)."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from recovery.pacing import Pace
from store.engine import Tx
from store.tables import lanes


async def free_at(tx: Tx, names: set[str]) -> dict[str, datetime]:
    rows = await tx.conn.execute(sa.select(lanes.c.lane, lanes.c.free_at).where(lanes.c.lane.in_(names)))
    return dict(rows.all())


async def enter(tx: Tx, name: str, pace: Pace, known: datetime | None) -> bool:
    """Takes one call of the lane; False if another replica was faster or the lane is not open yet."""
    if known is not None and pace.open_at(known) > tx.wall:
        return False
    after = pace.after_call(known or tx.wall, tx.wall)
    if known is None:
        insert = postgresql.insert(lanes) if tx.postgres else sqlite.insert(lanes)
        result = await tx.conn.execute(
            insert.values(lane=name, free_at=after).on_conflict_do_nothing(index_elements=["lane"])
        )
    else:
        result = await tx.conn.execute(
            sa.update(lanes).where(lanes.c.lane == name, lanes.c.free_at == known).values(free_at=after)
        )
    return result.rowcount == 1


async def take_turn(tx: Tx, name: str) -> bool:
    """Whether this transaction has the lane to itself until it ends; of several at one moment one has it."""
    known = (await free_at(tx, {name})).get(name)
    if known is None:
        insert = postgresql.insert(lanes) if tx.postgres else sqlite.insert(lanes)
        taking: sa.UpdateBase = insert.values(lane=name, free_at=tx.wall).on_conflict_do_nothing(
            index_elements=["lane"]
        )
    else:
        after = max(known, tx.wall) + timedelta.resolution
        taking = sa.update(lanes).where(lanes.c.lane == name, lanes.c.free_at == known).values(free_at=after)
    return (await tx.conn.execute(taking)).rowcount == 1


async def hold(tx: Tx, name: str, until: datetime) -> None:
    """The lane is due at `until`, sooner or later than before; for its holder only."""
    await tx.conn.execute(sa.update(lanes).where(lanes.c.lane == name).values(free_at=until))


async def close(tx: Tx, name: str, pace: Pace, until: datetime) -> None:
    """The lane takes no call before `until`, whatever is left of its burst; one closed for longer stays so."""
    due = until + pace.interval * (pace.burst - 1)
    await tx.conn.execute(sa.update(lanes).where(lanes.c.lane == name, lanes.c.free_at < due).values(free_at=due))


async def release_all(tx: Tx, prefix: str, until: datetime) -> None:
    """Right after a start, where no other process holds a lane: none of these stays closed longer than `until`."""
    await tx.conn.execute(
        sa.update(lanes)
        .where(lanes.c.lane.startswith(prefix, autoescape=True), lanes.c.free_at > until)
        .values(free_at=until)
    )
