"""When jobs beat, and what becomes of a beat that is under way when winback stops."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.triggers.interval import IntervalTrigger
from slack_sdk.web.async_client import AsyncWebClient

from bot.directory import DirectoryService
from bot.house import House
from scheduler.absences import Absences
from scheduler.clockwork import Clockwork
from store.clock import Clock, SystemClock
from store.engine import Database
from tests.store.conftest import StillClock
from tests.support.story import POLICY
from winback.policy_file import read_policy


class Shifted(StillClock):
    """Business time is somewhere else than real time."""

    def now(self) -> datetime:
        return datetime(2031, 1, 1, tzinfo=UTC)


async def beats() -> None:
    return None


def clockwork(folder: object, clock: Clock) -> Clockwork:
    database, house = Database(f"sqlite+aiosqlite:///{folder}/w.db", clock), House(read_policy(POLICY))
    return Clockwork(DirectoryService(database, house, AsyncWebClient()), Absences(database, house), clock)


def test_the_first_beat_goes_by_real_time(tmp_path: object) -> None:
    clock = Shifted()
    work = clockwork(tmp_path, clock)
    work.every("auditor", 120, beats, 30)
    work.every("mail", 30, beats)
    trigger = work._scheduler.get_job("auditor").trigger
    assert isinstance(trigger, IntervalTrigger)
    assert (trigger.start_date, trigger.interval) == (clock.at + timedelta(seconds=30), timedelta(seconds=120))
    assert {job.id for job in work._scheduler.get_jobs()} == {"directory", "absences", "auditor", "mail"}


async def test_a_beat_that_stopping_ends_is_no_error(tmp_path: object, caplog: pytest.LogCaptureFixture) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    work = clockwork(tmp_path, SystemClock())
    work.every("slow", 0.01, slow)
    caplog.set_level(logging.INFO)
    work.start()
    async with asyncio.timeout(20):
        await begun.wait()
        work.stop()
        await ended.wait()
        while "is left unfinished" not in caplog.text:  # noqa: ASYNC110 - nothing rings when a line is logged
            await asyncio.sleep(0)
    assert not work.started
    assert [record for record in caplog.records if record.exc_info or record.levelno > logging.WARNING] == []


async def test_a_beat_that_fails_is_an_error(tmp_path: object, caplog: pytest.LogCaptureFixture) -> None:
    """Also one that was cancelled by somebody else than us."""
    begun = asyncio.Event()

    async def failing() -> None:
        begun.set()
        raise asyncio.CancelledError

    work = clockwork(tmp_path, SystemClock())
    work.every("failing", 0.01, failing)
    work.start()
    async with asyncio.timeout(20):
        await begun.wait()
        while not any(record.exc_info for record in caplog.records):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
        work.stop()
