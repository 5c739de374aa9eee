"""What a programme's weekly summary is counted from."""

from collections.abc import AsyncIterator
from datetime import datetime

import sqlalchemy as sa

from recovery.cases.case import Case
from recovery.figures.contacted import Reached
from store.cases.case_rows import case_of
from store.engine import Tx
from store.figures.quarters import Saved, reached_of, saved_of
from store.tables import cases, events

PAGE = 500  # cases held in memory at once


async def opened(tx: Tx, programme: str, since: datetime, until: datetime) -> list[Reached]:
    """The programme's cases that were opened from `since` until before `until`, whatever became of them."""
    return await reached_of(tx, cases.c.programme == programme, cases.c.opened_at >= since, cases.c.opened_at < until)


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
    return await saved_of(tx, cases.c.programme == programme, events.c.at >= since, events.c.at < until)


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
