"""One running bot for all tests of a file: each opens cases of its own."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from demo.rates import Pace as SlackPace
from recovery import pacing
from recovery.pacing import Pace
from tests.story.acting import Acting
from tests.support.sent import check_sent
from tests.support.story import story


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def it(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Acting]:
    """The bot over Socket Mode and SQLite, in a workspace without rate limits."""
    folder = tmp_path_factory.mktemp("story")
    async with acting(f"sqlite+aiosqlite:///{folder / 'winback.sqlite3'}", folder) as running:
        yield running


@asynccontextmanager
async def acting(database_url: str, folder: Path, **options: Any) -> AsyncIterator[Acting]:
    """A story of one's own, for tests that change who is who; checks all that was sent at its end."""
    with unhurried():
        async with story(database_url, folder, pace=SlackPace.unlimited(), **options) as running:
            yield Acting(running)
            check_sent(running.workspace)


@contextmanager
def unhurried() -> Iterator[None]:
    """Without our own pacing: these tests look at what is said, not at how fast."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pacing, "POST", Pace(timedelta(0)))
        for lane in ("TIER_3", "TIER_4", "WORKSPACE"):
            patch.setattr(pacing, lane, Pace(timedelta(seconds=0.001), burst=1000))
        yield
