"""Cases of a period counted by the database, all together or by group: contacted in time, saved, and their money.

Each figure is the one that recovery.figures.case_figures makes of the rows; the tests hold the two against each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa

from recovery.cases.progress import Verdict
from recovery.figures.case_figures import Amount, ContactRate, SavedFigures, Spread, places
from recovery.figures.share import Share
from store.columns import Utc
from store.engine import Tx
from store.figures.case_terms import as_length, counts, how_many, length, saved, unmeasured
from store.tables import accounts, cases

NOTHING = Amount(Decimal(0), 0, 0)
HUNDREDTHS = 100
EVERYBODY = ""
Values = dict[str, Any]
Length = timedelta | int  # microseconds, where the database has no intervals
_NOBODY = (0,) * 7
_ONE: sa.ColumnElement[str] = sa.literal_column("''")


@dataclass(frozen=True, slots=True)
class Grouped:
    """By what cases are parted: `key` is what tells the groups apart, `source` has it beside the cases."""

    key: sa.ColumnElement[str]
    source: sa.FromClause = cases


@dataclass(frozen=True, slots=True)
class Queries:
    """What counts the cases by group: made once, since that takes longer than asking.

    `told`: (group, cases, contacted, contacted in time, not contacted and too late, saved, not saved, unmeasured).
    `left_out`: (group, cases that are in no figure). `paid`: `amount_query` of the accounts that were saved.
    """

    told: sa.Select[Any]
    left_out: sa.Select[Any]
    paid: sa.Select[Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """`cases` of a group that are in the figures; `paid`: by the accounts that were saved.

    Those that are in no other figure are unmeasured (recovery.figures.case_figures).
    """

    cases: int = 0
    contacted: ContactRate = field(default_factory=ContactRate)
    saved: SavedFigures = field(default_factory=SavedFigures)
    paid: Amount = NOTHING


def values_of(tx: Tx, programmes: Sequence[str], start: datetime, end: datetime) -> Values:
    """What every question about the cases submitted from `start` until before `end` (aware UTC) needs."""
    return {"programmes": list(programmes), "start": start, "end": end, "now": tx.now}


def within() -> sa.ColumnElement[bool]:
    """Whether a case belongs to the programmes and the span of `values_of`."""
    return sa.and_(
        cases.c.programme.in_(sa.bindparam("programmes", expanding=True)),
        cases.c.submitted_at >= sa.bindparam("start"),
        cases.c.submitted_at < sa.bindparam("end"),
    )


async def count(tx: Tx, values: Values) -> Counted:
    """All of them together."""
    return (await count_by(tx, values, _of_everybody(tx.postgres))).get(EVERYBODY, Counted())


async def count_by(tx: Tx, values: Values, queries: Queries) -> dict[str, Counted]:
    """The same by group; one of which all cases are in no figure has 0 cases."""
    paid = amounts_of(await tx.conn.execute(queries.paid, values))
    left_out: dict[str, int] = dict((await tx.conn.execute(queries.left_out, values)).all())
    found = {key: row for key, *row in await tx.conn.execute(queries.told, values)}
    return {
        key: _counted(found.get(key, _NOBODY), left_out.get(key, 0), paid.get(key, NOTHING))
        for key in found.keys() | left_out.keys()
    }


def _counted(row: Sequence[int], left_out: int, paid: Amount) -> Counted:
    many, contacted, in_time, passed, saved, not_saved, unmeasured = row
    pending = many - saved - not_saved - unmeasured
    return Counted(
        many,
        ContactRate(Share(in_time, contacted + passed), many - contacted - passed),
        SavedFigures(saved, not_saved, pending, unmeasured + left_out, paid.total),
        paid,
    )


def together(found: Iterable[Counted], paid: Amount) -> Counted:
    """Groups of which no case is in two as one; `paid` by all of their accounts."""
    parts = list(found)
    one = [each.saved for each in parts]
    return Counted(
        sum(each.cases for each in parts),
        ContactRate(
            sum((each.contacted.share for each in parts), Share()), sum(each.contacted.undecided for each in parts)
        ),
        SavedFigures(
            sum(each.saved for each in one),
            sum(each.not_saved for each in one),
            sum(each.pending for each in one),
            sum(each.unmeasured for each in one),
            paid.total,
        ),
        paid,
    )


def total_of(amounts: Iterable[Amount]) -> Amount:
    """What accounts pay that are in one of these only."""
    parts = list(amounts)
    known = sum(each.accounts for each in parts)
    total = sum((each.total for each in parts if each.total is not None), Decimal(0))
    without = sum(each.without for each in parts)
    return Amount(None if without and not known else total, known, without)


def queries_of(grouped: Grouped | None, postgres: bool) -> Queries:
    passed = sa.and_(cases.c.contacted_at.is_(None), cases.c.outreach_due < sa.bindparam("now", type_=Utc()))
    columns = (
        sa.func.count(),
        sa.func.count(cases.c.contacted_at),
        how_many(cases.c.contacted_at <= cases.c.outreach_due),
        how_many(passed),
        how_many(saved()),
        how_many(cases.c.verdict == Verdict.NOT_SAVED.value),
        how_many(unmeasured()),
    )
    return Queries(
        _grouped(columns, sa.and_(within(), counts()), grouped),
        _grouped([sa.func.count()], sa.and_(within(), sa.not_(counts())), grouped),
        saved_query(postgres, grouped),
    )


def saved_query(postgres: bool, grouped: Grouped | None = None) -> sa.Select[Any]:
    """`amount_query` of the accounts that were saved."""
    return amount_query(postgres, sa.and_(within(), counts(), saved()), grouped)


@cache
def _of_everybody(postgres: bool) -> Queries:
    return queries_of(None, postgres)


async def outreach(tx: Tx, values: Values) -> Spread:
    """How long it took from each submission to the first outreach."""
    _, found = (await tx.conn.execute(_outreach(tx.postgres), values)).one()
    return spread_of(found or ())


def outreach_query(postgres: bool, grouped: Grouped | None = None) -> sa.Select[Any]:
    """(group, how long each of them took); see `spread_of`."""
    took = listed(length(cases.c.submitted_at, cases.c.contacted_at, postgres), postgres)
    return _grouped([took], sa.and_(within(), counts(), cases.c.contacted_at.is_not(None)), grouped)


@cache
def _outreach(postgres: bool) -> sa.Select[Any]:
    return outreach_query(postgres)


def listed(value: sa.ColumnElement[Any], postgres: bool) -> sa.Function[Any]:
    """All of them as one list: a row for each would cost more than the counting. None or empty where there is none."""
    return sa.func.array_agg(value) if postgres else sa.func.json_group_array(value, type_=sa.JSON)


def spread_of(found: Sequence[Length]) -> Spread:
    """Of lengths as the database gives them; only those that are told become a timedelta."""
    if not found:
        return Spread()
    ordered = sorted(found)
    one, other, most = (as_length(ordered[place]) for place in places(len(ordered)))
    return Spread((one + other) / 2, most, len(ordered))


def _grouped(
    columns: Sequence[sa.ColumnElement[Any]], where: sa.ColumnElement[bool], grouped: Grouped | None
) -> sa.Select[Any]:
    if grouped is None:
        return sa.select(_ONE, *columns).where(where)
    return sa.select(grouped.key, *columns).select_from(grouped.source).where(where).group_by(grouped.key)


def amount_query(postgres: bool, where: sa.ColumnElement[bool], grouped: Grouped | None = None) -> sa.Select[Any]:
    """(group, money, how many have a known amount, how many): each account once, cases without one each for itself.

    SQLite has no exact fractions, so there it is money in hundredths (see `amounts_of`).
    """
    key = grouped.key if grouped else _ONE
    alone = sa.case((cases.c.account_id.is_(None), cases.c.id))
    each = (
        sa.select(key.label("key"), cases.c.account_id, alone)
        .select_from(grouped.source if grouped else cases)
        .where(where)
        .distinct()
        .subquery()
    )
    acv = (
        accounts.c.acv
        if postgres
        else sa.cast(sa.func.round(sa.type_coerce(accounts.c.acv, sa.Float) * HUNDREDTHS), sa.BigInteger)
    )
    of_account = each.outerjoin(accounts, accounts.c.id == each.c.account_id)
    told = sa.select(each.c.key, acv.label("acv")).select_from(of_account).subquery()
    found = sa.select(told.c.key, sa.func.sum(told.c.acv), sa.func.count(told.c.acv), sa.func.count())
    return found.group_by(told.c.key)


def amounts_of(rows: Iterable[Any]) -> dict[str, Amount]:
    """The rows of `amount_query` by group."""
    found = {}
    for key, sum_of, known, everything in rows:
        total = sum_of if isinstance(sum_of, Decimal) else Decimal(sum_of or 0) / HUNDREDTHS
        found[key] = Amount(total if known else None, known, everything - known)
    return found
