"""The inbox: what survey tools delivered, raw, before anybody tried to understand it (architecture, decision 3)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from store.engine import Database, Tx
from store.tables import deliveries

TOPIC = "receipts"
_RECEIPTS_LOCK = 7_302_001


@dataclass(frozen=True, slots=True)
class Delivery:
    """One verified request of a survey tool, as it came. Unique by (source, delivery_id)."""

    source: str
    delivery_id: str
    received_at: datetime
    headers: Mapping[str, str]
    body: bytes
    id: int = 0
    attempts: int = 0


class Inbox:
    """Stores deliveries; many waiting requests share one commit.

    One commit for each insert is the ceiling of a naive intake (architecture, Traps); here the requests that
    arrive while a commit is under way become the next one. `accept` returns after its delivery is committed.
    """

    def __init__(self, db: Database, most: int = 500) -> None:
        self._db = db
        self._most = most
        self._waiting: list[tuple[Delivery, asyncio.Future[None]]] = []
        self._committing: asyncio.Task[None] | None = None

    async def quiet(self, patience: float) -> bool:
        """True as soon as no request waits for its commit; False if that did not come in `patience` seconds.

        Who accepts must not wait for who understands: a survey tool gives up after a few seconds, a card need not.
        """
        if self._committing is not None:
            await asyncio.wait({self._committing}, timeout=patience)
        return self._committing is None

    async def accept(self, delivery: Delivery) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, done))
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_all())
        await done

    async def _commit_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._commit(batch)
        finally:
            self._committing = None

    async def _commit(self, batch: list[tuple[Delivery, asyncio.Future[None]]]) -> None:
        try:
            async with self._db.write() as tx:
                await add(tx, [delivery for delivery, _ in batch])
        except BaseException as error:
            for _, done in batch:
                if not done.done():
                    done.set_exception(error if isinstance(error, Exception) else ConnectionError(str(error)))
            if not isinstance(error, Exception):
                raise
        else:
            for _, done in batch:
                if not done.done():
                    done.set_result(None)


async def add(tx: Tx, batch: Sequence[Delivery]) -> None:
    """Stores each delivery that is not there yet; a repeat changes nothing."""
    await tx.conn.execute(
        _ADD[tx.postgres],
        [
            {
                "source": d.source,
                "delivery_id": d.delivery_id,
                "received_at": d.received_at,
                "headers": dict(d.headers),
                "body": d.body,
            }
            for d in batch
        ],
    )
    tx.ring(TOPIC)


_ADD = {
    False: sqlite.insert(deliveries).on_conflict_do_nothing(index_elements=["source", "delivery_id"]),
    True: postgresql.insert(deliveries).on_conflict_do_nothing(index_elements=["source", "delivery_id"]),
}


async def take_turn(tx: Tx) -> bool:
    """True if this transaction may understand deliveries: one replica at a time, so that order holds."""
    if not tx.postgres:
        return True
    got = await tx.conn.execute(sa.select(sa.func.pg_try_advisory_xact_lock(_RECEIPTS_LOCK)))
    return bool(got.scalar_one())


async def waiting(tx: Tx, most: int) -> list[Delivery]:
    """The oldest deliveries that nobody has understood yet, in order of arrival."""
    due = sa.or_(deliveries.c.try_after.is_(None), deliveries.c.try_after <= tx.wall)
    rows = await tx.conn.execute(
        sa.select(deliveries)
        .where(deliveries.c.state == sa.literal_column("'waiting'"), due)
        .order_by(deliveries.c.id)
        .limit(most)
    )
    return [_delivery(row) for row in rows.mappings()]


async def understood(tx: Tx, delivery: Delivery, note: str = "") -> None:
    await _set(tx, delivery, state="understood", error=note, understood_at=tx.now)


async def ignored(tx: Tx, delivery: Delivery, why: str) -> None:
    await _set(tx, delivery, state="ignored", error=why, understood_at=tx.now)


async def failed(tx: Tx, delivery: Delivery, why: str) -> None:
    """Kept with its error until `winback replay`."""
    await _set(tx, delivery, state="failed", error=why, attempts=delivery.attempts + 1)


async def try_later(tx: Tx, delivery: Delivery, why: str, after: timedelta) -> None:
    await _set(tx, delivery, state="waiting", error=why, attempts=delivery.attempts + 1, try_after=tx.wall + after)


async def replay(tx: Tx, source: str = "", delivery_id: int | None = None) -> int:
    """Puts failed deliveries back into the line; how many."""
    these = deliveries.c.state == "failed"
    if source:
        these &= deliveries.c.source == source
    if delivery_id is not None:
        these &= deliveries.c.id == delivery_id
    result = await tx.conn.execute(
        sa.update(deliveries).where(these).values(state="waiting", attempts=0, try_after=None)
    )
    tx.ring(TOPIC)
    return result.rowcount


async def failures(tx: Tx, most: int = 50) -> list[tuple[Delivery, str]]:
    """The newest failed deliveries with their sentences."""
    rows = await tx.conn.execute(
        sa.select(deliveries).where(deliveries.c.state == "failed").order_by(deliveries.c.id.desc()).limit(most)
    )
    return [(_delivery(row), row["error"]) for row in rows.mappings()]


async def counts(tx: Tx) -> dict[str, int]:
    rows = await tx.conn.execute(sa.select(deliveries.c.state, sa.func.count()).group_by(deliveries.c.state))
    return dict(rows.all())


async def oldest_waiting(tx: Tx) -> datetime | None:
    """When the oldest delivery that nobody has understood yet came in."""
    moment: datetime | None = await tx.conn.scalar(
        sa.select(sa.func.min(deliveries.c.received_at)).where(deliveries.c.state == sa.literal_column("'waiting'"))
    )
    return moment


async def _set(
    tx: Tx,
    delivery: Delivery,
    state: str,
    error: str,
    attempts: int | None = None,
    understood_at: datetime | None = None,
    try_after: datetime | None = None,
) -> None:
    await tx.conn.execute(
        _SET,
        {
            "row_id": delivery.id,
            "state": state,
            "error": error,
            "attempts": delivery.attempts if attempts is None else attempts,
            "understood_at": understood_at,
            "try_after": try_after,
        },
    )


_SET = (
    sa.update(deliveries)
    .where(deliveries.c.id == sa.bindparam("row_id"))
    .values({name: sa.bindparam(name) for name in ("state", "error", "attempts", "understood_at", "try_after")})
)


def _delivery(row: sa.RowMapping) -> Delivery:
    return Delivery(
        source=row["source"],
        delivery_id=row["delivery_id"],
        received_at=row["received_at"],
        headers=row["headers"],
        body=bytes(row["body"]),
        id=row["id"],
        attempts=row["attempts"],
    )
