"""What the tests of the story and of the store use, for the figures that people ask for."""

from collections.abc import AsyncIterator

import pytest

from bot.theme_search import ThemeSearch
from tests.store.conftest import clock, db
from tests.story.conftest import it

__all__ = ["clock", "db", "it", "search"]


@pytest.fixture
async def search() -> AsyncIterator[ThemeSearch]:
    """Its worker process ends with the test."""
    found = ThemeSearch()
    yield found
    await found.close()
