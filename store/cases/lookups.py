"""Finds accounts by name, and what their people answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from store.engine import Tx
from store.tables import accounts, contacts, responses

MOST_NAMES = 20_000


@dataclass(frozen=True, slots=True)
class Answered:
    """The latest answer of somebody of an account in one programme."""

    score: int
    contact_name: str
    programme: str
    responded_at: datetime
    verbatim: str


async def account_names(tx: Tx, programmes: Sequence[str]) -> list[tuple[int, str]]:
    """(id, name) of the accounts that answered in these programmes, newest first; at most MOST_NAMES."""
    answered = sa.exists().where(responses.c.account_id == accounts.c.id, responses.c.programme.in_(programmes))
    rows = await tx.conn.execute(
        sa.select(accounts.c.id, accounts.c.name)
        .where(accounts.c.name != "", answered)
        .order_by(accounts.c.id.desc())
        .limit(MOST_NAMES)
    )
    return [(row.id, row.name) for row in rows]


async def answers(
    tx: Tx, account_ids: Sequence[int], programmes: Sequence[str], most: int
) -> tuple[list[Answered], int]:
    """The latest answer of each person of these accounts in each programme, newest first, and how many there are."""
    newest = (
        sa.select(
            responses,
            sa.func.row_number()
            .over(
                partition_by=(responses.c.contact_id, responses.c.programme),
                order_by=(responses.c.responded_at.desc(), responses.c.id.desc()),
            )
            .label("place"),
        )
        .where(responses.c.account_id.in_(account_ids), responses.c.programme.in_(programmes))
        .subquery()
    )
    latest = sa.select(newest).where(newest.c.place == 1).subquery()
    total = await tx.conn.scalar(sa.select(sa.func.count()).select_from(latest))
    rows = await tx.conn.execute(
        sa.select(latest, contacts.c.name.label("contact_name"), contacts.c.email)
        .join(contacts, contacts.c.id == latest.c.contact_id)
        .order_by(latest.c.responded_at.desc(), latest.c.id.desc())
        .limit(most)
    )
    found = [
        Answered(row.score, row.contact_name or row.email, row.programme, row.responded_at, row.verbatim)
        for row in rows
    ]
    return found, int(total or 0)


async def key_of_account(tx: Tx, name: str) -> str | None:
    """The key of the account of this name, however it is capitalised; None for none and where several have it."""
    wanted = " ".join(name.split()).casefold()
    # Databases lower only ASCII letters alike; a name that folds otherwise is not found, and gets a row of its own.
    rows = await tx.conn.execute(
        sa.select(accounts.c.key, accounts.c.name)
        .where(sa.func.lower(accounts.c.name).in_({wanted, name.strip().lower()}))
        .limit(2)
    )
    found = [row.key for row in rows if " ".join(row.name.split()).casefold() == wanted]
    return found[0] if len(found) == 1 else None
