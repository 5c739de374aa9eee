"""Which looks are to be mailed because Slack does not take them, and which were: each at most once, ever."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from store.engine import Tx
from store.slack.outbox import Rank
from store.tables import outbox

BULLETINS = "bulletin:"


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message that Slack has not shown; `target` is a user or a channel, `since` business time."""

    id: int
    surface: str
    target: str
    since: datetime


async def unsent(tx: Tx, before: datetime, *, tried: bool, beyond: int = 0, most: int = 50) -> list[Unsent]:
    """Escalations, and bulletins for a person, wanted since `before` or longer, never shown and never mailed.

    With `tried` only those that Slack refused or that were lost on the way. Ordered by id, from `beyond` on.
    """
    rows = await tx.conn.execute(
        sa.select(outbox.c.id, outbox.c.surface, outbox.c.target, outbox.c.wanted_at)
        .where(_never_shown(), outbox.c.id > beyond, outbox.c.wanted_at <= before)
        .where(outbox.c.error != "" if tried else sa.true())
        .order_by(outbox.c.id)
        .limit(most)
    )
    return [Unsent(id_, surface, target, since) for id_, surface, target, since in rows]


async def mark(tx: Tx, row: Unsent) -> bool:
    """True for exactly one who may mail it now; nobody may afterwards."""
    result = await tx.conn.execute(
        sa.update(outbox).where(outbox.c.id == row.id, _never_shown()).values(mailed_at=tx.now)
    )
    return result.rowcount == 1


async def unmark(tx: Tx, row: Unsent) -> None:
    """The mail server surely has not taken it: it may be mailed later."""
    await tx.conn.execute(sa.update(outbox).where(outbox.c.id == row.id).values(mailed_at=None))


def _never_shown() -> sa.ColumnElement[Any]:
    to_a_person = sa.func.substr(outbox.c.target, 1, 1).in_(["U", "W"])
    digest = sa.and_(outbox.c.surface.startswith(BULLETINS, autoescape=True), to_a_person)
    urgent = sa.or_(outbox.c.rank == int(Rank.ESCALATION), digest)
    return sa.and_(outbox.c.ts == "", outbox.c.wanted > outbox.c.shown, outbox.c.mailed_at.is_(None), urgent)
