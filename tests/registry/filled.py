"""Databases with detractors who said something: one case, contact and answer each, and accounts that some share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from recovery.cases.case import Outcome, State
from store.cases.case_rows import values_of
from store.engine import Database
from store.tables import accounts, cases, contacts, responses
from tests.support.briefs import CASE

NOVEMBER = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Said:
    """What one customer said, and of which account; customers are numbers, so that one may say several things."""

    words: str
    customer: int
    account: int | None = None
    outcome: Outcome | None = None
    at: datetime = NOVEMBER
    programme: str = "relational"
    case: bool = True


async def fill(
    db: Database, said: Sequence[Said], pay: dict[int, Decimal | None] | None = None, first: int = 1
) -> None:
    """Writes it all; answers and cases are numbered from `first` on, alike. `pay`: what accounts pay."""
    pay = pay or {}
    async with db.write() as tx:
        known = set(await tx.conn.scalars(sa.select(contacts.c.id)))
        people = sorted({each.customer for each in said} - known)
        paying = sorted(
            {each.account for each in said if each.account} - set(await tx.conn.scalars(sa.select(accounts.c.id)))
        )
        for table, rows in (
            (contacts, [{"id": n, "key": f"c{n}", "name": f"Contact {n}"} for n in people]),
            (accounts, [{"id": n, "key": f"a{n}", "name": f"Account {n}", "acv": pay.get(n)} for n in paying]),
            (responses, [_answer(number, each) for number, each in enumerate(said, first)]),
            (cases, [_case(number, each) for number, each in enumerate(said, first) if each.case]),
        ):
            if rows:
                await tx.conn.execute(sa.insert(table), rows)


def many(words: str, count: int, first: int = 1, at: datetime = NOVEMBER) -> list[Said]:
    """So many customers, each of an account of their own, who say nearly the same."""
    return [
        Said(f"{words} ({number})", number, number, at=at + timedelta(minutes=number))
        for number in range(first, first + count)
    ]


def _answer(number: int, said: Said) -> dict[str, object]:
    return {
        "id": number, "source": "t", "response_id": f"r{number}", "programme": said.programme,
        "contact_id": said.customer, "account_id": said.account, "case_id": number if said.case else None, "score": 2,
        "category": "detractor", "verbatim": said.words, "responded_at": said.at, "version_at": said.at,
        "received_at": said.at,
    }  # fmt: skip


def _case(number: int, said: Said) -> dict[str, object]:
    closed = State.CLOSED if said.outcome else State.OPEN
    case = replace(
        CASE,
        id=number,
        programme=said.programme,
        contact_id=said.customer,
        account_id=said.account,
        response_id=number,
        state=closed,
        outcome=said.outcome,
        submitted_at=said.at,
        closed_at=said.at if said.outcome else None,
    )
    return values_of(case) | {"id": number, "version": 1}
