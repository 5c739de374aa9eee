"""Alarms that were raised: once each, whoever raises (unique by case, step, level, occurrence)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from recovery.cases.steps import Step
from recovery.clock.alarms import Alarm, Level, Raised
from store.engine import Tx
from store.tables import alarms, notices

MOST = 500


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """An alarm of a case as it is kept; all times aware UTC, Slack user ids in `acknowledged_by`.

    `spoken` is False for one that a more severe alarm of the same moment covered. `closed_at`: it concerns nobody any
    more, and `closed_why` names the event and who made it ("outreach_logged U0PRIYA"). `outage`: for how many seconds
    (real time) nobody had looked, where the first sweep after an outage raised it; else 0.
    """

    id: int
    case_id: int
    step: Step
    level: Level
    occurrence: int
    due_at: datetime
    raised_at: datetime
    spoken: bool
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    closed_at: datetime | None = None
    closed_why: str = ""
    outage: int = 0

    @property
    def raised(self) -> Raised:
        """What the rules (recovery.clock.alarms) need of it."""
        return Raised(
            self.step, self.level, self.occurrence, self.raised_at, self.acknowledged_at, self.acknowledged_by
        )


@dataclass(frozen=True, slots=True)
class Raise:
    """An alarm to be raised now."""

    case_id: int
    alarm: Alarm
    spoken: bool
    outage: int = 0


async def of_case(tx: Tx, case_id: int) -> list[AlarmRow]:
    """Every alarm the case ever had, oldest first."""
    return (await of_cases(tx, [case_id])).get(case_id, [])


async def of_cases(tx: Tx, case_ids: Sequence[int]) -> dict[int, list[AlarmRow]]:
    """The same for many cases, by number; a case without alarms isn't in it."""
    found: dict[int, list[AlarmRow]] = {}
    for row in await tx.conn.execute(_OF_CASES, {"case_ids": list(case_ids)}):
        alarm = _alarm(row)
        found.setdefault(alarm.case_id, []).append(alarm)
    return found


async def get(tx: Tx, alarm_ids: Sequence[int]) -> list[AlarmRow]:
    """These alarms, oldest first; one that doesn't exist is left out."""
    return [_alarm(row) for row in await tx.conn.execute(_GET, {"ids": list(alarm_ids)})]


async def raise_all(tx: Tx, rows: Sequence[Raise]) -> list[AlarmRow]:
    """Those of these alarms that were not raised before; in no order."""
    if not rows:
        return []
    values = [
        {
            "case_id": row.case_id,
            "step": row.alarm.step.value,
            "level": row.alarm.level.value,
            "occurrence": row.alarm.occurrence,
            "due_at": row.alarm.due_at,
            "raised_at": tx.now,
            "spoken": row.spoken,
            "outage": row.outage,
        }
        for row in rows
    ]
    return [_alarm(row) for row in await tx.conn.execute(_RAISE[tx.postgres], values)]


async def acknowledge(tx: Tx, alarm_ids: Sequence[int], by: str) -> list[int]:
    """Somebody says that they are on it; the ids of those where nobody had said so before, and which still stand."""
    got = await tx.conn.execute(_ACKNOWLEDGE, {"ids": list(alarm_ids), "the_user": by, "now": tx.now})
    return sorted(got.scalars())


async def close(tx: Tx, alarm_ids: Iterable[int], why: str) -> None:
    """These concern nobody any more; they stay raised, so that they are not raised again."""
    await tx.conn.execute(_CLOSE, {"ids": list(alarm_ids), "why": why, "now": tx.now})


async def forget(tx: Tx, alarm_ids: Iterable[int]) -> None:
    """As if these had never been raised; only for those of which nobody has heard."""
    await tx.conn.execute(_FORGET, {"ids": list(alarm_ids)})


async def open_for(tx: Tx, user: str, levels: Iterable[Level], most: int = MOST) -> list[AlarmRow]:
    """Open alarms of these levels that concern this person, the oldest first, acknowledged or not.

    Also those that wait for the end of their quiet hours: who looks by themselves may see them.
    """
    values = {"user": user, "levels": [level.value for level in levels], "most": most}
    return [_alarm(row) for row in await tx.conn.execute(_OPEN_FOR, values)]


def _alarm(row: sa.Row[tuple[object, ...]]) -> AlarmRow:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    return AlarmRow(**{**values, "step": Step(values["step"]), "level": Level(values["level"])})


def _raise(insert: postgresql.Insert | sqlite.Insert) -> postgresql.Insert | sqlite.Insert:
    return insert.on_conflict_do_nothing(index_elements=["case_id", "step", "level", "occurrence"])


_IDS = alarms.c.id.in_(sa.bindparam("ids", expanding=True))
_OF_CASES = (
    sa.select(alarms).where(alarms.c.case_id.in_(sa.bindparam("case_ids", expanding=True))).order_by(alarms.c.id)
)
_GET = sa.select(alarms).where(_IDS).order_by(alarms.c.id)
_RAISE = {
    False: _raise(sqlite.insert(alarms)).returning(*alarms.c),
    True: _raise(postgresql.insert(alarms)).returning(*alarms.c),
}
_ACKNOWLEDGE = (
    sa.update(alarms)
    .where(_IDS, alarms.c.acknowledged_at.is_(None), alarms.c.closed_at.is_(None))
    .values(acknowledged_at=sa.bindparam("now"), acknowledged_by=sa.bindparam("the_user"))
    .returning(alarms.c.id)
)
_CLOSE = (
    sa.update(alarms)
    .where(_IDS, alarms.c.closed_at.is_(None))
    .values(closed_at=sa.bindparam("now"), closed_why=sa.bindparam("why"))
)
_FORGET = sa.delete(alarms).where(_IDS)
_OPEN_FOR = (
    sa.select(alarms)
    .where(
        alarms.c.closed_at.is_(None),
        alarms.c.level.in_(sa.bindparam("levels", expanding=True)),
        alarms.c.id.in_(sa.select(notices.c.alarm_id).where(notices.c.user_id == sa.bindparam("user"))),
    )
    .order_by(alarms.c.id)
    .limit(sa.bindparam("most"))
)
