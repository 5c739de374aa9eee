"""Work that should have happened and did not, as questions to the rows; nothing is changed here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from recovery.cases.case import State
from store import receipts
from store.cases.notices import BulletinKind
from store.cases.timers import TimerKind
from store.engine import Tx
from store.tables import alarms, bulletins, cases, deliveries, events, notices, outbox, people, timers

# What is no summary and tells of no alarm has a surface of its own: reports to the admin, shared figures.
SAID = [kind.value for kind in BulletinKind]
OPEN = cases.c.state != sa.literal_column("'closed'")


@dataclass(frozen=True, slots=True)
class Orphan:
    """A bulletin that nobody asked Slack to show."""

    id: int
    user: str
    kind: BulletinKind


@dataclass(frozen=True, slots=True)
class Shown:
    """What Slack shows of a surface, by its fingerprint; None where the surface was never asked for."""

    case_id: int
    hash: str | None


async def without_clock(tx: Tx, beyond: int, most: int) -> list[int]:
    """Open cases that no timer of the clock will ever look at, by number; most of them have nothing left to say."""
    clock = sa.exists().where(timers.c.case_id == cases.c.id, timers.c.kind == TimerKind.CLOCK.value)
    query = sa.select(cases.c.id).where(OPEN, cases.c.id > beyond, sa.not_(clock)).order_by(cases.c.id).limit(most)
    return list((await tx.conn.execute(query)).scalars())


async def open_cases(tx: Tx, beyond: int, most: int) -> list[int]:
    """Open cases by number, from `beyond` on."""
    query = sa.select(cases.c.id).where(OPEN, cases.c.id > beyond).order_by(cases.c.id).limit(most)
    return list((await tx.conn.execute(query)).scalars())


async def timers_of(tx: Tx, case_ids: Sequence[int]) -> dict[tuple[int, TimerKind], datetime]:
    """The timers of these cases."""
    rows = await tx.conn.execute(
        sa.select(timers.c.case_id, timers.c.kind, timers.c.due_at).where(timers.c.case_id.in_(case_ids))
    )
    return {(case_id, TimerKind(kind)): due_at for case_id, kind, due_at in rows}


async def was_asked(tx: Tx, case_id: int, commitment: int, slip: int) -> bool:
    """Whether anybody was ever asked about this action on this day of it."""
    values = {"case_id": case_id, "about": f":case:{case_id}:{commitment}:{slip}"}
    return await tx.conn.scalar(_WAS_ASKED, values) is not None


async def untold(tx: Tx, programmes: Iterable[str], most: int) -> list[int]:
    """Alarms (ids) of these programmes that were to be said, still stand, and that nobody will ever be told of."""
    told = sa.exists().where(notices.c.alarm_id == alarms.c.id)
    query = (
        sa.select(alarms.c.id)
        .join(cases, cases.c.id == alarms.c.case_id)
        .where(alarms.c.spoken, alarms.c.closed_at.is_(None), sa.not_(told), OPEN)
        .where(cases.c.programme.in_(list(programmes)))
        .order_by(alarms.c.id)
        .limit(most)
    )
    return list((await tx.conn.execute(query)).scalars())


async def unsaid(tx: Tx, before: datetime) -> list[str]:
    """People (or channels) for whom something was to be said before this moment and stands in no message yet."""
    query = sa.select(notices.c.user_id).where(notices.c.bulletin_id.is_(None), notices.c.speak_at < before)
    return list((await tx.conn.execute(query.distinct().order_by(notices.c.user_id))).scalars())


async def orphans(tx: Tx, since: datetime, most: int) -> list[Orphan]:
    """Bulletins since then that are in no outbox."""
    number = sa.cast(bulletins.c.id, sa.Text)
    surface = sa.literal("bulletin:").concat(bulletins.c.user_id).concat(":").concat(number)
    wanted = sa.exists().where(outbox.c.surface == surface)
    rows = await tx.conn.execute(
        sa.select(bulletins.c.id, bulletins.c.user_id, bulletins.c.kind)
        .where(bulletins.c.said_at >= since, bulletins.c.kind.in_(SAID), sa.not_(wanted))
        .order_by(bulletins.c.id)
        .limit(most)
    )
    return [Orphan(id_, user, BulletinKind(kind)) for id_, user, kind in rows]


async def last_event(tx: Tx) -> int:
    """The number of the newest change of any case."""
    return int(await tx.conn.scalar(sa.select(sa.func.max(events.c.id))) or 0)


async def changed(tx: Tx, beyond: int, most: int) -> tuple[list[int], int]:
    """Cases of the next `most` changes after this one, and the last of those changes."""
    rows = (
        await tx.conn.execute(
            sa.select(events.c.id, events.c.case_id).where(events.c.id > beyond).order_by(events.c.id).limit(most)
        )
    ).all()
    return sorted({row.case_id for row in rows}), rows[-1].id if rows else beyond


async def fell_due(tx: Tx, after: datetime, until: datetime, most: int) -> list[int]:
    """Open cases with a step that became overdue in this span."""
    columns = (cases.c.outreach_due, cases.c.conversation_due, cases.c.action_due)
    due = [sa.and_(column > after, column <= until) for column in columns]
    unowned = sa.and_(cases.c.state == State.OPEN.value, cases.c.assign_due > after, cases.c.assign_due <= until)
    query = sa.select(cases.c.id).where(OPEN, sa.or_(unowned, *due)).order_by(cases.c.id).limit(most)
    return list((await tx.conn.execute(query)).scalars())


async def at_rest(tx: Tx, case_ids: Sequence[int]) -> list[Shown]:
    """Those of these cases whose card nobody is asked to draw, with how it looks in Slack; None: there is no card."""
    surface = sa.literal("case:").concat(sa.cast(cases.c.id, sa.Text))
    resting = sa.and_(outbox.c.wanted == outbox.c.shown, outbox.c.ts != "", sa.not_(outbox.c.stopped))
    rows = await tx.conn.execute(
        sa.select(cases.c.id, outbox.c.shown_hash)
        .outerjoin(outbox, outbox.c.surface == surface)
        .where(cases.c.id.in_(case_ids), sa.or_(resting, outbox.c.id.is_(None)))
        .order_by(cases.c.id)
    )
    return [Shown(case_id, look) for case_id, look in rows]


async def not_understood(tx: Tx, before: datetime) -> int:
    """How many deliveries that came before this moment nobody has understood; their worker is woken."""
    waiting = deliveries.c.state == sa.literal_column("'waiting'")
    query = sa.select(sa.func.count()).where(waiting, deliveries.c.received_at < before)
    many = int(await tx.conn.scalar(query) or 0)
    if many:
        tx.ring(receipts.TOPIC)
    return many


async def overdue_timers(tx: Tx, before: datetime) -> int:
    """How many timers should have rung before this moment."""
    return int(await tx.conn.scalar(sa.select(sa.func.count()).where(timers.c.due_at < before)) or 0)


# Everybody who may have been asked: who is in Slack, the owner even so, or nobody while nobody was known. Each name is
# looked up in the unique index of surfaces. A range of it would do in SQLite only: where Postgres sorts by a
# language, ";" may come before ":", and no LIKE uses the index.
_ASKED = sa.union_all(
    sa.select(people.c.user_id.label("user")),
    sa.select(cases.c.owner).where(cases.c.id == sa.bindparam("case_id")),
    sa.select(sa.literal("")),
).subquery()
_WAS_ASKED = (
    sa.select(outbox.c.id)
    .where(
        outbox.c.surface.in_(
            sa.select(sa.literal("prompt:").concat(_ASKED.c.user).concat(sa.bindparam("about", type_=sa.Text)))
        )
    )
    .limit(1)
)
