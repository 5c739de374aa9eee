"""`winback replay`: what could not be understood goes back into the line, or is understood at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from demo.workspace import run_workspace
from store import receipts
from store.clock import SystemClock
from store.engine import Database
from store.migrate import migrate
from store.receipts import Delivery
from tests.cli.command import alone, here, winback
from tests.support.process import BotProcess
from tests.support.story import MANIFEST, POLICY, RELATIONAL, environment, surface_of

BODY = b'{"score": 2, "response_id": "%s", "email": "dana@x.example", "programme": "relational"}'


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    db = Database(url, SystemClock())
    try:
        yield db
    finally:
        await db.close()


async def with_failures(url: str, *bodies: tuple[str, bytes], error: str = "score is\nmissing.") -> None:
    """A database whose inbox holds these deliveries, each failed."""
    async with opened(url) as db:
        await migrate(db)
        now = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
        async with db.write() as tx:
            await receipts.add(tx, [Delivery(s, f"d{n}", now, {}, body) for n, (s, body) in enumerate(bodies)])
            for delivery in await receipts.waiting(tx, 1000):
                await receipts.failed(tx, delivery, error)


async def states(url: str) -> dict[str, int]:
    async with opened(url) as db, db.read() as tx:
        return await receipts.counts(tx)


async def test_failed_deliveries_are_listed_and_nothing_changes(database_url: str) -> None:
    await with_failures(database_url, ("generic", BODY % b"a"), ("delighted", b"{}"), ("generic", b"{}"))
    done = await winback(alone(database_url), "replay", "--list")
    assert done.code == 0
    assert done.out.splitlines() == [
        "     3  generic    2026-11-20 14:05 UTC  score is missing.",
        "     2  delighted  2026-11-20 14:05 UTC  score is missing.",
        "     1  generic    2026-11-20 14:05 UTC  score is missing.",
    ]
    one = await here(alone(database_url), "replay", "--list", "--source", "delighted", "--id", "2")
    assert one.out.splitlines() == ["     2  delighted  2026-11-20 14:05 UTC  score is missing."]
    none = await here(alone(database_url), "replay", "--list", "--source", "typeform")
    assert none.out == "There is no failed delivery of typeform.\n"
    assert await states(database_url) == {"failed": 3}


async def test_put_back_are_all_or_one_source_or_one(sqlite_db: str) -> None:
    await with_failures(sqlite_db, ("generic", b"{}"), ("delighted", b"{}"), ("generic", b"{}"), ("typeform", b"{}"))
    one = await here(alone(sqlite_db), "replay", "--id", "1")
    assert one.out.startswith("1 delivery put back.\n")
    gone = await here(alone(sqlite_db), "replay", "--id", "1")
    assert (gone.code, gone.out) == (1, "There is no failed delivery 1; nothing was changed.\n")
    source = await here(alone(sqlite_db), "replay", "--source", "delighted")
    assert source.out.startswith("1 delivery put back.\n")
    assert await states(sqlite_db) == {"failed": 2, "waiting": 2}
    rest = await here(alone(sqlite_db), "replay")
    assert rest.out.startswith("2 deliveries put back.\n")
    again = await here(alone(sqlite_db), "replay")
    assert (again.code, again.out) == (0, "There is no failed delivery; nothing was changed.\n")


async def test_now_understands_them_here_and_says_what_fails_again(database_url: str) -> None:
    good = [("generic", BODY % f"r{n}".encode()) for n in range(30)]
    await with_failures(database_url, *good, ("generic", b'{"response_id": "x"}'), ("helpdesk", b"{}"))
    done = await winback(alone(database_url), "replay", "--now")
    assert done.code == 1
    assert done.out.startswith("32 deliveries put back.\nThese fail still:\n")
    assert "score is missing" in done.line("    31  generic")
    assert "The policy no longer has the source 'helpdesk'." in done.line("    32  helpdesk")
    assert "the whole channel is asked" in done.err
    assert await states(database_url) == {"understood": 30, "failed": 2}
    only = await here(alone(database_url), "replay", "--now", "--id", "31")
    assert (only.code, only.out.count("\n")) == (1, 3)


async def test_a_mended_policy_lets_everything_through(sqlite_db: str, tmp_path: Path) -> None:
    await with_failures(sqlite_db, ("helpdesk", BODY % b"a"))
    policy = tmp_path / "policy.toml"
    source = '\n[sources.helpdesk]\nadapter = "generic"\nsecret_env = "WINBACK_HELPDESK_SECRET"\n'
    policy.write_text(POLICY.read_text("utf-8") + source, "utf-8")
    done = await here(alone(sqlite_db, WINBACK_POLICY=str(policy)), "replay", "--now")
    assert (done.code, done.out) == (0, "1 delivery put back.\nAll of them are understood.\n")


async def test_a_running_bot_understands_what_is_put_back(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'winback.sqlite3'}"
    await with_failures(url, *(("generic", BODY % f"r{n}".encode()) for n in range(20)))
    async with run_workspace(MANIFEST, clock_file=tmp_path / "clock") as workspace:
        variables = environment(workspace, url, socket=True, clock_file=tmp_path / "clock")
        bot = BotProcess(variables, tmp_path / "log")
        await bot.spawn()
        try:
            await bot.ready()
            # Both at once: the bot and this command take turns and nothing is understood twice.
            some, rest = await asyncio.gather(
                winback(variables, "replay", "--id", "7"), winback(variables, "replay", "--now")
            )

            def card() -> bool:
                return any(surface_of(m).startswith("case:") for m in workspace.messages(RELATIONAL))

            await workspace.until(card, timeout=15)
        finally:
            await bot.stop()
    assert {some.code, rest.code} <= {0, 1}
    assert await states(url) == {"understood": 20}


async def test_a_database_without_tables_is_one_sentence(sqlite_db: str) -> None:
    for words in (["--list"], [], ["--now"]):
        done = await here(alone(sqlite_db), "replay", *words)
        assert (done.code, done.out) == (1, "")
        assert done.err == "The database is still without tables. `winback run` brings it there.\n"
