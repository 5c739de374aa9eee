"""Cases and their history. Saving compares and sets the version; the history is only ever appended to."""

from collections.abc import Collection
from dataclasses import replace

import sqlalchemy as sa

from recovery.cases.case import Case, Change, Event
from recovery.errors import UnknownCase
from store.cases.case_rows import FIELDS, case_of, event_of_row, values_of, values_of_event
from store.engine import Tx
from store.errors import Stale
from store.tables import cases, contacts, events


async def get(tx: Tx, case_id: int) -> Case:
    """Raises UnknownCase with a sentence for the person who asked."""
    row = (await tx.conn.execute(_GET, {"case_id": case_id})).mappings().first()
    if row is None:
        raise UnknownCase(f"There is no case {case_id}.")
    return case_of(row)


async def many(tx: Tx, case_ids: Collection[int]) -> dict[int, Case]:
    """These cases, by number; one that doesn't exist is left out."""
    rows = await tx.conn.execute(_MANY, {"case_ids": list(case_ids)})
    return {row["id"]: case_of(row) for row in rows.mappings()}


async def lock(tx: Tx, case_id: int) -> Case:
    """The case, which nobody else changes until this transaction ends. Raises UnknownCase."""
    if tx.postgres:
        await tx.conn.execute(_LOCK, {"case_id": case_id})
    return await get(tx, case_id)


async def open_of_contact(tx: Tx, contact_id: int, programme: str) -> Case | None:
    rows = await tx.conn.execute(_OPEN_OF, {"contact_id": contact_id, "programme": programme})
    row = rows.mappings().first()
    return None if row is None else case_of(row)


async def add(tx: Tx, case: Case, event: Event) -> Case:
    """A new case with its first event; its id is the number people see."""
    got = await tx.conn.execute(sa.insert(cases).values(**values_of(case), version=1).returning(cases.c.id))
    new = replace(case, id=int(got.scalar_one()), version=1)
    await _append(tx, new, event)
    return new


async def save(tx: Tx, change: Change) -> Case:
    """Writes the case as decided and appends the event, or raises Stale if somebody was faster."""
    case = change.case
    result = await tx.conn.execute(
        _SAVE, {"the_id": case.id, "the_version": case.version, **values_of(case), "version": case.version + 1}
    )
    if result.rowcount != 1:
        raise Stale(case.id)
    saved = replace(case, version=case.version + 1)
    await _append(tx, saved, change.event)
    return saved


async def history(tx: Tx, case_id: int) -> list[Event]:
    """Every change of the case, oldest first."""
    rows = await tx.conn.execute(sa.select(events).where(events.c.case_id == case_id).order_by(events.c.version))
    return [event_of_row(row) for row in rows.mappings()]


async def event_of(tx: Tx, case_id: int, version: int) -> Event:
    """The change that made this version of the case."""
    rows = await tx.conn.execute(sa.select(events).where(events.c.case_id == case_id, events.c.version == version))
    return event_of_row(rows.mappings().one())


async def of_contact(tx: Tx, contact_id: int) -> list[Case]:
    """Every case of the contact, open or closed, oldest first."""
    rows = await tx.conn.execute(_OF_CONTACT, {"contact_id": contact_id})
    return [case_of(row) for row in rows.mappings()]


async def has_open(tx: Tx, contact_key: str, programme: str) -> bool:
    """Whether an answer of this contact would join a case instead of opening one."""
    return await tx.conn.scalar(_HAS_OPEN, {"key": contact_key, "programme": programme}) is not None


async def open_by_owner(tx: Tx, owners: Collection[str] | None = None) -> dict[str, int]:
    """How many open cases each owner, or each of these, holds; who holds none is left out."""
    query = _HELD if owners is None else _HELD.where(cases.c.owner.in_(list(owners)))
    return dict((await tx.conn.execute(query)).all())


async def count_of(tx: Tx, programme: str) -> int:
    """How many cases the programme ever had; whose turn it is in its rotation."""
    got = await tx.conn.execute(sa.select(sa.func.count()).where(cases.c.programme == programme))
    return int(got.scalar_one())


_GET = sa.select(cases).where(cases.c.id == sa.bindparam("case_id"))
_MANY = sa.select(cases).where(cases.c.id.in_(sa.bindparam("case_ids", expanding=True)))
_LOCK = sa.select(cases.c.id).where(cases.c.id == sa.bindparam("case_id")).with_for_update(key_share=True)
_HELD = (
    sa.select(cases.c.owner, sa.func.count())
    .where(cases.c.state == sa.literal_column("'claimed'"))
    .group_by(cases.c.owner)
)
_OF_CONTACT = sa.select(cases).where(cases.c.contact_id == sa.bindparam("contact_id")).order_by(cases.c.id)
_HAS_OPEN = (
    sa.select(cases.c.id)
    .join(contacts, contacts.c.id == cases.c.contact_id)
    .where(
        contacts.c.key == sa.bindparam("key"),
        cases.c.programme == sa.bindparam("programme"),
        cases.c.state != sa.literal_column("'closed'"),
    )
    .limit(1)
)
_OPEN_OF = sa.select(cases).where(
    cases.c.contact_id == sa.bindparam("contact_id"),
    cases.c.programme == sa.bindparam("programme"),
    cases.c.state != sa.literal_column("'closed'"),
)
_SAVE = (
    sa.update(cases)
    .where(cases.c.id == sa.bindparam("the_id"), cases.c.version == sa.bindparam("the_version"))
    .values({name: sa.bindparam(name) for name in (*FIELDS, "version")})
)


async def _append(tx: Tx, case: Case, event: Event) -> None:
    await tx.conn.execute(_APPEND, {"case_id": case.id, "version": case.version, **values_of_event(event)})


_APPEND = sa.insert(events).inline()
