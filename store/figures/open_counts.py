"""The open cases of programmes, counted by the database: by step and lateness, their money, which to look at first."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from recovery.cases.case import Urgency
from recovery.cases.steps import Step
from recovery.figures.case_figures import Amount, OpenFigures, StepOpen
from store.columns import Utc
from store.engine import Tx
from store.figures.case_counts import EVERYBODY, NOTHING, amount_query, amounts_of
from store.figures.case_terms import first_due, how_many, next_step
from store.tables import accounts, cases

NO_TIME = timedelta(0)


async def open_figures(tx: Tx, programmes: Sequence[str]) -> OpenFigures:
    """Count them by their next step, as recovery.figures.case_figures.open_figures does."""
    values = {"programmes": list(programmes), "now": tx.now}
    found = {
        step: StepOpen(many, late, max(tx.now - earliest, NO_TIME) if earliest else NO_TIME)
        for step, many, late, earliest in await tx.conn.execute(_by_step(tx.postgres), values)
    }
    return OpenFigures(
        total=sum(each.open for each in found.values()),
        overdue=sum(each.overdue for each in found.values()),
        none_left=found.get(None, StepOpen()).open,
        steps={step: found[step.value] for step in Step if step.value in found},
    )


async def at_risk(tx: Tx, programmes: Sequence[str]) -> Amount:
    """What the accounts with an open case pay."""
    rows = await tx.conn.execute(_at_risk(tx.postgres), {"programmes": list(programmes)})
    return amounts_of(rows).get(EVERYBODY, NOTHING)


async def look_first(
    tx: Tx, programmes: Sequence[str], many: int, skip: int = 0, *, only_late: bool = False
) -> list[int]:
    """The numbers of so many cases after the first `skip`, in the order of recovery.readouts.readout.look_first."""
    values = {"programmes": list(programmes), "now": tx.now, "many": many, "skip": skip}
    return list((await tx.conn.execute(_first(tx.postgres, only_late), values)).scalars())


async def renewals(tx: Tx, account_ids: Iterable[int | None]) -> dict[int | None, date]:
    """The days on which these accounts renew, where somebody knows."""
    wanted = sorted({each for each in account_ids if each is not None})
    query = sa.select(accounts.c.id, accounts.c.renewal_date).where(
        accounts.c.id.in_(wanted), accounts.c.renewal_date.is_not(None)
    )
    return dict((await tx.conn.execute(query)).all()) if wanted else {}


def _opened() -> sa.ColumnElement[bool]:
    # Said in these words, so that ix_cases_programme_state serves.
    not_closed = cases.c.state != sa.literal_column("'closed'")
    return sa.and_(cases.c.programme.in_(sa.bindparam("programmes", expanding=True)), not_closed)


def _now() -> sa.BindParameter[Any]:
    return sa.bindparam("now", type_=Utc())


def _whole(name: str) -> sa.BindParameter[int]:
    return sa.bindparam(name, type_=sa.Integer)


@cache
def _by_step(postgres: bool) -> sa.Select[Any]:
    """(step, cases, overdue ones, the earliest deadline); step NULL where only the closing is missing."""
    opened = (
        sa.select(next_step(postgres).label("step"), first_due(postgres).label("due"))
        .where(_opened())
        .cte("opened")
        .prefix_with("MATERIALIZED")
    )
    return sa.select(
        opened.c.step,
        sa.func.count(),
        how_many(opened.c.due < _now()),
        sa.func.min(opened.c.due, type_=Utc()),
    ).group_by(opened.c.step)


@cache
def _at_risk(postgres: bool) -> sa.Select[Any]:
    return amount_query(postgres, _opened())


@cache
def _first(postgres: bool, only_late: bool) -> sa.Select[Any]:
    opened = (
        sa.select(cases.c.id, cases.c.urgency, accounts.c.acv, first_due(postgres).label("due"))
        .select_from(cases.outerjoin(accounts, accounts.c.id == cases.c.account_id))
        .where(_opened())
        .cte("opened")
        .prefix_with("MATERIALIZED")
    )
    late = opened.c.due < _now()
    rank = (
        sa.case((opened.c.urgency == Urgency.CRITICAL.value, 0), else_=1),
        sa.case((late, 0), else_=1),
        sa.func.coalesce(opened.c.acv, 0).desc(),
        opened.c.due.asc().nulls_last(),
        opened.c.id,
    )
    query = sa.select(opened.c.id).order_by(*rank).offset(_whole("skip")).limit(_whole("many"))
    return query.where(late) if only_late else query
