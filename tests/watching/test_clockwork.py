"""The first beat of a job counts from the clock of the process, as everything does."""

from datetime import UTC, datetime, timedelta

from apscheduler.triggers.interval import IntervalTrigger
from slack_sdk.web.async_client import AsyncWebClient

from bot.directory import DirectoryService
from bot.house import House
from scheduler.absences import Absences
from scheduler.clockwork import Clockwork
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


def test_the_first_beat_goes_by_real_time(tmp_path: object) -> None:
    clock = Shifted()
    database, house = Database(f"sqlite+aiosqlite:///{tmp_path}/w.db", clock), House(read_policy(POLICY))
    directory = DirectoryService(database, house, AsyncWebClient())
    work = Clockwork(directory, Absences(database, house), clock)
    work.every("auditor", 120, beats, 30)
    work.every("mail", 30, beats)
    trigger = work._scheduler.get_job("auditor").trigger
    assert isinstance(trigger, IntervalTrigger)
    assert (trigger.start_date, trigger.interval) == (clock.at + timedelta(seconds=30), timedelta(seconds=120))
    assert {job.id for job in work._scheduler.get_jobs()} == {"directory", "absences", "auditor", "mail"}
