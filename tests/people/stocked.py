"""Databases full of cases, without the story that made them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from recovery.cases.case import Case
from store.cases.case_rows import values_of
from store.engine import Database
from store.tables import accounts, cases, contacts, responses

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def stock(db: Database, wanted: Iterable[Case]) -> None:
    """These cases, numbered from 1, each with a contact, an account and an answer of its own."""
    numbered = [replace(case, id=number) for number, case in enumerate(wanted, start=1)]
    async with db.write() as tx:
        ids = [case.id for case in numbered]
        await tx.conn.execute(sa.insert(contacts), [{"id": n, "key": f"c{n}", "name": f"Contact {n}"} for n in ids])
        await tx.conn.execute(
            sa.insert(accounts), [{"id": n, "key": f"a{n}", "name": f"Account {n}", "acv": Decimal(1000)} for n in ids]
        )
        await tx.conn.execute(
            sa.insert(responses),
            [
                {
                    "id": case.id, "source": "t", "response_id": f"r{case.id}", "programme": case.programme,
                    "contact_id": case.id, "account_id": case.id, "case_id": case.id, "score": 2,
                    "category": "detractor", "responded_at": case.submitted_at, "version_at": case.submitted_at,
                    "received_at": case.submitted_at,
                }
                for case in numbered
            ],
        )  # fmt: skip
        rows = [
            values_of(case) | {"id": case.id, "contact_id": case.id, "account_id": case.id, "response_id": case.id}
            for case in numbered
        ]
        await tx.conn.execute(sa.insert(cases), [row | {"version": 1} for row in rows])
