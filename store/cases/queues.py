"""Lists of cases with what a row of a list needs: ordered, counted and cut into pages by the database.

What is due next follows from the case's progress, in SQL as store.figures.case_terms says it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa

from recovery.cases.case import Case, State, Urgency
from recovery.cases.steps import Step
from store.cases.case_rows import case_of
from store.engine import Tx
from store.figures.case_terms import moment, next_step, rungs
from store.tables import Utc, accounts, cases, contacts, outbox, responses

MOST = 1000


@dataclass(frozen=True, slots=True)
class Queued:
    """One case; `channel` and `ts` of its card are "" until it is posted."""

    case: Case
    score: int
    account_name: str
    contact_name: str
    acv: Decimal | None
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Cut:
    """Which rows of a list are shown: `most` of them after the first `skip`."""

    skip: int = 0
    most: int = MOST


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, in order, and how many the whole list has."""

    rows: tuple[Queued, ...] = ()
    total: int = 0


class Group(StrEnum):
    """Where a case stands in its owner's queue: overdue or due today; due later; action committed; waits (paused)."""

    TODAY = "today"
    LATER = "later"
    FOLLOW_UP = "follow_up"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Mine:
    """The four lists of an owner's open cases."""

    today: Page = field(default_factory=Page)
    later: Page = field(default_factory=Page)
    follow_ups: Page = field(default_factory=Page)
    paused: Page = field(default_factory=Page)


@dataclass(frozen=True, slots=True)
class Load:
    """How many open cases an owner has, and how many of them have a step overdue."""

    owner: str
    open: int
    overdue: int


async def held_by(tx: Tx, user: str, most: int = MOST) -> list[Case]:
    """The owner's open cases, oldest first."""
    rows = await tx.conn.execute(
        sa.select(cases)
        .where(cases.c.owner == user, cases.c.state == sa.literal_column("'claimed'"))
        .order_by(cases.c.id)
        .limit(most)
    )
    return [case_of(row) for row in rows.mappings()]


async def open_after(tx: Tx, after: int, most: int) -> list[Case]:
    """Open cases with higher numbers than `after`, by number: one page of all of them."""
    rows = await tx.conn.execute(
        sa.select(cases)
        .where(cases.c.id > after, cases.c.state != sa.literal_column("'closed'"))
        .order_by(cases.c.id)
        .limit(most)
    )
    return [case_of(row) for row in rows.mappings()]


async def mine(tx: Tx, user: str, day_ends: datetime, cut: Cut) -> Mine:
    """The owner's open cases in their four lists, each cut alike; `day_ends` is when their day is over."""
    values = {"user": user, "now": tx.now, "day_ends": day_ends, "first": cut.skip + 1, "last": cut.skip + cut.most}
    places = (await tx.conn.execute(_mine(tx.postgres), values)).all()
    shown = await by_number(tx, [place.id for place in places if place.id is not None])
    totals = {place.grp: place.total for place in places}

    def page(group: Group) -> Page:
        ids = [place.id for place in places if place.grp == group.value and place.id is not None]
        return Page(tuple(shown[id_] for id_ in ids), totals.get(group.value, 0))

    return Mine(page(Group.TODAY), page(Group.LATER), page(Group.FOLLOW_UP), page(Group.PAUSED))


async def pressing(tx: Tx, user: str, most: int) -> Page:
    """The owner's open cases, the most pressing first."""
    return await _page(tx, _owned_by(), {"user": user}, Cut(0, most))


async def unowned(tx: Tx, programmes: Sequence[str], cut: Cut) -> Page:
    """Open cases of these programmes that nobody owns, the most pressing first."""
    return await _page(tx, _of_programmes(State.OPEN), {"programmes": list(programmes)}, cut)


async def overdue(tx: Tx, programmes: Sequence[str], cut: Cut) -> Page:
    """Owned cases of these programmes with a step overdue, the most pressing first."""
    values = {"programmes": list(programmes), "now": tx.now}
    late = _late(tx.postgres)
    return await _page(tx, sa.and_(_of_programmes(State.CLAIMED), late), values, cut)


async def loads(tx: Tx, programmes: Sequence[str], cut: Cut) -> tuple[list[Load], int]:
    """The owners of open cases of these programmes, most loaded first, and how many owners there are."""
    late = sa.func.sum(sa.case((_late(tx.postgres), 1), else_=0)).label("overdue")
    held = sa.func.count().label("open")
    grouped = sa.select(cases.c.owner, held, late).where(_of_programmes(State.CLAIMED)).group_by(cases.c.owner)
    values = {"programmes": list(programmes), "now": tx.now}
    ordered = grouped.order_by(held.desc(), cases.c.owner).offset(cut.skip).limit(cut.most)
    found = [Load(owner, count, overdue) for owner, count, overdue in await tx.conn.execute(ordered, values)]
    counted = sa.select(sa.func.count(sa.distinct(cases.c.owner))).where(_of_programmes(State.CLAIMED))
    return found, int((await tx.conn.execute(counted, {"programmes": list(programmes)})).scalar_one())


async def of_account(tx: Tx, account_ids: Sequence[int], programmes: Sequence[str], most: int) -> Page:
    """Every case of these accounts in these programmes, open or closed, newest first."""
    where = sa.and_(cases.c.account_id.in_(account_ids), cases.c.programme.in_(programmes))
    total = await tx.conn.scalar(sa.select(sa.func.count()).select_from(cases).where(where))
    ids = await tx.conn.execute(sa.select(cases.c.id).where(where).order_by(cases.c.id.desc()).limit(most))
    numbers = [int(number) for number in ids.scalars()]
    shown = await by_number(tx, numbers)
    return Page(tuple(shown[number] for number in numbers), int(total or 0))


async def numbered(tx: Tx, numbers: Sequence[int], programmes: Sequence[str], most: int) -> Page:
    """Those of these cases that are of these programmes, by number."""
    where = sa.and_(cases.c.id.in_(numbers), cases.c.programme.in_(programmes))
    found = [
        int(id_) for id_ in (await tx.conn.execute(sa.select(cases.c.id).where(where).order_by(cases.c.id))).scalars()
    ]
    shown = await by_number(tx, found[:most])
    return Page(tuple(shown[id_] for id_ in found[:most]), len(found))


async def _page(tx: Tx, where: sa.ColumnElement[bool], values: dict[str, Any], cut: Cut) -> Page:
    total = await tx.conn.scalar(sa.select(sa.func.count()).select_from(cases).where(where), values)
    due = _next_due(tx.postgres)
    ordered = sa.select(cases.c.id).where(where).order_by(*_order(due)).offset(cut.skip).limit(cut.most)
    numbers = [int(number) for number in (await tx.conn.execute(ordered, values)).scalars()] if total else []
    shown = await by_number(tx, numbers)
    return Page(tuple(shown[number] for number in numbers), int(total or 0))


def _owned_by() -> sa.ColumnElement[bool]:
    return sa.and_(cases.c.owner == sa.bindparam("user"), cases.c.state == sa.literal_column("'claimed'"))


def _of_programmes(state: State) -> sa.ColumnElement[bool]:
    programmes: sa.BindParameter[str] = sa.bindparam("programmes", expanding=True)
    # Open ones only, said aloud: without it ix_cases_programme_state does not serve.
    not_closed = cases.c.state != sa.literal_column("'closed'")
    return sa.and_(cases.c.programme.in_(programmes), cases.c.state == state.value, not_closed)


@cache
def _mine(postgres: bool) -> sa.Select[Any]:
    """Each list's length (id NULL), and the rows of the page."""
    due = _next_due(postgres)
    group = sa.case(
        (_paused(postgres), Group.PAUSED.value),
        (due <= _bound("day_ends"), Group.TODAY.value),
        (_is_followed_up(postgres), Group.FOLLOW_UP.value),
        else_=Group.LATER.value,
    )
    grouped = sa.select(cases.c.id, group.label("grp"), _critical().label("critical"), due.label("due"))
    owned = grouped.where(_owned_by()).cte("owned", nesting=False)
    order = (owned.c.critical.desc(), owned.c.due.asc().nulls_last(), owned.c.id)
    placed = sa.select(
        owned.c.id,
        owned.c.grp,
        sa.func.row_number().over(partition_by=owned.c.grp, order_by=order).label("place"),
        sa.func.count().over(partition_by=owned.c.grp).label("total"),
    ).subquery()
    within = placed.c.place.between(sa.bindparam("first"), sa.bindparam("last"))
    # The first of each list comes along for the length of its list, also where the page lies behind its end.
    shown = sa.case((within, placed.c.id), else_=sa.null()).label("id")
    return (
        sa.select(shown, placed.c.grp, placed.c.place, placed.c.total)
        .where(sa.or_(within, placed.c.place == 1))
        .order_by(placed.c.grp, placed.c.place)
    )


@cache
def _is_followed_up(postgres: bool) -> sa.ColumnElement[bool]:
    """Whether the follow-up is next, or there is nothing more to log."""
    step = next_step(postgres)
    return sa.or_(step.is_(None), step == Step.FOLLOW_UP.value)


def _order(due: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[Any], ...]:
    """Critical cases outrank all else (playbook, section 5); then what is due first, so that the overdue lead."""
    return (_critical().desc(), due.asc().nulls_last(), cases.c.id.asc())


def _critical() -> sa.ColumnElement[int]:
    return sa.case((cases.c.urgency == Urgency.CRITICAL.value, 1), else_=0)


@cache
def _next_due(postgres: bool) -> sa.ColumnElement[Any]:
    """When the next step is due: the owner's naming, else the first step that is not done; NULL for nothing."""
    return sa.case(*((rung.is_open, rung.due) for rung in rungs(postgres).values()), else_=sa.null())


@cache
def _late(postgres: bool) -> sa.ColumnElement[bool]:
    """Whether any step is overdue at `now`, also one behind the next."""
    return sa.or_(*(sa.and_(rung.is_open, rung.due < _bound("now")) for rung in rungs(postgres).values()))


def _paused(postgres: bool) -> sa.ColumnElement[bool]:
    """Whether the case waits on the customer at `now` (recovery.clock.pauses): only its last pause can still run."""
    ended, until = _of_last_pause("ended_at", postgres), _of_last_pause("until", postgres)
    return sa.and_(until.is_not(None), ended.is_(None), moment(until, postgres) > _bound("now"))


def _of_last_pause(name: str, postgres: bool) -> sa.ColumnElement[Any]:
    if postgres:
        said: sa.ColumnElement[str] = cases.c.progress[("pauses", -1, name)].as_string()
        return said
    # SQLite counts from the end with "#"; SQLAlchemy writes such paths for it as if -1 were a place.
    return sa.func.json_extract(cases.c.progress, f"$.pauses[#-1].{name}")


def _bound(name: str) -> sa.BindParameter[datetime]:
    return sa.bindparam(name, type_=Utc())


async def by_number(tx: Tx, ids: Sequence[int]) -> dict[int, Queued]:
    """These cases with what a row shows, by number."""
    if not ids:
        return {}
    rows = await tx.conn.execute(_SHOWN, {"ids": list(ids)})
    return {row["id"]: _queued(row) for row in rows.mappings()}


_SHOWN = (
    sa.select(
        cases,
        responses.c.score,
        contacts.c.name.label("contact_name"),
        contacts.c.email.label("contact_email"),
        accounts.c.name.label("account_name"),
        accounts.c.acv,
        outbox.c.channel,
        outbox.c.ts,
    )
    .join(responses, responses.c.id == cases.c.response_id)
    .join(contacts, contacts.c.id == cases.c.contact_id)
    .outerjoin(accounts, accounts.c.id == cases.c.account_id)
    .outerjoin(outbox, outbox.c.surface == sa.literal("case:").concat(sa.cast(cases.c.id, sa.Text)))
    .where(cases.c.id.in_(sa.bindparam("ids", expanding=True)))
)


def _queued(row: sa.RowMapping) -> Queued:
    contact = row["contact_name"] or row["contact_email"]
    return Queued(
        case=case_of(row),
        score=row["score"],
        account_name=row["account_name"] or contact,
        contact_name=contact,
        acv=row["acv"],
        channel=row["channel"] or "",
        ts=row["ts"] or "",
    )
