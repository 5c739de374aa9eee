"""What became of the detractors of a period, counted by the database: many thousand cases in one glance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from recovery.cases.case import Outcome
from recovery.cases.steps import ActionKind, FollowUpResult
from recovery.figures.case_figures import ActionFigures, CaseFigures, ContactRate, Money, SavedFigures, Spread
from store.engine import Tx
from store.figures import case_counts
from store.figures.case_counts import (
    NOTHING,
    Grouped,
    Values,
    amount_query,
    amounts_of,
    values_of,
    within,
)
from store.figures.case_terms import counts, how_many, indexed
from store.tables import cases


@dataclass(frozen=True, slots=True)
class ClosedLoop:
    """The figures of the cases submitted in a span, as they stand now."""

    contacted: ContactRate
    outreach: Spread
    saved: SavedFigures


async def closed_loop(tx: Tx, programmes: Sequence[str], start: datetime, end: datetime) -> ClosedLoop:
    """Count the cases of these programmes that were submitted from `start` until before `end` (aware UTC)."""
    values = values_of(tx, programmes, start, end)
    counted = await case_counts.count(tx, values)
    return ClosedLoop(counted.contacted, await case_counts.outreach(tx, values), counted.saved)


async def case_figures(tx: Tx, programmes: Sequence[str], start: datetime, end: datetime) -> CaseFigures:
    """The same for a readout: with what was promised, and the money at stake."""
    values = values_of(tx, programmes, start, end)
    counted = await case_counts.count(tx, values)
    paid = amounts_of(await tx.conn.execute(_money(tx.postgres), values))
    money = Money(paid.get("at_risk", NOTHING), counted.paid, paid.get("lost", NOTHING))
    return CaseFigures(counted.contacted, await _actions(tx, values), counted.saved, money)


async def _actions(tx: Tx, values: Values) -> ActionFigures:
    committed, *told = (await tx.conn.execute(promises(tx.postgres), values)).one()
    return ActionFigures(int(committed or 0), *(int(each or 0) for each in told))


@cache
def promises(postgres: bool) -> sa.Select[int, int, int, int, int, int]:
    """(committed, held, slipped, broken, honest no's, accepted ones), as `actions` of the rules counts them.

    Nothing holds, slips or breaks that was never promised. SQLite reads all of it from ix_cases_promises.
    """

    def number(name: str) -> sa.ColumnElement[int]:
        return sa.cast(indexed(name, postgres), sa.Integer)

    kind = cases.c.progress[("action", "kind")].as_string() if postgres else indexed("action.kind", postgres)
    honest_no = sa.func.coalesce(kind, "") == ActionKind.HONEST_NO.value
    held = sa.func.coalesce(indexed("follow_up_result", postgres), "") == FollowUpResult.HELD.value
    accepted = cases.c.outcome == Outcome.HONEST_NO_ACCEPTED.value
    return sa.select(
        sa.func.sum(number("commitments")) - how_many(honest_no),
        how_many(sa.and_(held, sa.not_(honest_no))),
        sa.func.sum(number("slips")),
        sa.func.sum(number("breaks")),
        how_many(honest_no),
        how_many(sa.and_(honest_no, accepted)),
    ).where(within(), counts(), indexed("commitments", postgres).is_not(None))


@cache
def _money(postgres: bool) -> sa.CompoundSelect[Any]:
    """`amount_query` of the accounts with an open case, and of those that left."""
    kinds = {"at_risk": cases.c.outcome.is_(None), "lost": cases.c.outcome == Outcome.CHURNED.value}
    return sa.union_all(
        *(
            amount_query(postgres, sa.and_(within(), where), Grouped(sa.literal_column(f"'{kind}'")))
            for kind, where in kinds.items()
        )
    )
