"""A monitor hears from us while all is well, and only then; whatever it does, it harms nobody."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler import heartbeat
from scheduler.heartbeat import Heartbeat
from store.tables import alarms, deliveries, outbox, timers
from store.tables import notices as notice_rows
from tests.support.shown import settled
from tests.watching.conftest import Watched, watched

SECRET = "a-key-of-theirs"


class Monitor:
    """A web server that counts; `answer` is what it does with the next request."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.url = ""
        self.status = 200
        self.hangs = asyncio.Event()
        self.hangs.set()

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append(f"{request.method} {request.path}")
        await self.hangs.wait()
        return web.Response(status=self.status)


@asynccontextmanager
async def monitoring() -> AsyncIterator[Monitor]:
    monitor = Monitor()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", monitor.hear)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    monitor.url = f"http://127.0.0.1:{runner.addresses[0][1]}/ping/{SECRET}"
    try:
        yield monitor
    finally:
        monitor.hangs.set()
        await runner.cleanup()


def saying(well: bool) -> Callable[[], Awaitable[bool]]:
    async def says() -> bool:
        return well

    return says


async def test_it_beats_while_all_is_well() -> None:
    async with monitoring() as monitor:
        await Heartbeat(monitor.url, saying(well=False)).beat()
        assert monitor.heard == []
        await Heartbeat(monitor.url, saying(well=True)).beat()
        assert monitor.heard == [f"GET /ping/{SECRET}"]


async def test_no_address_no_beat() -> None:
    async def must_not_be_asked() -> bool:
        raise AssertionError("asked")

    await Heartbeat("", must_not_be_asked).beat()


async def test_a_monitor_that_refuses_hangs_or_is_gone_harms_nobody(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "SECONDS", 0.2)
    async with monitoring() as monitor:
        monitor.status = 503
        await Heartbeat(monitor.url, saying(well=True)).beat()
        assert "the heartbeat was answered 503 by 127.0.0.1" in caplog.text
        monitor.hangs.clear()
        async with asyncio.timeout(5):
            await Heartbeat(monitor.url, saying(well=True)).beat()
        assert "did not reach 127.0.0.1 (TimeoutError)" in caplog.text
    await Heartbeat(monitor.url, saying(well=True)).beat()
    assert "did not reach 127.0.0.1 (ClientConnectorError)" in caplog.text
    assert SECRET not in caplog.text


async def test_a_database_that_does_not_answer_is_not_well(caplog: pytest.LogCaptureFixture) -> None:
    async def fails() -> bool:
        raise OSError("the database is gone")

    async with monitoring() as monitor:
        await Heartbeat(monitor.url, fails).beat()
        assert monitor.heard == []
        assert "(OSError)" in caplog.text


LATE = timedelta(minutes=16)


async def test_the_bot_is_well_after_an_audit_and_unwell_when_work_waits(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with monitoring() as monitor, watched(database_url, tmp_path, WINBACK_HEARTBEAT_URL=monitor.url) as it:
        await it.answers()
        await it.card()
        await settled(it)
        await it.bot.heartbeat.beat()
        assert monitor.heard == []  # nobody has looked yet whether anything was forgotten
        await it.bot.auditor.beat()
        await it.bot.heartbeat.beat()
        assert len(monitor.heard) == 1
        it.bot.deadlines.stop()
        async with it.bot.db.write() as tx:
            await tx.conn.execute(sa.update(timers).values(due_at=tx.now - LATE))
        await it.bot.heartbeat.beat()
        assert len(monitor.heard) == 1
        assert SECRET not in caplog.text


async def stopped(it: Watched) -> None:
    """Nobody works any more; the web server still answers."""
    for worker in (it.bot.deadlines, it.bot.speaker, it.bot.receipts):
        worker.stop()
    await it.bot.delivery.stop()
    names = {"deadlines", "speaker", "receipts", "delivery"}
    await asyncio.gather(*(task for task in it.bot._tasks if task.get_name() in names))


@pytest.mark.parametrize(
    ("late", "sentence"),
    [
        ("receipt", "A delivery waits since "),
        ("timer", "A timer should have rung at "),
        ("escalation", "An escalation waits since "),
        ("refused", "A message can't be brought to Slack since "),
        ("notice", "An escalation should have been said at "),
    ],
)
async def test_readyz_says_what_waits_for_too_long(database_url: str, tmp_path: Path, late: str, sentence: str) -> None:
    async with watched(database_url, tmp_path) as it:
        await it.answers()
        await it.card()
        await settled(it)
        await stopped(it)
        digest = timedelta(minutes=it.bot.house.policy.escalation.digest_minutes)
        for age, status in ((timedelta(minutes=14), 200), (LATE, 503)):
            async with it.bot.db.write() as tx:
                at = tx.now - age
                unshown = sa.update(outbox).where(outbox.c.surface == "case:1").values(wanted=99, wanted_at=at)
                match late:
                    case "receipt":
                        await tx.conn.execute(sa.update(deliveries).values(state="waiting", received_at=at))
                    case "timer":
                        await tx.conn.execute(sa.update(timers).values(due_at=at))
                    case "escalation":
                        await tx.conn.execute(unshown.values(rank=0))
                    case "refused":
                        await tx.conn.execute(unshown.values(error="internal_error"))
                    case "notice":
                        await spoken_at(tx.conn, at - digest)
            answered, body = await it.readyz()
            assert answered == status, body
            assert [told.startswith(sentence) for told in body["problems"]] == [True] * (status == 503)


async def spoken_at(conn: AsyncConnection, at: datetime) -> None:
    """One alarm whose words should have been said then."""
    await conn.execute(sa.delete(notice_rows))
    await conn.execute(sa.delete(alarms))
    values = {"case_id": 1, "step": "assign", "level": "nudge", "occurrence": 9, "due_at": at, "raised_at": at}
    got = await conn.execute(sa.insert(alarms).values(**values, spoken=True).returning(alarms.c.id))
    await conn.execute(
        sa.insert(notice_rows).values(alarm_id=got.scalar_one(), case_id=1, user_id="U0MARCUS", speak_at=at)
    )


async def test_cards_that_only_wait_for_their_turn_are_no_trouble(sqlite_db: str, tmp_path: Path) -> None:
    """An import brings hours of cards, at Slack's pace; nothing is wrong then."""
    async with watched(sqlite_db, tmp_path) as it:
        await it.answers()
        await it.card()
        await settled(it)
        await stopped(it)
        async with it.bot.db.write() as tx:
            await tx.conn.execute(sa.update(outbox).values(wanted=99, wanted_at=tx.now - timedelta(hours=2)))
        assert (await it.readyz())[0] == 200


async def test_everything_that_looks_now_and_then_is_wired(sqlite_db: str, tmp_path: Path) -> None:
    async with watched(sqlite_db, tmp_path) as it:
        jobs = {job.id: job.trigger for job in it.bot.clockwork._scheduler.get_jobs()}
        assert {"mail", "auditor", "heartbeat"} <= set(jobs)
        assert jobs["auditor"].interval == timedelta(minutes=2)
        first = it.bot.clockwork._scheduler.get_job("auditor").next_run_time - it.bot.clock.wall()
        assert first < timedelta(seconds=31)
        assert "reloading" in {task.get_name() for task in it.bot._tasks}
