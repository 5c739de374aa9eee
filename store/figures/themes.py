"""Themes that a person has named, merged or split, and the comments of detractors that themes are found in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from recovery.figures.contacted import LEFT_OUT
from recovery.survey import Category
from recovery.themes.memory import Part, Remembered
from store.engine import Tx
from store.errors import Contended
from store.figures.figure_tables import registry_items, themes
from store.tables import accounts, cases, contacts, responses

_LOCK = 7_302_005
_FASTER = "Somebody else has changed this theme at the same moment. Please try again."


@dataclass(frozen=True, slots=True)
class Kept:
    """A theme as a person left it; `version` counts the changes, from 1 on."""

    theme: Remembered
    version: int


@dataclass(frozen=True, slots=True)
class Comment:
    """What a detractor wrote: the answer's number and words, when, whose they are, what the account pays, which case.

    `at`: aware UTC. `acv` is the account's yearly contract value as it is known now.
    """

    id: int
    text: str
    at: datetime
    score: int
    contact: int
    account: int | None
    acv: Decimal | None
    case: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many answers of detractors there are, and how many of them have a comment."""

    answers: int = 0
    comments: int = 0


async def kept(tx: Tx, programme: str) -> list[Kept]:
    """Every theme of the programme that is remembered, by key."""
    rows = await tx.conn.execute(_KEPT, {"programme": programme})
    return [Kept(_remembered(row), row.version) for row in rows]


async def kept_one(tx: Tx, programme: str, key: str) -> Kept | None:
    row = (await tx.conn.execute(_KEPT_ONE, {"programme": programme, "key": key})).first()
    return Kept(_remembered(row), row.version) if row else None


async def lock(tx: Tx, programme: str) -> None:
    """Until the transaction ends nobody else changes what is remembered for this programme.

    One theme's version is not enough for those who change two themes, or keep one under a new key. SQLite has one
    writer anyhow.
    """
    if tx.postgres:
        await tx.conn.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK, sa.func.hashtext(programme))))


async def keep(tx: Tx, programme: str, remembered: Remembered, by: str, version: int) -> None:
    """Remember the theme in place of this version of it; 0 for one that was not remembered.

    Raises Contended if somebody else has changed it, or remembered it first.
    """
    values: dict[str, Any] = {
        "tag": _storable(remembered.tag),
        "parts": [_told(part) for part in remembered.parts],
        "changed_at": tx.now,
        "changed_by": by,
    }
    place = {"programme": programme, "key": remembered.key}
    if version:
        same = sa.and_(themes.c.programme == programme, themes.c.key == remembered.key, themes.c.version == version)
        got = await tx.conn.execute(sa.update(themes).where(same).values(version=version + 1, **values))
    else:
        got = await tx.conn.execute(_ADD[tx.postgres], {**place, **values, "version": 1})
    if got.rowcount != 1:
        raise Contended(_FASTER)


async def forget(tx: Tx, programme: str, key: str, version: int) -> None:
    """The theme is no longer remembered. Raises Contended if somebody else has changed it."""
    same = sa.and_(themes.c.programme == programme, themes.c.key == key, themes.c.version == version)
    if (await tx.conn.execute(sa.delete(themes).where(same))).rowcount != 1:
        raise Contended(_FASTER)


async def comments(
    tx: Tx, programme: str, start: datetime, end: datetime, *, before: Comment | None, most: int
) -> list[Comment]:
    """Comments of detractors that came in the span, newest first; `before`: the last one of the page before.

    Withdrawn and duplicate cases leave every figure, and so their comments are left out.
    """
    values = {"programme": programme, "start": start, "end": end, "most": most}
    if before is None:
        rows = await tx.conn.execute(_COMMENTS, values)
    else:
        rows = await tx.conn.execute(_COMMENTS_BEFORE, values | {"before_at": before.at, "before_id": before.id})
    return [Comment(*row) for row in rows]


async def counts(tx: Tx, programme: str, start: datetime, end: datetime) -> Counts:
    """Counts what `comments` would give, and the detractors without a comment."""
    row = (await tx.conn.execute(_COUNTS, {"programme": programme, "start": start, "end": end})).one()
    return Counts(row.answers, row.comments or 0)


async def whose(tx: Tx, numbers: Sequence[int]) -> dict[int, tuple[str, str]]:
    """The names of the account and of the contact of these answers, by number; "" for one that isn't known."""
    rows = await tx.conn.execute(_WHOSE, {"numbers": list(numbers)})
    return {row.id: (row.account or "", row.contact) for row in rows}


async def with_open_items(tx: Tx, programme: str, keys: Sequence[str]) -> set[str]:
    """Those of these themes about which the registry of actions has an open item."""
    rows = await tx.conn.execute(_OPEN_ITEMS, {"programme": programme, "keys": list(keys)})
    return set(rows.scalars())


def _remembered(row: Any) -> Remembered:
    parts = tuple(Part(tuple(part["ids"]), tuple(part["examples"])) for part in row.parts)
    return Remembered(row.key, row.tag, parts)


def _told(part: Part) -> dict[str, Sequence[int | str]]:
    return {"ids": list(part.ids), "examples": [_storable(text) for text in part.examples]}


def _storable(text: str) -> str:
    """The text without what Postgres keeps in no JSON: the character 0 and halves of characters."""
    return text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")


def _add(insert: postgresql.Insert | sqlite.Insert) -> postgresql.Insert | sqlite.Insert:
    return insert.on_conflict_do_nothing(index_elements=["programme", "key"])


_ADD = {False: _add(sqlite.insert(themes)), True: _add(postgresql.insert(themes))}
_OF_PROGRAMME = themes.c.programme == sa.bindparam("programme")
_KEPT = sa.select(themes).where(_OF_PROGRAMME).order_by(themes.c.key)
_KEPT_ONE = sa.select(themes).where(_OF_PROGRAMME, themes.c.key == sa.bindparam("key"))
_SOURCE = responses.outerjoin(cases, cases.c.id == responses.c.case_id)
_OF_DETRACTORS = sa.and_(
    responses.c.programme == sa.bindparam("programme"),
    responses.c.responded_at >= sa.bindparam("start"),
    responses.c.responded_at < sa.bindparam("end"),
    responses.c.category == Category.DETRACTOR.value,
    sa.or_(cases.c.outcome.is_(None), cases.c.outcome.not_in(sorted(outcome.value for outcome in LEFT_OUT))),
)
# The answer's own account; the case's where a later answer of the contact told it.
_ACCOUNT = sa.func.coalesce(responses.c.account_id, cases.c.account_id)
_COMMENTS = (
    sa.select(
        responses.c.id,
        responses.c.verbatim,
        responses.c.responded_at,
        responses.c.score,
        responses.c.contact_id,
        _ACCOUNT,
        accounts.c.acv,
        responses.c.case_id,
    )
    .select_from(_SOURCE.outerjoin(accounts, accounts.c.id == _ACCOUNT))
    .where(_OF_DETRACTORS, responses.c.verbatim != "")
    .order_by(responses.c.responded_at.desc(), responses.c.id.desc())
    .limit(sa.bindparam("most"))
)
_COMMENTS_BEFORE = _COMMENTS.where(
    sa.or_(
        responses.c.responded_at < sa.bindparam("before_at"),
        sa.and_(responses.c.responded_at == sa.bindparam("before_at"), responses.c.id < sa.bindparam("before_id")),
    )
)
_COUNTS = (
    sa.select(
        sa.func.count().label("answers"),
        sa.func.sum(sa.case((responses.c.verbatim != "", 1), else_=0)).label("comments"),
    )
    .select_from(_SOURCE)
    .where(_OF_DETRACTORS)
)
_WHOSE = (
    sa.select(responses.c.id, accounts.c.name.label("account"), contacts.c.name.label("contact"))
    .select_from(
        _SOURCE.join(contacts, contacts.c.id == responses.c.contact_id).outerjoin(accounts, accounts.c.id == _ACCOUNT)
    )
    .where(responses.c.id.in_(sa.bindparam("numbers", expanding=True)))
)
_OPEN_ITEMS = sa.select(registry_items.c.theme).where(
    registry_items.c.programme == sa.bindparam("programme"),
    registry_items.c.theme.in_(sa.bindparam("keys", expanding=True)),
    registry_items.c.state == "open",
)
