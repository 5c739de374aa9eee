"""Who is away, one row a person: the last absence they told us of, and the cases that others hold for them."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from recovery.clock.absence import Days
from store.engine import Tx
from store.tables import absences

_A_DAY = timedelta(days=1)  # no zone is further from UTC than that


class AbsenceState(StrEnum):
    """`coming` until the first day begins, `away` while others hold the cases, `back` from the end on.

    With cases in `handed_on`, somebody who is back is still waiting for them.
    """

    COMING = "coming"
    AWAY = "away"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Absence:
    """`handed_on` are the numbers of the cases that were handed on and not back yet, oldest first."""

    user: str
    days: Days
    state: AbsenceState
    handed_on: tuple[int, ...] = ()


_GET = sa.select(absences).where(absences.c.user_id == sa.bindparam("user"))


async def get(tx: Tx, user: str) -> Absence | None:
    return await _one(tx, _GET, user)


async def lock(tx: Tx, user: str) -> Absence | None:
    """The row, which nobody else changes until this transaction ends; waits for who has it."""
    return await _one(tx, _GET.with_for_update() if tx.postgres else _GET, user)


async def take(tx: Tx, user: str) -> Absence | None:
    """Like `lock`, but None where somebody else has it: of several replicas one works on it."""
    return await _one(tx, _GET.with_for_update(skip_locked=True) if tx.postgres else _GET, user)


async def save(tx: Tx, absence: Absence) -> None:
    values = {
        "first_day": absence.days.first,
        "last_day": absence.days.last,
        "handed_on": list(absence.handed_on),
        "state": absence.state.value,
    }
    insert = postgresql.insert(absences) if tx.postgres else sqlite.insert(absences)
    await tx.conn.execute(
        insert.values(user_id=absence.user, **values).on_conflict_do_update(index_elements=["user_id"], set_=values)
    )


async def current(tx: Tx) -> list[Absence]:
    """Those that include this moment somewhere on earth; whether it is so for the person, their zone tells."""
    today = tx.now.date()
    rows = await tx.conn.execute(
        sa.select(absences)
        .where(
            absences.c.state != AbsenceState.BACK.value,
            absences.c.first_day <= today + _A_DAY,
            absences.c.last_day >= today - _A_DAY,
        )
        .order_by(absences.c.user_id)
    )
    return [_absence(row) for row in rows.mappings()]


async def unfinished(tx: Tx) -> list[Absence]:
    """Those that may have something to be done now: begun, over, or with cases to hand back."""
    rows = await tx.conn.execute(
        sa.select(absences)
        .where(
            sa.or_(
                absences.c.state == AbsenceState.AWAY.value,
                sa.and_(absences.c.state == AbsenceState.COMING.value, absences.c.first_day <= tx.now.date() + _A_DAY),
                sa.and_(absences.c.state == AbsenceState.BACK.value, sa.cast(absences.c.handed_on, sa.Text) != "[]"),
            )
        )
        .order_by(absences.c.user_id)
    )
    return [_absence(row) for row in rows.mappings()]


async def _one(tx: Tx, query: sa.Select[tuple[object, ...]], user: str) -> Absence | None:
    row = (await tx.conn.execute(query, {"user": user})).mappings().first()
    return None if row is None else _absence(row)


def _absence(row: sa.RowMapping) -> Absence:
    return Absence(
        user=row["user_id"],
        days=Days(row["first_day"], row["last_day"]),
        state=AbsenceState(row["state"]),
        handed_on=tuple(int(number) for number in row["handed_on"]),
    )
