"""Who is told of which alarm, from when on, and the message in which they were told."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from recovery.cases.steps import Step
from recovery.clock.alarms import Level
from store.cases.alarms import AlarmRow
from store.engine import Tx
from store.tables import alarms, bulletins, notices

TOPIC = "notices"


class BulletinKind(StrEnum):
    """What one message to one person (or channel) gathers."""

    ALERTS = "alerts"
    MORNING = "morning"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Notice:
    """One alarm to one person (a Slack user id) or channel. `speak_at`: aware UTC, outside their quiet hours.

    `role` is a recovery.clock.receivers.Part; `instead_of` the user id of whom they stand in for, or "".
    """

    alarm_id: int
    case_id: int
    user: str
    role: str
    instead_of: str
    speak_at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a bulletin: the alarm as it is now, and what its reader is to the case."""

    alarm: AlarmRow
    case_id: int
    role: str
    instead_of: str


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One message; `about` is what it knew when it was made.

    Of alerts it is {"outage": seconds} where nobody had looked for so long (real time) before, else {}.
    """

    id: int
    user: str
    kind: BulletinKind
    said_at: datetime
    about: Mapping[str, Any]


async def add(tx: Tx, rows: Sequence[Notice]) -> None:
    """Asks for these to be told; one that was asked for before stays as it is."""
    if not rows:
        return
    values = [
        {
            "alarm_id": row.alarm_id,
            "case_id": row.case_id,
            "user_id": row.user,
            "role": row.role,
            "instead_of": row.instead_of,
            "speak_at": row.speak_at,
        }
        for row in rows
    ]
    await tx.conn.execute(_ADD[tx.postgres], values)
    tx.ring(TOPIC)


async def next_speaking(tx: Tx) -> datetime | None:
    """When (business time) the first of those that wait may be said."""
    moment: datetime | None = await tx.conn.scalar(_NEXT)
    return moment


async def waiting(tx: Tx) -> dict[str, datetime | None]:
    """For whom something may be said now, and when they got their last bulletin of alerts."""
    return dict((await tx.conn.execute(_WAITING, {"now": tx.now})).all())


async def said_last(tx: Tx, user: str) -> datetime | None:
    """When the person got their last bulletin of alerts."""
    moment: datetime | None = await tx.conn.scalar(_SAID_LAST, {"user": user})
    return moment


async def say(tx: Tx, user: str, bulletin_id: int) -> int:
    """Takes all that may be said to this person now into the bulletin; how many."""
    return (await tx.conn.execute(_SAY, {"the_user": user, "bulletin": bulletin_id, "now": tx.now})).rowcount


async def make_bulletin(tx: Tx, user: str, kind: BulletinKind, about: Mapping[str, object] | None = None) -> int:
    """A message of this moment; its number."""
    values = {"user_id": user, "kind": kind.value, "said_at": tx.now, "about": dict(about or {})}
    return int((await tx.conn.execute(_MAKE, values)).scalar_one())


async def tell_about(tx: Tx, bulletin_id: int, about: Mapping[str, object]) -> None:
    """What the message knows beside its lines."""
    await tx.conn.execute(sa.update(bulletins).where(bulletins.c.id == bulletin_id).values(about=dict(about)))


async def drop_bulletin(tx: Tx, bulletin_id: int) -> None:
    """A message that turned out to have nothing in it."""
    await tx.conn.execute(sa.delete(bulletins).where(bulletins.c.id == bulletin_id))


async def get_bulletin(tx: Tx, bulletin_id: int) -> Bulletin | None:
    row = (await tx.conn.execute(_BULLETIN, {"id": bulletin_id})).first()
    return Bulletin(row.id, row.user_id, BulletinKind(row.kind), row.said_at, row.about) if row else None


async def bulletin_items(tx: Tx, bulletin_id: int) -> list[Item]:
    """The lines of a bulletin, in the order in which they were raised."""
    found = []
    for row in await tx.conn.execute(_ITEMS, {"bulletin": bulletin_id}):
        values = {name: getattr(row, name) for name in _ALARM}
        alarm = AlarmRow(**{**values, "step": Step(row.step), "level": Level(row.level)})
        found.append(Item(alarm, row.case_id, row.role, row.instead_of))
    return found


async def showing(tx: Tx, alarm_ids: Iterable[int]) -> list[tuple[int, str]]:
    """(bulletin, person) of each message in which one of these alarms stands."""
    rows = await tx.conn.execute(_SHOWING, {"ids": list(alarm_ids)})
    return sorted({(row.bulletin_id, row.user_id) for row in rows})


async def unsay(tx: Tx, alarm_ids: Iterable[int], *, to: str = "") -> None:
    """What nobody (or only one person) was told of these yet is not told them any more."""
    doomed = _UNSAY.where(notices.c.user_id == to) if to else _UNSAY
    await tx.conn.execute(doomed, {"ids": list(alarm_ids)})


async def hold(tx: Tx, alarm_ids: Collection[int]) -> None:
    """Until this transaction ends nobody is told of these who wasn't before: what waits comes before the outbox."""
    if tx.postgres and alarm_ids:
        await tx.conn.execute(_HOLD, {"ids": list(alarm_ids)})


async def waiting_for(tx: Tx, user: str) -> list[int]:
    """The alarms of which this person may be told now and hasn't been yet."""
    return list((await tx.conn.execute(_WAITING_FOR, {"user": user, "now": tx.now})).scalars())


async def unsaid(tx: Tx, alarm_ids: Iterable[int]) -> set[int]:
    """Those of these alarms that somebody still has to be told of."""
    return {alarm_id for alarm_id, _ in await tx.conn.execute(_WAIT, {"ids": list(alarm_ids)})}


async def outage_of(tx: Tx, bulletin_id: int) -> int:
    """For how many seconds nobody had looked, if the message tells of what an outage left; else 0."""
    return int(await tx.conn.scalar(_OUTAGE, {"bulletin": bulletin_id}) or 0)


async def heard(tx: Tx, alarm_ids: Iterable[int]) -> set[int]:
    """Those of these alarms that somebody was told of."""
    return {alarm_id for alarm_id, _ in await tx.conn.execute(_HEARD, {"ids": list(alarm_ids)})}


def _add(insert: postgresql.Insert | sqlite.Insert) -> postgresql.Insert | sqlite.Insert:
    return insert.on_conflict_do_nothing(index_elements=["alarm_id", "user_id"])


_ADD = {False: _add(sqlite.insert(notices)), True: _add(postgresql.insert(notices))}
_UNSAID = notices.c.bulletin_id.is_(None)
_OF_ALARMS = notices.c.alarm_id.in_(sa.bindparam("ids", expanding=True))
_ALARM = tuple(column.name for column in alarms.c)
_NEXT = sa.select(sa.func.min(notices.c.speak_at)).where(_UNSAID)
_OF_ALERTS = bulletins.c.kind == sa.literal_column("'alerts'")
_LAST = (
    sa.select(sa.func.max(bulletins.c.said_at))
    .where(bulletins.c.user_id == notices.c.user_id, _OF_ALERTS)
    .correlate(notices)
    .scalar_subquery()
)
_WAITING = (
    sa.select(notices.c.user_id, _LAST)
    .where(_UNSAID, notices.c.speak_at <= sa.bindparam("now"))
    .group_by(notices.c.user_id)
    .order_by(notices.c.user_id)
)
_WAITING_FOR = sa.select(notices.c.alarm_id).where(
    notices.c.user_id == sa.bindparam("user"), _UNSAID, notices.c.speak_at <= sa.bindparam("now")
)
_SAID_LAST = sa.select(sa.func.max(bulletins.c.said_at)).where(bulletins.c.user_id == sa.bindparam("user"), _OF_ALERTS)
_SAY = (
    sa.update(notices)
    .where(notices.c.user_id == sa.bindparam("the_user"), _UNSAID, notices.c.speak_at <= sa.bindparam("now"))
    .values(bulletin_id=sa.bindparam("bulletin"))
)
_MAKE = sa.insert(bulletins).returning(bulletins.c.id)
_BULLETIN = sa.select(bulletins).where(bulletins.c.id == sa.bindparam("id"))
_ITEMS = (
    sa.select(alarms, notices.c.role, notices.c.instead_of)
    .join(notices, notices.c.alarm_id == alarms.c.id)
    .where(notices.c.bulletin_id == sa.bindparam("bulletin"))
    .order_by(alarms.c.id)
)
_SHOWING = sa.select(notices.c.bulletin_id, notices.c.user_id).where(_OF_ALARMS, notices.c.bulletin_id.is_not(None))
_UNSAY = sa.delete(notices).where(_OF_ALARMS, _UNSAID)
_HOLD = sa.select(notices.c.id).where(_OF_ALARMS, _UNSAID).order_by(notices.c.id).with_for_update()
_WAIT = sa.select(notices.c.alarm_id, notices.c.id).where(_OF_ALARMS, _UNSAID)
_OUTAGE = (
    sa.select(sa.func.max(alarms.c.outage))
    .join(notices, notices.c.alarm_id == alarms.c.id)
    .where(notices.c.bulletin_id == sa.bindparam("bulletin"))
)
_HEARD = sa.select(notices.c.alarm_id, notices.c.id).where(_OF_ALARMS, notices.c.bulletin_id.is_not(None))
