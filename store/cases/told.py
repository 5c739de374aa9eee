"""Who was told of which alarm, and as what: for the people who answer, and for those who look at the case."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from store.engine import Tx
from store.tables import alarms, notices


@dataclass(frozen=True, slots=True)
class Telling:
    """One alarm to one person; `user` and `instead_of` are Slack user ids, `role` a recovery.clock.receivers.Part."""

    alarm_id: int
    user: str
    role: str
    instead_of: str


async def of_alarms(tx: Tx, alarm_ids: Collection[int]) -> dict[int, list[Telling]]:
    """Who heard, or hears soon, of each of these alarms, in the order in which they were chosen."""
    found: dict[int, list[Telling]] = {}
    if not alarm_ids:
        return found
    for row in await tx.conn.execute(_OF_ALARMS, {"ids": list(alarm_ids)}):
        found.setdefault(row.alarm_id, []).append(Telling(row.alarm_id, row.user_id, row.role, row.instead_of))
    return found


async def to(tx: Tx, case_id: int, user: str) -> list[Telling]:
    """What this person was told of the case, as far as it still stands."""
    rows = await tx.conn.execute(_TO, {"case_id": case_id, "the_user": user})
    return [Telling(row.alarm_id, row.user_id, row.role, row.instead_of) for row in rows]


_COLUMNS = (notices.c.alarm_id, notices.c.user_id, notices.c.role, notices.c.instead_of)
_OF_ALARMS = (
    sa.select(*_COLUMNS)
    .where(notices.c.alarm_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(notices.c.alarm_id, notices.c.id)
)
_TO = (
    sa.select(*_COLUMNS)
    .join(alarms, alarms.c.id == notices.c.alarm_id)
    .where(
        notices.c.case_id == sa.bindparam("case_id"),
        notices.c.user_id == sa.bindparam("the_user"),
        alarms.c.closed_at.is_(None),
    )
    .order_by(notices.c.id)
)
