"""Since when the oldest work waits, of each kind: cheap questions, asked with each look at whether we are at work."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from store import receipts
from store.cases import notices, timers
from store.engine import Tx
from store.slack.outbox import Rank
from store.tables import outbox


@dataclass(frozen=True, slots=True)
class Oldest:
    """Aware UTC business time; None where nothing waits.

    `timer` is when the next one rings or should have rung, `notice` when the next word is or was to be said,
    `escalation` since when a message of the highest rank is not shown, `refused` since when one that was tried isn't.
    """

    receipt: datetime | None
    timer: datetime | None
    notice: datetime | None
    escalation: datetime | None
    refused: datetime | None


async def oldest(tx: Tx) -> Oldest:
    return Oldest(
        receipt=await receipts.oldest_waiting(tx),
        timer=await timers.next_due(tx),
        notice=await notices.next_speaking(tx),
        escalation=await _unshown(tx, outbox.c.rank == int(Rank.ESCALATION)),
        refused=await _unshown(tx, outbox.c.error != ""),
    )


async def _unshown(tx: Tx, which: sa.ColumnElement[bool]) -> datetime | None:
    moment: datetime | None = await tx.conn.scalar(
        sa.select(sa.func.min(outbox.c.wanted_at)).where(
            outbox.c.wanted > outbox.c.shown, sa.not_(outbox.c.stopped), which
        )
    )
    return moment
