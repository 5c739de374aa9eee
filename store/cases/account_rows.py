"""Accounts by the key under which an answer or a file knows them, and their open cases."""

from collections.abc import Collection

import sqlalchemy as sa

from recovery.survey import Account
from store.engine import Tx
from store.tables import accounts, cases


async def by_keys(tx: Tx, keys: Collection[str]) -> dict[str, Account]:
    """What is known of these accounts, by key; one that isn't there is left out."""
    rows = await tx.conn.execute(_BY_KEYS, {"keys": sorted(keys)})
    return {row["key"]: Account(**{name: row[name] for name in _FIELDS}) for row in rows.mappings()}


async def open_cases(tx: Tx, key: str) -> list[int]:
    """The numbers of the account's open cases, the oldest first."""
    return list((await tx.conn.execute(_OPEN_CASES, {"key": key})).scalars())


_FIELDS = tuple(column.name for column in accounts.c if column.name != "id")
_BY_KEYS = sa.select(accounts).where(accounts.c.key.in_(sa.bindparam("keys", expanding=True)))
_OPEN_CASES = (
    sa.select(cases.c.id)
    .join(accounts, accounts.c.id == cases.c.account_id)
    .where(accounts.c.key == sa.bindparam("key"), cases.c.state != sa.literal_column("'closed'"))
    .order_by(cases.c.id)
)
