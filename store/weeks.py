"""What a programme's weekly summary is counted from."""

from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from recovery.case import Case, EventKind, Outcome
from recovery.contacted import Reached
from recovery.progress import Verdict
from store.case_rows import case_of
from store.engine import Tx
from store.quarters import Saved
from store.tables import accounts, cases, events

PAGE = 500  # cases held in memory at once


async def opened(tx: Tx, programme: str, since: datetime, until: datetime) -> list[Reached]:
    """The programme's cases that were opened from `since` until before `until`, whatever became of them."""
    rows = await tx.conn.execute(
        sa.select(cases.c.progress["contacted_at"].as_string(), cases.c.outreach_due, cases.c.outcome).where(
            cases.c.programme == programme, cases.c.opened_at >= since, cases.c.opened_at < until
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


async def open_cases(tx: Tx, programme: str) -> AsyncIterator[Case]:
    """The programme's open cases, a page at a time, in the order of their numbers."""
    last = 0
    while True:
        rows = await tx.conn.execute(_OPEN, {"programme": programme, "last": last})
        found = [case_of(row) for row in rows.mappings()]
        for case in found:
            yield case
        if len(found) < PAGE:
            return
        last = found[-1].id


async def saved(tx: Tx, programme: str, since: datetime, until: datetime) -> Saved:
    """Customers of the programme whom an answer of that time told to be saved, as the verdict stands now."""
    measured = sa.exists().where(
        events.c.case_id == cases.c.id,
        events.c.kind == EventKind.MEASURED.value,
        events.c.at >= since,
        events.c.at < until,
    )
    rows = await tx.conn.execute(
        sa.select(cases.c.id, accounts.c.id, accounts.c.acv)
        .outerjoin(accounts, accounts.c.id == cases.c.account_id)
        .where(cases.c.programme == programme, cases.c.progress["verdict"].as_string() == Verdict.SAVED.value, measured)
    )
    found = rows.all()
    money = {account: acv for _, account, acv in found if acv is not None}
    return Saved(len(found), sum(money.values(), Decimal(0)) if money else None)


_OPEN = (
    sa.select(cases)
    .where(
        cases.c.programme == sa.bindparam("programme"),
        cases.c.state != sa.literal_column("'closed'"),
        cases.c.id > sa.bindparam("last"),
    )
    .order_by(cases.c.id)
    .limit(PAGE)
)
