"""A running bot as its auditor sees it: rows, changes behind everybody's back, and what one audit finds."""

from typing import Any

import sqlalchemy as sa

from bot.flows.watching.auditing import Finding
from scheduler.auditor import Auditor
from tests.support.shown import settled
from tests.watching.conftest import Watched


async def rows(it: Watched, table: sa.Table, *where: sa.ColumnElement[bool]) -> list[Any]:
    async with it.bot.db.read() as tx:
        return list((await tx.conn.execute(sa.select(table).where(*where))).mappings())


async def change(it: Watched, statement: sa.Executable) -> None:
    async with it.bot.db.write() as tx:
        await tx.conn.execute(statement)


async def found(auditor: Auditor) -> dict[Finding, int]:
    await auditor.beat()
    assert auditor.last is not None
    assert auditor.last.failed == ()
    return dict(auditor.last.found)


async def opened(it: Watched, **fields: Any) -> None:
    before = len(it.cards())
    await it.answers(**fields)
    await it.workspace.until(lambda: len(it.cards()) > before)
    await settled(it)
