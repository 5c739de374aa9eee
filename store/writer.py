"""SQLite's one writing connection: short statements run right here, only waiting is left to aiosqlite's thread.

aiosqlite sends every call to a thread and back, four trips for a statement. Within a transaction that has begun, none
of them waits for anything: the lock is held, the pages are in memory. What does wait is the begin, for another
process's lock, and the commit, for the disk (docs/adr/0012).
"""

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

import aiosqlite

_WAITS = frozenset({"commit", "rollback", "close"})
_CHUNK = 64  # rows that a cursor of aiosqlite fetches at a time; SQLAlchemy fetches all


class Writer(aiosqlite.Connection):
    """Used by one task at a time, as the engine's pool of one sees to."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        ends = fn.__name__ in _WAITS and getattr(fn, "__self__", None) is self._connection
        if ends or (args and isinstance(args[0], str) and args[0].startswith("BEGIN")):
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call] # untyped there
        if not self._running or not self._connection:
            raise ValueError("Connection closed")  # aiosqlite's own words, which SQLAlchemy knows
        return fn(*args, **kwargs)


def writer(*database: Any, **options: Any) -> Writer:
    """A connection that is still to be awaited; the arguments are those of sqlite3.connect."""
    connection = Writer(partial(sqlite3.connect, *database, **{**options, "check_same_thread": False}), _CHUNK)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does it where it makes the connection
    return connection
