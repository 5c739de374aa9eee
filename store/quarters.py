"""What became of a person's cases since a moment: the figures of their own quarter."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from recovery.case import EventKind, Outcome
from recovery.contacted import Reached
from recovery.progress import Verdict
from store.engine import Tx
from store.tables import accounts, cases, events


@dataclass(frozen=True, slots=True)
class Saved:
    """Customers saved and the money they pay a year; each account's counts once. None where no account's is known."""

    count: int
    acv: Decimal | None


async def reached(tx: Tx, owner: str, since: datetime) -> list[Reached]:
    """The owner's cases that were submitted since then, open and closed."""
    rows = await tx.conn.execute(
        sa.select(cases.c.progress["contacted_at"].as_string(), cases.c.outreach_due, cases.c.outcome).where(
            cases.c.owner == owner, cases.c.submitted_at >= since
        )
    )
    return [
        Reached(
            datetime.fromisoformat(contacted_at) if contacted_at else None,
            outreach_due,
            Outcome(outcome) if outcome else None,
        )
        for contacted_at, outreach_due, outcome in rows
    ]


async def saved(tx: Tx, owner: str, since: datetime) -> Saved:
    """The owner's customers whom an answer told to be saved since then, as the verdict stands now."""
    measured = sa.exists().where(
        events.c.case_id == cases.c.id, events.c.kind == EventKind.MEASURED.value, events.c.at >= since
    )
    rows = await tx.conn.execute(
        sa.select(cases.c.id, accounts.c.id, accounts.c.acv)
        .outerjoin(accounts, accounts.c.id == cases.c.account_id)
        .where(cases.c.owner == owner, cases.c.progress["verdict"].as_string() == Verdict.SAVED.value, measured)
    )
    found = rows.all()
    money = {account: acv for _, account, acv in found if acv is not None}
    return Saved(len(found), sum(money.values(), Decimal(0)) if money else None)
