"""Moments at which something has to happen for a case. Rows, written with the case; nothing waits in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from store.engine import Tx
from store.tables import timers

TOPIC = "timers"


class TimerKind(StrEnum):
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True)
class Timer:
    """One moment of a case; due at business time `due_at`."""

    case_id: int
    kind: TimerKind
    due_at: datetime


async def follow(tx: Tx, case_id: int, wanted: Mapping[TimerKind, datetime]) -> None:
    """The case's timers are exactly these."""
    gone = [kind.value for kind in TimerKind if kind not in wanted]
    if gone:
        await tx.conn.execute(sa.delete(timers).where(timers.c.case_id == case_id, timers.c.kind.in_(gone)))
    if wanted:
        rows = [{"case_id": case_id, "kind": kind.value, "due_at": due} for kind, due in wanted.items()]
        await tx.conn.execute(_SET[tx.postgres], rows)
        tx.ring(TOPIC)


async def take(tx: Tx, most: int) -> list[Timer]:
    """What is due, taken out of the table in this transaction: of several replicas one gets each."""
    due = sa.select(timers.c.id).where(timers.c.due_at <= tx.now).order_by(timers.c.due_at).limit(most)
    if tx.postgres:
        due = due.with_for_update(skip_locked=True)
    taken = await tx.conn.execute(
        sa.delete(timers).where(timers.c.id.in_(due)).returning(timers.c.case_id, timers.c.kind, timers.c.due_at)
    )
    return sorted((Timer(case_id, TimerKind(kind), at) for case_id, kind, at in taken), key=lambda timer: timer.due_at)


async def next_due(tx: Tx) -> datetime | None:
    """When (business time) the next timer is due."""
    moment: datetime | None = await tx.conn.scalar(sa.select(sa.func.min(timers.c.due_at)))
    return moment


def _set(insert: postgresql.Insert | sqlite.Insert) -> postgresql.Insert | sqlite.Insert:
    return insert.on_conflict_do_update(index_elements=["case_id", "kind"], set_={"due_at": insert.excluded.due_at})


_SET = {False: _set(sqlite.insert(timers)), True: _set(postgresql.insert(timers))}
