"""The action registry as rows: opened once for a theme and quarter, changed by one at a time, weighed by SQL."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from recovery.figures.case_figures import Amount
from recovery.figures.contacted import LEFT_OUT
from recovery.readouts.registry import Item, ItemState, Plan, Weight
from recovery.survey import Category
from store.engine import Tx
from store.errors import Contended
from store.figures.figure_tables import registry_cases, registry_items
from store.tables import accounts, cases, contacts, jobs, outbox, responses

TOLD = "registry"  # the job of each message about an item: period is its number, target the message's surface


@dataclass(frozen=True, slots=True)
class Card:
    """A linked case as a list shows it; `channel` and `ts` of its card are "" until it is posted."""

    case_id: int
    account: str
    contact: str
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Heard:
    """By which one tells whether detractors have said anything new: how many comments, the newest, their length."""

    comments: int = 0
    newest: int = 0
    version_at: datetime | None = None
    length: int = 0


async def open_item(tx: Tx, programme: str, theme: tuple[str, str], quarter: int, by: str = "") -> Item | None:
    """Opens an item for this theme (key, tag) and quarter; None where there is one already, open or closed."""
    key, tag = theme
    values = {"programme": programme, "theme": key, "tag": _storable(tag), "quarter": quarter}
    row = (await tx.conn.execute(_OPEN[tx.postgres], {**values, "opened_at": tx.now, "opened_by": by})).first()
    return await get(tx, row.id) if row else None


async def get(tx: Tx, item_id: int) -> Item | None:
    found = await _read(tx, registry_items.c.id == item_id)
    return found[0] if found else None


async def of_programme(tx: Tx, programme: str) -> list[Item]:
    """Every item of the programme, closed ones among them, by number."""
    return await _read(tx, registry_items.c.programme == programme)


async def open_items(tx: Tx) -> list[Item]:
    """The open items of all programmes, by number."""
    return await _read(tx, registry_items.c.state == ItemState.OPEN.value)


async def closed_since(tx: Tx, programme: str, since: datetime) -> Counter[ItemState]:
    """How many of the programme's items were closed then or later, by how."""
    query = (
        sa.select(registry_items.c.state, sa.func.count())
        .where(registry_items.c.programme == programme, registry_items.c.closed_at >= since)
        .group_by(registry_items.c.state)
    )
    return Counter({ItemState(state): count for state, count in await tx.conn.execute(query)})


async def plan(tx: Tx, item: Item, wanted: Plan) -> None:
    """Raises Contended if somebody else has changed the item."""
    texts = {"action": _storable(wanted.action), "criterion": _storable(wanted.criterion)}
    await _change(tx, item, owner=wanted.owner, due=wanted.due, **texts)


async def close(tx: Tx, item: Item, state: ItemState, result: str, by: str) -> None:
    """Raises Contended if somebody else has changed the item."""
    await _change(tx, item, state=state.value, result=_storable(result), closed_at=tx.now, closed_by=by)


async def rename(tx: Tx, item_id: int, tag: str) -> None:
    """The theme has another name by now; nobody's window is out of date for that."""
    await tx.conn.execute(sa.update(registry_items).where(registry_items.c.id == item_id).values(tag=_storable(tag)))


async def linked(tx: Tx, item_id: int) -> set[int]:
    """The cases that are linked to the item."""
    return set(await tx.conn.scalars(_LINKED, {"item_id": item_id}))


async def link(tx: Tx, item_id: int, case_ids: Iterable[int]) -> None:
    """Links these cases to the item; twice is once."""
    wanted = [{"item_id": item_id, "case_id": case_id} for case_id in sorted(set(case_ids))]
    if wanted:
        await tx.conn.execute(_LINK[tx.postgres], wanted)


async def weights(tx: Tx, item_ids: Sequence[int]) -> dict[int, Weight]:
    """What stands behind each of these items; one without a case that counts weighs nothing."""
    if not item_ids:
        return {}
    wanted = {"items": list(item_ids)}
    paid = {row.item_id: row for row in await tx.conn.execute(_paid(tx.postgres), wanted)}
    found = {number: Weight() for number in item_ids}
    for row in await tx.conn.execute(_counted(), wanted):
        without = int(row.nameless or 0)
        amount = _amount(paid.get(row.item_id), without)
        found[row.item_id] = Weight(row.customers, row.cases, amount)
    return found


async def cards(tx: Tx, item_ids: Sequence[int], most: int) -> dict[int, tuple[Card, ...]]:
    """Up to `most` linked cases of each item, those of the accounts that pay most first."""
    found: dict[int, tuple[Card, ...]] = {}
    rows = await tx.conn.execute(_cards(), {"items": list(item_ids), "most": most}) if item_ids else ()
    for row in rows:
        card = Card(row.id, row.account or "", row.contact, row.channel or "", row.ts or "")
        found[row.item_id] = (*found.get(row.item_id, ()), card)
    return found


async def said(tx: Tx, item_ids: Sequence[int]) -> dict[int, tuple[tuple[int, str], ...]]:
    """(number, comment) of the answers of each item's cases, oldest first; without a comment they are left out."""
    found: dict[int, tuple[tuple[int, str], ...]] = {}
    for row in await tx.conn.execute(_SAID, {"items": list(item_ids)}) if item_ids else ():
        found[row.item_id] = (*found.get(row.item_id, ()), (row.id, row.verbatim))
    return found


async def first_said(tx: Tx, item_ids: Sequence[int], wanted: Sequence[str]) -> dict[int, tuple[str, ...]]:
    """Of each item's cases the first comment, and after it those that are one of the `wanted` texts."""
    found: dict[int, tuple[str, ...]] = {}
    values = {"items": list(item_ids), "wanted": sorted(set(wanted))}
    for row in await tx.conn.execute(_FIRST_SAID, values) if item_ids else ():
        found[row.item_id] = (*found.get(row.item_id, ()), row.verbatim)
    return found


async def heard(tx: Tx, programme: str, start: datetime, end: datetime) -> Heard:
    """What detractors of the span have said so far, by its fingerprint."""
    row = (await tx.conn.execute(_HEARD, {"programme": programme, "start": start, "end": end})).one()
    return Heard(row.comments, row.newest or 0, row.version_at, int(row.length or 0))


async def told(tx: Tx, item_id: int) -> list[str]:
    """The surfaces of every message that was asked for about this item."""
    query = sa.select(jobs.c.target).where(jobs.c.job == TOLD, jobs.c.period == str(item_id))
    return sorted(await tx.conn.scalars(query))


async def _change(tx: Tx, item: Item, **values: object) -> None:
    same = sa.and_(registry_items.c.id == item.id, registry_items.c.version == item.version)
    got = await tx.conn.execute(sa.update(registry_items).where(same).values(version=item.version + 1, **values))
    if got.rowcount != 1:
        raise Contended("Somebody else has changed this action at the same moment. Please try again.")


async def _read(tx: Tx, where: sa.ColumnElement[bool]) -> list[Item]:
    rows = await tx.conn.execute(sa.select(registry_items).where(where).order_by(registry_items.c.id))
    return [item_of(row) for row in rows.mappings()]


def item_of(row: sa.RowMapping) -> Item:
    """A row of the items as a value."""
    planned = row["due"] is not None
    return Item(
        id=row["id"],
        programme=row["programme"],
        theme=row["theme"],
        tag=row["tag"],
        quarter=row["quarter"],
        state=ItemState(row["state"]),
        opened_at=row["opened_at"],
        version=row["version"],
        plan=Plan(row["action"], row["owner"], row["due"], row["criterion"]) if planned else None,
        opened_by=row["opened_by"],
        closed_at=row["closed_at"],
        closed_by=row["closed_by"],
        result=row["result"],
    )


def _amount(row: Any, nameless: int) -> Amount:
    if row is None:
        return Amount(None if nameless else Decimal(0), 0, nameless)
    without = row.accounts - row.known + nameless
    if without and not row.known:
        return Amount(None, 0, without)
    # SQLite has no decimals of its own: there it is a sum of whole cents.
    total = row.total if isinstance(row.total, Decimal) else Decimal(row.total or 0) / 100
    return Amount(total, row.known, without)


def _storable(text: str) -> str:
    """The text without what Postgres keeps in no text: the character 0 and halves of characters."""
    return text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")


@cache
def _counting() -> sa.CTE:
    """The cases of the wanted items that count in figures."""
    left_out = sorted(outcome.value for outcome in LEFT_OUT)
    return (
        sa.select(registry_cases.c.item_id, cases.c.id, cases.c.contact_id, cases.c.account_id)
        .select_from(registry_cases.join(cases, cases.c.id == registry_cases.c.case_id))
        .where(
            registry_cases.c.item_id.in_(sa.bindparam("items", expanding=True)),
            sa.or_(cases.c.outcome.is_(None), cases.c.outcome.not_in(left_out)),
        )
        .cte("counting")
    )


@cache
def _counted() -> sa.Select[Any]:
    counting = _counting()
    return sa.select(
        counting.c.item_id,
        sa.func.count(sa.distinct(counting.c.contact_id)).label("customers"),
        sa.func.count().label("cases"),
        sa.func.sum(sa.case((counting.c.account_id.is_(None), 1), else_=0)).label("nameless"),
    ).group_by(counting.c.item_id)


@cache
def _paid(postgres: bool) -> sa.Select[Any]:
    """The sum of each item's accounts, each once, how many they are, and of how many an amount is known."""
    counting = _counting()
    each = sa.select(counting.c.item_id, counting.c.account_id).where(counting.c.account_id.is_not(None)).distinct()
    payers = each.subquery()
    acv = (
        accounts.c.acv
        if postgres
        else sa.cast(sa.func.round(sa.type_coerce(accounts.c.acv, sa.Float) * 100), sa.BigInteger)
    )
    return (
        sa.select(
            payers.c.item_id,
            sa.func.sum(acv).label("total"),
            sa.func.count(accounts.c.acv).label("known"),
            sa.func.count().label("accounts"),
        )
        .select_from(payers.join(accounts, accounts.c.id == payers.c.account_id))
        .group_by(payers.c.item_id)
    )


@cache
def _cards() -> sa.Select[Any]:
    counting = _counting()
    # An account stands there once, with its first case.
    payer = sa.func.coalesce(counting.c.account_id, -counting.c.id)
    first = sa.func.row_number().over(partition_by=(counting.c.item_id, payer), order_by=counting.c.id)
    ranked = (
        sa.select(
            counting.c.item_id,
            counting.c.id,
            accounts.c.name.label("account"),
            contacts.c.name.label("contact"),
            accounts.c.acv,
            first.label("of_account"),
        )
        .select_from(
            counting.join(contacts, contacts.c.id == counting.c.contact_id).outerjoin(
                accounts, accounts.c.id == counting.c.account_id
            )
        )
        .subquery()
    )
    order = (ranked.c.acv.desc().nulls_last(), ranked.c.id)
    place = sa.func.row_number().over(partition_by=ranked.c.item_id, order_by=order).label("place")
    placed = sa.select(ranked, place).where(ranked.c.of_account == 1).subquery()
    surface = sa.literal("case:").concat(sa.cast(placed.c.id, sa.Text))
    return (
        sa.select(placed, outbox.c.channel, outbox.c.ts)
        .select_from(placed.outerjoin(outbox, sa.and_(outbox.c.surface == surface, outbox.c.ts != "")))
        .where(placed.c.place <= sa.bindparam("most"))
        .order_by(placed.c.item_id, placed.c.place)
    )


_LINKED = sa.select(registry_cases.c.case_id).where(registry_cases.c.item_id == sa.bindparam("item_id"))
_SAID = (
    sa.select(registry_cases.c.item_id, responses.c.id, responses.c.verbatim)
    .select_from(
        registry_cases.join(cases, cases.c.id == registry_cases.c.case_id).join(
            responses,
            sa.and_(
                responses.c.case_id == cases.c.id,
                # The answers of a case are its contact's; by these they are found through an index.
                responses.c.contact_id == cases.c.contact_id,
                responses.c.programme == cases.c.programme,
            ),
        )
    )
    .where(
        registry_cases.c.item_id.in_(sa.bindparam("items", expanding=True)),
        responses.c.category == Category.DETRACTOR.value,
        responses.c.verbatim != "",
    )
    .order_by(registry_cases.c.item_id, responses.c.id)
)
_PLACED = _SAID.add_columns(
    sa.func.row_number().over(partition_by=registry_cases.c.item_id, order_by=responses.c.id).label("place")
).subquery()
_FIRST_SAID = (
    sa.select(_PLACED.c.item_id, _PLACED.c.verbatim)
    .where(sa.or_(_PLACED.c.place == 1, _PLACED.c.verbatim.in_(sa.bindparam("wanted", expanding=True))))
    .order_by(_PLACED.c.item_id, _PLACED.c.place)
)
_HEARD = sa.select(
    sa.func.count().label("comments"),
    sa.func.max(responses.c.id).label("newest"),
    sa.func.max(responses.c.version_at).label("version_at"),
    sa.func.sum(sa.func.length(responses.c.verbatim)).label("length"),
).where(
    responses.c.programme == sa.bindparam("programme"),
    responses.c.responded_at >= sa.bindparam("start"),
    responses.c.responded_at < sa.bindparam("end"),
    responses.c.category == Category.DETRACTOR.value,
    responses.c.verbatim != "",
)


def _open(insert: postgresql.Insert | sqlite.Insert) -> Any:
    once = insert.on_conflict_do_nothing(index_elements=["programme", "theme", "quarter"])
    return once.returning(registry_items.c.id)


def _link(insert: postgresql.Insert | sqlite.Insert) -> postgresql.Insert | sqlite.Insert:
    return insert.on_conflict_do_nothing(index_elements=["item_id", "case_id"])


_OPEN = {False: _open(sqlite.insert(registry_items)), True: _open(postgresql.insert(registry_items))}
_LINK = {False: _link(sqlite.insert(registry_cases)), True: _link(postgresql.insert(registry_cases))}
