"""A migrated database of either kind, with a clock that the test moves."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from store.engine import Database
from store.migrate import migrate


class StillClock:
    """Stands at one moment until it is moved; business and real time alike."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def wall(self) -> datetime:
        return self.at

    def move(self, **amount: float) -> None:
        self.at += timedelta(**amount)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
async def db(database_url: str, clock: StillClock) -> AsyncIterator[Database]:
    database = Database(database_url, clock)
    await migrate(database)
    await database.open()
    yield database
    await database.close()
