"""Which customers were contacted in time and which were saved: of an owner's quarter, and of any other cases."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from recovery.cases.case import EventKind, Outcome
from recovery.cases.progress import Verdict
from recovery.figures.contacted import Reached
from store.engine import Tx
from store.tables import accounts, cases, events


@dataclass(frozen=True, slots=True)
class Saved:
    """Customers saved and the money they pay a year; each account's counts once. None where no account's is known."""

    count: int
    acv: Decimal | None


async def reached(tx: Tx, owner: str, since: datetime) -> list[Reached]:
    """The owner's cases that were submitted since then, open and closed."""
    return await reached_of(tx, cases.c.owner == owner, cases.c.submitted_at >= since)


async def saved(tx: Tx, owner: str, since: datetime) -> Saved:
    """The owner's customers whom an answer told to be saved since then, as the verdict stands now."""
    return await saved_of(tx, cases.c.owner == owner, events.c.at >= since)


async def reached_of(tx: Tx, *which: sa.ColumnElement[bool]) -> list[Reached]:
    """What "contacted in time" needs of these cases."""
    rows = await tx.conn.execute(sa.select(cases.c.contacted_at, cases.c.outreach_due, cases.c.outcome).where(*which))
    return [
        Reached(contacted_at, outreach_due, Outcome(outcome) if outcome else None)
        for contacted_at, outreach_due, outcome in rows
    ]


async def saved_of(tx: Tx, whose: sa.ColumnElement[bool], *when: sa.ColumnElement[bool]) -> Saved:
    """The customers of these cases whom an answer told to be saved; `when` says of which time its event is."""
    measured = sa.exists().where(events.c.case_id == cases.c.id, events.c.kind == EventKind.MEASURED.value, *when)
    rows = await tx.conn.execute(
        sa.select(cases.c.id, accounts.c.id, accounts.c.acv)
        .outerjoin(accounts, accounts.c.id == cases.c.account_id)
        .where(whose, cases.c.verdict == Verdict.SAVED.value, measured)
    )
    found = rows.all()
    money = {account: acv for _, account, acv in found if acv is not None}
    return Saved(len(found), sum(money.values(), Decimal(0)) if money else None)
