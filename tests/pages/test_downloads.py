"""Downloads that go wrong half-way: somebody leaves, somebody takes nothing, winback stops."""

import asyncio
import logging
import time
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import pytest

from handlers import pages as http
from tests.pages.opening import address_in, opens, with_address
from tests.readouts.test_in_slack import read_last, says
from tests.story.acting import MARCUS, Acting
from tests.story.conftest import acting

pytestmark = pytest.mark.asyncio(loop_scope="module")
MEGABYTES = 64 * 1024 * 1024


async def large(_policy: object, _programme: str, _period: object, into: IO[bytes]) -> dict[str, int]:
    """More than any socket buffers."""
    into.write(bytes(MEGABYTES))
    return {"responses": 1}


async def begun(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A browser that asks, reads the head of the answer, and then nothing more."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1024)
    writer.write(f"GET {parts.path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
    assert b" 200 " in await reader.readline()
    return reader, writer


async def asked(it: Acting) -> str:
    await says(it, "/nps export", MARCUS)
    return address_in(read_last(it, MARCUS))


async def given_up(it: Acting) -> None:
    async with asyncio.timeout(10):
        while it.story.bot.endpoints._pages._sending:  # type: ignore[union-attr]  # noqa: ASYNC110 - nothing rings
            await asyncio.sleep(0.01)


async def test_somebody_leaves_half_way(
    it: Acting, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await it.opens()
    caplog.set_level(logging.INFO, "handlers.pages")
    monkeypatch.setattr(it.story.bot.endpoints._pages, "_zipped", large)
    _, writer = await begun(await asked(it))
    writer.transport.abort()
    await given_up(it)
    assert "the download was cut short" in caplog.text
    assert "Traceback" not in caplog.text


async def test_somebody_takes_nothing(it: Acting, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is cut after a while; as many as that at once, and the next hears that it is busy."""
    monkeypatch.setattr(it.story.bot.endpoints._pages, "_zipped", large)
    monkeypatch.setattr(http, "STALLED", 0.5)
    url = await asked(it)
    taken = [await begun(url) for _ in range(http.MOST_SENT)]
    assert (await opens(url)).status == 429
    await given_up(it)
    for _, writer in taken:
        writer.close()
    assert len((await opens(url)).body) == MEGABYTES


async def test_winback_stops_meanwhile(sqlite_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A download under way does not keep it from stopping."""
    async with acting(sqlite_db, tmp_path) as it:
        await it.opens()
        with_address(it.story.bot)
        monkeypatch.setattr(it.story.bot.endpoints._pages, "_zipped", large)
        _, writer = await begun(await asked(it))
        stopping = time.monotonic()
    assert time.monotonic() - stopping < 20
    writer.close()
