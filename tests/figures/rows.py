"""Rows of cases, one by one: what recovery.figures.case_figures counts, and the database's counts are held against."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from recovery.clock.sla import due
from recovery.figures.case_row import CaseRow, row_of
from recovery.policy.file import Policy
from store.cases.case_rows import case_of
from store.engine import Tx
from store.figures.tallies import Grouping
from store.tables import accounts, cases


async def case_rows(tx: Tx, policy: Policy, programmes: Sequence[str], start: datetime, end: datetime) -> list[CaseRow]:
    """Every case submitted in the span, by number, as it stands now."""
    rows = await all_rows(tx, policy, programmes)
    return [row for row in rows if start <= row.submitted_at < end]


async def open_rows(tx: Tx, policy: Policy, programmes: Sequence[str]) -> list[CaseRow]:
    return [row for row in await all_rows(tx, policy, programmes) if row.is_open]


async def all_rows(tx: Tx, policy: Policy, programmes: Sequence[str]) -> list[CaseRow]:
    grouping, flag = Grouping(policy), policy.ladder.flag
    calendars = {key: policy.calendar_of(programme) for key, programme in policy.programmes.items()}
    query = (
        sa.select(cases, accounts.c.acv, accounts.c.segment)
        .outerjoin(accounts, accounts.c.id == cases.c.account_id)
        .where(cases.c.programme.in_(programmes))
        .order_by(cases.c.id)
    )
    return [
        row_of(
            case_of(row),
            tx.now,
            acv=row["acv"],
            segment=grouping.segment(row["segment"] or ""),
            most_waiting=policy.pause.most,
            flag_due=due(calendars[row["programme"]], row["submitted_at"], flag)
            if row["programme"] in calendars
            else None,
        )
        for row in (await tx.conn.execute(query)).mappings()
    ]
