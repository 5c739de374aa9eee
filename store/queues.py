"""Lists of open cases with what a row of a list needs, in one query each."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from recovery.case import Case, State
from store.cases import case_of
from store.engine import Tx
from store.tables import accounts, cases, contacts, outbox, responses

MOST = 1000


@dataclass(frozen=True, slots=True)
class Queued:
    """One open case; `channel` and `ts` of its card are "" until it is posted."""

    case: Case
    score: int
    account_name: str
    contact_name: str
    acv: Decimal | None
    channel: str
    ts: str


async def of_owner(tx: Tx, user: str) -> list[Queued]:
    """The owner's open cases, by outreach deadline; at most MOST."""
    return await _rows(tx, sa.and_(cases.c.owner == user, cases.c.state == State.CLAIMED.value))


async def without_owner(tx: Tx, programmes: Sequence[str]) -> list[Queued]:
    """Open cases of these programmes that nobody owns, by outreach deadline; at most MOST."""
    return await _rows(tx, sa.and_(cases.c.programme.in_(programmes), cases.c.state == State.OPEN.value))


async def _rows(tx: Tx, which: sa.ColumnElement[bool]) -> list[Queued]:
    card = sa.literal("case:").concat(sa.cast(cases.c.id, sa.Text))
    rows = await tx.conn.execute(
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
        .outerjoin(outbox, outbox.c.surface == card)
        .where(which)
        .order_by(cases.c.outreach_due, cases.c.id)
        .limit(MOST)
    )
    return [_queued(row) for row in rows.mappings()]


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
