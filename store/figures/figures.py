"""What figures of answers are made of: tallies and voices; in any period, always by today's rules.

Quarters are read from what is kept (store.figures.tallies) once it is all there; anything else is counted from the
answers. Periods are half-open spans of aware UTC moments; answers belong to one by `responded_at`. Cases:
store.figures.closed_loop.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import sqlalchemy as sa

from recovery.figures.dimensions import Dimension
from recovery.figures.nps import Tally
from recovery.figures.periods import Period, quarter
from recovery.policy.file import Policy
from recovery.readouts.readout import DIVERGED, Voice
from recovery.survey import Account, Category, category_of
from store.engine import Tx
from store.figures.figure_tables import tallies
from store.figures.tallies import EVERYBODY, Grouping, are_kept
from store.tables import accounts, responses

A_HAIR = 1e-6


async def tallies_in(
    tx: Tx, policy: Policy, programme: str, period: Period, dimension: Dimension | None = None
) -> dict[str, Tally]:
    """The tally of each group of a dimension in any period; without a dimension that of everybody, under ""."""
    if period.quarter is not None:
        found = await tallies_of(tx, policy, programme, [period.quarter], dimension)
        return {value: counted for (_, value), counted in found.items()}
    return await tally_between(tx, policy, programme, period.start, period.end, dimension)


async def tallies_of(
    tx: Tx, policy: Policy, programme: str, quarters: Sequence[int], dimension: Dimension | None = None
) -> dict[tuple[int, str], Tally]:
    """(quarter, group) → tally; quarters as `periods` numbers them. Groups without answers are left out."""
    if await are_kept(tx, Grouping(policy)):
        values = {"programme": programme, "quarters": list(quarters), "dimension": dimension or EVERYBODY}
        rows = await tx.conn.execute(_TALLIES, values)
        return {(number, value): Tally(*counts) for number, value, *counts in rows}
    found: dict[tuple[int, str], Tally] = {}
    for number in quarters:
        span = quarter(number, policy.figures.fiscal_year_starts)
        counted = await tally_between(tx, policy, programme, span.start, span.end, dimension)
        found |= {(number, value): each for value, each in counted.items()}
    return found


async def tally_between(
    tx: Tx, policy: Policy, programme: str, start: datetime, end: datetime, dimension: Dimension | None = None
) -> dict[str, Tally]:
    """The same for any span, counted from the answers: the latest one of each contact in it."""
    grouping = Grouping(policy)
    known: dict[tuple[object, ...], str] = {}
    found: dict[str, dict[Category, int]] = {}
    values = {"programme": programme, "start": start, "end": end}
    for score, count, *raw in await tx.conn.execute(_counted(dimension, tx.postgres), values):
        key = tuple(raw)
        if key not in known:
            known[key] = _group(grouping, dimension, key)
        counts = found.setdefault(known[key], dict.fromkeys(Category, 0))
        counts[category_of(score)] += count
    return {value: Tally(*counts.values()) for value, counts in found.items()}


async def voices(tx: Tx, programme: str, period: Period) -> list[Voice]:
    """The latest answers of people of those accounts whose roles may diverge; `diverging` says which do."""
    rows = await tx.conn.execute(_VOICES, {"programme": programme, "start": period.start, "end": period.end})
    return [Voice(account_id, role, score) for account_id, role, score in rows]


async def account_names(tx: Tx, ids: Iterable[int]) -> dict[int, str]:
    """How people call these accounts."""
    wanted = sorted(set(ids))
    rows = await tx.conn.execute(sa.select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def _latest(*columns: sa.ColumnElement[Any]) -> sa.Subquery:
    """The answers of a programme in a span; `place` 1 is the contact's latest."""
    place = sa.func.row_number().over(
        partition_by=responses.c.contact_id, order_by=(responses.c.responded_at.desc(), responses.c.id.desc())
    )
    return (
        sa.select(*columns, place.label("place"))
        .where(
            responses.c.programme == sa.bindparam("programme"),
            responses.c.responded_at >= sa.bindparam("start"),
            responses.c.responded_at < sa.bindparam("end"),
        )
        .subquery()
    )


_OF_ACCOUNT: Mapping[Dimension, sa.Column[Any]] = {
    Dimension.SEGMENT: accounts.c.segment,
    Dimension.ACV_BAND: accounts.c.acv,
    Dimension.PLAN: accounts.c.plan,
    Dimension.REGION: accounts.c.region,
    Dimension.CSM: accounts.c.csm_email,
}


def _counted(dimension: Dimension | None, postgres: bool) -> sa.Select[Any]:
    """(score, count, what the group follows from …): grouped by that, so that few rows come back."""
    match dimension:
        case None:
            latest = _latest(responses.c.score)
            raw: tuple[sa.ColumnElement[Any], ...] = ()
        case Dimension.ROLE | Dimension.SURFACE:
            latest = _latest(responses.c.score, responses.c[dimension.value].label("raw"))
            raw = (latest.c.raw,)
        case Dimension.TENURE:
            answered = sa.func.timezone("UTC", responses.c.responded_at) if postgres else responses.c.responded_at
            day = sa.cast(answered, sa.Date) if postgres else sa.func.date(answered, type_=sa.Date)
            latest = _latest(responses.c.score, responses.c.account_id, day.label("day"))
            raw = (accounts.c.customer_since, latest.c.day)
        case _:
            latest = _latest(responses.c.score, responses.c.account_id)
            raw = (_OF_ACCOUNT[dimension],)
    query = sa.select(latest.c.score, sa.func.count(), *raw).where(latest.c.place == 1)
    if "account_id" in latest.c:
        query = query.outerjoin(accounts, accounts.c.id == latest.c.account_id)
    return query.group_by(latest.c.score, *raw)


def _group(grouping: Grouping, dimension: Dimension | None, raw: tuple[Any, ...]) -> str:
    """The group that this follows from; an answer without an account knows nothing of it."""
    if dimension is None:
        return EVERYBODY
    account, role, surface, answered = _NOBODY, "", "", _SOME_TIME
    match dimension:
        case Dimension.ROLE:
            role = raw[0]
        case Dimension.SURFACE:
            surface = raw[0]
        case Dimension.TENURE:
            since, day = raw
            account = Account("", "", customer_since=since)
            answered = datetime.combine(day, time(), UTC)
        case _:
            name = _OF_ACCOUNT[dimension].name
            account = Account("", "", **{name: raw[0]}) if raw[0] is not None else _NOBODY
    return grouping.groups(account, role, surface, answered)[dimension.value]


_NOBODY = Account("", "")
_SOME_TIME = datetime.combine(date(2000, 1, 1), time(), UTC)
_TALLIES = sa.select(
    tallies.c.quarter, tallies.c.value, tallies.c.promoters, tallies.c.passives, tallies.c.detractors
).where(
    tallies.c.programme == sa.bindparam("programme"),
    tallies.c.quarter.in_(sa.bindparam("quarters", expanding=True)),
    tallies.c.dimension == sa.bindparam("dimension"),
    tallies.c.promoters + tallies.c.passives + tallies.c.detractors > 0,
)


def _voices() -> sa.Select[Any]:
    """Whole accounts, where roles as they are written lie so far apart; written alike they lie no further apart."""
    latest = _latest(responses.c.account_id, responses.c.score, responses.c.role)
    told = sa.select(latest).where(latest.c.place == 1, latest.c.account_id.is_not(None), latest.c.role != "").cte()
    mean = sa.func.avg(told.c.score).label("mean")
    means = sa.select(told.c.account_id, mean).group_by(told.c.account_id, told.c.role).subquery()
    apart = (
        sa.select(means.c.account_id)
        .group_by(means.c.account_id)
        # Means are rounded by the database; what is a hair too near is sorted out by the rules.
        .having(sa.func.max(means.c.mean) - sa.func.min(means.c.mean) >= DIVERGED - A_HAIR)
    )
    return sa.select(told.c.account_id, told.c.role, told.c.score).where(told.c.account_id.in_(apart))


_VOICES = _voices()
