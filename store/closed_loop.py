"""What became of the detractors of a period, counted by the database: many thousand cases in one glance.

Each figure is the one that recovery.case_figures makes of the rows; the tests hold the two against each other.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa

from recovery.case import Outcome, State
from recovery.case_figures import Amount, ContactRate, Money, SavedFigures, Spread
from recovery.case_row import CaseRow
from recovery.contacted import LEFT_OUT
from recovery.progress import Verdict
from recovery.share import Share
from store.engine import Tx
from store.tables import Utc, accounts, cases


@dataclass(frozen=True, slots=True)
class ClosedLoop:
    """The figures of the cases submitted in a span, as they stand now. `money.at_risk`: of those that are open."""

    contacted: ContactRate
    outreach: Spread
    saved: SavedFigures
    money: Money


async def closed_loop(tx: Tx, programmes: Sequence[str], start: datetime, end: datetime) -> ClosedLoop:
    """Count the cases of these programmes that were submitted from `start` until before `end` (aware UTC)."""
    values = {"programmes": list(programmes), "start": start, "end": end}
    told = (await tx.conn.execute(_contacted(), {**values, "now": tx.now})).one()
    in_time, late, undecided = (int(count or 0) for count in told)
    money = await _money(tx, values)
    return ClosedLoop(
        contacted=ContactRate(Share(in_time, in_time + late), undecided),
        outreach=await _outreach(tx, values),
        saved=await _saved(tx, values, money),
        money=money,
    )


async def _outreach(tx: Tx, values: dict[str, Any]) -> Spread:
    found = {place: (length, n) for length, place, n in await tx.conn.execute(_lengths(tx.postgres), values)}
    if not found:
        return Spread()
    n = next(n for _, n in found.values())

    def at(place: int) -> timedelta:
        length = found[place][0]
        return length if isinstance(length, timedelta) else timedelta(microseconds=length)

    return Spread((at((n + 1) // 2) + at(n // 2 + 1)) / 2, at((9 * n + 9) // 10), n)


async def _saved(tx: Tx, values: dict[str, Any], money: Money) -> SavedFigures:
    counts: Counter[Verdict] = Counter()
    for verdict, outcome, count in await tx.conn.execute(_results(), values):
        counts[_result(verdict, outcome)] += count
    return SavedFigures(
        counts[Verdict.SAVED],
        counts[Verdict.NOT_SAVED],
        counts[Verdict.PENDING],
        counts[Verdict.UNMEASURED],
        money.saved.total,
    )


def _result(verdict: str, outcome: str | None) -> Verdict:
    """As the row of any case with this verdict and outcome gives it; its times say nothing."""
    at = datetime.min.replace(tzinfo=UTC)
    row = CaseRow(id=0, programme="", state=State.CLOSED, submitted_at=at, assign_due=at, outreach_due=at)
    return replace(
        row, verdict=Verdict(verdict) if verdict else None, outcome=Outcome(outcome) if outcome else None
    ).result


async def _money(tx: Tx, values: dict[str, Any]) -> Money:
    found = dict.fromkeys(_KINDS, _NOTHING)
    for kind, total, known, all_of_them in await tx.conn.execute(_amounts(tx.postgres), values):
        amount = total if isinstance(total, Decimal) else Decimal(total or 0) / 100
        found[kind] = Amount(amount if known or not all_of_them else None, known, all_of_them - known)
    return Money(**found)


def _within() -> sa.ColumnElement[bool]:
    return sa.and_(
        cases.c.programme.in_(sa.bindparam("programmes", expanding=True)),
        cases.c.submitted_at >= sa.bindparam("start"),
        cases.c.submitted_at < sa.bindparam("end"),
    )


def _counts() -> sa.ColumnElement[bool]:
    left_out = sorted(outcome.value for outcome in LEFT_OUT)
    return sa.or_(cases.c.outcome.is_(None), cases.c.outcome.not_in(left_out))


@cache
def _contacted() -> sa.Select[Any]:
    """(in time, too late, not decided yet), as recovery.contacted decides it."""
    now = sa.bindparam("now", type_=Utc())
    contacted = cases.c.contacted_at.is_not(None)
    in_time = cases.c.contacted_at <= cases.c.outreach_due
    passed = cases.c.outreach_due < now
    late = sa.or_(sa.and_(contacted, sa.not_(in_time)), sa.and_(sa.not_(contacted), passed))
    kinds = (in_time, late, sa.and_(sa.not_(contacted), sa.not_(passed)))
    return sa.select(*(sa.func.sum(sa.case((kind, 1), else_=0)) for kind in kinds)).where(_within(), _counts())


@cache
def _lengths(postgres: bool) -> sa.Select[Any]:
    """(length, place, n): of all lengths from submission to outreach those that a Spread needs (see spread_of).

    An interval, or microseconds where the database has none.
    """
    if postgres:
        length: sa.ColumnElement[Any] = sa.type_coerce(cases.c.contacted_at - cases.c.submitted_at, sa.Interval())
    else:
        length = _microseconds(cases.c.contacted_at) - _microseconds(cases.c.submitted_at)
    lengths = (
        sa.select(length.label("length")).where(_within(), _counts(), cases.c.contacted_at.is_not(None)).subquery()
    )
    place = sa.func.row_number().over(order_by=lengths.c.length).label("place")
    ordered = sa.select(lengths.c.length, place, sa.func.count().over().label("n")).subquery()
    n = ordered.c.n
    return sa.select(ordered).where(ordered.c.place.in_([(n + 1) // 2, n // 2 + 1, (9 * n + 9) // 10]))


def _microseconds(column: sa.Column[Any]) -> sa.ColumnElement[int]:
    """Of a moment as SQLite keeps it: always with six digits after the seconds."""
    text = sa.type_coerce(column, sa.Text)
    # Whole seconds only: strftime rounds the rest, to the next second too.
    seconds = sa.cast(sa.func.strftime("%s", sa.func.substr(text, 1, 19)), sa.BigInteger)
    return seconds * 1_000_000 + sa.cast(sa.func.substr(text, 21, 6), sa.BigInteger)


@cache
def _results() -> sa.Select[Any]:
    """(verdict, outcome, how many): what a case's result follows from."""
    return (
        sa.select(cases.c.verdict, cases.c.outcome, sa.func.count())
        .where(_within())
        .group_by(cases.c.verdict, cases.c.outcome)
    )


@cache
def _amounts(postgres: bool) -> sa.CompoundSelect[Any]:
    """(kind, money, how many have a known amount, how many): each account once, cases without one each for itself.

    SQLite has no exact fractions, so there it is money in hundredths.
    """
    return sa.union_all(*(_amount(kind, where, postgres) for kind, where in _KINDS.items()))


def _amount(kind: str, where: sa.ColumnElement[bool], postgres: bool) -> sa.Select[str, Any, int, int]:
    alone = sa.case((cases.c.account_id.is_(None), cases.c.id))
    each = sa.select(cases.c.account_id, alone).where(_within(), _counts(), where).distinct().subquery()
    acv = (
        accounts.c.acv
        if postgres
        else sa.cast(sa.func.round(sa.type_coerce(accounts.c.acv, sa.Float) * 100), sa.BigInteger)
    )
    told = (
        sa.select(acv.label("acv")).select_from(each.outerjoin(accounts, accounts.c.id == each.c.account_id)).subquery()
    )
    return sa.select(
        sa.literal_column(f"'{kind}'"), sa.func.sum(told.c.acv), sa.func.count(told.c.acv), sa.func.count()
    )


_KINDS = {
    "at_risk": cases.c.outcome.is_(None),
    "saved": cases.c.verdict == Verdict.SAVED.value,
    "lost": cases.c.outcome == Outcome.CHURNED.value,
}
_NOTHING = Amount(Decimal(0), 0, 0)
