"""A database, and the one transaction in which something happens.

SQLite has one writer: a lock in this process and BEGIN IMMEDIATE, because read-modify-write under the default
BEGIN loses updates without an error (architecture, Traps). Postgres writes in parallel, at READ COMMITTED with
compare-and-set on the rows.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import aiosqlite
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from store.bells import Bells
from store.clock import Clock
from store.errors import Contended
from store.writer import writer

# Postgres: serialization_failure and deadlock_detected.
GAVE_IN = frozenset({"40001", "40P01"})
PATIENCE = 10  # seconds that SQLite waits for another process's lock


@dataclass(slots=True)
class Tx:
    """One transaction. `now` is business time and `wall` real time, both fixed when it began.

    `ring` names workers to wake once it has committed. `finishing`: what is written last of all, right before the
    commit, by a name of its own.
    """

    conn: AsyncConnection
    now: datetime
    wall: datetime
    postgres: bool
    topics: set[str] = field(default_factory=set)
    finishing: dict[str, Callable[["Tx"], Awaitable[None]]] = field(default_factory=dict)

    def ring(self, topic: str) -> None:
        self.topics.add(topic)


class Database:
    """Opens the engine(s) of a URL; `write` and `read` give transactions. Only the edge calls them."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.clock = clock
        self.bells = Bells()
        self.url = make_url(url)
        self.postgres = self.url.get_backend_name() == "postgresql"
        self._one_writer = asyncio.Lock()
        self._gate = _Gate()
        if self.postgres:
            self._writer = create_async_engine(self.url, pool_size=8, max_overflow=4)
            self._reader = self._writer
        else:
            self._writer = _sqlite(self.url, "BEGIN IMMEDIATE", size=1, async_creator=self._open_writer)
            self._reader = _sqlite(self.url, "BEGIN", size=4)

    async def _open_writer(self) -> aiosqlite.Connection:
        database, options = self._writer.dialect.create_connect_args(self.url)
        return await writer(*database, **{**options, "timeout": PATIENCE})

    async def open(self) -> None:
        if self.postgres:
            await self.bells.listen(self.url.set(drivername="postgresql").render_as_string(hide_password=False))

    async def close(self) -> None:
        await self.bells.close()
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """Commits at the end of the block, then rings; an exception rolls everything back."""
        if self.postgres:
            async with self._transaction(self._writer) as tx:
                yield tx
            return
        async with self._one_writer, self._transaction(self._writer) as tx:
            yield tx

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """One consistent look at the data; SQLite's readers never wait for the writer."""
        async with self._transaction(self._reader) as tx:
            yield tx

    @asynccontextmanager
    async def alone(self, patience: float) -> AsyncIterator[None]:
        """Inside the block no transaction of this process is under way, read or write; those that come wait.

        For what has to stay the same from a transaction's begin to its end. Never asked for inside a transaction.
        Raises TimeoutError where those under way take longer than `patience` seconds, which is the longest, too, that
        anybody waits for it.
        """
        async with self._gate.closed(patience):
            yield

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine) -> AsyncIterator[Tx]:
        try:
            async with self._gate.passed(), engine.begin() as conn:
                tx = Tx(conn, self.clock.now(), self.clock.wall(), self.postgres)
                yield tx
                for finish in tx.finishing.values():
                    await finish(tx)
                if self.postgres and tx.topics:
                    for topic in sorted(tx.topics):
                        await conn.execute(sa.text("SELECT pg_notify('winback', :topic)"), {"topic": topic})
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") in GAVE_IN:
                raise Contended("Somebody else changed this at the same moment. Please try again.") from error
            raise
        for topic in tx.topics:
            self.bells.ring(topic)


class _Gate:
    """Many pass at the same time; whoever closes it waits until the last of them is through."""

    def __init__(self) -> None:
        self._under_way = 0
        self._open, self._empty = asyncio.Event(), asyncio.Event()
        self._open.set()
        self._empty.set()
        self._one_closer = asyncio.Lock()

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        # Somebody else may have closed it again before this task was woken.
        while not self._open.is_set():
            await self._open.wait()
        self._under_way += 1
        self._empty.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._empty.set()

    @asynccontextmanager
    async def closed(self, patience: float) -> AsyncIterator[None]:
        async with self._one_closer:
            self._open.clear()
            try:
                async with asyncio.timeout(patience):
                    await self._empty.wait()
                yield
            finally:
                self._open.set()


def _sqlite(url: sa.URL, begin: str, size: int, **more: Any) -> AsyncEngine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_timeout=30,
        # Every transaction here is ended by its own block; a rollback at check-in would be one more trip to the thread.
        pool_reset_on_return=None,
        connect_args={"timeout": PATIENCE},
        **more,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
