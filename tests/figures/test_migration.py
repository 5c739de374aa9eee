"""A database of an earlier version gets the columns that figures need, filled from what it has."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from recovery.cases.progress import Progress, Verdict
from store.cases.case_rows import case_of, values_of
from store.clock import SystemClock
from store.engine import Database
from store.figures.closed_loop import closed_loop
from store.migrate import migrate
from store.tables import cases, contacts, responses
from tests.recovery.step_values import CASE

AT = datetime(2026, 11, 21, 8, 30, 15, tzinfo=UTC)
TOLD = {
    "whole seconds": Progress(contacted_at=AT, verdict=Verdict.SAVED),
    "microseconds": Progress(contacted_at=AT.replace(microsecond=120), verdict=Verdict.PENDING),
    "milliseconds": Progress(contacted_at=AT.replace(microsecond=120000)),
    "nearly the next second": Progress(contacted_at=AT.replace(microsecond=999_999)),
    "nothing yet": Progress(),
}


def to_version(connection: sa.Connection, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", "store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, version)


@pytest.mark.parametrize("progress", TOLD.values(), ids=TOLD)
async def test_what_is_known_of_a_case_is_filled_in(database_url: str, progress: Progress) -> None:
    db = Database(database_url, SystemClock())
    try:
        async with db.write() as tx:
            await tx.conn.run_sync(to_version, "0004")
            await tx.conn.execute(sa.insert(contacts).values(id=CASE.contact_id, key="dana"))
            known = {"source": "csv", "response_id": "r1", "programme": "relational", "contact_id": CASE.contact_id}
            told = {"score": 2, "category": "detractor", "responded_at": AT, "version_at": AT, "received_at": AT}
            await tx.conn.execute(sa.insert(responses).values(id=CASE.response_id, **known, **told))
            values = {**values_of(replace(CASE, account_id=None, progress=progress)), "version": 1}
            for later in ("contacted_at", "verdict"):
                del values[later]
            await tx.conn.execute(sa.insert(cases).values(id=1, **values))
        assert await migrate(db)
        async with db.read() as tx:
            row = (await tx.conn.execute(sa.select(cases))).mappings().one()
            loop = await closed_loop(tx, ["relational"], CASE.submitted_at, CASE.submitted_at + timedelta(seconds=1))
        assert case_of(row).progress == progress
        assert row["contacted_at"] == progress.contacted_at
        assert row["verdict"] == (progress.verdict or "")
        took = progress.contacted_at - CASE.submitted_at if progress.contacted_at else None
        assert loop.outreach.median == took
    finally:
        await db.close()
