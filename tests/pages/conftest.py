"""One running bot that knows its own address, for all tests of a file."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.pages.opening import with_address
from tests.store.conftest import clock, db
from tests.story.acting import Acting
from tests.story.conftest import acting

__all__ = ["clock", "db"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def it(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Acting]:
    """The bot over Socket Mode and SQLite, in a workspace without rate limits."""
    folder = tmp_path_factory.mktemp("pages")
    async with acting(f"sqlite+aiosqlite:///{folder / 'winback.sqlite3'}", folder) as running:
        with_address(running.story.bot)
        yield running
