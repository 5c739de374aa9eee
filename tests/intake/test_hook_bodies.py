"""Bodies that are too long, too slow, cut off or broken: answered soon, and never read to their end."""

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers import bodies
from tests.support.intake import BEARER, answer, inbox, intake, more_sources, understood
from tests.support.wire import Wire, wire

HUGE = 100_000_000
CUT_AFTER = 12_000_000  # what may be on its way when we hang up: the limit, our patience and both kernels' buffers
LIMIT = 1_000_000
HELPDESK = """
[sources.helpdesk]
adapter = "generic"
secret_env = "WINBACK_GENERIC_SECRET"
auth = "bearer"

[sources.unset]
adapter = "generic"
secret_env = "WINBACK_UNSET_SECRET"
"""


@pytest.fixture(autouse=True)
def nothing_unexpected(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What others send is never an error of ours."""
    yield
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR and r.name == "aiohttp.server"] == []


@pytest.mark.parametrize(("path", "status"), [("/hooks/helpdesk", 413), ("/hooks/nosuch", 404), ("/hooks/unset", 503)])
@pytest.mark.parametrize("chunked", [True, False], ids=["chunked", "plain"])
async def test_an_endless_body_is_cut_early(
    sqlite_db: str, tmp_path: Path, path: str, status: int, chunked: bool
) -> None:
    async with intake(sqlite_db, tmp_path, policy=more_sources(HELPDESK)) as it, wire(it) as tool:
        length = {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(HUGE)}
        await tool.head(path, {**BEARER, **length})
        pouring = asyncio.create_task(tool.pour(HUGE, chunked=chunked))
        assert await asyncio.wait_for(tool.status(), 5) == status
        await asyncio.wait_for(tool.ended(), 5)
        await asyncio.wait_for(pouring, 5)
        assert tool.sent < CUT_AFTER
        assert await inbox(it.bot.db) == []


@pytest.mark.parametrize("length", [LIMIT + 1, HUGE, 10**18])
async def test_a_length_over_the_limit_is_answered_before_a_byte_came(
    sqlite_db: str, tmp_path: Path, length: int
) -> None:
    async with intake(sqlite_db, tmp_path, policy=more_sources(HELPDESK)) as it, wire(it) as tool:
        await tool.head("/hooks/helpdesk", {**BEARER, "Content-Length": str(length)})
        assert await asyncio.wait_for(tool.status(), 2) == 413


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 200), (LIMIT + 1, 413)])
@pytest.mark.parametrize("chunked", [True, False], ids=["chunked", "plain"])
async def test_the_limit_itself_is_allowed(
    sqlite_db: str, tmp_path: Path, size: int, status: int, chunked: bool
) -> None:
    bare = len(json.dumps(answer(comment="")))
    raw = json.dumps(answer(comment="x" * (size - bare))).encode()
    async with intake(sqlite_db, tmp_path, policy=more_sources(HELPDESK)) as it, wire(it) as tool:
        length = {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(size)}
        await tool.head("/hooks/helpdesk", {**BEARER, **length})
        await tool.write(b"%x\r\n%s\r\n0\r\n\r\n" % (size, raw) if chunked else raw)
        assert await asyncio.wait_for(tool.status(), 5) == status
        await understood(it)
        assert len(await inbox(it.bot.db)) == (status == 200)


async def test_a_small_body_that_was_not_needed_keeps_the_connection(sqlite_db: str, tmp_path: Path) -> None:
    """A tool with a mistyped address goes on over the same connection with its next delivery."""
    raw = json.dumps(answer()).encode()
    async with intake(sqlite_db, tmp_path, policy=more_sources(HELPDESK)) as it, wire(it) as tool:
        for path, status in [("/hooks/nosuch", 404), ("/hooks/helpdesk", 200)]:
            await tool.head(path, {**BEARER, "Content-Length": str(len(raw))})
            await tool.write(raw)
            assert await asyncio.wait_for(tool.status(), 5) == status
            await _rest_of_answer(tool)
        await understood(it)


async def test_a_body_that_never_ends_is_given_up(
    sqlite_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.2)
    monkeypatch.setattr(bodies, "LINGER_SECONDS", 0.1)
    async with intake(sqlite_db, tmp_path, policy=more_sources(HELPDESK)) as it, wire(it) as tool:
        await tool.head("/hooks/helpdesk", {**BEARER, "Content-Length": "100"})
        await tool.write(b'{"score": ')
        assert await asyncio.wait_for(tool.status(), 5) == 408
        await asyncio.wait_for(tool.ended(), 5)


async def test_a_tool_that_hangs_up_in_the_middle_left_nothing(sqlite_db: str, tmp_path: Path) -> None:
    async with intake(sqlite_db, tmp_path, policy=more_sources(HELPDESK)) as it:
        raw = json.dumps(answer()).encode()
        for part in (raw[:10], raw[:-1]):
            async with wire(it) as tool:
                await tool.head("/hooks/helpdesk", {**BEARER, "Content-Length": str(len(raw))})
                await tool.write(part)
                tool.reset()
        async with wire(it) as tool:
            await tool.head("/hooks/helpdesk", {**BEARER, "Content-Length": str(len(raw))})
            await tool.write(raw)
            assert await asyncio.wait_for(tool.status(), 5) == 200
        await understood(it)
        assert len(await inbox(it.bot.db)) == 1


@pytest.mark.parametrize("chunk", [b"zz\r\nabc\r\n", b"-5\r\nabc\r\n", b"3\r\nabcdef\r\n0\r\n\r\n"])
async def test_broken_chunks_are_a_bad_request(sqlite_db: str, tmp_path: Path, chunk: bytes) -> None:
    async with intake(sqlite_db, tmp_path, policy=more_sources(HELPDESK)) as it, wire(it) as tool:
        await tool.head("/hooks/helpdesk", {**BEARER, "Transfer-Encoding": "chunked"})
        await tool.write(chunk)
        assert await asyncio.wait_for(tool.status(), 5) == 400
        assert await inbox(it.bot.db) == []


@pytest.mark.parametrize("value", [b"application/json; a=\xff\xfe", "application/json; a=é\U0001f600".encode()])
async def test_bytes_in_headers_do_not_spoil_the_commit(database_url: str, tmp_path: Path, value: bytes) -> None:
    """Headers that nothing signs are kept, and many deliveries share one commit."""
    raw = json.dumps(answer()).encode()
    async with intake(database_url, tmp_path, policy=more_sources(HELPDESK)) as it, wire(it) as tool:
        headers = {**BEARER, "Content-Type": value, "webhook-id": value, "Content-Length": str(len(raw))}
        await tool.head("/hooks/helpdesk", headers)
        await tool.write(raw)
        assert await asyncio.wait_for(tool.status(), 5) == 200
        await understood(it)
        assert [row["state"] for row in await inbox(it.bot.db)] == ["understood"]


async def test_a_hundred_tools_that_say_nothing_hinder_nobody(
    sqlite_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 600.0)
    raw = json.dumps(answer()).encode()
    async with intake(sqlite_db, tmp_path, policy=more_sources(HELPDESK)) as it:
        silent = [await asyncio.open_connection("127.0.0.1", it.bot.port) for _ in range(100)]
        for _, writer in silent:
            writer.write(b"POST /hooks/generic HTTP/1.1\r\nHost: here\r\nContent-Length: 900000\r\n\r\n{")
        posted = await it.workspace.answers.post("generic", raw)
        assert posted.status == 200
        # It waited for none of them: each still has its time to say more, and no answer.
        assert [(reader.at_eof(), bytes(reader._buffer)) for reader, _ in silent] == [(False, b"")] * 100  # type: ignore[attr-defined]
        await understood(it)
        for _, writer in silent:
            writer.transport.abort()


async def _rest_of_answer(tool: Wire) -> None:
    """Reads the headers and the body of an answer, so that the next one can be read."""
    length = 0
    while (line := await asyncio.wait_for(tool._reader.readline(), 5)) != b"\r\n":
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    await asyncio.wait_for(tool._reader.readexactly(length), 5)
