"""The lists of open cases don't read the closed ones: most cases of a year are closed."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from store.cases import queues
from store.cases.queues import Cut
from store.clock import SystemClock
from store.engine import Database, Tx
from store.migrate import migrate
from tests.people.stocked import stock
from tests.support.briefs import BRIEF, CLAIMED

LISTS: dict[str, Callable[[Tx], Awaitable[Any]]] = {
    "unowned": lambda tx: queues.unowned(tx, ["a", "b"], Cut()),
    "overdue": lambda tx: queues.overdue(tx, ["a", "b"], Cut()),
    "loads": lambda tx: queues.loads(tx, ["a", "b"], Cut()),
}


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_of_open_cases_is_served_by_its_index(sqlite_db: str, name: str) -> None:
    db = Database(sqlite_db, SystemClock())
    await migrate(db)
    await stock(db, [replace(brief.case, programme="a") for brief in (BRIEF, CLAIMED)])
    asked: list[tuple[str, Any]] = []
    async with db.read() as tx:
        raw = tx.conn.sync_connection
        assert raw is not None
        sa.event.listen(raw, "before_cursor_execute", lambda _c, _r, sql, values, _x, _m: asked.append((sql, values)))
        await LISTS[name](tx)
        assert asked
        for sql, values in tuple(asked):
            if "FROM cases" not in sql or "JOIN" in sql:
                continue  # the rows of one page, by their numbers
            plan = await tx.conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
            steps = [str(row[3]) for row in plan]
            assert any("INDEX ix_cases_programme_state (programme=? AND state=?)" in step for step in steps), steps
    await db.close()
