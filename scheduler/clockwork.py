"""APScheduler beats; what to do and whether it was done stands in the database (architecture, decision 6)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import wraps

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.directory import DirectoryService
from scheduler.absences import Absences
from store.clock import Clock

log = logging.getLogger(__name__)

Beat = Callable[[], Awaitable[None]]
DIRECTORY_MINUTES = 10
ABSENCE_SECONDS = 15  # business time may be moved under us, as in the demo: nobody waits a minute to see it


class Clockwork:
    """In-memory jobs, one instance each, late ones once."""

    def __init__(self, directory: DirectoryService, absences: Absences, clock: Clock) -> None:
        self._clock = clock
        self._stopping = False
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_job(
            self._stoppable(directory.refresh),
            "interval",
            minutes=DIRECTORY_MINUTES,
            coalesce=True,
            max_instances=1,
            id="directory",
        )
        self._scheduler.add_job(
            self._stoppable(absences.beat),
            "interval",
            seconds=ABSENCE_SECONDS,
            coalesce=True,
            max_instances=1,
            id="absences",
        )

    def every(self, name: str, seconds: float, beat: Beat, first: float | None = None) -> None:
        """One more job, called `name`; for the first time after `first` seconds of real time."""
        begin = None if first is None else self._clock.wall() + timedelta(seconds=first)
        self._scheduler.add_job(
            self._stoppable(beat),
            IntervalTrigger(seconds=seconds, start_date=begin),
            coalesce=True,
            max_instances=1,
            id=name,
        )

    @property
    def started(self) -> bool:
        return bool(self._scheduler.running)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """Cancels the beats that are under way: what they did not finish stands in the database as before."""
        self._stopping = True
        self._scheduler.shutdown(wait=False)

    def _stoppable(self, beat: Beat) -> Beat:
        @wraps(beat)
        async def run() -> None:
            try:
                await beat()
            except asyncio.CancelledError:
                # APScheduler would log a beat that we end ourselves as an error of the job, with a traceback.
                if not self._stopping:
                    raise
                log.info("%s is left unfinished: winback stops", beat.__qualname__)

        return run
