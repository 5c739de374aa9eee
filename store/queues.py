"""Lists of cases with what a row of a list needs: ordered, counted and cut into pages by the database.

What is due next follows from the case's progress (recovery.rungs), which is kept as JSON; the expressions here say
the same in SQL, and the tests hold the two against each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa

from recovery.case import Case, State, Urgency
from store.case_rows import case_of
from store.engine import Tx
from store.tables import Utc, accounts, cases, contacts, outbox, responses

MOST = 1000
_SQLITE_MOMENT = "%Y-%m-%d %H:%M:%f"


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
    shown = await _shown(tx, [place.id for place in places if place.id is not None])
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
    shown = await _shown(tx, numbers)
    return Page(tuple(shown[number] for number in numbers), int(total or 0))


async def numbered(tx: Tx, numbers: Sequence[int], programmes: Sequence[str], most: int) -> Page:
    """Those of these cases that are of these programmes, by number."""
    where = sa.and_(cases.c.id.in_(numbers), cases.c.programme.in_(programmes))
    found = [
        int(id_) for id_ in (await tx.conn.execute(sa.select(cases.c.id).where(where).order_by(cases.c.id))).scalars()
    ]
    shown = await _shown(tx, found[:most])
    return Page(tuple(shown[id_] for id_ in found[:most]), len(found))


async def _page(tx: Tx, where: sa.ColumnElement[bool], values: dict[str, Any], cut: Cut) -> Page:
    total = await tx.conn.scalar(sa.select(sa.func.count()).select_from(cases).where(where), values)
    due = _next_due(tx.postgres)
    ordered = sa.select(cases.c.id).where(where).order_by(*_order(due)).offset(cut.skip).limit(cut.most)
    numbers = [int(number) for number in (await tx.conn.execute(ordered, values)).scalars()] if total else []
    shown = await _shown(tx, numbers)
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
        (due <= _bound("day_ends", postgres), Group.TODAY.value),
        (_step(postgres) == "follow_up", Group.FOLLOW_UP.value),
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


def _order(due: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[Any], ...]:
    """Critical cases outrank all else (playbook, section 5); then what is due first, so that the overdue lead."""
    return (_critical().desc(), due.asc().nulls_last(), cases.c.id.asc())


def _critical() -> sa.ColumnElement[int]:
    return sa.case((cases.c.urgency == Urgency.CRITICAL.value, 1), else_=0)


@cache
def _next_due(postgres: bool) -> sa.ColumnElement[Any]:
    """When the next step is due: the owner's naming, else the first step that is not done; NULL for nothing."""
    return sa.case(
        (cases.c.state == State.OPEN.value, _column(cases.c.assign_due, postgres)),
        *((_step(postgres) == step, due) for step, due in _dues(postgres).items()),
        else_=sa.null(),
    )


@cache
def _step(postgres: bool) -> sa.ColumnElement[str]:  # noqa: ARG001 - one of a family of expressions
    """The first step that is needed and not done; follow_up also where there is nothing more to log."""
    return sa.case(
        (_missing("contacted_at"), "outreach"),
        (sa.and_(_missing("conversation_at"), _needs_conversation()), "conversation"),
        (sa.and_(sa.not_(_action_stands()), _needs_action()), "action"),
        else_="follow_up",
    )


@cache
def _late(postgres: bool) -> sa.ColumnElement[bool]:
    """Whether any step is overdue at `now`, also one behind the next."""
    now = _bound("now", postgres)
    dues = _dues(postgres)
    return sa.or_(
        sa.and_(cases.c.state == State.OPEN.value, _column(cases.c.assign_due, postgres) < now),
        sa.and_(_missing("contacted_at"), dues["outreach"] < now),
        sa.and_(_missing("conversation_at"), _needs_conversation(), dues["conversation"] < now),
        sa.and_(sa.not_(_action_stands()), _needs_action(), dues["action"] < now),
        sa.and_(_action_stands(), dues["follow_up"] < now),
    )


@cache
def _dues(postgres: bool) -> dict[str, sa.ColumnElement[Any]]:
    held = sa.func.coalesce(_said("follow_up_result"), "") == "held"
    return {
        "outreach": _column(cases.c.outreach_due, postgres),
        "conversation": _column(cases.c.conversation_due, postgres),
        "action": sa.func.coalesce(_told("action_again_due", postgres), _column(cases.c.action_due, postgres)),
        "follow_up": sa.case(
            (sa.or_(held, sa.not_(_needs_follow_up())), sa.null()), else_=_told("follow_up_due", postgres)
        ),
    }


def _paused(postgres: bool) -> sa.ColumnElement[bool]:
    """Whether the case waits on the customer at `now` (recovery.pauses): only its last pause can still run."""
    ended, until = _of_last_pause("ended_at", postgres), _of_last_pause("until", postgres)
    end = sa.cast(until, sa.DateTime(timezone=True)) if postgres else sa.func.strftime(_SQLITE_MOMENT, until)
    return sa.and_(until.is_not(None), ended.is_(None), end > _bound("now", postgres))


def _of_last_pause(name: str, postgres: bool) -> sa.ColumnElement[Any]:
    if postgres:
        said: sa.ColumnElement[str] = cases.c.progress[("pauses", -1, name)].as_string()
        return said
    # SQLite counts from the end with "#"; SQLAlchemy writes such paths for it as if -1 were a place.
    return sa.func.json_extract(cases.c.progress, f"$.pauses[#-1].{name}")


def _action_stands() -> sa.ColumnElement[bool]:
    return sa.and_(
        sa.not_(_missing("action")), sa.func.coalesce(_said("follow_up_result"), "") != sa.literal_column("'broken'")
    )


def _needs_conversation() -> sa.ColumnElement[bool]:
    return sa.not_(_skips("conversation"))


def _needs_action() -> sa.ColumnElement[bool]:
    return sa.or_(sa.not_(_skips("action")), _promised())


def _needs_follow_up() -> sa.ColumnElement[bool]:
    return sa.or_(sa.not_(_skips("follow_up")), sa.and_(_skips("action"), _promised()))


def _promised() -> sa.ColumnElement[bool]:
    """Whether an action was ever committed; a count of zero isn't kept."""
    return sa.not_(_missing("commitments"))


def _skips(step: str) -> sa.ColumnElement[bool]:
    """Whether the case's tier does without this step (recovery.rungs.is_needed)."""
    skipped: sa.ColumnElement[str] = cases.c.sla["skipped"].as_string()
    return sa.func.coalesce(skipped, "").contains(f'"{step}"', autoescape=True)


def _said(name: str) -> sa.ColumnElement[str]:
    """One word of the progress, NULL where nothing is known."""
    said: sa.ColumnElement[str] = cases.c.progress[name].as_string()
    return said


def _missing(name: str) -> sa.ColumnElement[bool]:
    return _said(name).is_(None)


def _told(name: str, postgres: bool) -> sa.ColumnElement[Any]:
    """A moment of the progress, comparable with those of the columns."""
    said = _said(name)
    return sa.cast(said, sa.DateTime(timezone=True)) if postgres else sa.func.strftime(_SQLITE_MOMENT, said)


def _column(column: sa.ColumnElement[Any], postgres: bool) -> sa.ColumnElement[Any]:
    return column if postgres else sa.func.strftime(_SQLITE_MOMENT, column)


def _bound(name: str, postgres: bool) -> sa.ColumnElement[Any]:
    moment = sa.bindparam(name, type_=Utc())
    return moment if postgres else sa.func.strftime(_SQLITE_MOMENT, moment)


async def _shown(tx: Tx, ids: Sequence[int]) -> dict[int, Queued]:
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
