"""Moments at which something has to happen for a case. Rows, written with the case; nothing waits in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from store.engine import Tx
from store.tables import cases, timers

TOPIC = "timers"


class TimerKind(StrEnum):
    """`clock`: something is to be said or done for the case's deadlines. `follow_up`: the owner is asked."""

    CLOCK = "clock"
    FOLLOW_UP = "follow_up"


Wanted = Mapping[TimerKind, datetime | None]
"""When a case's timers ring (aware UTC business time); None for one that shall not, others stay as they are."""


@dataclass(frozen=True, slots=True)
class Timer:
    """One moment of a case; due at business time `due_at`."""

    case_id: int
    kind: TimerKind
    due_at: datetime


async def follow(tx: Tx, case_id: int, wanted: Wanted) -> None:
    """Sets and removes the case's timers; a kind that isn't named stays as it is."""
    await follow_all(tx, {case_id: wanted})


async def follow_all(tx: Tx, wanted: Mapping[int, Wanted]) -> None:
    """The same for many cases at once, by number."""
    gone: dict[TimerKind, list[int]] = {}
    rows: list[dict[str, object]] = []
    due_now = False
    for case_id, moments in sorted(wanted.items()):
        for kind, due in moments.items():
            if due is None:
                gone.setdefault(kind, []).append(case_id)
            else:
                rows.append({"case_id": case_id, "kind": kind.value, "due_at": due})
                due_now = due_now or due <= tx.now
    for kind, numbers in gone.items():
        await tx.conn.execute(_REMOVE, {"numbers": numbers, "the_kind": kind.value})
    if rows:
        await tx.conn.execute(_SET[tx.postgres], rows)
        # Who takes them looks each second anyway; being rung for each change of a case would only cost.
        if due_now:
            tx.ring(TOPIC)


async def take(tx: Tx, most: int, among: Sequence[int] | None = None) -> list[Timer]:
    """What is due, of up to `most` cases (only of `among`), taken out of the table: of several replicas one gets each.

    On Postgres the cases are locked first, as every flow does it; one that a flow holds is left for later.
    """
    due = sa.select(timers.c.case_id).where(timers.c.due_at <= tx.now).order_by(timers.c.due_at).limit(most)
    if among is not None:
        due = due.where(timers.c.case_id.in_(among))
    if tx.postgres:
        due = due.join(cases, cases.c.id == timers.c.case_id)
        due = due.with_for_update(of=cases, skip_locked=True, key_share=True)
    numbers = sorted(set((await tx.conn.execute(due)).scalars()))
    if not numbers:
        return []
    taken = await tx.conn.execute(_TAKE, {"numbers": numbers, "now": tx.now})
    return sorted((Timer(case_id, TimerKind(kind), at) for case_id, kind, at in taken), key=lambda timer: timer.due_at)


async def next_due(tx: Tx) -> datetime | None:
    """When (business time) the next timer is due."""
    moment: datetime | None = await tx.conn.scalar(_NEXT)
    return moment


_NEXT = sa.select(sa.func.min(timers.c.due_at))
_REMOVE = sa.delete(timers).where(
    timers.c.case_id.in_(sa.bindparam("numbers", expanding=True)), timers.c.kind == sa.bindparam("the_kind")
)
_TAKE = (
    sa.delete(timers)
    .where(timers.c.case_id.in_(sa.bindparam("numbers", expanding=True)), timers.c.due_at <= sa.bindparam("now"))
    .returning(timers.c.case_id, timers.c.kind, timers.c.due_at)
)


def _set(insert: postgresql.Insert | sqlite.Insert) -> postgresql.Insert | sqlite.Insert:
    return insert.on_conflict_do_update(index_elements=["case_id", "kind"], set_={"due_at": insert.excluded.due_at})


_SET = {False: _set(sqlite.insert(timers)), True: _set(postgresql.insert(timers))}
