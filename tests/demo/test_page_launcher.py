"""`python -m demo` as `./dev demo` calls it: one start, one end, one sentence for each trouble; and its answers."""

import asyncio
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from demo import constants
from demo.__main__ import parse
from demo.launch import environment, feed
from demo.stories import read_stories
from demo.workspace import run_workspace
from tests.demo.page_fixtures import MANIFEST

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def free_port() -> int:
    """A port whose successor is free as well."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@asynccontextmanager
async def launched(port: int, data: Path, *flags: str, **variables: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "demo", "--no-browser", "--port", str(port), "--data", str(data), *flags),
        cwd=ROOT,
        env={**os.environ, **variables},
        stdout=PIPE,
        stderr=STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def said(process: Process, until: str) -> str:
    """Everything the launcher prints up to the line that holds `until`."""
    assert process.stdout is not None
    lines = []
    async with asyncio.timeout(40):
        while line := (await process.stdout.readline()).decode():
            lines.append(line)
            if until in line:
                return "".join(lines)
    raise AssertionError(f"The launcher never said {until!r}:\n{''.join(lines)}")


@pytest.mark.parametrize("flags", [(), ("--http",)], ids=["socket", "http"])
async def test_it_starts_feeds_and_ends_with_its_bot(tmp_path: Path, flags: tuple[str, ...]) -> None:
    port = free_port()
    async with launched(port, tmp_path, *flags) as process, aiohttp.ClientSession() as session:
        words = await said(process, "Open http://")
        assert f"Open http://127.0.0.1:{port}\n" in words
        for name in ("BOT_TOKEN", "SIGNING_SECRET", "GENERIC_SECRET", "DELIGHTED_SECRET", "TYPEFORM_SECRET"):
            assert f"={getattr(constants, name)}" in words
        assert (constants.APP_TOKEN in words) == (not flags)
        assert f"{len(read_stories())} answers fed" in words
        async with session.get(f"http://127.0.0.1:{port}/demo/state", params={"as": "U0PRIYA"}) as answer:
            bot: Any = (await answer.json())["bot"]
        assert (bot["connected"], bot["mode"]) == (True, "http" if flags else "socket")
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(15):
            assert await process.wait() == 0
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get(f"http://127.0.0.1:{port + 1}/readyz")


async def test_a_second_start_says_what_it_removes_and_keep_keeps(tmp_path: Path) -> None:
    port = free_port()
    async with launched(port, tmp_path, "--empty") as process:
        words = await said(process, "Open http://")
        assert "no answers fed" in words
        assert "removed" not in words
    database = tmp_path / "winback.sqlite3"
    first = database.stat().st_ino
    async with launched(port, tmp_path, "--empty", "--keep") as process:
        assert "removed" not in await said(process, "Open http://")
        assert database.stat().st_ino == first
    async with launched(port, tmp_path, "--empty") as process:
        assert "was removed (--keep keeps it)" in await said(process, "Open http://")


@pytest.mark.parametrize("taken", [0, 1], ids=["page", "bot"])
async def test_a_port_in_use_is_one_sentence(tmp_path: Path, taken: int) -> None:
    port = free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + taken))
        other.listen()
        async with launched(port, tmp_path) as process:
            out, _ = await process.communicate()
    assert process.returncode == 2
    assert out.decode().count("\n") == 1
    assert re.match(rf"demo: Port {port + taken}, .* choose another one with --port\.\n", out.decode())


async def test_a_data_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", "utf-8")
    async with launched(free_port(), tmp_path / "file" / "data") as process:
        out, _ = await process.communicate()
    assert process.returncode == 2
    assert "choose another one with --data" in out.decode()


async def test_a_bot_that_ends_by_itself_is_said_plainly(tmp_path: Path) -> None:
    """The first start makes the database; then it is spoilt, so that the bot can't start on it."""
    port = free_port()
    async with launched(port, tmp_path, "--empty") as process:
        await said(process, "Open http://")
    (tmp_path / "winback.sqlite3").write_bytes(b"this is no database" * 300)
    for rest in ("-wal", "-shm"):
        (tmp_path / f"winback.sqlite3{rest}").unlink(missing_ok=True)
    async with launched(port, tmp_path, "--empty", "--keep") as process:
        words = await said(process, "The bot ended by itself with exit code")
        code = int(words.split("exit code ")[1].split(";")[0])
        assert await process.wait() == code
        assert code != 0


def test_the_bot_gets_nothing_of_a_real_workspace(tmp_path: Path) -> None:
    options = parse(["--port", "9000", "--data", str(tmp_path), "--http"])
    outer = {"PATH": "/bin", "SLACK_APP_TOKEN": "xapp-real", "WINBACK_POLICY": "real.toml", "HOME": "/home/me"}
    found = environment(options, outer)
    assert "SLACK_APP_TOKEN" not in found
    assert found["WINBACK_POLICY"] == str(ROOT / "demo" / "policy.toml")
    assert (found["SLACK_API_URL"], found["WINBACK_PORT"]) == ("http://127.0.0.1:9000/api/", "9001")
    assert (found["PATH"], found["HOME"]) == ("/bin", "/home/me")


@pytest.mark.parametrize("port", ["0", "65535", "-1", "many", ""])
def test_a_port_that_is_none_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse([f"--port={port}"])
    assert "from 1 to 65534" in capsys.readouterr().err


# The answers themselves.


def test_the_stories_cover_what_the_demo_shows() -> None:
    stories = read_stories()
    scores = [int(story.fields["score"]) for story in stories]
    comments = [str(story.fields.get("comment", "")) for story in stories]
    assert len(stories) >= 25
    assert {story.fields["programme"] for story in stories} == {"relational", "onboarding"}
    assert {"promoter", "passive", "detractor"} == {_category(score) for score in scores}
    assert any("<!channel>" in text and "`" in text for text in comments)
    assert any(re.search("[\u0590-\u05ff]", text) for text in comments)
    assert any(sum(char > "\U0001f000" for char in text) > 8 for text in comments)
    assert "" in comments
    dana = [story for story in stories if story.fields["email"] == "dana.okafor@northwind.example"]
    assert [story.fields["score"] for story in dana] == [9, 8, 2]
    assert len({s.fields["email"] for s in stories if s.fields["account_id"] == "acct-northwind"}) >= 3


def _category(score: int) -> str:
    return "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"


def test_bodies_are_relative_to_now_and_ids_are_not() -> None:
    first = [story.body(NOW) for story in read_stories()]
    later = [story.body(NOW + timedelta(days=400)) for story in read_stories()]
    assert [body["response_id"] for body in first] == [body["response_id"] for body in later]
    assert len({body["response_id"] for body in first}) == len(first)
    for early, late in zip(first, later, strict=True):
        assert datetime.fromisoformat(late["responded_at"]) - datetime.fromisoformat(
            early["responded_at"]
        ) == timedelta(days=400)
        assert datetime.fromisoformat(early["responded_at"]) <= NOW
    northwind = next(body for body in first if body["response_id"] == "demo-northwind-dana")
    assert northwind["renewal_date"] == (NOW + timedelta(days=87)).date().isoformat()


async def test_feeding_twice_sends_the_same_ids(tmp_path: Path) -> None:
    heard: list[tuple[str, str]] = []

    async def hook(request: web.Request) -> web.Response:
        heard.append((request.headers["webhook-id"], (await request.json())["response_id"]))
        return web.Response()

    app = web.Application()
    app.router.add_post("/hooks/generic", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with run_workspace(MANIFEST, hooks_url=url, clock_file=tmp_path / "clock") as workspace:
            await feed(workspace, read_stories())
            once = set(heard)
            await feed(workspace, read_stories())
    finally:
        await runner.cleanup()
    assert len(heard) == 2 * len(once) == 2 * len(read_stories())
    assert set(heard) == once
